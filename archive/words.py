"""Cut text into words for the full-text index, and what a person looks for into terms.

Chinese has no spaces and no dictionary of words fits administrative language, so a run of Chinese
characters is cut into all its pairs, and its last character stands alone: 政府信息 gives 政府 府信 信息 息.
A word of two characters is then one entry, a longer one a phrase of them, and a single character is
the beginning of a pair or stands alone. Latin words and numbers are words as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from operator import add

VERSION = 1
"""Raise it whenever the same text may be cut otherwise: the index is then made again."""

_CHINESE = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SPACE = "[ \t\u00a0\u3000]*"
# Spaces inside Chinese are looks (信 息 公 开); a line break ends a paragraph.
_RUN = re.compile(rf"([{_CHINESE}](?:{_SPACE}[{_CHINESE}])*)|([^\W_{_CHINESE}]+)")
_SPACES = re.compile(r"[ \t\u00a0\u3000]+")
_LONGEST_WORD = 60
"""Longer runs of letters are cut: no word is longer, and PostgreSQL refuses giants."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must follow one another; with ``open`` the last may be the beginning of a word.

    ``pattern`` finds the term in a text that :func:`fold` has folded.
    """

    words: tuple[str, ...]
    open: bool
    pattern: re.Pattern[str]


def fold(text: str) -> str:
    """``text`` with full-width as half-width and capitals as small letters, character for
    character: positions stay the same.
    """
    return text.translate(_FOLDED)


def cut(text: str) -> list[str]:
    """The words of ``text`` in their order."""
    words: list[str] = []
    for run, chinese in _runs(text):
        if chinese:
            words += map(add, run, run[1:])
            words.append(run[-1])
        else:
            words.append(run)
    return words


def terms(text: str) -> list[Term]:
    """What a person looks for: each part between spaces is a term, and all must be there.

    Empty if there is neither a letter nor a digit in ``text``.
    """
    found = []
    for part in text.split():
        runs = list(_runs(part))
        if not runs:
            continue
        words = cut(part)
        # The text may go on where the term ends: a last pair stays a pair, a single character may
        # be the beginning of one.
        last, chinese = runs[-1]
        if chinese and len(last) > 1:
            words.pop()
        pattern = r"[\W_]*".join(_pattern(*run) for run in runs)
        found.append(Term(tuple(words), chinese and len(last) == 1, re.compile(pattern)))
    return found


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """The runs of ``text``, each with whether it is Chinese."""
    for chinese, other in _RUN.findall(fold(text)):
        if chinese:
            yield chinese if chinese.isalpha() else _SPACES.sub("", chinese), True
        elif len(other) <= _LONGEST_WORD:
            yield other, False
        else:
            for start in range(0, len(other), _LONGEST_WORD):
                yield other[start : start + _LONGEST_WORD], False


def _pattern(run: str, chinese: bool) -> str:
    if chinese:
        return _SPACE.join(map(re.escape, run))
    return rf"(?<![^\W_{_CHINESE}]){re.escape(run)}(?![^\W_{_CHINESE}])"


class _Folded(dict[int, str]):
    """Each character as it is folded, found out when it is met first."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = unicodedata.normalize("NFKC", character).lower()
        self[code] = folded if len(folded) == 1 else character
        return self[code]


_FOLDED = _Folded()
