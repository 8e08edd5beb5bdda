"""A second look at numbers: one that stands alone is easily overlooked, two in narrow columns are taken for one,
and a border is read as a 1."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from extract.document import BBox
from extract.readers.scans.boxes import between, grown, touch
from extract.readers.scans.lines import Ink, tight
from extract.readers.scans.recognition import Picture, Word, text_of

CERTAIN = 0.8
"""Numbers that the engine gives a lower score are doubtful."""
MOST_LOOKS = 250
"""Places looked at on a page; in more there is something else than numbers."""
_SURE = 0.9
"""The engine must be surer of what it did not see at first."""
_ALONE = 8.0
"""Points on both sides of a number in which nothing else stands: else it may be a part of that."""
_SAME_NUMBER = 4.0
"""Points between the digits of a number."""
_TALLEST = 24.0
"""Points; what is higher is a seal or a drawing."""
_MARGIN = 2.5
"""Points of paper around what is looked at."""
ADVANCE = 0.75
"""Distance of the digits of a number, as a part of their height."""
_THINNEST = 0.1
"""Width of the thinnest digit, as a part of its height."""
_TWO_ROWS = 1.7
"""A word this many times as high as most of them may be of two rows."""
_MIDDLE = 0.2
"""Part of such a word above and below the border between them."""
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,6})?")


def in_one_row(words: Sequence[Word], borders: Sequence[BBox]) -> list[Word]:
    """The words without those that are read across a border: what somebody wrote over it hides what stands in
    both rows.

    ``borders`` are the level ones.
    """
    usual = float(np.median([word.bottom - word.top for word in words])) if words else 0.0
    return [
        word
        for word in words
        if word.bottom - word.top < _TWO_ROWS * usual
        or not any(touch(border, _inner(word)) for border in borders)
    ]


def _inner(word: Word) -> BBox:
    edge = _MIDDLE * (word.bottom - word.top)
    return word.x0, word.top + edge, word.x1, word.bottom - edge


def looked_at_again(
    picture: Picture,
    type_: Ink,
    words: Sequence[Word],
    missed: Sequence[BBox],
    borders: Sequence[BBox],
    scale: float,
) -> list[Word]:
    """The words, with numbers that are read at a second look where ink was ``missed``, a number doubtful, or
    one number read in two cells.

    ``picture`` is the page without its lines, ``borders`` the upright ones, ``type_`` the ink that is none,
    ``scale`` pixels per point; boxes in pixels.
    """
    doubtful: list[Word] = []
    others: list[Word] = []
    wanted = list(missed)
    words = [_doubted(word, type_) for word in words]
    for word in words:
        parts = list(_parts(type_, word, borders, scale)) if _NUMBER.fullmatch(word.text) else []
        if is_doubtful(word) or len(parts) > 1:
            doubtful.append(word._replace(score=0.0))
            wanted += parts or [word[1:5]]
        else:
            others.append(word)
    places = _together(wanted, borders, scale)
    if len(places) > MOST_LOOKS:
        return [*others, *doubtful]
    seen = []
    for box in places:
        around = between(borders, box, grown(box, _ALONE * scale, 0))
        if box[3] - box[1] > _TALLEST * scale or any(touch(around, word[1:5]) for word in others):
            continue
        if _ink_in(type_, around) > _ink_in(type_, box):
            # A digit too thin to be missed may stand beside the others.
            continue
        x0, top, x1, bottom = (
            max(0, round(edge))
            for edge in between(borders, box, grown(box, _MARGIN * scale, _MARGIN * scale))
        )
        text, score = text_of(picture[top:bottom, x0:x1])
        if score >= _SURE and _NUMBER.fullmatch(text):
            seen.append(Word(text, *box, score))
    left = [word for word in doubtful if not any(touch(word[1:5], one[1:5]) for one in seen)]
    return [*others, *left, *seen]


def far_from(missed: Sequence[BBox], words: Sequence[Word], scale: float) -> list[Word]:
    """The words, those numbers doubtful beside which ink was ``missed``, beyond a border too: a pen set a digit
    before or behind the number."""
    return [
        word._replace(score=0.0)
        if _NUMBER.fullmatch(word.text)
        and any(touch(grown(word[1:5], _ALONE * scale, 0), box) for box in missed)
        else word
        for word in words
    ]


def _doubted(word: Word, type_: Ink) -> Word:
    """The word, doubtful where its digits would not fit into the ink: then a border was read as one of them."""
    if not re.fullmatch(r"\d{2,}", word.text):
        return word
    x0, top, x1, bottom = tight(type_, word[1:5])
    least = (len(word.text) - 1) * ADVANCE + _THINNEST
    return word._replace(score=0.0) if x1 - x0 < least * (bottom - top) else word


def is_doubtful(word: Word) -> bool:
    """Whether the word is a number of which the engine is not sure."""
    return word.score < CERTAIN and any(map(str.isdigit, word.text))


def _parts(type_: Ink, word: Word, borders: Sequence[BBox], scale: float) -> Iterator[BBox]:
    """The boxes of what is printed in each of the cells over which the box of a word reaches.

    A box that is too short for the word is made longer.
    """
    x0, top, x1, bottom = word[1:5]
    middles = [(b[0] + b[2]) / 2 for b in borders if b[1] <= (top + bottom) / 2 <= b[3]]
    for left, right in pairwise([x0, *sorted(x for x in middles if x0 < x < x1), x1]):
        part = left, top, right, bottom
        if _ink_in(type_, part):
            yield tight(type_, between(borders, part, grown(part, _MARGIN * scale, 0)))


def _ink_in(type_: Ink, box: BBox) -> int:
    x0, top, x1, bottom = (max(0, round(edge)) for edge in box)
    return int(np.count_nonzero(type_[top:bottom, x0:x1]))


def _together(boxes: Sequence[BBox], borders: Sequence[BBox], scale: float) -> list[BBox]:
    """The boxes of whole numbers from those of their digits."""
    joined: list[BBox] = []
    for box in sorted(boxes):
        for at, other in enumerate(joined):
            if touch(between(borders, other, grown(other, _SAME_NUMBER * scale, 0)), box):
                joined[at] = (
                    min(other[0], box[0]),
                    min(other[1], box[1]),
                    max(other[2], box[2]),
                    max(other[3], box[3]),
                )
                break
        else:
            joined.append(box)
    return joined
