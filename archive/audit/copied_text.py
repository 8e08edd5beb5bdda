"""The narrative of a report made comparable: what every body writes anew, without names and numbers.

Names of the body, years and numbers are masked, and sentences that many reports of a year have are
left out as a template: what remains is what its author wrote. What is shown as evidence are sentences.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.audit.minhash import Runs, runs
from archive.versions import sentences
from extract.characters import simplify
from extract.sections import FIRST_YEAR_OF_FORMS

SECTIONS = (1, 5)
"""The sections that a body writes itself: 一 and 五."""
PROBLEMS = 5
LEAST_CHARACTERS, LEAST_SENTENCES = 150, 4
"""With less text of its own a report is compared with nobody's."""
_SHORTEST = 12
_LONGEST = 40_000
_TEMPLATE_SHARE, _TEMPLATE_LEAST = 0.05, 10
_NUMBER = re.compile(r"[0-9０-９〇零一二三四五六七八九十百千万亿]+(?:[.,．，][0-9０-９]+)*%?")
_SELF = re.compile(
    r"我[省市区县州盟旗镇乡局委厅办部街]|本(?:机关|单位|部门|[省市区县州盟旗镇乡局委厅办部])|全[省市区县州盟旗镇乡局]"
)
_TAIL = re.compile(r"(?:人民政府|政府|办事处)$")
_HEAD = re.compile(r"^.{2,}?[省市州盟县旗区](?=.{2,})")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: where it stands, as printed, and the digest of it masked."""

    section: int
    text: str
    masked: str
    digest: int


def masked_sentences(record: dict[str, Any], names: Iterable[str], year: int) -> list[Sentence]:
    """The sentences of a record's narrative, masked; ``names`` are those of its body."""
    found: list[Sentence] = []
    hide = _names(names)
    length = 0
    for number, several in sentences(record):
        if year >= FIRST_YEAR_OF_FORMS and number not in SECTIONS:
            continue
        for text in several:
            length += len(text)
            if length > _LONGEST:
                return found
            masked = simplify(text)
            if hide is not None:
                masked = hide.sub("某", masked)
            masked = _NUMBER.sub("0", _SELF.sub("某", masked))
            if len(masked) >= _SHORTEST:
                found.append(Sentence(number, text, masked, digest(masked)))
    return found


def _names(names: Iterable[str]) -> re.Pattern[str] | None:
    forms: set[str] = set()
    for name in names:
        plain = simplify("".join(name.split()))
        forms.add(plain)
        while len(plain) > 2:
            short = _TAIL.sub("", plain)
            forms.add(short)
            if (rest := _HEAD.sub("", plain)) == plain:
                break
            forms.add(plain[: len(plain) - len(rest)])
            plain = rest
            forms.add(plain)
    known = sorted((form for form in forms if len(form) > 1), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, known))) if known else None


def digest(text: str) -> int:
    """What stands for a sentence wherever it occurs."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def template(digests: list[NDArray[np.uint64]]) -> frozenset[int]:
    """The sentences that more than 5 % of the reports have, of each of which ``digests`` has the set."""
    if not digests:
        return frozenset()
    values, counts = np.unique(np.concatenate(digests), return_counts=True)
    many = max(_TEMPLATE_SHARE * len(digests), _TEMPLATE_LEAST)
    return frozenset(int(value) for value in values[counts > many])


@dataclass(frozen=True, slots=True)
class Own:
    """What a body wrote itself: its sentences, their text and its runs of five characters."""

    sentences: tuple[Sentence, ...]
    text: str

    @property
    def is_enough(self) -> bool:
        """Whether there is enough of it for a comparison to mean anything."""
        return len(self.sentences) >= LEAST_SENTENCES and len(self.text) >= LEAST_CHARACTERS

    def runs(self) -> Runs:
        """The digests of its runs of five characters."""
        return runs(self.text)

    @property
    def name(self) -> str:
        """A digest of the text, which stands for it as an operand."""
        return f"text {digest(self.text):016x}"


def own(sentences: Iterable[Sentence], common: Collection[int]) -> Own:
    """What is no template among the sentences of a report."""
    kept = tuple(sentence for sentence in sentences if sentence.digest not in common)
    return Own(kept, "".join(sentence.masked for sentence in kept))


@dataclass(frozen=True, slots=True)
class Shared:
    """How many of a report's own sentences another has too, by its sections, and one as an example."""

    number: int
    total: int
    sections: tuple[int, ...]
    example: str


def shared(one: Own, other: Own) -> Shared:
    """The sentences of ``one`` that ``other`` has too but for names and numbers."""
    there = {sentence.digest for sentence in other.sentences}
    both = [sentence for sentence in one.sentences if sentence.digest in there]
    longest = max(both, key=lambda sentence: len(sentence.text), default=None)
    return Shared(
        len(both),
        len(one.sentences),
        tuple(sorted({sentence.section for sentence in both})),
        longest.text[:120] if longest else "",
    )
