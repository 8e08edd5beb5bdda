"""The command line: what a user types, what is said, and the exit status."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commandline import ROOT, Gongkai
from typer.main import get_command

from archive import settings
from gongkai import app

REGISTER = """\
name,kind,division_code,home_url
示例市教育局,local_dept,,http://www.shili.gov.test/
,local_dept,,
坏行局,foo,,
坏码局,local_dept,12x,
=HYPERLINK("x")局,local_dept,,
"""


def one_line(stderr: str) -> str:
    lines = stderr.strip().splitlines()
    assert len(lines) == 1, stderr
    return lines[0]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.pdf", b"", "empty"),
        ("page.html", b"<p>hello</p>", "not_a_report"),
        ("noise.bin", bytes(range(256)) * 20, "format"),
    ],
)
def test_files_that_are_no_reports(
    gongkai: Gongkai, tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    done = gongkai("extract", file, status=1)
    assert says in one_line(done.stderr)
    (record,) = map(json.loads, gongkai("extract", file, "--json", status=1).stdout.splitlines())
    assert record["parse"]["status"] in ("failed", "not_a_report")


def test_a_pdf_cut_in_half(gongkai: Gongkai, tmp_path: Path, samples: Path) -> None:
    whole = (samples / "huaian-2024.pdf").read_bytes()
    half = tmp_path / "half.pdf"
    half.write_bytes(whole[: len(whole) // 2])
    assert "cut off" in one_line(gongkai("extract", half, status=1).stderr)


def test_a_missing_file_does_not_keep_the_others_from_being_read(
    gongkai: Gongkai, tmp_path: Path, samples: Path
) -> None:
    good = samples / "quxian-yongxing-2024.txt"
    done = gongkai("extract", tmp_path / "none.pdf", good, "--json", status=1)
    assert "No such file" in one_line(done.stderr)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["parse"]["status"] for record in records] == ["failed", "ok"]


def test_the_samples_are_read_right_and_resolved(gongkai: Gongkai, samples: Path) -> None:
    files = sorted(samples.iterdir())
    done = gongkai("extract", *files, "--json")
    records = {Path(r["source"]["file"]).stem: r for r in map(json.loads, done.stdout.splitlines())}
    assert len(records) == 6
    for stem, record in records.items():
        assert (record["parse"]["status"], record["year"], record["form"]) == ("ok", 2024, "f2021")
        assert len(record["cells"]) == 200
        nonzero = {cell["key"]: cell["value"] for cell in record["cells"] if cell["value"]}
        if stem == "zongyang-jinshe-2024":
            assert nonzero == {"art20_5.licences.decisions": 14}
        elif stem != "huaian-2024":
            assert nonzero == {}
    agencies = {
        stem: (r["agency"]["name"], r["agency"]["division_code"], r["agency"]["kind"])
        for stem, r in records.items()
    }
    assert agencies == {
        "quxian-yongxing-2024": ("渠县涌兴镇人民政府", "511725106", "township_gov"),
        "zongyang-jinshe-2024": ("枞阳县金社镇人民政府", "340722115", "township_gov"),
        "yecheng-heyuan-2024": ("叶城县河园镇人民政府", "653126", "township_gov"),
        "dancheng-qiuqu-2024": ("郸城县秋渠乡人民政府", "411625206", "township_gov"),
        "fuyuan-hanconggou-2024": ("抚远市寒葱沟镇人民政府", "230883101", "township_gov"),
        "huaian-2024": ("淮安市人民政府", "3208", "region_gov"),
    }
    assert records["dancheng-qiuqu-2024"]["agency"]["resolved_by"] == "unique_name"


def test_a_folder_that_is_no_archive(gongkai: Gongkai, tmp_path: Path) -> None:
    for command in (["reports"], ["crawl"], ["audit", "--year", "2024"], ["verify"]):
        said = one_line(gongkai(*command, "--archive", tmp_path, status=2).stderr)
        assert "not an archive" in said
        assert "gongkai init" in said


def test_init_harms_nothing_that_is_there(gongkai: Gongkai, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    assert "not empty" in one_line(gongkai("init", tmp_path, status=2).stderr)
    gongkai("init", tmp_path / "archive")
    assert "already" in one_line(gongkai("init", tmp_path / "archive", status=2).stderr)


def test_good_rows_of_a_register_go_in_and_bad_ones_are_named(
    gongkai: Gongkai, tmp_path: Path
) -> None:
    file = tmp_path / "agencies.csv"
    file.write_text(REGISTER, encoding="utf-8")
    gongkai("init", tmp_path / "archive")
    done = gongkai("agencies", "import", file, status=1)
    assert [int(n) for n in re.findall(r"line (\d+):", done.stderr)] == [3, 4, 5]
    listed = gongkai("agencies", "list", "--format", "csv").stdout
    assert "示例市教育局" in listed
    assert "\n'=HYPERLINK" in listed or "\n\"'=HYPERLINK" in listed
    file.write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in one_line(gongkai("agencies", "import", file, status=2).stderr)


def test_a_wrong_setting_is_named(gongkai: Gongkai, tmp_path: Path) -> None:
    gongkai("init", tmp_path / "archive")
    said = one_line(gongkai("reports", status=2, GONGKAI_CRAWL__DELAY="fast").stderr)
    assert "crawl.delay" in said
    with (tmp_path / "archive" / "gongkai.toml").open("a") as file:
        file.write("\n[craw]\ndelay = 1\n")
    assert "craw" in one_line(gongkai("reports", status=2).stderr)


def test_a_code_that_is_none_chooses_nothing_silently(gongkai: Gongkai, tmp_path: Path) -> None:
    gongkai("init", tmp_path / "archive")
    for command in (("audit", "--year", 2024), ("crawl",), ("reports",)):
        said = one_line(gongkai(*command, "--division", "34x", status=2).stderr)
        assert "511725" in said
    gongkai("reports", "--division", "34")


def test_an_unknown_agency_is_said_to_be_unknown(gongkai: Gongkai, tmp_path: Path) -> None:
    gongkai("init", tmp_path / "archive")
    said = one_line(gongkai("show", "示例市教育局", 2024, status=2).stderr)
    assert "agencies list" in said


def test_a_document_by_hand_proves_no_publication(
    gongkai: Gongkai, tmp_path: Path, samples: Path
) -> None:
    file = tmp_path / "agencies.csv"
    file.write_text("name,division_code\n淮安市人民政府,3208\n示例市教育局,\n", encoding="utf-8")
    gongkai("init", tmp_path / "archive")
    gongkai("agencies", "import", file)
    for agency in ("淮安市人民政府", "示例市教育局"):
        gongkai("add", samples / "huaian-2024.pdf", "--agency", agency, "--year", 2024)
    gongkai("extract")
    audit = gongkai("audit", "--year", 2024, "--format", "json").stdout
    found = {entry["agency"]: (entry["status"], entry["content"]) for entry in json.loads(audit)}
    assert found == {
        "淮安市人民政府": ("unknown", "complete"),
        "示例市教育局": ("unknown", "wrong_document"),
    }
    assert "no problems" in gongkai("verify").stderr


def test_a_copy_on_another_host_is_refused(gongkai: Gongkai, tmp_path: Path) -> None:
    file = tmp_path / "agencies.csv"
    file.write_text("name\n示例市教育局\n", encoding="utf-8")
    gongkai("init", tmp_path / "archive")
    gongkai("agencies", "import", file)
    done = gongkai(
        *("add", "http://mirror.example.com/1.html", "--agency", "示例市教育局", "--year", 2024),
        status=2,
    )
    assert "official" in one_line(done.stderr)


def test_a_port_in_use() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "crawler.sampleweb", "--port", str(port)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert str(port) in one_line(done.stderr)


def test_every_command_is_documented(gongkai: Gongkai) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    text += (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^│ ([a-z]+) ", gongkai("--help").stdout, re.MULTILINE)
    assert len(commands) > 8
    assert [name for name in commands if f"gongkai {name}" not in text] == []


def test_the_example_of_the_settings_is_what_init_writes() -> None:
    example = (ROOT / "gongkai.example.toml").read_text(encoding="utf-8")
    assert example == settings.render()


def test_the_demo_tells_its_story_in_a_minute(gongkai: Gongkai, tmp_path: Path) -> None:
    done = gongkai("demo", "--keep", tmp_path / "kept")
    assert "示例市民政局" in done.stdout
    assert "Done in" in done.stdout
    reports = gongkai("reports", "--archive", tmp_path / "kept", "--format", "jsonl").stdout
    assert len(reports.splitlines()) > 40
    one = gongkai("search", "公开", "--limit", "1", "--archive", tmp_path / "kept")
    assert len(one.stdout.splitlines()) == 2
    assert "only the first 1" in one_line(one.stderr)
    # What a finding rests on is told whole, the gravest finding first.
    shown = gongkai("show", "示例市财政局", "2024", "--archive", tmp_path / "kept").stdout
    findings = [
        line.split()[1] for line in shown.splitlines() if line.startswith(("error", "info"))
    ]
    assert findings == ["T3-01", "T3-02", "ST-11"]
    assert "requests.processed_total.natural_person = 40" in shown
    assert "and 11 cells of value 0" in shown


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("bogus",), "no such command 'bogus'; see: gongkai --help"),
        (("crawl", "--yeer", "2024"), "did you mean: --year"),
        (("show", "x"), "missing argument 'year'; see: gongkai show --help"),
        (("show", "x", "20x4"), "'year': it should be a valid integer"),
        (("reports", "--format", "xml"), "'xml' is not one of 'table', 'csv'"),
        (("reports", "--year"), "'--year' requires an argument"),
        (("audit", "--year", "2024", "--on", "3 May"), "does not match YYYY-MM-DD"),
    ],
)
def test_a_slip_in_the_arguments_is_told_in_one_line(
    gongkai: Gongkai, arguments: tuple[str, ...], says: str
) -> None:
    line = one_line(gongkai(*arguments, status=2).stderr)
    assert line.startswith("gongkai: ")
    assert says in line


def test_a_terminal_of_another_encoding_shows_what_it_can(gongkai: Gongkai, samples: Path) -> None:
    file = samples / "quxian-yongxing-2024.txt"
    shown = gongkai("extract", file, PYTHONIOENCODING="ascii").stdout
    assert "200 cells, reading ok" in shown
    assert "\\u6e20\\u53bf" in shown


def test_a_setting_of_the_environment_is_blamed_by_its_name(
    gongkai: Gongkai, tmp_path: Path
) -> None:
    gongkai("init", tmp_path / "archive")
    wrong = gongkai("reports", status=2, GONGKAI_CRAWL__MAX_SECONDS="soon")
    assert "GONGKAI_CRAWL__MAX_SECONDS" in one_line(wrong.stderr)


def test_every_command_argument_and_option_says_what_it_is() -> None:
    def silent(command: Any, path: str) -> Iterator[str]:
        for name, inner in getattr(command, "commands", {}).items():
            yield from silent(inner, f"{path} {name}")
        if not command.help:
            yield path
        yield from (f"{path} {one.name}" for one in command.params if not one.help)

    assert list(silent(get_command(app), "gongkai")) == []


def test_a_crawl_without_a_contact_says_so(gongkai: Gongkai, tmp_path: Path) -> None:
    gongkai("init", tmp_path / "archive")
    for contact in ("", "某大学"):
        said = gongkai("crawl", GONGKAI_CRAWL__CONTACT=contact).stderr
        assert "set an e-mail address" in said.splitlines()[0]
    assert "set an e-mail" not in gongkai("crawl").stderr


def test_a_lost_database_is_no_empty_archive(gongkai: Gongkai, tmp_path: Path) -> None:
    gongkai("init", tmp_path / "archive")
    document = tmp_path / "report.txt"
    document.write_text("no report")
    gongkai("agencies", "seed", "--division", "511725")
    gongkai("add", document, "--agency", "渠县人民政府", "--year", "2024")
    for file in (tmp_path / "archive").glob("gongkai.sqlite*"):
        file.unlink()
    for command in ("reports", "verify"):
        assert "gongkai rebuild" in one_line(gongkai(command, status=2).stderr)
    gongkai("rebuild")
    gongkai("extract")
    assert "渠县人民政府" in gongkai("reports").stdout
