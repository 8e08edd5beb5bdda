"""The evaluation of a division as a document: what it counts, what it must not say, and that it opens."""

from __future__ import annotations

from datetime import date
from itertools import count
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from publishing import NAME, Publisher, command, document, figures

from archive.folder import Archive

OTHER, UNREACHED = "示例市水利局", "<b>示例市|财政局"
YEAR = ("--year", 2024)
_numbers = count()


@pytest.fixture(scope="module")
def publisher(tmp_path_factory: pytest.TempPathFactory) -> Publisher:
    tmp_path = tmp_path_factory.mktemp("evaluation")
    made = Publisher(Archive.create(tmp_path / "archive"), (NAME, OTHER))
    wrong = figures(requests__granted__natural_person=9)
    for day in ("2025-01-20", "2025-02-03", "2025-02-05", "2025-02-20", "2025-03-20"):
        made.visit(day, document(wrong))
    made.read()
    path = tmp_path / "more.csv"
    path.write_text(f"name,kind,home_url\n{UNREACHED},local_dept,\n", encoding="utf-8")
    command(made.archive, "agencies", "import", path)
    return made


def written(publisher: Publisher, ending: str, *more: object) -> Path:
    target = publisher.archive.path.parent / f"{next(_numbers)}.{ending}"
    command(publisher.archive, "audit", "report", target, *YEAR, *more)
    return target


def test_shares_are_told_with_the_number_that_could_be_judged(publisher: Publisher) -> None:
    text = written(publisher, "md").read_text(encoding="utf-8")
    assert "应评报告3份" in text
    assert "按时公布1/" in text
    assert "T3-01" in text
    assert "2023年度" in text


def test_our_failures_stand_apart_from_those_of_the_bodies(publisher: Publisher) -> None:
    text = written(publisher, "md").read_text(encoding="utf-8")
    bodies, ours = text.split("## 五、")
    assert "财政局" in ours
    assert "财政局" not in bodies
    # What English words there were came from the reasons and from where the register is from.
    assert "从未查阅过该机关的公布栏目" in ours
    assert "| import" not in bodies
    assert "导入的机关名录" in bodies


def test_names_are_never_markup(publisher: Publisher) -> None:
    page = written(publisher, "html").read_text(encoding="utf-8")
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "<script" not in page
    assert "<svg" in page


def test_the_word_document_has_headings_captions_and_heads_that_repeat(
    publisher: Publisher,
) -> None:
    opened = docx.Document(str(written(publisher, "docx")))
    styles = [paragraph.style.name for paragraph in opened.paragraphs if paragraph.style]
    assert styles.count("Heading 1") == 7
    assert "Caption" in styles
    lists = [table for table in opened.tables if len(table.rows) > 1]
    assert lists
    assert all(table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None for table in lists)
    footer = opened.sections[0].footer.paragraphs[0]._p
    assert "PAGE" in [field.get(qn("w:instr")) for field in footer.iter(qn("w:fldSimple"))]


@pytest.mark.parametrize("ending", ["docx", "html", "md"])
def test_a_division_without_bodies_has_a_report_too(publisher: Publisher, ending: str) -> None:
    target = written(publisher, ending, "--division", "3418")
    assert target.stat().st_size > 500


def test_a_day_in_the_past_knows_nothing_of_later(publisher: Publisher) -> None:
    text = written(publisher, "md", "--on", date(2025, 1, 10)).read_text(encoding="utf-8")
    assert "其中已到期0份" in text
    assert "T3-01" not in text


def test_the_table_of_the_audit_still_stands_without_a_subcommand(publisher: Publisher) -> None:
    assert NAME in command(publisher.archive, "audit", *YEAR, "--format", "csv")
    assert "--year" in command(publisher.archive, "audit", status=2)


def test_what_is_there_is_not_overwritten(publisher: Publisher) -> None:
    target = written(publisher, "md")
    assert "already" in command(publisher.archive, "audit", "report", target, *YEAR, status=2)
    assert "--format" in command(publisher.archive, "audit", "report", "x.pdf", *YEAR, status=2)


def test_texts_can_be_compared_at_any_time(publisher: Publisher) -> None:
    assert "0 findings" in command(publisher.archive, "compare", *YEAR)
