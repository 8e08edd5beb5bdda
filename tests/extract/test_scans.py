"""Scans: real pages, scanned askew and with noise, are read without a wrong number or say what they doubt."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import time
import zlib
from itertools import pairwise
from pathlib import Path

import pytest

pytest.importorskip("rapidocr", reason="the ocr extra is not installed")

import cv2
import numpy as np
import pypdfium2 as pdfium
import reports
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from extract.document import Origin, Position
from extract.forms.consensus import consensus
from extract.forms.reading import Figures
from extract.readers.scans.closer import far_from, in_one_row, is_doubtful, looked_at_again
from extract.readers.scans.lines import Rules, ink_of, rules_of, skew_of, tight, type_of
from extract.readers.scans.orientation import turned, turned_back, turns_to_upright
from extract.readers.scans.recognition import Word
from extract.readers.scans.weighing import weighed
from extract.reading import read
from extract.record import CellValue, Recognition, State, Status
from extract.worker import RECOGNITION, read_many

DOCUMENTS = Path(__file__).parents[2] / "crawler" / "sampleweb" / "documents"
TOWN = (DOCUMENTS / "jinshe-2024.pdf").read_bytes()


def pages(pdf: bytes, dpi: int, askew: float = 0.0, noise: float = 0.0) -> list[Image.Image]:
    """The pages of a PDF as a scanner would see them."""
    chance = np.random.default_rng(7)
    document = pdfium.PdfDocument(pdf)
    seen = []
    for number in range(len(document)):
        page = document[number].render(scale=dpi / 72, rev_byteorder=True).to_numpy()[:, :, :3]
        height, width = page.shape[:2]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), askew, 1)
        page = cv2.warpAffine(page, turn, (width, height), borderValue=(255, 255, 255))
        page = cv2.GaussianBlur(page, (0, 0), 0.5) if noise else page
        grain = chance.normal(0, noise, page.shape) if noise else 0
        seen.append(Image.fromarray(np.clip(page + grain, 0, 255).astype(np.uint8)))
    document.close()
    return seen


def scan(images: list[Image.Image], dpi: int) -> bytes:
    target = io.BytesIO()
    images[0].save(
        target, "PDF", save_all=True, append_images=images[1:], resolution=dpi, quality=70
    )
    return target.getvalue()


def picture(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def middle(box):
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def test_a_scan_is_read_like_the_file_it_was_made_of():
    printed = read(TOWN, Origin())
    first, second = pages(TOWN, 200, askew=0.6, noise=5)
    # The second sheet went through the scanner on its side.
    askew = scan([first, second.transpose(Image.Transpose.ROTATE_90)], 200)
    [(_, record)] = read_many([("scan", askew, Origin())], 1, recognition=RECOGNITION)
    assert record.parse.recognition is Recognition.DONE
    assert record.parse.status in (Status.OK, Status.SUSPECT)
    assert (record.agency.name, record.year, record.form) == (
        printed.agency.name,
        printed.year,
        printed.form,
    )
    found = {cell.key: cell for cell in record.cells}
    wrong = {
        cell.key: (cell.raw, found[cell.key].raw)
        for cell in printed.cells
        if cell.key not in record.parse.suspect_cells
        and (cell.value, cell.state) != (found[cell.key].value, found[cell.key].state)
    }
    assert wrong == {}
    assert len(record.parse.suspect_cells) < len(printed.cells) // 10
    # The place of a number is where it stands on the sheet as it was laid on the glass.
    for cell in printed.cells:
        if cell.position.bbox and found[cell.key].position.bbox:
            x, y = middle(cell.position.bbox)
            seen_x, seen_y = middle(found[cell.key].position.bbox)
            turned_x, turned_y = laid_askew((x, y), 0.6)
            if cell.position.page == 2:
                turned_x, turned_y = turned_y, 595 - turned_x
            assert abs(seen_x - turned_x) < 5, cell.key
            assert abs(seen_y - turned_y) < 5, cell.key


def laid_askew(point, degrees):
    turn = cv2.getRotationMatrix2D((595 / 2, 842 / 2), degrees, 1)
    return turn @ np.array([*point, 1.0])


@pytest.mark.parametrize("quarters", range(4))
def test_the_way_a_sheet_lies_is_seen_from_its_text(quarters):
    lying = np.rot90(np.asarray(pages(TOWN, 120, askew=0.4, noise=5)[1]), quarters)
    assert turns_to_upright(np.ascontiguousarray(lying)) == quarters
    empty = np.full((900, 600, 3), 255, np.uint8)
    assert turns_to_upright(empty) == 0


boxes = st.tuples(*[st.floats(1, 300)] * 4).map(
    lambda b: (min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]), max(b[1], b[3]))
)


@given(boxes, st.integers(0, 3))
def test_a_box_of_an_upright_sheet_is_found_again_as_the_sheet_lies(box, turns):
    height, width = 400, 350
    lying = np.zeros((width, height) if turns % 2 else (height, width), bool)
    x0, top, x1, bottom = turned_back(box, width, height, turns)
    lying[int(top) : int(bottom) + 1, int(x0) : int(x1) + 1] = True
    rows, columns = np.nonzero(turned(lying, turns))
    seen = columns.min(), rows.min(), columns.max(), rows.max()
    assert all(abs(a - b) < 1.01 for a, b in zip(seen, box, strict=True))


def test_without_recognition_a_scan_says_what_it_needs():
    for data in (scan(pages(TOWN, 50), 50), picture(pages(TOWN, 50)[0])):
        record = read(data, Origin())
        assert record.parse.status is Status.FAILED
        assert record.parse.recognition is Recognition.NEEDED
        assert record.to_json()["parse"]["recognition"] == "needed"
    assert read(TOWN, Origin()).parse.recognition is None


def test_one_page_of_a_report_as_a_picture_is_no_whole_report():
    printed = {cell.key: cell for cell in read(TOWN, Origin()).cells}
    record = read(picture(pages(TOWN, 150)[0]), Origin(), recognise=True)
    assert record.parse.status is Status.SUSPECT
    certain = [cell for cell in record.cells if cell.key not in record.parse.suspect_cells]
    assert certain
    for cell in certain:
        assert (cell.value, cell.state) == (printed[cell.key].value, printed[cell.key].state)


def test_a_sheet_without_a_line_of_text_shows_nothing():
    record = read(picture(Image.new("L", (800, 400), "white")), Origin(), recognise=True)
    assert record.parse.status is Status.FAILED
    assert record.cells == ()
    assert not any("extractor failed" in reason for reason in record.parse.reasons)


def test_a_picture_that_unpacks_to_gigabytes_fails_at_once():
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content))
            + kind
            + content
            + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 999))
    started = time.monotonic()
    record = read(bomb + chunk(b"IEND", b""), Origin(), recognise=True)
    assert record.parse.status is Status.FAILED
    assert record.parse.reasons == ("the picture is too large to be recognised",)
    assert time.monotonic() - started < 20
    cut = picture(Image.new("RGB", (300, 300), "white"))[:200]
    record = read(cut, Origin(), recognise=True)
    assert record.parse.reasons == ("the picture is broken; download it again",)


def sheet(askew: float, xs: list[int], ys: list[int]) -> np.ndarray:
    paper = np.full((1754, 1240, 3), 255, np.uint8)
    for x in xs:
        cv2.line(paper, (x, ys[0]), (x, ys[-1]), (0, 0, 0), 2)
    for y in ys:
        cv2.line(paper, (xs[0], y), (xs[-1], y), (0, 0, 0), 2)
    turn = cv2.getRotationMatrix2D((620, 877), askew, 1)
    return cv2.warpAffine(paper, turn, (1240, 1754), borderValue=(255, 255, 255))


steps = st.lists(st.integers(100, 200), min_size=3, max_size=5)


@given(st.floats(-4, 4), steps, steps)
@settings(max_examples=6)
def test_how_far_a_sheet_lies_askew_is_seen(askew, widths, heights):
    xs = list(np.cumsum([150, *widths]))
    ys = list(np.cumsum([300, *heights]))
    # OpenCV turns against the clock for positive angles; a line then rises to the right.
    assert abs(skew_of(sheet(askew, xs, ys), 150 / 72) + askew) < 0.25


@given(steps, st.lists(st.integers(25, 90), min_size=3, max_size=6))
@settings(max_examples=6)
def test_every_line_of_a_straight_table_is_found_and_no_stroke_of_its_text(widths, heights):
    xs = list(np.cumsum([150, *widths]))
    ys = list(np.cumsum([300, *heights]))
    paper = sheet(0, xs, ys)
    for top, bottom in pairwise(ys):
        # As high as a row allows without touching its borders.
        cv2.line(paper, (xs[0] + 20, top + 6), (xs[0] + 20, bottom - 6), (0, 0, 0), 3)
    rules = rules_of(paper, ink_of(paper), 150 / 72)
    middles = {round((x0 + x1) / 2) for x0, _, x1, _ in rules.vertical}
    assert all(any(abs(x - seen) <= 2 for seen in middles) for x in xs)
    assert all(any(abs(x - seen) <= 2 for x in xs) for seen in middles)
    levels = {round((top + bottom) / 2) for _, top, _, bottom in rules.horizontal}
    assert all(any(abs(y - seen) <= 2 for seen in levels) for y in ys)


def close_print(grey: int) -> np.ndarray:
    """Two columns of rows as low as their type, with thin borders that print took down to grey."""
    chance = np.random.default_rng(5)
    paper = np.full((900, 1240, 3), 255, np.uint8)
    for row in range(12):
        top = 100 + 24 * row
        for x in range(130, 560, 18):
            # As an ideograph: upright and level strokes in a square, close to both borders.
            for at in chance.integers(0, 11, 4):
                cv2.line(paper, (x + at, top + 3), (x + at, top + 21), (0, 0, 0), 1)
                cv2.line(paper, (x, top + 4 + at), (x + 11, top + 4 + at), (0, 0, 0), 1)
    for y in range(100, 100 + 24 * 13, 24):
        cv2.line(paper, (100, y), (900, y), (grey,) * 3, 1)
    for x in (100, 600, 900):
        cv2.line(paper, (x, 100), (x, 100 + 24 * 12), (grey,) * 3, 1)
    return paper


def test_thin_borders_between_close_rows_of_type_are_seen_and_the_type_is_none():
    paper = close_print(200)
    rules = rules_of(paper, ink_of(paper), 150 / 72)
    levels = sorted((round((top + low) / 2), x0, x1) for x0, top, x1, low in rules.horizontal)
    assert [abs(level - (100 + 24 * n)) <= 1 for n, (level, _, _) in enumerate(levels)] == [
        True
    ] * 13
    assert all(x0 <= 103 and x1 >= 897 for _, x0, x1 in levels)


def test_a_row_whose_border_the_page_break_took_is_a_row():
    paper = sheet(0, [150, 400, 500, 600, 700], [300, 330, 360, 390])
    paper[295:306] = 255
    rules = rules_of(paper, ink_of(paper), 150 / 72)
    tops = [round(top) for _, top, _, _ in rules.vertical]
    assert sum(abs(top - 306) <= 2 for top in tops) == 5


@pytest.mark.parametrize("height", [17, 19, 26, 60])
def test_a_row_that_a_page_break_parted_from_its_table_has_its_borders(height):
    """They are no longer than strokes of characters may be."""
    paper = sheet(0, [150, 400, 500, 600, 700], [300, 300 + round(height * 150 / 72)])
    cv2.putText(paper, "11", (250, 328), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (0, 0, 0), 2)
    rules = rules_of(paper, ink_of(paper), 150 / 72)
    middles = sorted(round((x0 + x1) / 2) for x0, _, x1, _ in rules.vertical)
    assert len(middles) == 5
    assert all(abs(x - at) <= 2 for x, at in zip(middles, [150, 400, 500, 600, 700], strict=True))


def test_strokes_between_two_lines_of_a_letterhead_are_no_borders():
    paper = np.full((900, 1240, 3), 255, np.uint8)
    for y in (300, 340):
        cv2.line(paper, (100, y), (900, y), (0, 0, 0), 2)
    for x in range(200, 800, 40):
        cv2.line(paper, (x, 307), (x, 333), (0, 0, 0), 2)
    assert rules_of(paper, ink_of(paper), 150 / 72).vertical == []


def test_the_box_of_a_number_ends_where_its_digits_do():
    """The engine gives some room around, which would reach over a border nearby."""
    paper = sheet(0, [150, 300, 450], [300, 340, 380])
    cv2.putText(paper, "7", (160, 330), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (0, 0, 0), 2)
    ink, scale = ink_of(paper), 150 / 72
    type_ = type_of(ink, rules_of(paper, ink, scale), scale)
    x0, top, x1, bottom = tight(type_, (146.0, 305.0, 185.0, 335.0))
    assert 154 < x0 < 165 < x1 < 180
    assert 309 < top < 318 < bottom < 335
    assert tight(type_, (400.0, 350.0, 420.0, 360.0)) == (400.0, 350.0, 420.0, 360.0)


def test_a_number_that_was_overlooked_is_read_at_a_second_look():
    paper = Image.new("RGB", (400, 200), "white")
    draw = ImageDraw.Draw(paper)
    font = ImageFont.load_default(28)
    draw.text((100, 80), "37", "black", font)
    draw.text((300, 80), "5", "black", font)
    picture_, boxes = np.asarray(paper), [(100.0, 84.0, 131.0, 108.0), (300.0, 84.0, 315.0, 108.0)]
    type_ = np.where(picture_.min(axis=2) < 128, np.uint8(255), np.uint8(0))
    doubtful = Word("15", *boxes[1], 0.5)
    seen = looked_at_again(picture_, type_, [doubtful], boxes[:1], [], 150 / 72)
    assert sorted(word.text for word in seen) == ["37", "5"]
    # Beside a word that was read, or ink that was not, it may be a part of that.
    beside = Word("1", 88, 84, 99, 108, 0.99)
    assert looked_at_again(picture_, type_, [beside], boxes[:1], [], 150 / 72) == [beside]
    type_[84:108, 140] = 255
    assert looked_at_again(picture_, type_, [], boxes[:1], [], 150 / 72) == []


def test_numbers_of_two_narrow_cells_that_were_taken_for_one_are_read_apart():
    paper = Image.new("RGB", (400, 200), "white")
    draw = ImageDraw.Draw(paper)
    font = ImageFont.load_default(28)
    draw.text((104, 80), "259", "black", font)
    draw.text((162, 80), "1115", "black", font)
    picture_ = np.asarray(paper)
    type_ = np.where(picture_.min(axis=2) < 128, np.uint8(255), np.uint8(0))
    between = [(155.0, 70.0, 157.0, 120.0)]
    both = Word("2591115", 106, 82, 225, 110, 0.99)
    seen = looked_at_again(picture_, type_, [both], [], between, 150 / 72)
    assert sorted((word.text, word.x1 < 156) for word in seen) == [("1115", False), ("259", True)]
    # A border above or below parts nothing, and without one it is one number.
    for borders in ([(155.0, 0.0, 157.0, 60.0)], []):
        assert looked_at_again(picture_, type_, [both], [], borders, 150 / 72) == [both]
    # Beyond a border another number may stand close by.
    alone = Word("1115", 162, 82, 225, 110, 0.5)
    beside = Word("259", 104, 82, 152, 110, 0.99)
    for borders, sure in ((between, True), ([], False)):
        seen = looked_at_again(picture_, type_, [alone, beside], [], borders, 150 / 72)
        assert [word.score > 0.9 for word in seen if word.text == "1115"] == [sure]


def test_a_number_read_in_two_cells_stays_doubtful_where_it_cannot_be_read_apart():
    """A pen blotted what stands before the border, and something stands close behind it."""
    paper = Image.new("RGB", (400, 200), "white")
    draw = ImageDraw.Draw(paper)
    draw.text((162, 80), "0", "black", ImageFont.load_default(28))
    draw.rectangle((138, 84, 150, 108), "black")
    picture_ = np.asarray(paper)
    type_ = np.where(picture_.min(axis=2) < 128, np.uint8(255), np.uint8(0))
    borders = [(155.0, 70.0, 157.0, 120.0)]
    both, beside = Word("40", 136, 82, 182, 110, 0.99), Word("件", 184, 82, 200, 110, 0.99)
    seen = looked_at_again(picture_, type_, [both, beside], [], borders, 150 / 72)
    assert [(word.text, is_doubtful(word)) for word in seen] == [("件", False), ("40", True)]


def test_a_number_beside_ink_that_was_not_read_is_doubtful_beyond_a_border_too():
    number, label, far = (
        Word(text, x, 80, x + 20, 100, 0.99) for text, x in (("2", 100), ("项", 130), ("7", 200))
    )
    seen = far_from(
        [(85.0, 82.0, 91.0, 98.0), (122.0, 200.0, 128.0, 216.0)], [number, label, far], 2
    )
    assert [word.score for word in seen] == [0, 0.99, 0.99]


def test_what_is_read_across_a_border_is_not_read():
    """Somebody wrote over it, and both rows have ink there that is in no other word."""
    rows = [Word("0", 100, 80 + 30 * at, 110, 100 + 30 * at, 0.99) for at in range(5)]
    over = Word("54", 102, 116, 120, 156, 0.9)
    borders = [(50.0, 104.0 + 30 * at, 300.0, 106.0 + 30 * at) for at in range(5)]
    tall = Word("合", 200, 80, 215, 130, 0.99)
    border_elsewhere = [(220.0, 100.0, 300.0, 101.0)]
    assert in_one_row([*rows, over], borders) == rows
    assert in_one_row([*rows, tall], border_elsewhere) == [*rows, tall]
    assert in_one_row([], borders) == []


def test_a_border_that_was_read_as_a_digit_is_none():
    """It stands in the box of the word, and not in the ink that is no line."""
    paper = Image.new("RGB", (400, 200), "white")
    draw = ImageDraw.Draw(paper)
    font = ImageFont.load_default(28)
    draw.text((104, 80), "0", "black", font)
    draw.text((300, 80), "11", "black", font)
    picture_ = np.asarray(paper)
    type_ = np.where(picture_.min(axis=2) < 128, np.uint8(255), np.uint8(0))
    words = [Word("10", 88, 80, 124, 112, 0.99), Word("11", 296, 80, 334, 112, 0.99)]
    seen = looked_at_again(picture_, type_, words, [], [], 150 / 72)
    assert sorted(word.text for word in seen) == ["0", "11"]
    # Where there is too much to look at again it stays doubtful.
    dust = [(20.0 * n, 9.0 * n, 20.0 * n + 4, 9.0 * n + 4) for n in range(300)]
    seen = looked_at_again(picture_, type_, words, dust, [], 150 / 72)
    assert {word.text: word.score > 0.9 for word in seen} == {"10": False, "11": True}


@pytest.mark.parametrize("pen", [None, "line", "cross", "over", "white"])
def test_a_number_that_a_pen_or_a_seal_changed_is_doubtful(pen):
    """The engine reads it as if nothing were there; its ink is not that of its digits elsewhere."""
    paper = Image.new("RGB", (700, 500), "white")
    draw = ImageDraw.Draw(paper)
    font = ImageFont.load_default(24)
    chance = np.random.default_rng(3)
    words = []
    for at in range(30):
        text, x, y = str(chance.integers(0, 400)), 40 + at % 6 * 110, 40 + at // 6 * 90
        draw.text((x, y), text, "black", font)
        words.append(Word(text, *map(float, draw.textbbox((x, y), text, font)), 0.99))
    _, x0, top, x1, bottom, _ = words[13]
    if pen in ("line", "cross"):
        draw.line((x0 - 4, (top + bottom) / 2, x1 + 4, (top + bottom) / 2 - 2), (30, 60, 160), 2)
    if pen == "cross":
        draw.line((x0, bottom, x1, top), "black", 2)
    if pen == "over":
        draw.text((x0 + 4, top - 6), "8", (200, 60, 60), font)
    if pen == "white":
        draw.rectangle((x0 + 14, top, x0 + 26, bottom), "white")
    assert doubted(paper, words) == ([(x0, top)] if pen else [])


def doubted(paper: Image.Image, words: list[Word]) -> list[tuple[float, float]]:
    """Where the numbers stand that are doubtful on a page that is one table, scanned with some noise."""
    width, height = paper.size
    seen = np.asarray(paper) + np.random.default_rng(4).normal(0, 5, (height, width, 3))
    picture_ = np.clip(seen, 0, 255).astype(np.uint8)
    type_ = np.where(picture_.min(axis=2) < 128, np.uint8(255), np.uint8(0))
    rules = Rules([], [], [(0.0, 0.0, float(width), float(height))])
    return [word[1:3] for word in weighed(picture_, type_, words, rules, 2.0) if word.score < 0.8]


def row_of(numbers: list[str], sizes: list[int]) -> tuple[Image.Image, list[Word]]:
    """Numbers side by side, each in its size of type."""
    paper = Image.new("RGB", (110 * len(numbers), 120), "white")
    draw, words = ImageDraw.Draw(paper), []
    for at, (text, size) in enumerate(zip(numbers, sizes, strict=True)):
        font, place = ImageFont.load_default(size), (20 + at * 110, 40)
        draw.text(place, text, "black", font)
        words.append(Word(text, *map(float, draw.textbbox(place, text, font)), 0.99))
    return paper, words


@pytest.mark.parametrize("number", range(7))
@pytest.mark.parametrize("pen", ["level", "slanting", "steep"])
def test_a_number_that_was_struck_out_is_doubtful_in_a_small_table_too(number, pen):
    paper, words = row_of(["1", "0", "11", "8", "26", "66", "4"], [24] * 7)
    _, x0, top, x1, bottom, _ = words[number]
    up = {"level": 1, "slanting": (bottom - top) / 2, "steep": (bottom - top) / 2 + 7}[pen]
    middle = (top + bottom) / 2
    stroke = (x0 - 4, middle + up, x1 + 4, middle - up)
    ImageDraw.Draw(paper).line(stroke, (30, 60, 160), 2)
    assert doubted(paper, words) == [(x0, top)]


def test_a_long_number_in_smaller_type_is_not_doubtful():
    paper, words = row_of(["1", "0", "11", "447228", "26", "66"], [24, 24, 24, 18, 24, 24])
    assert doubted(paper, words) == []


TYPES = {
    "Fangsong": (1, 0.55, 0.80, 0.77, 0.74, 0.82, 0.97, 0.64, 0.96, 0.97),
    "Times": (1, 0.55, 0.77, 0.71, 0.86, 0.75, 0.90, 0.59, 0.95, 0.90),
    "Hei": (1, 0.52, 0.80, 0.85, 0.91, 0.86, 0.97, 0.66, 1.10, 0.94),
    "DejaVu": (1, 0.70, 0.83, 0.86, 0.89, 0.90, 1.05, 0.65, 1.13, 1.04),
}


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("digit", "123456789")
def test_a_digit_that_stands_there_once_is_not_doubtful_whatever_the_type(name, digit):
    """Digits of two bars, which have as much ink as those of the type have beside its 0."""
    paper = Image.new("RGB", (20 + 60 * 20, 120), "white")
    draw, words = ImageDraw.Draw(paper), []
    for at, text in enumerate(["0"] * 19 + [digit]):
        x, bar = 20 + 60 * at, TYPES[name][int(text)] * 12
        draw.rectangle((x, 40, x + round(bar / 2) - 1, 79), "black")
        draw.rectangle((x + 30 - (round(bar) - round(bar / 2)), 40, x + 29, 79), "black")
        words.append(Word(text, x, 40, x + 30, 80, 0.99))
    assert doubted(paper, words) == []


def test_a_table_without_a_frame_has_rows_at_its_open_ends():
    paper = sheet(0, [150, 400, 650], [300, 340, 380, 420])
    paper[296:304] = 255
    paper[416:424] = 255
    paper[:, 146:154] = 255
    paper[:, 646:654] = 255
    rules = rules_of(paper, ink_of(paper), 150 / 72)
    assert len(rules.vertical) == 3
    assert all(abs((x0 + x1) / 2 - 400) < 3 for x0, _, x1, _ in rules.vertical)


def figures(**values):
    found = Figures(forms={"requests": "f2021"})
    for name, value in values.items():
        key = f"requests.granted.{name}"
        if value is None:
            found.lose([key], Position(), "was not found")
        else:
            found.values[key] = CellValue(key, value, State.NUMBER, str(value), Position())
    return found


def test_two_recognitions_must_agree_and_one_alone_must_be_proven():
    merged = consensus(
        figures(total=3, business=1, research=None, other_org=None),
        figures(total=3, business=7, research=5, other_org=None),
    )
    key = "requests.granted.{}".format
    assert key("total") not in merged.suspects | merged.unproven
    assert key("business") in merged.suspects
    assert merged.values[key("research")].value == 5
    assert key("research") in merged.unproven
    assert key("other_org") in merged.suspects


def test_a_blank_that_only_one_recognition_saw_is_proven_by_no_sum():
    """The sum would hold with a zero as well, which is no blank."""
    key = "requests.granted.research"
    seen = figures(total=0, business=0, research=0)
    seen.values[key] = CellValue(key, None, State.BLANK, "", Position())
    unread = figures(total=0, business=0, research=None)
    assert key in consensus(seen, unread).suspects
    assert key in consensus(seen, unread, unread).suspects
    assert key not in consensus(seen, unread, seen).suspects


def test_a_third_recognition_can_replace_what_one_could_not_read_and_outvotes_none():
    merged = consensus(
        figures(total=3, business=1, research=None, other_org=None, legal_service=4),
        figures(total=3, business=7, research=5, other_org=None, legal_service=4),
        figures(total=3, business=7, research=5, other_org=6, legal_service=8),
    )
    key = "requests.granted.{}".format
    assert key("total") not in merged.suspects | merged.unproven
    assert key("business") in merged.suspects
    assert merged.values[key("research")].value == 5
    assert key("research") not in merged.suspects | merged.unproven
    assert key("other_org") in merged.unproven
    assert key("legal_service") in merged.suspects


@pytest.mark.parametrize(
    ("printed", "seen"), [("本年废止", "本年度止"), (">规章", ">规意"), ("结果纠正", "结果拟正")]
)
def test_a_head_that_the_engine_reads_otherwise_is_known(printed, seen):
    """A rare character is taken for one that stands there more often in other texts."""
    page = reports.as_html(reports.tables(reports.balanced([3, 1, 4, 1, 5, 9, 2, 6])))
    misread = page.replace(printed.encode(), seen.encode())
    assert misread != page
    assert read(misread, Origin()).values() == read(page, Origin()).values()


@pytest.mark.parametrize(
    ("printed", "seen", "known"),
    [
        ("无正当理由逾期不补正", "无正当理由遍期不补正", True),
        ("无正当理由逾期不补正", "无故不来也不写信回答", False),
        ("二、上年结转政府信息公开申请数量", "二、下年结转政府信息公开申请数量", False),
    ],
)
def test_a_long_label_with_a_wrong_character_is_known_where_it_can_be_no_other(
    printed, seen, known
):
    page = reports.as_html(reports.tables(reports.balanced([3, 1, 4, 1, 5, 9, 2, 6])))
    misread = page.replace(printed.encode(), seen.encode())
    assert misread != page
    record = read(misread, Origin())
    assert (record.values() == read(page, Origin()).values()) is known
    assert (record.parse.status is Status.OK) is known


def test_one_recognition_alone_proves_nothing():
    merged = consensus(figures(total=3, business=1))
    assert merged.unproven.keys() == merged.values.keys()


def test_a_table_whose_heads_one_recognition_misread_is_taken_from_the_others():
    unread = figures(total=None, business=None)
    unread.forms = {}
    both = consensus(unread, figures(total=3, business=1))
    assert both.forms == {"requests": "f2021"}
    assert both.unproven.keys() == both.values.keys()
    three = consensus(unread, figures(total=3, business=1), figures(total=3, business=1))
    assert not three.suspects
    assert not three.unproven
    other = figures(total=3, business=1)
    other.forms = {"requests": "f2019"}
    assert consensus(figures(total=3, business=1), other).suspects.keys() == other.values.keys()


def test_recognition_leaves_no_trace_of_its_use(tmp_path):
    """Untold, the engine keeps a number of the device and a list of events, to be sent to its maker."""
    look = "import numpy as np; from extract.readers.scans.recognition import words; words(np.full((90, 90, 3), 255, np.uint8))"
    places = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "TMPDIR"), str(tmp_path))
    # Where it knows itself to be tested as a service it is silent anyway.
    services = ("GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "CIRCLECI", "TRAVIS", "JENKINS_URL")
    others = {name: value for name, value in os.environ.items() if name not in services}
    others.pop("ORT_DISABLE_TELEMETRY", None)
    command = [sys.executable, "-c", look]
    subprocess.run(command, env=others | places, cwd=DOCUMENTS.parents[2], check=True)
    assert [*tmp_path.rglob("*")] == []
