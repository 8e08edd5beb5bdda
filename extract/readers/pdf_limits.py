"""What a PDF may cost: far above any report, far below what harms the machine."""

from __future__ import annotations

from dataclasses import dataclass

from extract.errors import LimitExceeded

MOST_PAGES = 300
MOST_CHARS = 1_000_000
MOST_OBJECTS = 1_000_000


@dataclass(slots=True)
class Budget:
    """Characters and drawn objects that may still be read from one document."""

    chars: int = MOST_CHARS
    objects: int = MOST_OBJECTS

    def take_chars(self, count: int) -> None:
        """Count characters; raises :class:`LimitExceeded` when there are too many."""
        self.chars -= count
        if self.chars < 0:
            raise LimitExceeded(f"the PDF holds more than {MOST_CHARS:,} characters")

    def take_objects(self, count: int) -> None:
        """Count drawn objects and path segments; raises :class:`LimitExceeded`."""
        self.objects -= count
        if self.objects < 0:
            raise LimitExceeded(f"the PDF draws more than {MOST_OBJECTS:,} lines and objects")


def check_pages(pages: int) -> None:
    """Raises :class:`LimitExceeded` for more pages than a report has."""
    if pages > MOST_PAGES:
        raise LimitExceeded(f"the PDF has {pages} pages, more than the {MOST_PAGES} that are read")
