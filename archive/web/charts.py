"""Charts of figures over the years, as shapes for a page to draw without script.

Nothing is drawn that is not known: a year without a number is a gap with its reason, no line crosses it,
and what stands in a doubtful reading is drawn hollow and joined to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import floor, log10
from typing import Literal

from archive.series import Point

_LEFT, _TOP, _HEIGHT = 46, 22, 168
_LEAST_STEP, _MOST_STEP, _FIELD = 60, 110, 480
_BAR = 30
_NICE = (1, 2, 4, 6, 8, 10)


@dataclass(frozen=True, slots=True)
class Cell:
    """One measure in one year. ``why`` is the key of the word for a number that is not there or in doubt, empty for
    a certain one; ``address`` is where it is printed, None where there is no report. ``corrected`` tells that it
    is, or is made of, what a person said instead of what is printed.
    """

    year: int
    point: Point | None
    why: str
    address: str | None
    corrected: bool = False

    @property
    def value(self) -> int | float | None:
        """The number, be it certain or not."""
        return self.point.value if self.point else None

    @property
    def doubtful(self) -> bool:
        """Whether the number stands in a doubtful reading."""
        return self.point is not None and self.point.doubtful


@dataclass(frozen=True, slots=True)
class Series:
    """A measure over the years of a chart; ``number`` is its place there, which says how it looks."""

    name: str
    number: int
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar: what is counted, and where it is drawn."""

    name: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A year of a stack, with the parts that are known. Unless ``whole`` the total says nothing."""

    year: int
    x: float
    top: float
    address: str | None
    pieces: list[Piece]
    values: list[tuple[str, int | float]]
    total: int | float
    whole: bool
    doubtful: bool
    corrected: bool


@dataclass(frozen=True)
class Chart:
    """``lines``, ``rates`` (lines from nought to one) or a ``stack``; all series have the same years."""

    name: str
    sort: Literal["lines", "rates", "stack"]
    years: list[int]
    series: list[Series]

    left = _LEFT
    bottom = _TOP + _HEIGHT
    height = _TOP + _HEIGHT + 26
    bar_width = _BAR

    @property
    def width(self) -> int:
        """Of the drawing."""
        return _LEFT + len(self.years) * self._step + 8

    @property
    def _step(self) -> int:
        """From year to year: a few years have room between them, and many stay legible."""
        return max(_LEAST_STEP, min(_MOST_STEP, _FIELD // len(self.years)))

    @property
    def known(self) -> bool:
        """Whether there is any number at all."""
        return any(self._by_year)

    @property
    def empty(self) -> bool:
        """Whether all that is known is nought, certainly, so that a drawing would show nothing."""
        values = [value for of_year in self._by_year for value in of_year]
        return not any(values) and not self.doubtful

    @cached_property
    def highest(self) -> int:
        """The end of the scale."""
        if self.sort == "rates":
            return 1
        if self.sort == "stack":
            return _round_up(max((sum(values) for values in self._by_year), default=0))
        return _round_up(max((max(values, default=0) for values in self._by_year), default=0))

    def ticks(self) -> Iterator[tuple[str, float]]:
        """Labels of the scale with their heights."""
        for half in (0, 1, 2):
            value = self.highest * half / 2
            if self.sort == "rates":
                yield f"{value:.0%}", self._y(value)
            elif value == int(value):
                yield f"{value:.0f}", self._y(value)

    def columns(self) -> Iterator[tuple[int, int]]:
        """Each year with its middle."""
        for year in self.years:
            yield year, self._x(year)

    @cached_property
    def gaps(self) -> list[tuple[int, int, str]]:
        """The years of which nothing is known: year, middle, and the key of the reason."""
        return [
            (year, self._x(year), self.series[0].cells[place].why)
            for place, year in enumerate(self.years)
            if not self._by_year[place]
        ]

    @cached_property
    def doubtful(self) -> list[int]:
        """The years with numbers from a doubtful reading."""
        return sorted({c.year for one in self.series for c in one.cells if c.doubtful})

    @cached_property
    def corrected(self) -> list[int]:
        """The years with numbers that a person corrected."""
        return sorted({c.year for one in self.series for c in one.cells if c.corrected})

    def runs(self, series: Series) -> Iterator[str]:
        """The path of each line: certain numbers of years that follow on each other."""
        run: list[str] = []
        for cell in series.cells:
            if cell.value is not None and not cell.doubtful:
                run.append(f"{self._x(cell.year)} {self._y(cell.value)}")
                continue
            yield from _path(run)
            run = []
        yield from _path(run)

    def dots(self, series: Series) -> Iterator[tuple[Cell, int, float]]:
        """Each number of a line with its place."""
        for cell in series.cells:
            if cell.value is not None:
                yield cell, self._x(cell.year), self._y(cell.value)

    def bars(self) -> Iterator[Bar]:
        """The years of a stack of which a part is known."""
        scale = _HEIGHT / self.highest
        for place, year in enumerate(self.years):
            cells = [(one, one.cells[place]) for one in self.series]
            values = [(one, cell.value) for one, cell in cells if cell.value is not None]
            if not values:
                continue
            pieces: list[Piece] = []
            y = float(self.bottom)
            for one, value in values:
                y -= value * scale
                if value:
                    pieces.append(Piece(one.name, round(y, 1), round(value * scale, 1)))
            yield Bar(
                year,
                self._x(year) - _BAR / 2,
                round(y, 1),
                cells[0][1].address,
                pieces,
                [(one.name, value) for one, value in values],
                sum(value for _, value in values),
                len(values) == len(cells),
                any(cell.doubtful for _, cell in cells),
                any(cell.corrected for _, cell in cells),
            )

    @cached_property
    def _by_year(self) -> list[list[int | float]]:
        """The numbers that are known of each year."""
        of_years = zip(*(one.cells for one in self.series), strict=True)
        return [[cell.value for cell in cells if cell.value is not None] for cells in of_years]

    def _x(self, year: int) -> int:
        return _LEFT + self.years.index(year) * self._step + self._step // 2

    def _y(self, value: float) -> float:
        return round(_TOP + _HEIGHT * (1 - value / self.highest), 1)


def _path(run: list[str]) -> Iterator[str]:
    if len(run) > 1:
        yield f"M{'L'.join(run)}"


def _round_up(value: float) -> int:
    """A number not below ``value`` that can be halved or is small, and reads well on a scale."""
    if value <= 1:
        return 1
    unit = 10 ** floor(log10(value))
    return next(int(nice * unit) for nice in _NICE if nice * unit >= value)
