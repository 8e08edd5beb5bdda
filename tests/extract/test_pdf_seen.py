"""A number in a PDF that nobody sees, or that something else was put over, is never certain."""

from __future__ import annotations

import pytest
from pdf_writer import packed, pdf, ruled, text

from extract.readers.pdf import read_pdf

FIRST = text(60, 236, "11")
WHITE = "1 g {}0 g\n"
BOX = "55 232 40 15 re f\n"
SHADE = "q 40 0 0 15 55 232 cm\nBI /W 1 /H 1 /CS /G /BPC 8 /F /AHx ID FF> EI\nQ\n"


def doubted(content: str, **options: str | tuple[str, ...]) -> list[str]:
    """The texts of the doubtful cells of the table."""
    (table,) = read_pdf(pdf(content, **options)).tables()  # type: ignore[arg-type]
    return [cell.text for cell in table.cells if cell.doubtful]


HIDDEN = {
    "white": ruled().replace(FIRST, WHITE.format(FIRST)),
    "nearly-white": ruled().replace(FIRST, f"0.98 0.97 1 rg {FIRST}0 g\n"),
    "white-beside-black": ruled() + WHITE.format(text(71.1, 236, "5")),
    "under-a-box": ruled() + WHITE.format(BOX),
    "under-a-picture": ruled() + SHADE,
    "under-a-thick-line": ruled() + "q 12 w 55 239 m 95 239 l S Q\n",
    "corrected": ruled() + WHITE.format(BOX) + text(60, 236, "77"),
    "corrected-aside": ruled() + WHITE.format(BOX) + text(63, 237, "77"),
    "outlined-in-white": ruled().replace(FIRST, f"q 1 G 1 Tr {FIRST}Q\n"),
    "clip-only": ruled().replace(FIRST, f"q 7 Tr {FIRST}Q\n"),
    "in-the-colour-of-its-cell": "0.2 0.2 0.6 rg " + BOX + FIRST + ruled().replace(FIRST, ""),
}


@pytest.mark.parametrize("content", HIDDEN.values(), ids=HIDDEN.keys())
def test_a_number_that_is_not_seen_is_not_certain(content: str) -> None:
    (cell,) = doubted(content)
    assert "1" in cell


SEEN = {
    "outlined": ruled().replace(FIRST, f"q 1 Tr {FIRST}Q\n"),
    "grey": ruled().replace(FIRST, f"0.5 g {FIRST}0 g\n"),
    "white-on-dark": "0.1 0.1 0.5 rg " + BOX + WHITE.format(FIRST) + ruled().replace(FIRST, ""),
    "shaded-cells-one-by-one": ruled(0, 0)
    + "".join(
        f"0.8 0.9 1 rg {x} {y} 60 20 re f 0 g\n" + text(x + 10, y + 6, "42")
        for x in (50, 110)
        for y in (230, 210)
    )
    + "50 210 120 40 re S 110 210 m 110 250 l S 50 230 m 170 230 l S\n",
    "frame-drawn-last": ruled() + "55 232 40 15 re S\n",
    "box-beside": ruled() + "0.9 g 300 232 40 15 re f\n",
}


@pytest.mark.parametrize("content", SEEN.values(), ids=SEEN.keys())
def test_a_number_that_is_seen_is_certain(content: str) -> None:
    assert doubted(content) == []


def note(kind: str, box: str, more: str = "") -> str:
    return f"/Annots[<</Type/Annot/Subtype/{kind}/Rect[{box}]{more}>>]"


@pytest.mark.parametrize(
    ("page", "cells"),
    [
        (note("StrikeOut", "58 232 75 247"), ["11"]),
        (note("FreeText", "58 232 75 247", "/Contents(7)"), ["11"]),
        (note("Square", "58 212 195 247", "/IC[1 1 1]"), ["11", "12", "13", "21", "22", "23"]),
        (note("FreeText", "85 232 105 247", "/Contents(7)"), ["11\ufffd"]),
        (note("Widget", "85 232 105 247", "/FT/Tx/V(7)"), ["11\ufffd"]),
        (note("Widget", "150 60 250 160", "/FT/Sig"), []),
        (note("Link", "58 232 75 247"), []),
        (note("Highlight", "58 232 75 247"), []),
        (note("Text", "58 232 75 247", "/Contents(7)"), []),
        (note("FreeText", "58 232 75 247", "/F 2"), []),
    ],
    ids=[
        "struck",
        "written-over",
        "box",
        "beside",
        "field",
        "seal",
        "link",
        "marker",
        "note",
        "hidden",
    ],
)
def test_what_readers_put_on_a_page_is_no_certain_number(page: str, cells: list[str]) -> None:
    assert doubted(ruled(), page=page) == cells


def test_what_is_switched_off_is_not_certain() -> None:
    content = ruled().replace(FIRST, f"/OC /G0 BDC {FIRST}EMC\n")
    layer = "<</Type/OCG/Name(2023)>>"
    for state, cells in (("OFF", ["11"]), ("ON", [])):
        catalog = f"/OCProperties<</OCGs[7 0 R]/D<</{state}[7 0 R]>>>>"
        assert doubted(content, catalog=catalog, more=(layer,)) == cells, state
        (table,) = read_pdf(packed(pdf(content, catalog=catalog, more=(layer,)))).tables()
        assert [cell.text for cell in table.cells if cell.doubtful] == cells, f"{state}, packed"


def test_what_is_transparent_is_not_certain() -> None:
    content = ruled().replace(FIRST, f"q /G0 gs {FIRST}Q\n")
    for opacity, cells in (("0", ["11"]), ("0.05", ["11"]), ("0.4", []), ("1", [])):
        assert doubted(content, more=(f"<</ca {opacity}>>",)) == cells, opacity


def test_pages_shown_turned_are_looked_at_as_shown() -> None:
    hidden = ruled() + WHITE.format(BOX)
    for turn in (0, 90, 180, 270):
        (table,) = read_pdf(pdf(hidden, rotate=turn)).tables()
        assert [cell.text for cell in table.cells if cell.doubtful] == ["11"], turn


def test_under_more_boxes_than_are_compared_nothing_is_certain() -> None:
    boxes = "".join(f"{-x} {-x} 900 900 re f\n" for x in range(20_000))
    (table,) = read_pdf(pdf(ruled() + boxes)).tables()
    assert all(cell.doubtful for cell in table.cells)


STRUCK = "60 103.5 m 72 103.5 l S\n"
SENTENCES = {
    "plain": ("", "", "1215 received"),
    "struck": ("", STRUCK, "[12]15 received"),
    "underlined": ("", "60 98.5 m 72 98.5 l S\n", "1215 received"),
    "white": ("1 g ", "", "[12]15 received"),
    "not-painted": ("3 Tr ", "", "[12]15 received"),
    "covered": ("", WHITE.format("58 97 13 12 re f\n"), "[12]15 received"),
}


@pytest.mark.parametrize(("look", "over", "words"), SENTENCES.values(), ids=SENTENCES.keys())
def test_a_digit_of_a_sentence_that_is_not_seen_stands_in_brackets(
    look: str, over: str, words: str
) -> None:
    first = text(60, 100, "12").replace("BT", f"q BT {look}").replace("ET", "ET Q")
    document = read_pdf(pdf(ruled() + first + text(71.2, 100, "15 received") + over))
    assert words in document.text()


@pytest.mark.parametrize(
    ("kind", "words"), [("StrikeOut", "[12] received"), ("Stamp", "12 received")]
)
def test_a_seal_strikes_no_number_out(kind: str, words: str) -> None:
    put = note(kind, "58 97 72 110")
    assert words in read_pdf(pdf(ruled() + text(60, 100, "12 received"), page=put)).text()


def test_the_text_layer_of_a_scan_is_no_aside() -> None:
    content = f"3 Tr {text(60, 100, 'In 2024 there were 12 requests')}"
    assert "In 2024 there were 12 requests" in read_pdf(pdf(content)).text()
