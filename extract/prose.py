"""Running text made plain for searching, with the way back to the text as printed."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property, lru_cache

from extract.characters import simplify, squeeze

SENTENCE_END = "。！!？?\n"
_OPENS = re.compile(r"[(（]?[一二三四五六七八九十\d]{1,3}[)）、.．]|[(（]")


class Prose:
    """A text and its plain form: half-width, simplified, without white space.

    ``plain`` keeps line breaks where a paragraph ends and drops those that only wrap a line (the line
    ends without punctuation and the next goes on in the middle of a sentence). Full-width commas stay
    as they are, so that a comma inside a number can be told from one between clauses.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        lines = text.split("\n")
        self._pieces = [[*map(_plain_char, line)] for line in lines]
        plain = []
        for number, line in enumerate(lines):
            following = lines[number + 1] if number + 1 < len(lines) else ""
            plain += self._pieces[number]
            if number + 1 < len(lines) and not _wraps(line, following):
                plain.append("\n")
        self.plain = "".join(plain)

    def printed(self, start: int, end: int) -> tuple[int, str]:
        """Offset and text as printed of ``plain[start:end]``."""
        first, last = self._offsets[start], self._offsets[end - 1]
        return first, self.text[first : last + 1]

    def sentence(self, position: int) -> str:
        """The plain sentence around ``position``."""
        start = max(self.plain.rfind(mark, 0, position) for mark in SENTENCE_END) + 1
        ends = [self.plain.find(mark, position) for mark in SENTENCE_END]
        return self.plain[start : min((end for end in ends if end >= 0), default=None)]

    @cached_property
    def _offsets(self) -> list[int]:
        """For each plain character the offset of the printed one it comes from."""
        offsets: list[int] = []
        start = 0
        for pieces in self._pieces:
            lengths = [*map(len, pieces)]
            if lengths.count(1) == len(lengths):
                offsets += range(start, start + len(lengths))
            else:
                offsets += [at for at, n in enumerate(lengths, start) for _ in range(n)]
            start += len(pieces) + 1
            if self.plain[len(offsets) : len(offsets) + 1] == "\n":
                offsets.append(start - 1)
        return offsets


def _wraps(line: str, following: str) -> bool:
    line, following = line.strip(), following.strip()
    return (
        len(line) > 20
        and line[-1] not in "。；！？：.;!?:）)”》"
        and bool(following)
        and not _OPENS.match(following)
        and (following[0].isdigit() or "\u4e00" <= following[0] <= "\u9fff")
    )


# A few thousand different characters make all reports.
@lru_cache(maxsize=16384)
def _plain_char(char: str) -> str:
    # ² and ③ are no digits of the number beside them.
    as_printed = char == "，" or unicodedata.category(char) == "No"
    return char if as_printed else simplify(squeeze(char))
