"""Whether the ink of a number is that of its digits; of one struck out, written over or stamped it is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from extract.document import BBox
from extract.readers.scans.boxes import between, grown, touch
from extract.readers.scans.closer import ADVANCE
from extract.readers.scans.lines import Ink, Rules, tight
from extract.readers.scans.recognition import Picture, Word

_FEWEST = 3
"""Numbers of a table in one type by which the ink of its digits is known."""
_USUAL = (1.0, 0.6, 0.81, 0.82, 0.86, 0.84, 0.97, 0.63, 1.04, 0.96)
"""Ink of 0 to 9 as parts of that of 0, between the types of print: Song, Fangsong, Hei, Times and others."""
_TYPES_DIFFER = 0.05
"""How far a type of print may be from that: 4 has 0.74 in Fangsong and 0.93 in Hei."""
_ALIKE = 0.1
"""Numbers whose height differs by more than this part, and a pixel, are in another type."""
_MORE = 0.12
"""Part by which a number has too much ink at least; a thin stroke over three digits adds 0.15."""
_LESS = 0.2
"""Part by which it has too little."""
_STEADY = 0.01
"""Part by which the ink of the same number differs from place to place in the best scans."""
_WIDER = 1.5
"""Points by which a number is too wide: the stroke of a pen sticks out."""
_STEPS = (ADVANCE, -0.1, -0.15, -0.15)
"""Width of a number as parts of its height: for each digit, for all, for a 1 at its begin and at its end."""
_STEPS_DIFFER = 0.1
"""How far a type of print may be from that."""
_PLACED = 0.1
"""Points by which the width of the same number differs in the best scans."""
_SPREADS = 7.0
"""Spreads of the numbers of a table that are no difference yet; these are wide where print or scan are poor."""
_DOUBTS = 3.0
"""The same of what is not known of the digits: a 4 that stands there once is only known from other types."""
_MOST = 0.1
_A_ROW = 6
"""Part and count of odd numbers from which those of them that are alike are set in bold."""
_ROUNDS = 5
_TAKEN = 0.9
"""Part of the numbers that tells what is usual; the farthest are left out."""
_REACH = 3.0
"""Points by which a stroke of a pen reaches over a number."""

Values = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class _Number(NamedTuple):
    """A number by its place among the words: its text, how much ink it has, width and height in points."""

    at: int
    text: str
    ink: float
    width: float
    height: float


def weighed(
    picture: Picture, type_: Ink, words: Sequence[Word], rules: Rules, scale: float
) -> list[Word]:
    """The words, those numbers doubtful (score 0) that have more or less ink than their digits have elsewhere.

    They are held against the other numbers in the same table on the page. ``picture`` is the page without its
    ``rules``, ``type_`` the ink that is none, ``scale`` pixels per point.
    """
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    near = np.asarray(cv2.dilate(type_, np.ones((3, 3), np.uint8)), np.uint8)
    alone = list(_alone(type_, words, rules.vertical, scale))
    doubtful: set[int] = set()
    for table in rules.drawings:
        numbers = [
            _Number(at, words[at].text, _ink(grey, near, around), *_size(type_, around, scale))
            for at, around in alone
            if touch(table, around)
        ]
        types = list(_types(numbers, 1 / scale))
        for type_of_print in types:
            doubtful |= _odd(type_of_print)
        if types:
            known = set().union(*types)
            doubtful.update(
                one.at
                for one in numbers
                if one not in known and _odd_in_size(one, types[0], 1 / scale)
            )
    return [word._replace(score=0.0) if at in doubtful else word for at, word in enumerate(words)]


def _alone(
    type_: Ink, words: Sequence[Word], borders: Sequence[BBox], scale: float
) -> Iterator[tuple[int, BBox]]:
    """Numbers that stand alone in their cells, and the boxes in which their ink is."""
    for at, word in enumerate(words):
        if not (word.text.isdecimal() and word.text.isascii()):
            continue
        box = tight(type_, word[1:5])
        around = between(borders, box, grown(box, _REACH * scale, scale))
        if not any(touch(around, other[1:5]) for other in words if other is not word):
            yield at, around


def _ink(grey: npt.NDArray[np.uint8], near: Ink, box: BBox) -> float:
    """How much blacker than its paper a box is where there is type; a shadow makes both darker."""
    x0, top, x1, bottom = (max(0, round(edge)) for edge in box)
    part = grey[top:bottom, x0:x1].astype(float)
    if not part.size:
        return 0.0
    paper = max(1.0, float(np.percentile(part, 90)))
    return float((np.clip(paper - part, 0, None) * (near[top:bottom, x0:x1] > 0)).sum() / paper)


def _size(type_: Ink, box: BBox, scale: float) -> tuple[float, float]:
    x0, top, x1, bottom = tight(type_, box)
    return (x1 - x0) / scale, (bottom - top) / scale


def _types(numbers: Sequence[_Number], pixel: float) -> Iterator[list[_Number]]:
    """The numbers by their size, the most frequent first; too few of one size say nothing."""
    left = list(numbers)
    while len(left) >= _FEWEST:
        usual = float(np.median([number.height for number in left]))
        alike = [one for one in left if abs(one.height - usual) <= _ALIKE * usual + pixel]
        if len(alike) >= _FEWEST:
            yield alike
        left = [one for one in left if one not in alike] if alike else []


def _odd_in_size(number: _Number, others: Sequence[_Number], pixel: float) -> bool:
    """Whether a number of another size than the others is more than one of them in smaller type.

    A long number is set small to fit its cell, but hardly one by itself large: what makes it higher is a stroke.
    """
    usual = float(np.median([one.height for one in others]))
    if number.height > usual:
        return True
    sizes = (usual / max(number.height + seen, pixel) for seen in (-pixel, 0, pixel))
    return all(
        number.at
        in _odd([*others, number._replace(ink=number.ink * by**2, width=number.width * by)])
        for by in sizes
    )


def _odd(numbers: Sequence[_Number]) -> set[int]:
    """Places of the numbers of one type that have another ink or width than their digits have in the others."""
    texts = [number.text for number in numbers]
    heights = np.array([number.height for number in numbers])
    widths = np.array([number.width for number in numbers])
    odd = _ink_odd(texts, np.array([number.ink for number in numbers]))
    odd |= _wide_odd(texts, widths, float(np.median(heights)))
    others = [number for number, is_odd in zip(numbers, odd, strict=True) if is_odd]
    if len(others) >= _A_ROW and _MOST < odd.mean() < 1:
        return _odd(others)
    return {number.at for number in others}


def _ink_odd(texts: Sequence[str], ink: Values) -> Flags:
    """Which numbers have more or less ink than their digits have in the others."""
    parts = np.array([[text.count(digit) for digit in "0123456789"] for text in texts]) * _USUAL
    whole = parts.sum(axis=1)
    of_zero = max(float(np.median(ink / whole)), 1e-9)
    seen = ink / whole / of_zero
    expected, spread, unsure = _by_the_others(
        parts / whole[:, None], seen, np.ones(10), _TYPES_DIFFER, _STEADY
    )
    more = seen / np.maximum(expected, 1e-9) - 1
    allowed, unknown = _SPREADS * spread, _DOUBTS * unsure
    return np.asarray(
        (more > max(_MORE, allowed) + unknown) | (more < -max(_LESS, allowed) - unknown)
    )


def _wide_odd(texts: Sequence[str], widths: Values, height: float) -> Flags:
    """Which numbers are wider than others of as many digits; a 1 at an end leaves some room."""
    shapes = np.array([(len(text), 1, text[0] == "1", text[-1] == "1") for text in texts], float)
    usual = np.array(_STEPS) * height
    expected, spread, unsure = _by_the_others(
        shapes, widths, usual, _STEPS_DIFFER * height, _PLACED
    )
    return np.asarray(widths - expected > max(_WIDER, _SPREADS * spread) + _DOUBTS * unsure)


def _by_the_others(
    features: Values, values: Values, usual: Values, differ: float, steady: float
) -> tuple[Values, float, Values]:
    """What each value should be by its features and the other values, how far values spread around that, and
    how far it is unknown.

    A feature counts ``usual`` give or take ``differ``, as far as the others do not tell; a value spreads
    by ``steady`` at least. (Bayesian linear regression, each value left out, and the farthest always.)
    """
    products = features[:, :, None] * features[:, None, :]
    kept, spread = np.ones(len(values)), 2 * steady
    for _ in range(_ROUNDS):
        shares = kept / spread**2
        known = shares[:, None, None] * products
        told = (shares * values)[:, None] * features
        unknown = np.linalg.inv(np.eye(len(usual)) / differ**2 + known.sum(axis=0) - known)
        weights = np.einsum("nij,nj->ni", unknown, usual / differ**2 + told.sum(axis=0) - told)
        expected = (features * weights).sum(axis=1)
        unsure = np.sqrt(np.einsum("ni,nij,nj->n", features, unknown, features))
        away = np.abs(values - expected)
        strange = away / np.hypot(spread, unsure)
        kept = (strange <= np.quantile(strange, _TAKEN)).astype(float)
        spread = max(steady, 1.4826 * float(np.median(strange)) * spread)
    return expected, spread, unsure
