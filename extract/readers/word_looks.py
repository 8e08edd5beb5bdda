"""What both formats of Word files share: below which measures text is not seen, and what shows another text."""

from __future__ import annotations

import re
from typing import Final

SMALLEST: Final = 8
"""Half points; nobody reads smaller type."""
USUAL_SIZE: Final = 20
"""Half points, where nothing says anything."""
NARROWEST: Final = 20
"""Percent of its width to which text may be pressed and still be read."""
CLOSEST: Final = -100
"""Twentieths of a point by which letters are drawn together; then they stand on each other."""
LOWEST_ROW: Final = 100
"""Twentieths of a point; in a row of exactly this height no text is seen."""
DRAWINGS: Final = re.compile(r"wingdings|webdings|marlett", re.IGNORECASE)
"""Names of fonts in which every character is a drawing."""
_KEPT = re.compile(r"\s*(?:=|FORMTEXT\b|HYPERLINK\b(?!.*\\l))", re.IGNORECASE | re.DOTALL)


def shows_its_result(code: str) -> bool:
    """Whether Word shows of a field the result that is in the file: sums, form fields, links to elsewhere.

    Others it works out again (a page number), draws from their code (EQ), or they are marks of notes.
    """
    return not code.strip() or _KEPT.match(code) is not None
