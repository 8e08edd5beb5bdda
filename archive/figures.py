"""The figures and findings of a version: what was read in its document, and what people said of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from archive import readings
from archive.database.models import Finding, Reading, Report, ReportVersion, figures
from archive.standing import Standing
from archive.versions import Record
from extract.forms.dictionary import FIGURE_KEYS, column_name, is_decimal

_COLUMNS = {key: column_name(key) for key in FIGURE_KEYS}


def values(record: Record | None) -> dict[str, Any]:
    """The numbers of a record that may be presented, by key.

    A suspect record keeps its doubtful cells to itself: no wrong number is presented as right.
    """
    if record is None or record["parse"]["status"] not in ("ok", "suspect"):
        return {}
    doubtful = set(record["parse"].get("suspect_cells", ()))
    return {cell["key"]: cell["value"] for cell in record["cells"] if cell["key"] not in doubtful}


def write(
    session: Session, standing: Standing, read: Sequence[tuple[ReportVersion, Record | None]]
) -> None:
    """Write the figures and findings of versions anew, from the records of their documents."""
    session.flush()
    write_figures(session, standing, read)
    for version, record in read:
        version.findings.clear()
        if record is None:
            continue
        version.findings.extend(
            Finding(
                rule=finding["rule"],
                verdict=finding["verdict"],
                severity=finding["severity"],
                cells=finding["cells"],
                message=finding["message"],
                message_zh=finding["message_zh"],
                judged=judged(standing, version, record, finding["rule"], finding["cells"]),
            )
            for finding in record["findings"]
        )


def write_figures(
    session: Session, standing: Standing, read: Sequence[tuple[ReportVersion, Record | None]]
) -> None:
    """Write the rows of figures: what the documents say, with the corrections that hold for them."""
    ids = [version.id for version, _ in read]
    session.execute(delete(figures).where(figures.c.version_id.in_(ids)))
    shown = [(version.id, _shown(standing, version, record)) for version, record in read]
    # Every column in every row: to make a statement for each set of cells would take longer than to run it.
    rows = [
        {"version_id": number, **{column: cells.get(key) for key, column in _COLUMNS.items()}}
        for number, cells in shown
        if not _COLUMNS.keys().isdisjoint(cells)
    ]
    if rows:
        session.execute(insert(figures), rows)


def _shown(standing: Standing, version: ReportVersion, record: Record | None) -> dict[str, Any]:
    shown = values(record)
    for key, entry in standing.corrections(version, record).items():
        shown[key] = entry.value if entry.value is None or is_decimal(key) else int(entry.value)
    return shown


def apply(session: Session, report: Report) -> None:
    """Bring figures and findings of a report's versions in line with what people said by now."""
    standing = Standing(session, report)
    for version in report.versions:
        reading = (
            session.get(Reading, (version.sha256, version.extractor)) if version.extractor else None
        )
        record = readings.unpack(reading) if reading else None
        write_figures(session, standing, [(version, record)])
        for finding in version.findings:
            finding.judged = (
                judged(standing, version, record, finding.rule, finding.cells) if record else None
            )


def judged(
    standing: Standing, version: ReportVersion, record: Record, rule: str, cells: list[str]
) -> str | None:
    """What a person said of a finding, as :class:`~archive.database.models.Finding` keeps it."""
    found = standing.judged(version, record, rule, cells)
    return found if found is None or isinstance(found, str) else found.verdict
