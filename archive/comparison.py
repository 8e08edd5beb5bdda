"""``gongkai extract --compare``: what two versions of the extractor read differently in one document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from archive import readings
from archive.database.models import Capture, Reading
from archive.errors import UsageError
from archive.versions import difference
from extract import VERSION
from extract.counting import counted

COLUMNS = ("url", "what", "before", "after", "meaning")
_FACTS = ("title", "year", "scope", "form")


def version_before(session: Session) -> str | None:
    """The version of the extractor that was at work before this one, by when it read last."""
    return session.scalar(
        select(Reading.extractor)
        .where(Reading.extractor != VERSION)
        .group_by(Reading.extractor)
        .order_by(func.max(Reading.read_at).desc())
    )


def compare(session: Session, before: str) -> Iterator[dict[str, Any]]:
    """A row for each thing that this version reads differently from version ``before``.

    ``what`` is a key of the data dictionary, ``status``, ``agency``, ``title``, ``year``, ``scope``,
    ``form``, or ``section …``; documents that only one of the two has read are not compared. Raises
    :class:`~archive.errors.UsageError` if that version has read nothing here.
    """
    if session.scalar(select(Reading.sha256).where(Reading.extractor == before).limit(1)) is None:
        known = session.scalars(select(Reading.extractor).distinct().order_by(Reading.extractor))
        raise UsageError(
            f"version {before} of the extractor has read nothing here; those that have: "
            f"{', '.join(known) or 'none'}"
        )
    return _differences(session, before)


def _differences(session: Session, before: str) -> Iterator[dict[str, Any]]:
    old, new = aliased(Reading), aliased(Reading)
    pairs = session.execute(
        select(old, new)
        .join(new, old.sha256 == new.sha256)
        .where(old.extractor == before, new.extractor == VERSION)
        .order_by(old.sha256)
        .execution_options(yield_per=200)
    )
    for one, other in pairs:
        if one.record == other.record:
            continue
        rows = list(_rows(readings.unpack(one), readings.unpack(other)))
        if rows:
            url = session.scalar(
                select(Capture.url).where(Capture.sha256 == one.sha256).order_by(Capture.id)
            )
            yield from ({"sha256": one.sha256, "url": url, **row} for row in rows)


def _rows(before: dict[str, Any], after: dict[str, Any]) -> Iterator[dict[str, Any]]:
    facts = [(name, before[name], after[name]) for name in _FACTS]
    facts.insert(0, ("status", before["parse"]["status"], after["parse"]["status"]))
    facts.insert(1, ("agency", before["agency"]["name"], after["agency"]["name"]))
    for name, old, new in facts:
        if old != new:
            yield _row(name, old, new)
    changed = difference(before, after)
    for cell in changed.cells:
        yield _row(cell.key, _shown(cell.before), _shown(cell.after), cell.label)
    for section in changed.text:
        gone = sum(sign == "-" for sign, _ in section.lines)
        new = sum(sign == "+" for sign, _ in section.lines)
        yield _row(f"section {section.section}", counted(gone, "sentence"), counted(new, "other"))


def _row(what: str, before: Any, after: Any, meaning: str | None = None) -> dict[str, Any]:
    return {"what": what, "before": before, "after": after, "meaning": meaning}


def _shown(side: dict[str, Any] | None) -> Any:
    if side is None:
        return "(no such cell)"
    return (
        side["value"] if side["state"] == "number" else f"({side['state']}) {side['raw']}".strip()
    )
