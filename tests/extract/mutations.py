"""Broken versions of real files, the same for the same seed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence

from extract.document import Document
from extract.errors import ExtractionError


def broken(content: bytes, seed: int, weak_spots: Sequence[int] = ()) -> bytes:
    """``content`` with some bytes changed, mostly near ``weak_spots``; at times cut or shuffled."""
    chance = random.Random(seed)
    changed = bytearray(content)
    for _ in range(chance.randint(1, 12)):
        place = chance.randrange(len(content))
        if weak_spots and chance.random() < 0.8:
            place = min(chance.choice(weak_spots) + chance.randint(0, 24), len(content) - 1)
        changed[place] = chance.choice([0, 1, 2, 127, 128, 255, chance.randrange(256)])
    match chance.randrange(8):
        case 0:
            del changed[chance.randrange(len(changed)) :]
        case 1:
            start = chance.randrange(len(changed))
            del changed[start : start + chance.randint(1, 600)]
        case 2:
            start, other = chance.randrange(len(changed)), chance.randrange(len(changed))
            changed[start : start + 512] = changed[other : other + 512]
    return bytes(changed)


def read_or_refuse(
    read: Callable[[bytes], Document], content: bytes, seconds: float = 5.0
) -> Document | ExtractionError:
    """What reading gives: a document or one of the declared errors, with a sentence, in time."""
    start = time.process_time()
    outcome: Document | ExtractionError
    try:
        outcome = read(content)
    except ExtractionError as error:
        outcome = error
    assert time.process_time() - start < seconds
    assert isinstance(outcome, Document) or str(outcome).endswith(".")
    return outcome
