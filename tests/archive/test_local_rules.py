"""Local due dates: told beside the law, never instead of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from history import History, report

from archive.audit.duty import Basis, due
from archive.audit.local_rules import COLUMNS, built_in, with_file
from archive.audit.table import audit
from archive.database.models import Agency
from archive.errors import UsageError
from archive.folder import Archive

HEAD = ",".join(COLUMNS)


def rules_file(folder: Path, *rows: str) -> Path:
    path = folder / "due.csv"
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_statutory_date_stays_whatever_a_city_allows() -> None:
    """Huaihua let county bodies publish the report for 2021 by 20 February 2022."""
    county = Agency(name="x", kind="local_dept", division_code="431202")
    limit = due(county, 2021)
    assert (limit.day.isoformat(), limit.basis) == ("2022-01-31", Basis.STATUTORY)
    assert limit.rule is not None
    assert limit.rule.day(2021).isoformat() == "2022-02-20"
    assert due(county, 2022).rule is None
    assert due(Agency(name="x", kind="local_dept", division_code="3208"), 2021).rule is None


def test_where_the_law_names_no_date_the_local_one_counts_as_customary() -> None:
    town = Agency(name="x", kind="township_gov", division_code="431202101")
    limit = due(town, 2021)
    assert (limit.day.isoformat(), limit.basis) == ("2022-02-20", Basis.CUSTOMARY)


def test_the_nearest_division_and_then_the_archives_own_file_come_first(tmp_path: Path) -> None:
    path = rules_file(
        tmp_path,
        "43,,township_gov,2020,,01-10,省,http://a",
        "431202,,township_gov,2020,,02-25,县,http://b",
        "4312,township,township_gov,2021,2021,03-01,市,http://c",
    )
    rules = with_file(path)
    for code, basis in (("431202101", "县"), ("431221100", "市"), ("430102001", "省")):
        rule = rules.rule(code, "township_gov", 2021)
        assert rule is not None
        assert rule.basis == basis
    assert rules.rule("431202101", "local_dept", 2019) is None
    assert rules.rule("", "township_gov", 2021) is None
    assert built_in().rule("430102001", "township_gov", 2021) is None


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("99x,,,2020,,01-10,a,b", "no code"),
        ("43,city,,2020,,01-10,a,b", "no level"),
        ("43,,school,2020,,01-10,a,b", "no kind"),
        ("43,,,2020,,02-29,a,b", "month and day"),
        ("43,,,soon,,01-10,a,b", "are years"),
        ("43,,,2020,,01-10,,b", "basis and a source"),
        ("43", "no code|are years|basis"),
    ],
)
def test_a_bad_row_is_named_by_its_line(row: str, says: str, tmp_path: Path) -> None:
    path = rules_file(tmp_path, "43,,,2020,,01-10,a,b", row)
    with pytest.raises(UsageError, match=f"line 3: .*({says})"):
        with_file(path)
    path.write_text("a,b\n")
    with pytest.raises(UsageError, match="the first line must be"):
        with_file(path)
    with pytest.raises(UsageError, match="cannot read"):
        with_file(tmp_path / "none.csv")


def test_the_file_of_the_settings_reaches_the_audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "archive"
    Archive.create(folder)
    rules_file(
        folder,
        "34,,township_gov,2020,,02-15,某县通知,http://a",
        "34,,local_dept,2020,,01-10,某县通知,http://a",
    )
    monkeypatch.setenv("GONGKAI_AUDIT__LOCAL_RULES", "due.csv")
    archive = Archive.open(folder)
    with archive.session() as session:
        history = History(session)
        town = history.agency("镇", "township_gov", division_code="340722115")
        office = history.agency("局", "local_dept", division_code="340722", at="http://b.gov.test/")
        history.visit("2025-02-03")
        history.visit("2025-02-14", report(town, displayed="2025-02-14"))
        history.visit(
            "2025-01-20", report(office, displayed="2025-01-19"), place="http://b.gov.test/"
        )
        session.commit()
    with archive.reader() as session:
        entries = {entry["agency"]: entry for entry in audit(session, 2024)}
    assert [entries["镇"][name] for name in ("status", "due", "due_basis", "local_source")] == [
        "on_time",
        "2025-02-15",
        "customary",
        "http://a",
    ]
    assert [entries["局"][name] for name in ("status", "due", "due_basis", "local_due")] == [
        "on_time",
        "2025-01-31",
        "statutory",
        "2025-01-10",
    ]
