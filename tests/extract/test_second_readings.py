"""A misprint is told from a misreading: the second readings of Word 97 and OFD files."""

from __future__ import annotations

import random
from pathlib import Path

import docx
import pytest
import reports
from form_layout import f2021
from hypothesis import given, settings
from hypothesis import strategies as st
from ofd_writer import Layout, Page, Style, write
from test_doc import add_form_table, convert, soffice
from test_ofd import styles

from extract.document import Origin
from extract.forms.mapping import map_tables
from extract.readers.doc import read_doc
from extract.readers.doc_cells import read_doc_cells
from extract.readers.ofd import read_ofd
from extract.readers.ofd_order import read_ofd_order
from extract.reading import read
from extract.record import State, Status, Verdict

MISPRINTED = "requests.granted.business"
BLANK = "requests.partially_granted.research"
PLAIN = Style()


def figures(seed: int) -> dict[str, str]:
    chance = random.Random(seed)
    return reports.balanced([chance.randrange(5_000) for _ in range(200)])


def misprinted(seed: int) -> dict[str, str]:
    values = figures(seed)
    return values | {MISPRINTED: str(int(values[MISPRINTED]) + 1)}


def as_ofd(values: dict[str, str], style: Style = PLAIN, bottom: float = 275.0) -> bytes:
    layout = Layout(style, bottom)
    layout.paragraph(reports.TITLE, 5.6)
    for table in f2021(values):
        layout.paragraph(table.heading)
        layout.table(table)
    return write(layout.pages, reports.TITLE)


def as_word(values: dict[str, str]) -> docx.document.Document:
    document = docx.Document()
    document.add_paragraph(reports.TITLE)
    for table in f2021(values):
        add_form_table(document, table)
    return document


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("word")
    as_word(figures(1)).save(str(folder / "right.docx"))
    as_word(misprinted(2)).save(str(folder / "misprinted.docx"))
    as_word(figures(3) | {BLANK: ""}).save(str(folder / "blank.docx"))
    (folder / "merged.docx").write_bytes(reports.as_docx(reports.tables(figures(4))))
    convert(folder, "doc")
    return folder


def check_misprint(data: bytes, values: dict[str, str]) -> None:
    record = read(data, Origin())
    assert record.parse.status is Status.OK, record.parse.reasons
    assert {cell.key: cell.raw for cell in record.cells} == values
    failed = {f.rule for f in record.findings if f.verdict is Verdict.FAIL}
    assert any(rule.startswith("T3-") for rule in failed)


@soffice
def test_a_misprint_in_a_word_97_file_is_a_finding_and_no_doubt(made):
    check_misprint((made / "misprinted.doc").read_bytes(), misprinted(2))


def test_a_misprint_in_an_ofd_file_is_a_finding_and_no_doubt():
    check_misprint(as_ofd(misprinted(5)), misprinted(5))


@soffice
@pytest.mark.parametrize(("name", "seed"), [("right", 1), ("merged", 4)])
def test_the_bare_text_of_a_word_97_file_gives_every_number(made, name, seed):
    data = (made / f"{name}.doc").read_bytes()
    found = map_tables(read_doc_cells(data), None).values
    assert {key: cell.raw for key, cell in found.items()} == figures(seed)
    assert read(data, Origin()).parse.status is Status.OK


@soffice
def test_a_blank_cell_is_confirmed_between_values_or_left_open(made):
    data = (made / "blank.doc").read_bytes()
    first, second = (map_tables(r(data), None).values for r in (read_doc, read_doc_cells))
    assert first[BLANK].state is State.BLANK
    for key, cell in second.items():
        assert cell.state is State.UNREADABLE or cell.value == first[key].value


@settings(max_examples=15)
@given(styles, st.integers(0, 1000), st.sampled_from([275.0, 235.0, 180.0]))
def test_texts_in_the_order_of_an_ofd_file_give_every_number(style, seed, bottom):
    data = as_ofd(figures(seed), style, bottom)
    found = map_tables(read_ofd_order(data), None).values
    assert {key: cell.raw for key, cell in found.items()} == figures(seed)


def test_a_blank_in_an_ofd_file_is_never_filled_by_its_neighbour():
    data = as_ofd(figures(6) | {BLANK: ""})
    first, second = (map_tables(r(data), None).values for r in (read_ofd, read_ofd_order))
    assert first[BLANK].state is State.BLANK
    row = [key for key in second if key.startswith("requests.partially_granted.")]
    assert len(row) == 7
    assert {second[key].state for key in row} == {State.UNREADABLE}


@settings(max_examples=15)
@given(st.integers(0, 1000))
def test_what_stands_in_another_order_is_not_confirmed(seed):
    def shuffled(page: Page) -> Page:
        random.Random(seed).shuffle(page.texts)
        return page

    layout = Layout(Style())
    for table in f2021(misprinted(seed)):
        layout.table(table)
    data = write([shuffled(page) for page in layout.pages], reports.TITLE)
    assert read(data, Origin(link_text=reports.TITLE)).parse.status is not Status.OK
