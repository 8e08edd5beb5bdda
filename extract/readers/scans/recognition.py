"""Words in a picture, by RapidOCR (the PP-OCR models, which are in its package)."""

from __future__ import annotations

import functools
import logging
import os
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from extract.document import BBox

_LOOK_ALIKES = str.maketrans("IlOo", "1100")
_NUMBER = re.compile(r"[0-9IlOo]+")
"""A line of nothing but digits and letters of their shape: standing alone, a letter is a digit."""

_NARROWEST = 64
"""Pixels to which pictures of words are filled up on the right; the 320 of the engine take twice as long for a
table of numbers and make it no surer, and at 48 it no longer tells a 0 from an O."""

Picture = npt.NDArray[np.uint8]
"""Height × width × 3, in any order of colours."""


class Word(NamedTuple):
    """A number, a word of a script with spaces, or one ideograph; box in pixels, ``score`` 0 to 1."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    score: float


@functools.cache
def _engine() -> Any:
    # What is read here is told to nobody: ONNX Runtime reports its use to its maker unless this is set before.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    # It takes most of a second to load; a process reads many pages.
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR(
        params={
            "Global.log_level": "error",
            # Documents are read side by side; a page is not worth more than its one core.
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Rec.rec_img_shape": [3, 48, _NARROWEST],
        }
    )


# The engine keeps what a call has asked of it for the next one, so every call asks for all it wants.


def words(picture: Picture) -> list[Word]:
    """The words of an upright picture in no particular order."""
    # Pages are turned upright as a whole; a line turned by itself would be read from its end.
    found = _engine()(picture, use_det=True, use_cls=False, use_rec=True, return_word_box=True)
    # Where no line is left the engine gives one empty word, and that not as a line.
    return list(_words(found.word_results)) if getattr(found, "txts", None) else []


def places_of_text(picture: Picture) -> list[BBox]:
    """The boxes of lines of text, whichever way these run; in pixels."""
    found = _engine()(picture, use_det=True, use_cls=False, use_rec=False)
    boxes = getattr(found, "boxes", None)
    return [
        (float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max()))
        for xs, ys in (corners.T for corners in (() if boxes is None else boxes))
    ]


def text_of(line: Picture) -> tuple[str, float]:
    """What the picture of one line says, and how sure the engine is of it, 0 to 1."""
    found = _engine()(line, use_det=False, use_cls=False, use_rec=True, return_word_box=False)
    if not found.txts:
        return "", 0.0
    return str(found.txts[0]), float(found.scores[0])


def _words(lines: Any) -> Iterator[Word]:
    for line in lines:
        number = _NUMBER.fullmatch("".join(text for text, _, _ in line))
        for text, score, corners in line:
            if not text.strip():
                continue
            xs = [float(x) for x, _ in corners]
            ys = [float(y) for _, y in corners]
            shown = text.translate(_LOOK_ALIKES) if number else text
            yield Word(shown, min(xs), min(ys), max(xs), max(ys), float(score))
