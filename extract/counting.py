"""Numbers with what they count, in English: one place, two places."""

from __future__ import annotations

from decimal import Decimal


def counted(number: int | Decimal, one: str, many: str = "") -> str:
    """``1 place``, ``2 places``; ``many`` where an s at the end does not make it."""
    return f"{number} {one if number == 1 else many or one + 's'}"
