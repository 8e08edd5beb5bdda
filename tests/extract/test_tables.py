"""Any table that can be drawn is read back: layouts, offsets and orders are drawn by hypothesis."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from extract.document import Document, Paragraph, Table
from extract.tables import Char, PageMarks, Ruling, read_pages, rectangle, segment
from extract.tables.marks import turn_box

WIDTH, HEIGHT = 600.0, 800.0


@dataclass(frozen=True)
class Drawn:
    """A table as drawn: column and row edges, cells as ``(row, column, rowspan, colspan, text)``."""

    xs: list[float]
    ys: list[float]
    cells: list[tuple[int, int, int, int, str]]


@st.composite
def tables(draw: st.DrawFn, *, first_row: float = 100.0) -> Drawn:
    """A grid of which some rectangles of cells are merged; cells are blank or hold a number.

    The first is never blank: lines without any text are a drawing and no table.
    """
    columns, rows = draw(st.integers(2, 7)), draw(st.integers(2, 8))
    steps = st.integers(30, 60)
    xs, ys = [60.0], [first_row]
    for _ in range(columns):
        xs.append(xs[-1] + draw(steps))
    for _ in range(rows):
        ys.append(ys[-1] + draw(st.integers(14, 40)))
    taken: set[tuple[int, int]] = set()
    cells: list[tuple[int, int, int, int, str]] = []
    for row in range(rows):
        for column in range(columns):
            if (row, column) in taken:
                continue
            colspan = rowspan = 1
            if draw(st.integers(0, 4)) == 0:
                while column + colspan < columns and (row, column + colspan) not in taken:
                    colspan += 1
                    if draw(st.booleans()):
                        break
                rowspan = draw(st.integers(1, rows - row))
            taken |= {(row + r, column + c) for r in range(rowspan) for c in range(colspan)}
            blank = bool(cells) and draw(st.integers(0, 3)) == 0
            text = "" if blank else str(draw(st.integers(0, 9999)))
            cells.append((row, column, rowspan, colspan, text))
    # A row or column edge that no cell ends at is not drawn and cannot be seen.
    if {c for _, c, _, _, _ in cells} != set(range(columns)) or {r for r, *_ in cells} != set(
        range(rows)
    ):
        cells = [(r, c, 1, 1, f"{r}{c}") for r in range(rows) for c in range(columns)]
    return Drawn(xs, ys, cells)


def chars(text: str, x: float, top: float, size: float = 8.0) -> list[Char]:
    return [
        Char(char, x + i * size / 2, top, x + (i + 1) * size / 2, top + size)
        for i, char in enumerate(text)
    ]


def marks(table: Drawn, number: int = 1) -> PageMarks:
    """Each cell draws its own frame, as office programs do."""
    rulings: list[Ruling] = []
    placed: list[Char] = []
    for row, column, rowspan, colspan, text in table.cells:
        x0, x1 = table.xs[column], table.xs[column + colspan]
        top, bottom = table.ys[row], table.ys[row + rowspan]
        rulings += rectangle(x0, top, x1, bottom, outlined=True)
        placed += chars(text, x0 + 4, (top + bottom) / 2 - 4)
    return PageMarks(number, WIDTH, HEIGHT, placed, rulings)


def read(*pages: PageMarks) -> list[Table]:
    return list(Document("", read_pages(pages).blocks).tables())


def content(table: Table) -> list[tuple[int, int, int, int, str]]:
    return [(c.row, c.column, c.rowspan, c.colspan, c.text) for c in table.cells]


@given(tables())
def test_cells_spans_and_texts_come_back(drawn: Drawn) -> None:
    (table,) = read(marks(drawn))
    assert sorted(content(table)) == sorted(drawn.cells)
    assert not any(cell.doubtful for cell in table.cells)
    assert table.aligned


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_and_unevenness_of_the_drawing_do_not_matter(
    drawn: Drawn, rng: random.Random
) -> None:
    page = marks(drawn)
    rulings = [
        Ruling(*(edge + shift for edge, shift in zip(r, (dx, dy, dx, dy), strict=True)))
        for r in page.rulings
        for dx, dy in [(rng.uniform(-0.7, 0.7), rng.uniform(-0.7, 0.7))]
    ]
    placed = list(page.chars)
    rng.shuffle(rulings)
    rng.shuffle(placed)
    (table,) = read(PageMarks(1, WIDTH, HEIGHT, placed, rulings))
    assert sorted(content(table)) == sorted(drawn.cells)


@given(tables(), st.integers(1, 3))
def test_a_turned_page_gives_the_same_table_and_boxes_as_shown(drawn: Drawn, turns: int) -> None:
    page = marks(drawn)
    size = (HEIGHT, WIDTH) if turns % 2 else (WIDTH, HEIGHT)
    turned = PageMarks(
        1,
        *size,
        [Char(c.text, *turn_box(c[1:5], turns, WIDTH, HEIGHT), turns) for c in page.chars],
        [Ruling(*turn_box(r, turns, WIDTH, HEIGHT)) for r in page.rulings],
    )
    (table,), (before,) = read(turned), read(page)
    assert content(table) == content(before)
    for cell, old in zip(table.cells, before.cells, strict=True):
        assert old.position.bbox is not None
        expected = turn_box(old.position.bbox, turns, WIDTH, HEIGHT)
        assert cell.position.bbox == pytest.approx(expected)


@given(tables())
def test_the_box_of_a_cell_is_that_of_its_text(drawn: Drawn) -> None:
    (table,) = read(marks(drawn))
    for cell in table.cells:
        assert cell.position.bbox is not None
        x0, top, x1, bottom = cell.position.bbox
        left, right = drawn.xs[cell.column], drawn.xs[cell.column + cell.colspan]
        assert left <= x0 < x1 <= right
        assert drawn.ys[cell.row] <= top < bottom <= drawn.ys[cell.row + cell.rowspan]
        if cell.text:
            assert x1 - x0 == pytest.approx(4 * len(cell.text))


@given(tables(), st.data())
def test_a_table_cut_by_a_page_break_is_one_table(drawn: Drawn, data: st.DataObject) -> None:
    """The break falls between two rows that no cell spans; figures keep row and column."""
    rows = len(drawn.ys) - 1
    whole = {(r, c, f"{r}{c}") for r in range(rows) for c in range(len(drawn.xs) - 1)}
    cells = [(r, c, 1, 1, text) for r, c, text in sorted(whole)]
    cut = data.draw(st.integers(1, rows - 1)) if rows > 1 else 1
    shift = 780 - drawn.ys[cut]
    first = Drawn(
        drawn.xs, [y + shift for y in drawn.ys[: cut + 1]], [c for c in cells if c[0] < cut]
    )
    rest = [y - drawn.ys[cut] + 60 for y in drawn.ys[cut:]]
    below = [(r - cut, c, 1, 1, text) for r, c, _, _, text in cells if r >= cut]
    second = Drawn(drawn.xs, rest, below)
    (table,) = read(marks(first), marks(second, 2))
    assert {(c.row, c.column, c.text) for c in table.cells} == whole
    assert {c.position.page for c in table.cells} == {1, 2}


@given(st.integers(3, 8), st.integers(3, 8), st.data())
def test_a_table_without_a_frame_keeps_its_rows_over_any_break(
    columns: int, rows: int, data: st.DataObject
) -> None:
    """Only lines between cells are drawn, and the line of a break on the later page: a row may stand alone there."""
    cut = data.draw(st.integers(2, rows - 1), label="rows on the first page")
    texts = [
        ["row", *(str(data.draw(st.integers(0, 9999))) for _ in range(columns - 1))]
        for _ in range(rows)
    ]
    xs = [60 + 50.0 * column for column in range(columns + 1)]

    def page(number: int, part: list[list[str]], levels: range) -> PageMarks:
        ys = [100 + 20.0 * row for row in range(len(part) + 1)]
        lines = [r for y in levels for r in segment(xs[0], ys[y], xs[-1], ys[y])]
        lines += [r for x in xs[1:-1] for r in segment(x, ys[0], x, ys[-1])]
        placed = [
            char
            for row, line in enumerate(part)
            for column, text in enumerate(line)
            for char in chars(text, xs[column] + 4, ys[row] + 6)
        ]
        return PageMarks(number, WIDTH, HEIGHT, placed, lines)

    first = page(1, texts[:cut], range(1, cut))
    (table,) = read(first, page(2, texts[cut:], range(rows - cut)))
    assert [text for *_, text in sorted(content(table))] == [t for line in texts for t in line]
    assert table.aligned
    assert not any(cell.doubtful for cell in table.cells)


def test_a_row_of_words_below_a_table_is_no_rest_of_its_numbers() -> None:
    """A band over all columns, such as 第二十条第（八）项, has no borders in a table without a frame."""
    drawn = Drawn(
        [60.0, 120, 500],
        [100.0, 120, 140],
        [(0, 0, 1, 1, "a"), (0, 1, 1, 1, "12"), (1, 0, 1, 1, "b"), (1, 1, 1, 1, "0")],
    )
    page = marks(drawn)
    band = chars("第八项", 200, 142)
    other = marks(Drawn(drawn.xs, drawn.ys, drawn.cells), 2)
    found = read(PageMarks(1, WIDTH, HEIGHT, [*page.chars, *band], page.rulings), other)
    assert [text for table in found for *_, text in content(table)] == ["a", "12", "b", "0"] * 2


@given(tables(), tables(first_row=100.0))
def test_tables_with_other_columns_stay_apart(one: Drawn, other: Drawn) -> None:
    assume(abs(one.xs[-1] - other.xs[-1]) > 4)
    assert len(read(marks(one), marks(other, 2))) == 2


@given(tables())
def test_text_between_two_tables_keeps_them_apart(drawn: Drawn) -> None:
    first = marks(drawn)
    heading = chars("Heading", 200, drawn.ys[-1] + 20, 12)
    page = PageMarks(1, WIDTH, HEIGHT, [*first.chars, *heading], first.rulings)
    blocks = read_pages([page, marks(drawn, 2)]).blocks
    assert [type(block) for block in blocks] == [Table, Paragraph, Table]


@given(tables())
def test_no_character_is_lost_or_invented(drawn: Drawn) -> None:
    page = marks(drawn)
    outside = chars("outside", 60, 60)
    layout = read_pages([PageMarks(1, WIDTH, HEIGHT, [*page.chars, *outside], page.rulings)])
    seen = [
        block.text if isinstance(block, Paragraph) else "".join(cell.text for cell in block.cells)
        for block in layout.blocks
    ]
    drawn_text = "".join(text for *_, text in drawn.cells) + "outside"
    assert sorted("".join(seen)) == sorted(drawn_text)


numbers = st.floats(allow_nan=True, allow_infinity=True)


@given(
    st.lists(st.tuples(numbers, numbers, numbers, numbers), max_size=30),
    st.lists(st.tuples(st.sampled_from("1字 x\ufffd"), numbers, numbers), max_size=30),
)
def test_marks_at_any_place_never_crash(
    boxes: list[tuple[float, float, float, float]], places: list[tuple[str, float, float]]
) -> None:
    rulings = [r for box in boxes for r in (*segment(*box), *rectangle(*box, outlined=True))]
    placed = [Char(text, x, y, x + 5, y + 10) for text, x, y in places]
    layout = read_pages([PageMarks(1, WIDTH, HEIGHT, placed, rulings)])
    assert all(block.position.page == 1 for block in layout.blocks if isinstance(block, Paragraph))


small = st.integers(0, 30).map(lambda n: n * 20.0)


@given(
    st.lists(st.tuples(small, small, small, small), max_size=40),
    st.lists(st.tuples(st.sampled_from("123一、项"), small, small), max_size=60),
)
def test_any_lines_make_cells_that_do_not_overlap(
    boxes: list[tuple[float, float, float, float]], places: list[tuple[str, float, float]]
) -> None:
    rulings = [r for box in boxes for r in segment(*box)]
    placed = [Char(text, x + 5, y + 5, x + 13, y + 15) for text, x, y in places]
    for table in read(PageMarks(1, WIDTH, HEIGHT, placed, rulings)):
        squares = [
            (row, column)
            for cell in table.cells
            for row in range(cell.row, cell.row + cell.rowspan)
            for column in range(cell.column, cell.column + cell.colspan)
        ]
        assert len(squares) == len(set(squares))
