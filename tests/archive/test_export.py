"""What is exported is what the archive has, harmless in any program and described as it is."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import itertools
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from publishing import GRANTED, NAME, Publisher, command, document, figures, tree

from archive.database.models import Agency
from archive.export.documents import safe_name
from archive.export.schema import Field, Table
from archive.export.writers import CSVWriter, JSONLinesWriter, ParquetWriter, XLSXWriter
from archive.folder import Archive
from extract.forms.dictionary import FIGURE_KEYS, column_name

OTHER = "示例市水务局"
ABSENT = "示例市民政局"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Two agencies that published and one that did not; one report was corrected, one replaced."""
    made = Archive.create(tmp_path_factory.mktemp("export") / "archive")
    publisher = Publisher(made, (NAME, OTHER, ABSENT))
    publisher.visit("2025-01-20", document(year=2023), year=2023, path="nb/2023.html")
    publisher.visit("2025-01-20", document())
    publisher.visit("2025-02-20", document(figures(review__total=1)))
    publisher.visit("2025-02-21", document(name=OTHER), name=OTHER, path="nb/swj.html")
    publisher.read()
    command(made, "correct", NAME, 2024, GRANTED, 4, "--reason", "=1+1", "--by", "王")
    yield made
    made.engine.dispose()


def test_both_databases_give_the_same_export(
    tmp_path: Path, database_url: str, gongkai: Any
) -> None:
    now = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)
    exports = []
    for name, url in (("sqlite", ""), ("other", database_url)):
        made = Archive.create(tmp_path / name / "archive", url)
        publisher = Publisher(made, (NAME, ABSENT))
        publisher.visit("2025-01-20", document(figures(requests__granted__natural_person=9)))
        publisher.visit("2025-02-20", document())
        publisher.visit("2025-02-21", document(figures(requests__granted__natural_person=9)))
        publisher.read()

        def run(*words: object, place: Path = made.path) -> None:
            gongkai(*words, now=now, GONGKAI_ARCHIVE=str(place))

        run("correct", NAME, 2024, GRANTED, 5, "--reason", "x", "--by", "王")
        run("verdict", NAME, 2024, "T3-01", "dismissed", "--reason", "x", "--by", "王")
        run("undo", "v1", "--by", "李")
        run("export", tmp_path / name / "out")
        exports.append(tree(tmp_path / name / "out"))
        made.engine.dispose()
    assert exports[0] == exports[1]
    assert b"undone" in exports[0]["people.csv"]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


READ = {
    "string": str,
    "integer": int,
    "number": Decimal,
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": dt.date.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
}


def test_the_package_describes_its_files(archive: Archive, tmp_path: Path) -> None:
    command(archive, "export", tmp_path / "out")
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert re.fullmatch(r"[a-z0-9._/-]+", package["name"])
    resources = {resource["name"]: resource for resource in package["resources"]}
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "datapackage.json",
        *(resource["path"] for resource in resources.values()),
    }
    for name, resource in resources.items():
        assert re.fullmatch(r"[a-z0-9._-]+", name)
        path = tmp_path / "out" / resource["path"]
        data = path.read_bytes()
        assert resource["bytes"] == len(data)
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        fields = resource["schema"]["fields"]
        rows = rows_of(path)
        assert resource["rows"] == len(rows)
        for row in rows:
            assert list(row) == [field["name"] for field in fields]
            for field in fields:
                assert field["description"]
                if row[field["name"]] not in resource["schema"]["missingValues"]:
                    READ[field["type"]](row[field["name"]])
        key = resource["schema"].get("primaryKey", [])
        assert len({tuple(row[name] for name in key) for row in rows}) == len(rows) or not key
    assert resources["figures_long"]["rows"] == 600


def test_figures_are_those_of_the_archive(archive: Archive, tmp_path: Path) -> None:
    command(archive, "export", tmp_path / "out")
    wide = {(row["agency"], row["year"]): row for row in rows_of(tmp_path / "out/figures_wide.csv")}
    assert set(wide) == {(NAME, "2023"), (NAME, "2024"), (OTHER, "2024")}
    row = wide[NAME, "2024"]
    assert (row[column_name(GRANTED)], row["review_total"], row["versions"]) == ("4", "1", "2")
    assert (row["art20_8_admin_fees_amount_10k"], row["art20_1_rules_made_new"]) == ("0", "")
    assert row["first_seen"] == "2025-01-20T02:00:00Z"
    assert row["last_seen"] == "2025-02-20T02:00:00Z"
    assert row["form"] == "f2021"
    assert row["document_url"].endswith("/nb/2024.html")
    long = rows_of(tmp_path / "out/figures_long.csv")
    for (agency, year), wide_row in wide.items():
        cells = {r["key"]: r for r in long if (r["agency"], r["year"]) == (agency, year)}
        for key in FIGURE_KEYS:
            assert wide_row[column_name(key)] == (cells[key]["value"] if key in cells else "")
    (corrected,) = (row for row in long if row["corrected"] == "true")
    assert (corrected["key"], corrected["value"], corrected["raw"]) == (GRANTED, "4", "5")
    (said,) = rows_of(tmp_path / "out/people.csv")
    assert (said["what"], said["said"], said["printed"], said["reason"]) == (
        GRANTED,
        "4",
        "5",
        "'=1+1",
    )
    dictionary = rows_of(tmp_path / "out/dictionary.csv")
    assert [row["key"] for row in dictionary] == list(FIGURE_KEYS)
    assert len(rows_of(tmp_path / "out/agencies.csv")) == 3


def test_absent_reports_are_listed_with_status_and_reason(archive: Archive, tmp_path: Path) -> None:
    command(archive, "export", "--year", 2024, tmp_path / "out")
    (row,) = rows_of(tmp_path / "out/absent.csv")
    assert (row["agency"], row["year"], row["status"]) == (ABSENT, "2024", "missing")
    assert "read in full" in row["reason"]
    wide = rows_of(tmp_path / "out/figures_wide.csv")
    assert {row["year"] for row in wide} == {"2024"}


def test_all_formats_say_the_same(archive: Archive, tmp_path: Path) -> None:
    for format in ("csv", "jsonl", "parquet", "xlsx"):
        command(archive, "export", "--format", format, tmp_path / format)
    for name in ("figures_wide", "figures_long", "absent", "people", "dictionary"):
        wanted = rows_of(tmp_path / f"csv/{name}.csv")
        jsonl = (tmp_path / f"jsonl/{name}.jsonl").read_text(encoding="utf-8").splitlines()
        parquet = pyarrow.parquet.read_table(tmp_path / f"parquet/{name}.parquet").to_pylist()
        sheet = openpyxl.load_workbook(tmp_path / f"xlsx/{name}.xlsx").worksheets[0]
        head, *lines = sheet.iter_rows(values_only=True)
        xlsx = [dict(zip(head, line, strict=True)) for line in lines]
        for found in (list(map(json.loads, jsonl)), parquet, xlsx):
            assert [{key: as_text(value) for key, value in row.items()} for row in found] == [
                {key: value.removeprefix("'") for key, value in row.items()} for row in wanted
            ]


def as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, float):
        return f"{Decimal(repr(value)).normalize():f}"
    return str(value)


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet", "xlsx"])
def test_the_same_archive_gives_the_same_bytes(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    command(archive, "export", "--format", format, tmp_path / "one")
    # Another day changes nothing.
    monkeypatch.setenv("GONGKAI_NOW", "2030-05-01T00:00:00+08:00")
    command(archive, "export", "--format", format, tmp_path / "two")
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_a_folder_in_use_is_left_alone(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    command(archive, "export", tmp_path / "out")
    before = tree(tmp_path)
    said = command(archive, "export", tmp_path / "out", status=2)
    assert "not empty" in said
    assert "\n" not in said
    (tmp_path / "file").write_text("x")
    command(archive, "export", tmp_path / "file", status=2)
    command(archive, "export", tmp_path / "file" / "in", status=2)
    assert tree(tmp_path) == {**before, "file": b"x"}


def test_a_failure_leaves_nothing_behind(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(CSVWriter, "take", full)
    said = command(archive, "export", tmp_path / "out", status=1)
    assert "No space left" in said
    assert list(tmp_path.iterdir()) == []


def test_documents_in_a_readable_tree(archive: Archive, tmp_path: Path) -> None:
    command(archive, "export", "--files", tmp_path / "out")
    found = tree(tmp_path / "out")
    assert found[f"no division/{NAME}/2024.html"] == document(figures(review__total=1))
    index = rows_of(tmp_path / "out/documents.csv")
    assert {row["path"] for row in index} == set(found) - {"documents.csv"}
    for row in index:
        assert hashlib.sha256(found[row["path"]]).hexdigest() == row["sha256"]


def test_a_damaged_document_is_named_and_the_others_are_written(tmp_path: Path) -> None:
    publisher = Publisher(Archive.create(tmp_path / "archive"), (NAME, OTHER))
    publisher.visit("2025-01-20", document())
    publisher.visit("2025-01-21", document(name=OTHER), name=OTHER, path="nb/swj.html")
    publisher.read()
    first, _second = sorted(publisher.archive.warc_folder.glob("*.warc.gz"))
    data = bytearray(first.read_bytes())
    data[len(data) // 2] ^= 0xFF
    first.write_bytes(data)
    command(publisher.archive, "export", "--files", tmp_path / "out", status=1)
    assert [row["agency"] for row in rows_of(tmp_path / "out/documents.csv")] == [OTHER]


def test_names_from_the_network_do_not_leave_the_folder(tmp_path: Path) -> None:
    publisher = Publisher(Archive.create(tmp_path / "archive"))
    publisher.visit("2025-01-20", document())
    publisher.read()
    with publisher.archive.session() as session:
        session.query(Agency).one().name = "../../etc/\u202egnp.exe"
        session.commit()
    command(publisher.archive, "export", "--files", tmp_path / "a" / "out")
    (path,) = set(tree(tmp_path / "a")) - {"out/documents.csv"}
    assert path == "out/no division/.._.._etc_gnp.exe/2024.html".replace("/..", "/", 1)


RESERVED = {"con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in range(10))}


@given(st.text(max_size=300))
@example("..")
@example("CON.txt")
@example("a/../b")
@example("名" * 300)
@example("\u200b\u202e")
def test_any_text_is_made_a_safe_name(text: str) -> None:
    name = safe_name(text)
    assert 0 < len(name.encode()) <= 255
    assert not set(name) & set('/\\:*?"<>|\0')
    assert name not in (".", "..")
    assert not name.endswith((".", " "))
    assert not name.startswith((" ", "."))
    assert name.split(".")[0].strip().lower() not in RESERVED
    assert all(char.isprintable() for char in name)


TABLE = Table(
    "hostile",
    "Cells of any sort.",
    (
        Field("text", "string", "Text."),
        Field("count", "integer", "A count."),
        Field("money", "number", "Money."),
        Field("flag", "boolean", "A flag."),
    ),
    (),
)
FORMULA = tuple("=+-@\t\r＝＋－＠")
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.builds(
        str.__add__,
        st.sampled_from(FORMULA),
        st.sampled_from(["1+1", "cmd|' /C calc'!A0", "SUM(A1)", ""]),
    ),
    st.sampled_from(
        ["http://a.gov.cn/", "mailto:a@b", "{=1}", "1e5", "-3", "true", " =1", "_x0041_"]
    ),
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "text": st.none() | TEXTS,
            "count": st.none() | st.integers(-(10**12), 10**12),
            "money": st.none() | st.decimals(-(10**9), 10**9, places=4),
            "flag": st.none() | st.booleans(),
        }
    ),
    max_size=6,
)
_NUMBER = itertools.count()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_no_cell_becomes_a_formula_and_numbers_stay_numbers(
    tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    number = next(_NUMBER)
    path = tmp_path / f"{number}.csv"
    CSVWriter(path, TABLE).write(rows)
    found = rows_of(path)
    assert len(found) == len(rows)
    for row, cells in zip(rows, found, strict=True):
        text = cells["text"]
        assert not text.startswith(FORMULA)
        given_text = (row["text"] or "").replace("\r\n", "\n").replace("\r", "\n")
        assert text in (given_text, f"'{given_text}")
        assert cells["count"] == ("" if row["count"] is None else str(row["count"]))
        assert (Decimal(cells["money"]) if cells["money"] else None) == row["money"]

    jsonl = tmp_path / f"{number}.jsonl"
    JSONLinesWriter(jsonl, TABLE).write(rows)
    lines = jsonl.read_text(encoding="utf-8").split("\n")[:-1]
    assert [json.loads(line)["text"] for line in lines] == [row["text"] for row in rows]

    parquet = tmp_path / f"{number}.parquet"
    ParquetWriter(parquet, TABLE).write(rows)
    assert pyarrow.parquet.read_table(parquet).to_pylist() == [
        {**row, "money": None if row["money"] is None else float(row["money"])} for row in rows
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(rows=ROWS)
def test_spreadsheets_hold_text_as_text(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    path = tmp_path / f"{next(_NUMBER)}.xlsx"
    XLSXWriter(path, TABLE).write(rows)
    book = openpyxl.load_workbook(path)
    lines = list(book.worksheets[0].iter_rows(min_row=2, max_col=4))
    assert not any(sheet._hyperlinks for sheet in book.worksheets)
    filled = [row for row in rows if any(value is not None for value in row.values())]
    assume(len(filled) == len(rows))
    assert len(lines) == len(rows)
    for row, (text, count, money, flag) in zip(rows, lines, strict=True):
        assert text.data_type == ("n" if text.value is None else "s")
        if row["text"] and row["text"].isprintable() and "_x" not in row["text"]:
            assert text.value == row["text"]
        assert count.value == row["count"]
        assert money.value == (None if row["money"] is None else pytest.approx(float(row["money"])))
        assert flag.value == row["flag"]


def test_long_text_and_long_tables_fit_a_spreadsheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.export.writers._SHEET_ROWS", 4)
    rows = [{"text": "长" * 40_000, "count": n, "money": None, "flag": None} for n in range(8)]
    XLSXWriter(tmp_path / "a.xlsx", TABLE).write(rows)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["hostile", "hostile 2", "hostile 3"]
    cells = [cell for sheet in book for cell in sheet.iter_rows(min_row=2, values_only=True)]
    assert [cell[1] for cell in cells] == list(range(8))
    assert {len(cell[0]) for cell in cells} == {32_767}
    assert all(cell[0].endswith("…") for cell in cells)
