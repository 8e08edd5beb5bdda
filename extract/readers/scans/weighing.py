"""Whether the ink of a number is that of its digits; of one struck out, written over or stamped it is not."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from extract.document import BBox
from extract.readers.scans.closer import ADVANCE, between, grown, touch
from extract.readers.scans.lines import Ink, tight
from extract.readers.scans.recognition import Picture, Word

_FEWEST = 15
"""Numbers on a page by which the ink of its digits is known."""
_USUAL = (1.0, 0.71, 0.9, 0.89, 0.95, 0.9, 0.97, 0.67, 1.09, 0.95)
"""Ink of 0 to 9 in the types of print, as parts of that of 0; only for digits that a page hardly has."""
_LITTLE = 0.5
"""Numbers of the page that weigh as much as what is usual."""
_ALIKE = 0.2
"""Numbers whose height differs by more than this part are in another type."""
_MORE = 0.12
"""Part by which a number has too much ink at least; a thin stroke over three digits adds 0.15."""
_LESS = 0.2
"""Part by which it has too little."""
_SPREADS = 7.0
"""The same in spreads of the numbers of the page, which is wider where print or scan are poor."""
_MOST = 0.1
"""Part of the numbers that may be odd; where more are, some are set in bold, which says nothing."""
_ROUNDS = 5
_TAKEN = 0.9
"""Part of the numbers that tells what is usual; the farthest are left out."""
_WIDER = 1.5
"""Points by which a number is too wide: the stroke of a pen sticks out."""
_REACH = 3.0
"""Points by which a stroke of a pen reaches over a number."""

Values = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def weighed(
    picture: Picture, type_: Ink, words: Sequence[Word], borders: Sequence[BBox], scale: float
) -> list[Word]:
    """The words, those numbers doubtful (score 0) that have more or less ink than their digits have elsewhere.

    ``picture`` is the page without its lines; the rest as in :func:`extract.readers.scans.closer.looked_at_again`.
    """
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    near = np.asarray(cv2.dilate(type_, np.ones((3, 3), np.uint8)), np.uint8)
    numbers = _alone(type_, words, borders, scale)
    if len(numbers) < _FEWEST:
        return list(words)
    texts = [words[at].text for at, _ in numbers]
    ink = _ink_odd(texts, np.array([_ink(grey, near, box) for _, box in numbers]))
    sizes = np.array([_size(type_, box) for _, box in numbers]) / scale
    wide = _wide_odd(texts, sizes[:, 0], float(np.median(sizes[:, 1])))
    doubtful: set[int] = set()
    for odd in (ink, wide):
        if odd.mean() <= _MOST:
            doubtful.update(at for (at, _), is_odd in zip(numbers, odd, strict=True) if is_odd)
    return [word._replace(score=0.0) if at in doubtful else word for at, word in enumerate(words)]


def _alone(
    type_: Ink, words: Sequence[Word], borders: Sequence[BBox], scale: float
) -> list[tuple[int, BBox]]:
    """Numbers that stand alone in their cells, all of one size, and the boxes in which their ink is."""
    found: list[tuple[int, BBox, float]] = []
    for at, word in enumerate(words):
        if not (word.text.isdecimal() and word.text.isascii()):
            continue
        box = tight(type_, word[1:5])
        around = between(borders, box, grown(box, _REACH * scale, scale))
        if not any(touch(around, other[1:5]) for other in words if other is not word):
            found.append((at, around, box[3] - box[1]))
    usual = float(np.median([height for _, _, height in found])) if found else 0.0
    return [(at, box) for at, box, height in found if abs(height - usual) <= _ALIKE * usual]


def _ink(grey: npt.NDArray[np.uint8], near: Ink, box: BBox) -> float:
    """How much blacker than its paper a box is where there is type; a shadow makes both darker."""
    x0, top, x1, bottom = (max(0, round(edge)) for edge in box)
    part = grey[top:bottom, x0:x1].astype(float)
    if not part.size:
        return 0.0
    paper = max(1.0, float(np.percentile(part, 90)))
    return float((np.clip(paper - part, 0, None) * (near[top:bottom, x0:x1] > 0)).sum() / paper)


def _size(type_: Ink, box: BBox) -> tuple[float, float]:
    x0, top, x1, bottom = tight(type_, box)
    return x1 - x0, bottom - top


def _ink_odd(texts: Sequence[str], ink: Values) -> Flags:
    """Which numbers have more or less ink than their digits have in the others."""
    counts = np.array([[text.count(digit) for digit in "0123456789"] for text in texts], float)
    usual = np.array(_USUAL)
    of_zero = float(np.median(ink / (counts @ usual)))
    fitted = _fitted(counts, ink, np.eye(10), of_zero * usual)
    more = ink / np.maximum(fitted, 1e-9) - 1
    spread = _SPREADS * _spread(more)
    return np.asarray((more > max(_MORE, spread)) | (more < -max(_LESS, spread)))


def _wide_odd(texts: Sequence[str], widths: Values, height: float) -> Flags:
    """Which numbers are wider than others of as many digits; a 1 at an end leaves some room."""
    usual = np.array([ADVANCE * height, 0.0, 0.0])
    shapes = [(len(text), 1, text[0] == "1", text[-1] == "1") for text in texts]
    more = widths - _fitted(np.array(shapes, float), widths, np.eye(4)[[0, 2, 3]], usual)
    return np.asarray(more > max(_WIDER, _SPREADS * _spread(more)))


def _spread(values: Values) -> float:
    return 1.4826 * float(np.median(np.abs(values)))


def _fitted(features: Values, values: Values, rare: Values, usual: Values) -> Values:
    """What ``values`` are by their ``features``, whatever single ones are; ``rare`` features are as ``usual``."""
    kept = np.ones(len(values), bool)
    fitted = values
    for _ in range(_ROUNDS):
        known = np.vstack([features[kept], _LITTLE * rare])
        weights, *_ = np.linalg.lstsq(
            known, np.concatenate([values[kept], _LITTLE * usual]), rcond=None
        )
        fitted = features @ weights
        away = np.abs(values - fitted)
        kept = away <= np.quantile(away, _TAKEN)
    return fitted
