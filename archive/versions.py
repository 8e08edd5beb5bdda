"""What changed between two versions of a report: bytes, layout, text, or numbers."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]


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
    if _text(before) != _text(after):
        return "text"
    if _positions(before) != _positions(after):
        return "layout"
    return "bytes"


def _numbers(record: Record) -> dict[str, tuple[Any, str]]:
    return {cell["key"]: (cell["value"], cell["state"]) for cell in record["cells"]}


def _text(record: Record) -> list[str]:
    sections = record["sections"]
    return ["".join((section["title"] + section["text"]).split()) for section in sections]


def _positions(record: Record) -> list[tuple[Any, ...]]:
    return [
        (cell["key"], cell.get("page"), cell.get("path"), tuple(cell.get("bbox") or ()))
        for cell in record["cells"]
    ]
