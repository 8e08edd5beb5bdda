"""Characters of a cell that are shown as something else are never digits of a number that is certain."""

from __future__ import annotations

import pytest
from reports import as_docx, as_html, as_text, tables
from shown import KEY, certain, figures, plain

from extract.document import Origin
from extract.prose import Prose
from extract.reading import read

WRITERS = pytest.mark.parametrize(
    "written", [as_text, as_html, as_docx], ids=["text", "html", "docx"]
)

ODD = {
    "struck": "1̶2̶15",
    "in-a-circle": "1\u20dd5",
    "key": "1\ufe0f\u20e35",
    "raised": "12¹",
    "lowered": "12₁",
    "circled": "1①",
    "roman": "1Ⅳ",
    "half": "1½",
    "arabic-indic": "1٢",
    "devanagari": "1२",
    "override": "\u202e12",
    "thin-space": "1\u20095",
    "wide-space": "1\u30005",
    "lost": "1\ufffd5",
    "object": "1\ufffc5",
    "private": "1\ue1235",
}


@WRITERS
@pytest.mark.parametrize("shown", ODD.values(), ids=ODD.keys())
def test_characters_that_are_no_digits_are_doubted(written, shown):
    data = written(tables(figures(shown)))
    assert not certain(data)
    assert KEY in read(data, Origin()).parse.suspect_cells


@WRITERS
def test_a_cell_of_what_could_not_be_decoded_is_not_taken_for_empty(written):
    assert KEY in read(written(tables(figures("\ufffd"))), Origin()).parse.suspect_cells


@pytest.mark.parametrize("shown", ["12\b\b15", "12\r15", "\x1b[9m3\x1b[0m15", "3**15", "~~3~~15"])
def test_signs_of_terminals_and_typists_in_texts_are_doubted(shown):
    assert not certain(as_text(tables(figures(shown))))


@WRITERS
@pytest.mark.parametrize(
    "shown",
    ["12", "１２", "1\u200b2", "\ufeff12", "12\u200e", "𝟏𝟐", "12件", " 12 "],
    ids=["plain", "wide", "zero-width", "mark", "direction", "mathematical", "unit", "spaces"],
)
def test_digits_that_are_seen_as_digits_are_not_doubted(written, shown):
    assert plain(written(tables(figures(shown)))) == 12


def test_marks_of_notes_in_sentences_are_no_digits():
    assert Prose("①收到申请12²件，３件").plain == "①收到申请12²件，3件"
