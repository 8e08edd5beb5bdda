"""What changed between two versions of a report: bytes, layout, text, or numbers."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from extract.forms.dictionary import FIGURE_KEYS, label

Record = dict[str, Any]

# Numbers have points inside; Chinese sentences do not end in one.
_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]?")


def classify(before: Record | None, after: Record | None) -> str:
    """The class of the step from one record to the next (both in the shape of contract §3).

    ``numbers``: a cell of the form has another value or state; ``text``: the sections read otherwise;
    ``layout``: the same words and numbers stand elsewhere; ``bytes``: nothing that can be read has
    changed. Where one of the two could not be read, the step is ``bytes``: nothing more is known.
    """
    if before is None or after is None:
        return "bytes"
    if _numbers(before) != _numbers(after):
        return "numbers"
    if _squeezed(before) != _squeezed(after):
        return "text"
    if _positions(before) != _positions(after):
        return "layout"
    return "bytes"


def _numbers(record: Record) -> dict[str, tuple[Any, str]]:
    return {cell["key"]: (cell["value"], cell["state"]) for cell in record["cells"]}


def _squeezed(record: Record) -> list[str]:
    sections = record["sections"]
    return ["".join((section["title"] + section["text"]).split()) for section in sections]


def _positions(record: Record) -> list[tuple[Any, ...]]:
    return [
        (cell["key"], cell.get("page"), cell.get("path"), tuple(cell.get("bbox") or ()))
        for cell in record["cells"]
    ]


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell of the form that differs between two records; None where a record does not have it.

    ``before`` and ``after`` are ``{"value", "state", "raw"}``.
    """

    key: str
    label: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class TextChange:
    """A section that reads otherwise. ``lines`` are its sentences with ``-`` (gone), ``+`` (new) or a
    blank (unchanged, beside a change); ``…`` stands for unchanged sentences that are left out.
    """

    section: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed from one record to the next; ``change`` as :func:`classify` says it."""

    change: str
    cells: tuple[CellChange, ...]
    text: tuple[TextChange, ...]


def difference(before: Record | None, after: Record | None) -> Difference:
    """Every cell and every sentence that changed between two records (both as in contract §3)."""
    change = classify(before, after)
    if before is None or after is None:
        return Difference(change, (), ())
    return Difference(change, tuple(_cell_changes(before, after)), tuple(_text(before, after)))


def numbers_fingerprint(record: Record | None) -> str:
    """A digest of all numbers of a record: the same as long as no cell has another value or state.

    Empty for a record without cells, which is like no other.
    """
    if record is None or not record["cells"]:
        return ""
    return digest(sorted(_numbers(record).items()))


def digest(value: Any) -> str:
    """A digest of something that JSON can say."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _cell_changes(before: Record, after: Record) -> Iterator[CellChange]:
    old, new = ({cell["key"]: cell for cell in record["cells"]} for record in (before, after))
    known = [key for key in FIGURE_KEYS if key in old or key in new]
    others = [key for key in {**old, **new} if key not in set(known)]
    for key in (*known, *others):
        sides = _side(old.get(key)), _side(new.get(key))
        if _meaning(sides[0]) != _meaning(sides[1]):
            yield CellChange(key, label(key), *sides)


def _side(cell: Record | None) -> dict[str, Any] | None:
    return cell and {name: cell[name] for name in ("value", "state", "raw")}


def _meaning(side: dict[str, Any] | None) -> tuple[Any, Any] | None:
    return (side["value"], side["state"]) if side else None


def _text(before: Record, after: Record) -> Iterator[TextChange]:
    old, new = (_sections(record) for record in (before, after))
    for number in sorted({*old, *new}):
        (old_title, a), (new_title, b) = old.get(number, ("", [])), new.get(number, ("", []))
        if old_title != new_title:
            a, b = [old_title, *a] if old_title else a, [new_title, *b] if new_title else b
        # Paragraphs that were only cut otherwise are the same text.
        if "".join(a) != "".join(b):
            yield TextChange(new_title or old_title, tuple(_lines(a, b)))


def _sections(record: Record) -> dict[int, tuple[str, list[str]]]:
    """Title and sentences by number of section; a number that occurs twice has both texts."""
    found: dict[int, tuple[str, list[str]]] = {}
    for section in record["sections"]:
        _, sentences = found.setdefault(section["number"], (section["title"], []))
        sentences += [
            sentence
            for match in _SENTENCE.findall(section["text"])
            if (sentence := "".join(match.split()))
        ]
    return found


def sentences(record: Record) -> list[tuple[int, list[str]]]:
    """The sentences of a record without white space, by number of section."""
    return [(number, found) for number, (_, found) in sorted(_sections(record).items())]


def _lines(a: list[str], b: list[str]) -> Iterator[tuple[str, str]]:
    # autojunk takes what stands often for noise; here it may be what changed.
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    end = 0
    for group in matcher.get_grouped_opcodes(1):
        if group[0][1] > end:
            yield " ", "…"
        for tag, a1, a2, b1, b2 in group:
            if tag == "equal":
                yield from ((" ", sentence) for sentence in a[a1:a2])
                continue
            yield from (("-", sentence) for sentence in a[a1:a2])
            yield from (("+", sentence) for sentence in b[b1:b2])
        end = group[-1][2]
    if end < len(a):
        yield " ", "…"
