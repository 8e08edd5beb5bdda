"""Near duplicates among many texts: MinHash of five-character runs, and bands that meet.

A signature is 64 numbers of 32 bits, of 16 bands of four rows: two texts that share half of their runs
meet in some band in six cases of ten, those that share two thirds in nearly all. What meets
is a candidate only; who calls this compares the texts themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

PERMUTATIONS, _BANDS = 64, 16
_RUN = 5
_CROWD = 40
"""Texts in a bucket of which each is compared with each; in larger ones each with its next ones."""

Signature = NDArray[np.uint32]
Runs = NDArray[np.uint64]

_random = np.random.default_rng(20_190_515)
_FACTORS = _random.integers(1, 2**63, PERMUTATIONS, dtype=np.uint64) | np.uint64(1)
_TERMS = _random.integers(0, 2**63, PERMUTATIONS, dtype=np.uint64)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_BASE = np.uint64(1_099_511_628_211)


def runs(text: str) -> Runs:
    """The digests of all different runs of five characters in ``text``, sorted."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint64)
    if len(codes) < _RUN:
        return np.empty(0, dtype=np.uint64)
    number = len(codes) - _RUN + 1
    mixed = np.zeros(number, dtype=np.uint64)
    for place in range(_RUN):
        mixed = (mixed ^ codes[place : place + number]) * _BASE
        mixed ^= mixed >> np.uint64(29)
    mixed *= _SPREAD
    return np.unique(mixed ^ (mixed >> np.uint64(32)))


def signature(of: Runs) -> Signature:
    """The 64 numbers that stand for a set of runs, which must not be empty."""
    hashed: NDArray[np.uint64] = of[None, :] * _FACTORS[:, None]
    hashed += _TERMS[:, None]
    lowest: Signature = (hashed >> np.uint64(32)).min(axis=1).astype(np.uint32)
    return lowest


def similarity(one: Runs, other: Runs) -> float:
    """The share of runs that two texts have in common, from 0 to 1 (Dice)."""
    total = len(one) + len(other)
    return 2 * len(np.intersect1d(one, other, assume_unique=True)) / total if total else 0.0


def candidates(signatures: NDArray[np.uint32], least: float) -> Iterator[tuple[int, int]]:
    """Pairs of rows of ``signatures`` whose texts seem to share ``least`` of their runs (Jaccard).

    A pair comes once, the smaller number first.
    """
    found: list[NDArray[np.uint64]] = []
    rows = PERMUTATIONS // _BANDS
    for band in range(_BANDS):
        part = np.ascontiguousarray(signatures[:, band * rows : (band + 1) * rows]).astype(
            np.uint64
        )
        keys = np.zeros(len(part), dtype=np.uint64)
        for column in range(rows):
            keys = (keys ^ part[:, column]) * _SPREAD
            keys ^= keys >> np.uint64(31)
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        # A neighbour at each distance, as long as the keys are the same: no bucket grows by its square.
        for step in range(1, min(_CROWD, len(order))):
            same = np.nonzero(ordered[step:] == ordered[:-step])[0]
            if not len(same):
                break
            first, second = order[same].astype(np.uint64), order[same + step].astype(np.uint64)
            low, high = np.minimum(first, second), np.maximum(first, second)
            found.append(low << np.uint64(32) | high)
        if len(found) > _BANDS:
            found = [np.unique(np.concatenate(found))]
    if not found:
        return
    for pair in np.unique(np.concatenate(found)):
        i, j = int(pair) >> 32, int(pair) & 0xFFFFFFFF
        if float(np.mean(signatures[i] == signatures[j])) >= least:
            yield i, j
