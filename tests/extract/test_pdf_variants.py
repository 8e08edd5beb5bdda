"""The same page turned, scaled, wrapped and spoiled: what must change, and what must not."""

from __future__ import annotations

import contextlib
import math
import random
import time
import zlib
from collections.abc import Callable

import pytest
from pdf_writer import line, pdf, ruled, text

from extract.document import Document, Paragraph
from extract.errors import DamagedDocument, ExtractionError, LimitExceeded, Locked, UnknownFormat
from extract.readers import pdf_limits
from extract.readers.pdf import read_pdf
from extract.readers.pdf_second import read_pdf_second

readers = pytest.mark.parametrize("read", [read_pdf, read_pdf_second], ids=["pdfium", "pdfminer"])
Read = Callable[[bytes], Document]
Grid = list[tuple[int, int, int, int, str]]


def grid(document: Document) -> Grid:
    (table,) = document.tables()
    return [(c.row, c.column, c.rowspan, c.colspan, c.text) for c in table.cells]


RULED: Grid = [(r, c, 1, 1, f"{r + 1}{c + 1}") for r in range(3) for c in range(3)]


@readers
def test_a_ruled_table(read: Read) -> None:
    document = read(pdf(ruled()))
    assert grid(document) == RULED
    assert document.doubts == ()


@readers
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_shown_turned_reads_the_same_with_boxes_as_shown(turn: int, read: Read) -> None:
    upright, turned = read(pdf(ruled())), read(pdf(ruled(), rotate=turn))
    assert grid(turned) == grid(upright)
    (before,), (after,) = upright.tables(), turned.tables()
    for one, other in zip(before.cells, after.cells, strict=True):
        assert one.position.bbox is not None
        x0, top, x1, bottom = one.position.bbox
        expected = {
            90: (300 - bottom, x0, 300 - top, x1),
            180: (400 - x1, 300 - bottom, 400 - x0, 300 - top),
            270: (top, 400 - x1, bottom, 400 - x0),
        }[turn]
        # Fonts without metrics get an estimated height in turned text.
        assert other.position.bbox == pytest.approx(expected, abs=3)


@readers
@pytest.mark.parametrize("quarters", [1, 2, 3])
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_content_drawn_sideways_reads_the_same(quarters: int, rotate: int, read: Read) -> None:
    angle = quarters * math.pi / 2
    cos, sin = round(math.cos(angle)), round(math.sin(angle))
    shift = {1: (300, 0), 2: (400, 300), 3: (0, 400)}[quarters]
    content = f"q {cos} {sin} {-sin} {cos} {shift[0]} {shift[1]} cm\n{ruled()}Q\n"
    box = "0 0 300 400" if quarters % 2 else "0 0 400 300"
    document = read(pdf(content, rotate=rotate, box=box))
    assert grid(document) == RULED


@readers
def test_boxes_count_from_the_corner_that_is_shown(read: Read) -> None:
    moved = read(pdf(f"q 1 0 0 1 -1000 500 cm\n{ruled()}Q\n", box="-1000 500 -600 800"))
    assert grid(moved) == RULED
    (before,), (after,) = read(pdf(ruled())).tables(), moved.tables()
    for one, other in zip(before.cells, after.cells, strict=True):
        assert other.position.bbox == pytest.approx(one.position.bbox, abs=0.01)


@readers
def test_a_page_inside_forms_inside_forms(read: Read) -> None:
    forms = ("q 0.5 0 0 0.5 10 20 cm /X1 Do Q", "q 0 2 -2 0 600 0 cm /X2 Do Q", ruled())
    document = read(pdf("q 0.7 0 0 0.7 0 0 cm /X0 Do Q", forms=forms, box="0 0 300 300"))
    assert grid(document) == RULED


def test_forms_nested_too_deep_are_refused() -> None:
    forms = (*(f"/X{level} Do" for level in range(1, 20)), ruled())
    with pytest.raises(LimitExceeded, match="nested"):
        read_pdf(pdf("/X0 Do", forms=forms))


@readers
def test_a_form_inside_itself_ends(read: Read) -> None:
    with contextlib.suppress(ExtractionError):
        assert read(pdf(ruled() + "/X0 Do", forms=("/X0 Do",))).pages == 1


BORDERS: dict[str, Callable[[int, int, int, int], str]] = {
    "filled": lambda x0, y0, x1, y1: f"{x0} {y0} {max(x1 - x0, 0.7)} {max(y1 - y0, 0.7)} re f\n",
    "thick": lambda x0, y0, x1, y1: f"{x0} {y0} {max(x1 - x0, 3)} {max(y1 - y0, 3)} re f\n",
    "dashed": lambda x0, y0, x1, y1: "".join(
        f"{x0 + i if x1 > x0 else x0} {y0 + i if y1 > y0 else y0} "
        f"{2 if x1 > x0 else 0.5} {2 if y1 > y0 else 0.5} re f\n"
        for i in range(0, int(max(x1 - x0, y1 - y0)), 4)
    ),
    "polyline": lambda x0, y0, x1, y1: f"{x0} {y0} m {x0} {y0} l {x1} {y1} l S\n",
}


@readers
@pytest.mark.parametrize("kind", list(BORDERS))
def test_borders_however_they_are_drawn(kind: str, read: Read) -> None:
    draw = BORDERS[kind]
    content = "".join(draw(50, 190 + 20 * r, 230, 190 + 20 * r) for r in range(4))
    content += "".join(draw(50 + 60 * c, 190, 50 + 60 * c, 250) for c in range(4))
    content += "".join(
        text(60 + 60 * c, 236 - 20 * r, f"{r + 1}{c + 1}") for r in range(3) for c in range(3)
    )
    assert grid(read(pdf(content))) == RULED


@readers
def test_a_frame_for_every_cell(read: Read) -> None:
    content = ""
    for r in range(3):
        for c in range(3):
            content += f"{51 + 60 * c} {191 + 20 * r} 58 18 re S\n"
            content += text(60 + 60 * c, 236 - 20 * r, f"{r + 1}{c + 1}")
    assert grid(read(pdf(content))) == RULED


@readers
def test_curves_and_slanted_lines_are_no_borders(read: Read) -> None:
    content = ruled() + "50 190 m 60 220 80 240 110 250 c S\n" + line(50, 250, 110, 190)
    assert grid(read(pdf(content))) == RULED


@readers
def test_an_underline_does_not_split_a_cell(read: Read) -> None:
    assert grid(read(pdf(ruled() + line(62, 233, 75, 233)))) == RULED


@readers
def test_a_frame_around_text_is_no_table(read: Read) -> None:
    document = read(pdf("40 40 300 200 re S\n" + text(60, 200, "Report of the year 2024")))
    assert not list(document.tables())
    assert document.text() == "Report of the year 2024"


@readers
def test_bold_by_printing_twice_counts_once(read: Read) -> None:
    content = ruled() + text(60.3, 236, "11") + text(120.3, 236, "12")
    assert grid(read(pdf(content))) == RULED


@readers
def test_a_stamped_watermark_is_no_text(read: Read) -> None:
    stamp = "BT /F 40 Tf 0.7 0.7 -0.7 0.7 80 100 Tm (COPY 123) Tj ET\n"
    assert grid(read(pdf(ruled() + stamp))) == RULED


@readers
def test_slanted_letters_are_upright_text(read: Read) -> None:
    italic = "BT /F 10 Tf 1 0 0.3 1 60 120 Tm (2024) Tj ET\n"
    (paragraph,) = read(pdf(italic)).blocks
    assert isinstance(paragraph, Paragraph)
    assert paragraph.text == "2024"


@readers
def test_a_number_that_runs_over_a_border_is_doubtful(read: Read) -> None:
    document = read(pdf(ruled(cell="1") + text(100, 236, "1234567")))
    (table,) = document.tables()
    doubtful = {(cell.row, cell.column) for cell in table.cells if cell.doubtful}
    assert {(0, 0), (0, 1)} <= doubtful
    assert document.doubts


@readers
@pytest.mark.parametrize("second", [text(80, 241, "77", 8), text(60, 232, "77", 8)])
def test_two_numbers_in_one_cell_never_become_one(second: str, read: Read) -> None:
    content = ruled().replace(text(60, 236, "11"), text(60, 241, "12", 8) + second)
    (table,) = read(pdf(content)).tables()
    assert "1277" not in table.cells[0].text
    assert table.cells[0].doubtful
    assert sum(cell.doubtful for cell in table.cells) == 1


@readers
@pytest.mark.parametrize(
    "mark",
    [text(71.1, 240, "1", 6), text(71.1, 233, "1", 6), text(71.1, 239, "1")],
    ids=["raised", "lowered", "as-large"],
)
def test_the_mark_of_a_note_is_no_certain_digit(mark: str, read: Read) -> None:
    (table,) = read(pdf(ruled() + mark)).tables()
    assert [i for i, cell in enumerate(table.cells) if cell.doubtful] == [0]


@readers
def test_a_number_that_is_struck_out_is_not_certain(read: Read) -> None:
    (table,) = read(pdf(ruled() + line(59, 239, 72, 239))).tables()
    assert [cell.text for cell in table.cells if cell.doubtful] == ["11"]


@readers
def test_a_number_broken_in_a_narrow_column_is_one_number(read: Read) -> None:
    content = ruled().replace(
        text(60, 236, "11"), text(52, 240, "1234567890") + text(52, 231, "55")
    )
    (table,) = read(pdf(content)).tables()
    assert table.cells[0].text == "123456789055"
    assert not table.cells[0].doubtful


@readers
def test_private_characters_are_doubtful(read: Read) -> None:
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def "
        "1 begincodespacerange <00> <FF> endcodespacerange "
        "1 beginbfrange <31> <33> <E031> endbfrange endcmap end end"
    )
    document = read(pdf(ruled(), font="/Encoding/WinAnsiEncoding/ToUnicode 4 0 R", cmap=cmap))
    (table,) = document.tables()
    assert all(cell.doubtful for cell in table.cells)
    assert any("no certain meaning" in doubt for doubt in document.doubts)


def test_glyphs_without_a_meaning_are_doubtful() -> None:
    font = "/Encoding<</Type/Encoding/Differences[49/g001/g002/g003]>>"
    document = read_pdf(pdf(ruled(), font=font))
    (table,) = document.tables()
    assert all(cell.doubtful for cell in table.cells)


@readers
def test_the_text_layer_of_a_scan_is_doubtful(read: Read) -> None:
    document = read(pdf("3 Tr\n" + ruled()))
    (table,) = document.tables()
    assert all(cell.doubtful for cell in table.cells)
    assert any("not painted" in doubt for doubt in document.doubts)


@readers
def test_a_page_that_is_an_image_is_said_to_be(read: Read) -> None:
    image = "q 300 0 0 200 50 50 cm\nBI /W 2 /H 2 /CS /G /BPC 8 /F /AHx ID 00FF00FF> EI\nQ\n"
    document = read(pdf(ruled(), image))
    assert document.doubts == ("page 2 is a picture; text in pictures is not read",)


@readers
@pytest.mark.parametrize("form", ["- {} -", "{}", "{}/3", "-{}-"])
def test_page_numbers_are_left_out(form: str, read: Read) -> None:
    pages = [ruled() + text(190, 15, form.format(number)) for number in (1, 2, 3)]
    document = read(pdf(*pages))
    assert document.text() == ""
    assert sum(len(table.cells) for table in document.tables()) == 27


@readers
def test_running_titles_are_left_out_and_text_that_stands_there_is_not(read: Read) -> None:
    pages = [
        text(50, 285, f"Annual report 2024, page {number}") + text(50, 150, f"Text {word}.")
        for number, word in ((1, "one"), (2, "two"), (3, "three"))
    ]
    pages[1] += text(50, 20, "A last line of text.")
    assert read(pdf(*pages)).text().splitlines() == [
        "Text one.",
        "Text two.",
        "A last line of text.",
        "Text three.",
    ]


@readers
def test_a_page_number_inside_a_table_at_the_page_end_is_left_out(read: Read) -> None:
    lines = "".join(line(50, y, 230, y) for y in (250, 150, 5))
    lines += "".join(line(x, 250, x, 5) for x in (50, 230))
    pages = [
        lines
        + text(60, 200, f"{number}00")
        + text(60, 100, f"{number}50")
        + text(120, 10, f"- {number} -")
        for number in (1, 2)
    ]
    cells = [cell.text for table in read(pdf(*pages)).tables() for cell in table.cells]
    assert cells == ["100", "150", "200", "250"]


@readers
def test_a_bare_number_inside_a_table_is_never_a_page_number(read: Read) -> None:
    lines = "".join(line(50, y, 230, y) for y in (250, 30, 5))
    lines += "".join(line(x, 250, x, 5) for x in (50, 230))
    pages = [
        lines + text(60, 200, f"x{number}") + text(120, 12, f"{number}") for number in (1, 2, 3)
    ]
    cells = [cell.text for table in read(pdf(*pages)).tables() for cell in table.cells]
    assert cells == ["x1", "1", "x2", "2", "x3", "3"]


@readers
def test_numbers_in_columns_without_lines_are_an_aligned_table(read: Read) -> None:
    rows = [
        ("Kind", "Made", "Held"),
        ("Rules", "1", "11"),
        ("Norms", "826", "66"),
        ("Sum", "9", "77"),
    ]
    content = "".join(
        text(50 + 90 * c, 250 - 16 * r, words)
        for r, row in enumerate(rows)
        for c, words in enumerate(row)
    )
    (table,) = read(pdf(content)).tables()
    assert table.aligned
    assert [[cell.text for cell in row] for row in table.rows()] == [list(row) for row in rows]
    assert {cell.column for cell in table.cells} == {0, 1, 2}


@readers
def test_numbers_that_do_not_stand_in_columns_are_not_aligned(read: Read) -> None:
    content = "".join(
        text(50 + shift + 60 * c, 250 - 16 * r, f"{r}{c}")
        for r, shift in enumerate((0, 25, 55, 10))
        for c in range(4)
    )
    (table,) = read(pdf(content)).tables()
    assert not table.aligned


@readers
@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", UnknownFormat),
        (b"<html>not found</html>", UnknownFormat),
        (b"\x89PNG" * 100, UnknownFormat),
        (b"%PDF-1.4\n" + b"\0\xff" * 5000, DamagedDocument),
        (b"%PDF-1.4\nnothing here\n%%EOF\n", DamagedDocument),
    ],
)
def test_what_is_no_pdf_ends_in_one_clear_error(
    data: bytes, error: type[Exception], read: Read
) -> None:
    with pytest.raises(error):
        read(data)


@readers
def test_limits(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LimitExceeded, match="301 pages"):
        read(pdf(*[""] * 301))
    monkeypatch.setattr(pdf_limits.Budget.__init__, "__defaults__", (10, 1000))
    with pytest.raises(LimitExceeded, match="characters"):
        read(pdf(ruled()))
    monkeypatch.setattr(pdf_limits.Budget.__init__, "__defaults__", (1000, 10))
    with pytest.raises(LimitExceeded, match="lines and objects"):
        read(pdf(ruled()))


@readers
def test_a_drawing_with_too_many_lines_is_no_table(read: Read) -> None:
    pieces = "".join(line(x, y, x + 6, y) for x in range(0, 390, 10) for y in range(0, 300, 2))
    document = read(pdf(pieces + text(60, 121, "Map")))
    assert document.text() == "Map"
    assert document.doubts == ("page 1 holds a drawing; its lines were not read as a table",)


@readers
def test_a_password_is_asked_for_in_words(read: Read) -> None:
    key = "61" * 32
    encrypt = f"/Encrypt<</Filter/Standard/V 1/R 2/O<{key}>/U<{key}>/P -4>>/ID[<6161><6161>]"
    with pytest.raises(Locked, match="password"):
        read(pdf(ruled(), trailer=encrypt))


# Found by benchmarks/fuzz_readers.py.


@readers
def test_text_without_size_is_no_fault_of_ours(read: Read) -> None:
    assert grid(read(pdf(ruled() + text(60, 100, "small", size=0) * 3))) == RULED


@readers
def test_a_title_in_half_a_character_is_no_title(read: Read) -> None:
    for code in ("DC000041", "0041D8000041"):
        data = pdf(ruled(), font=f"/Title<FEFF{code}>", trailer="/Info 3 0 R")
        assert grid(read(data)) == RULED


@readers
def test_operators_without_their_operands_take_no_long_time(read: Read) -> None:
    start = time.process_time()
    with contextlib.suppress(ExtractionError):
        read(pdf(ruled() + "1 " * 60_000 + "w " * 60_000))
    assert time.process_time() - start < 4


@readers
@pytest.mark.parametrize("unpacked", [3_000_000, 80_000_000])
def test_a_broken_stream_is_unpacked_in_one_go(unpacked: int, read: Read) -> None:
    noise = random.Random(1).randbytes(600_000).hex().encode()
    packed = bytearray(zlib.compress(b"%" + noise + b" " * (unpacked - len(noise)) + b"\n"))
    packed[-1] ^= 0xFF
    content = packed.decode("latin-1")
    data = pdf(ruled(), content).replace(
        f"<</Length {len(content)}>>".encode(),
        f"<</Filter/FlateDecode/Length {len(content)}>>".encode(),
    )
    start = time.process_time()
    with contextlib.suppress(ExtractionError):
        assert grid(read(data)) == RULED
    assert time.process_time() - start < 5


@readers
def test_thousands_of_digits_in_one_place_are_refused(read: Read) -> None:
    start = time.process_time()
    with contextlib.suppress(ExtractionError):
        read(pdf(ruled() + text(60, 236, "1") * 20_000))
    assert time.process_time() - start < 5


@readers
def test_a_font_that_names_four_billion_characters_is_refused(read: Read) -> None:
    names = "1 beginbfrange\n<00000000> <FFFFFFFF> <0041>\nendbfrange"
    cmap = f"/CIDInit /ProcSet findresource begin\nbegincmap\n{names}\nendcmap"
    start = time.process_time()
    with contextlib.suppress(ExtractionError):
        read(pdf(ruled(), font="/ToUnicode 4 0 R", cmap=cmap))
    assert time.process_time() - start < 5
