"""Many values in few questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

_PARAMETERS = 10_000
"""Values in a question: databases take no more than some ten thousand."""

T = TypeVar("T")


def parts(values: Iterable[T]) -> Iterator[Sequence[T]]:
    """``values`` in parts that fit into one question."""
    ordered = list(values)
    return (ordered[start : start + _PARAMETERS] for start in range(0, len(ordered), _PARAMETERS))
