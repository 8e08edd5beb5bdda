"""The audit counted by division: every report once, under the division it belongs to."""

from __future__ import annotations

import json
from collections import Counter

from commandline import Gongkai, runner
from history import History, report

from archive.audit.divisions import BY, by_division
from archive.audit.table import audit
from archive.folder import Archive

PLACES = {"淮安市教育局": "3208", "清江浦区民政局": "320812", "涟水县民政局": "320826", "某局": ""}


def fill(archive: Archive) -> None:
    with archive.session() as session:
        history = History(session)
        for number, (name, code) in enumerate(PLACES.items()):
            at = f"http://a{number}.gov.test/"
            agency = history.agency(name, at=at, division_code=code)
            seen = [report(agency, displayed="2025-01-20")] if number % 2 else []
            history.visit("2025-02-03", *seen, place=at)
        session.commit()


def test_every_report_counts_once_on_each_level(archive: Archive) -> None:
    fill(archive)
    with archive.reader() as session:
        statuses = Counter(entry["status"] for entry in audit(session, 2024))
        for level in BY:
            rows = by_division(session, 2024, level)
            assert sum(row["reports"] for row in rows) == len(PLACES)
            for status, number in statuses.items():
                assert sum(row[status] for row in rows) == number
        counties = {row["division_code"]: row for row in by_division(session, 2024, "county")}
        assert list(counties) == ["", "3208", "320812", "320826"]
        assert (counties["320812"]["division"], counties["320812"]["on_time_claimed"]) == (
            "清江浦区",
            1,
        )
        (province,) = by_division(session, 2024, "province", division="3208")
        assert (province["division_code"], province["missing"], province["reports"]) == ("32", 2, 3)


def test_the_command_counts_filters_and_fails_as_told(archive: Archive) -> None:
    fill(archive)
    run: Gongkai = runner(archive.path)
    done = run(
        "audit",
        "--year",
        2024,
        "--by",
        "county",
        "--format",
        "json",
        "--fail-on",
        "missing",
        status=3,
    )
    assert [row["division_code"] for row in json.loads(done.stdout)] == [
        "",
        "3208",
        "320812",
        "320826",
    ]
    done = run("audit", "--year", 2024, "--status", "missing", "--format", "jsonl")
    assert {json.loads(line)["status"] for line in done.stdout.splitlines()} == {"missing"}
    assert "2 missing" in done.stderr
    assert "2 on_time_claimed" in done.stderr  # counts are of all, whatever is shown
    for arguments in (["--by", "village"], ["--status", "absent"]):
        (line,) = run("audit", "--year", 2024, *arguments, status=2).stderr.strip().splitlines()
        assert arguments[0] in line
