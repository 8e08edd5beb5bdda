"""What a third person holds in hands: complete, true to the records, and nothing in it can be changed unseen."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from commandline import Gongkai, runner
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from warcio.archiveiterator import ArchiveIterator

from archive.errors import UsageError
from archive.evidence import html, pdf
from archive.evidence.checking import check
from archive.evidence.folder import CLAIMS, HTML, PDF, WACZ, WARC
from archive.evidence.manifest import MANIFEST, SIGNATURE
from archive.folder import Archive
from crawler.commands.evidence import check as command_check
from crawler.commands.evidence import evidence
from crawler.rereading import reread

MISSING, LATE, BLOCKED = "示例市民政局", "示例市教育局", "示例市税务局"
STATUSES = {
    MISSING: "missing",
    LATE: "late",
    BLOCKED: "blocked",
    "示例市气象局": "unknown",
    "示例市财政局": "on_time",
    "示例市人民政府": "on_time_claimed",
    "示例市演示县试验镇人民政府": "backdated_suspect",
}


def claims_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / CLAIMS).read_text("utf-8"))
    return found


def seal_again(folder: Path) -> None:
    """What a forger would do: make manifest and signature fit what is in the folder."""
    said = json.loads((folder / MANIFEST).read_text("utf-8"))
    said["files"] = {name: {} for name in said["files"] if (folder / name).exists()}
    for name in said["files"]:
        data = (folder / name).read_bytes()
        said["files"][name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    text = json.dumps(said, ensure_ascii=False).encode()
    (folder / MANIFEST).write_bytes(text)
    (folder / SIGNATURE).write_text(f"{hashlib.sha256(text).hexdigest()}  {MANIFEST}\n")


def forge(folder: Path, change: Callable[[dict[str, Any]], None]) -> list[str]:
    """Change the claims, make everything else fit, and return what the check names."""
    claims = claims_of(folder)
    change(claims)
    (folder / CLAIMS).write_text(json.dumps(claims, ensure_ascii=False), "utf-8")
    (folder / HTML).write_text(html.page(claims), "utf-8")
    (folder / PDF).unlink()  # It need not be there: not every machine can make one.
    seal_again(folder)
    return [str(problem) for problem in check(folder, reread).problems]


@pytest.mark.parametrize("agency", STATUSES)
def test_every_status_has_evidence_that_holds_without_the_archive(
    agency: str, written: Callable[[str], Path]
) -> None:
    folder = written(agency)
    assert check(folder, reread).problems == []
    claims = claims_of(folder)
    assert (claims["agency"]["name"], claims["status"]) == (agency, STATUSES[agency])
    assert claims["clock_set"]


def test_a_machine_without_the_archive_checks_it(
    written: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = written(MISSING)
    done = runner(tmp_path / "no archive here")("verify", folder)
    assert "every statement follows from the records" in done.stdout
    assert "proves nothing" in done.stderr  # the clock was set by hand
    subprocess.run(["sha256sum", "-c", SIGNATURE], cwd=folder, check=True, capture_output=True)


def test_missing_shows_the_whole_column_on_two_days_and_last_years_report(
    written: Callable[[str], Path],
) -> None:
    claims = claims_of(written(MISSING))
    looks = [look for look in claims["looks"] if look["role"] == "absent"]
    assert [look["started_at"][:10] for look in looks] == ["2025-02-03", "2025-04-02"]
    for look in looks:
        assert look["read"]["agrees"]
        assert len(look["entries"]) == look["rows"] > 20
        assert len([e for e in look["exchanges"] if e["of_column"]]) == look["pages"] == 3
        of_agency = {entry["year"] for entry in look["entries"] if entry["agency"] == MISSING}
        assert of_agency == {2022, 2023}
    canary = claims["canary"]
    assert (canary["own"], canary["year"], canary["agency"]) == (True, 2023, MISSING)


def test_late_shows_the_absence_before_the_date_and_the_document(
    written: Callable[[str], Path],
) -> None:
    folder = written(LATE)
    claims = claims_of(folder)
    assert [look["role"] for look in claims["looks"]] == ["absent", "seen"]
    (sighting,) = claims["sightings"]
    assert (sighting["displayed_date"], claims["days_late"]) == ("2025-02-18", 18)
    with (folder / WARC).open("rb") as file:
        stored = {
            record.rec_headers["WARC-Record-ID"]: record.content_stream().read()
            for record in ArchiveIterator(file)
        }
    document = stored[sighting["document"]]
    assert hashlib.sha256(document).hexdigest() == sighting["document_sha256"]


def test_our_failure_and_the_sites_refusal_accuse_nobody(written: Callable[[str], Path]) -> None:
    for agency in (BLOCKED, "示例市气象局"):
        text = lxml_html.fromstring((written(agency) / HTML).read_text("utf-8")).text_content()
        assert "不是对该机关的指责" in text
        assert "accused" in text
        assert "未公布（" not in text


def test_any_warc_tool_and_the_validator_of_wacz_take_it(written: Callable[[str], Path]) -> None:
    pytest.importorskip("wacz")
    folder = written(LATE)
    program = "import sys; from wacz.main import main; sys.exit(main())"
    subprocess.run(
        [sys.executable, "-c", program, "validate", "-f", str(folder / WACZ)],
        check=True,
        capture_output=True,
    )
    with (folder / WARC).open("rb") as file:
        kinds = {record.rec_type for record in ArchiveIterator(file)}
    assert {"warcinfo", "request", "response", "metadata"} <= kinds


@pytest.mark.parametrize("name", [WARC, WACZ, CLAIMS, HTML, PDF, MANIFEST, SIGNATURE])
def test_a_flipped_byte_or_a_lost_file_is_named(name: str, copied: Callable[[str], Path]) -> None:
    folder = copied(MISSING)
    whole = (folder / name).read_bytes()
    for place in (len(whole) // 3, len(whole) - 2) if name != SIGNATURE else (5,):
        changed = bytearray(whole)
        changed[place] ^= 1
        (folder / name).write_bytes(changed)
        named = {problem.file for problem in check(folder, reread).problems}
        # A changed digest says only that it and the manifest do not fit each other.
        assert (MANIFEST if name == SIGNATURE else name) in named
        assert named <= {name, MANIFEST} or name == MANIFEST
    (folder / name).unlink()
    assert name in {problem.file for problem in check(folder, reread).problems}


def test_the_record_that_was_damaged_is_named_by_its_place(copied: Callable[[str], Path]) -> None:
    folder = copied(MISSING)
    data = bytearray((folder / WARC).read_bytes())
    data[len(data) // 2] ^= 0xFF
    (folder / WARC).write_bytes(data)
    said = [str(p) for p in check(folder, reread).problems if p.file == WARC]
    assert any("SHA-256" in line for line in said)
    assert any("the record at byte" in line for line in said)


def test_a_file_that_is_not_ours_is_named(copied: Callable[[str], Path]) -> None:
    folder = copied(MISSING)
    (folder / "more.txt").write_text("x")
    assert [p.file for p in check(folder, reread).problems] == ["more.txt"]


def test_a_summary_that_was_edited_is_named_though_its_digests_fit(
    copied: Callable[[str], Path],
) -> None:
    folder = copied(BLOCKED)
    text = (folder / HTML).read_text("utf-8").replace("无法访问", "未公布")
    (folder / HTML).write_text(text, "utf-8")
    claims = claims_of(folder)
    claims["status"] = "missing"
    pdf.write(folder / PDF, claims)
    seal_again(folder)
    assert {problem.file for problem in check(folder, reread).problems} == {HTML, PDF}


def drop_entry(claims: dict[str, Any]) -> None:
    claims["looks"][0]["entries"].pop()


def other_title(claims: dict[str, Any]) -> None:
    claims["looks"][0]["entries"][3]["title"] = "别的标题"


def other_count(claims: dict[str, Any]) -> None:
    claims["looks"][1]["rows_stated"] = 99


def other_time(claims: dict[str, Any]) -> None:
    claims["looks"][0]["started_at"] = "2025-03-01T02:00:00.000000Z"


def other_canary(claims: dict[str, Any]) -> None:
    claims["canary"]["title"] = "示例市民政局2021年政府信息公开工作年度报告"


def lost_record(claims: dict[str, Any]) -> None:
    claims["looks"][0]["exchanges"][0]["record"] = "<urn:uuid:0>"


def earlier_due(claims: dict[str, Any]) -> None:
    claims["due"]["day"] = "2025-01-01"


def no_looks(claims: dict[str, Any]) -> None:
    claims["looks"], claims["canary"] = [], None


def hidden_clock(claims: dict[str, Any]) -> None:
    claims["clock_set"] = False


@pytest.mark.parametrize(
    "change",
    [drop_entry, other_title, other_count, other_time, other_canary, lost_record, earlier_due,
     no_looks, hidden_clock],
)  # fmt: skip
def test_a_claim_that_does_not_follow_is_named_though_all_was_made_to_fit(
    change: Callable[[dict[str, Any]], None], copied: Callable[[str], Path]
) -> None:
    said = forge(copied(MISSING), change)
    assert any(line.startswith(f"{CLAIMS}: ") for line in said), said
    assert all(line.startswith(f"{CLAIMS}: ") for line in said), said


@pytest.mark.parametrize("status", ["missing", "late", "backdated_suspect", "on_time"])
def test_nobody_is_accused_by_another_status_on_the_same_records(
    status: str, copied: Callable[[str], Path]
) -> None:
    def change(claims: dict[str, Any]) -> None:
        claims["status"] = status

    for agency in (BLOCKED, "示例市人民政府"):
        said = forge(copied(agency), change)
        assert any("does not follow" in line for line in said), said


def test_another_agency_is_not_missing_where_its_report_stands(
    copied: Callable[[str], Path],
) -> None:
    def change(claims: dict[str, Any]) -> None:
        claims["agency"]["name"] = "示例市财政局"

    said = forge(copied(MISSING), change)
    assert any("the column" in line and "does show it" in line for line in said), said


def test_what_cannot_be_written_or_checked_is_said(
    archive_of_winter: Archive, written: Callable[[str], Path], tmp_path: Path
) -> None:
    archive = archive_of_winter.path
    with pytest.raises(UsageError, match="is not empty"):
        evidence(MISSING, 2024, written(MISSING), folder=archive)
    with pytest.raises(UsageError, match="no agency"):
        evidence("没有这个局", 2024, tmp_path / "new", folder=archive)
    with pytest.raises(UsageError, match="with the scope region"):
        evidence(MISSING, 2024, tmp_path / "new", scope="region", folder=archive)
    with pytest.raises(UsageError, match="no evidence folder"):
        command_check(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_answer_of_a_day_has_the_evidence_of_that_day(winter: Gongkai, tmp_path: Path) -> None:
    folder = tmp_path / "early"
    winter("evidence", LATE, 2024, folder, "--on", "2025-02-10")
    claims = claims_of(folder)
    assert (claims["status"], claims["on"]) == ("missing", "2025-02-10")
    (look,) = claims["looks"]
    assert look["started_at"].startswith("2025-02-03")
    text = (folder / HTML).read_text("utf-8")
    assert "只在一天" in text
    assert check(folder, reread).problems == []


@settings(max_examples=40)
@given(hostile=st.text(min_size=1), where=st.sampled_from(["title", "url", "day"]))
def test_nothing_that_a_page_says_is_markup(
    hostile: str, where: str, written: Callable[[str], Path]
) -> None:
    claims = claims_of(written(MISSING))
    before = lxml_html.fromstring(html.page(claims))
    claims["looks"][0]["entries"][0][where] = f"<script>x</script>{hostile}<img src=x onerror=y>"
    claims["agency"]["name"] = f"</title><b>{hostile}"
    after = lxml_html.fromstring(html.page(claims))
    assert [e.tag for e in after.iter()] == [e.tag for e in before.iter()]


def test_hostile_text_makes_a_pdf_that_says_it(
    written: Callable[[str], Path], tmp_path: Path
) -> None:
    claims = claims_of(written(MISSING))
    claims["looks"][0]["entries"][0]["title"] = "**粗** <b>[链接](http://x)</b> " + "长" * 5000
    pdf.write(tmp_path / "a.pdf", claims)
    assert pdf.differs(tmp_path / "a.pdf", claims) is None
