"""Full text over the narratives: keep the index, and find what a person looks for.

The index holds the sections of the latest version of every report. It is brought up to date after
each ingest (:func:`update`): what was replaced, or read by another version of the extractor, goes out
and comes in anew. Results come newest year first, within a year in the order of divisions.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, select
from sqlalchemy.orm import Session, aliased

from archive import readings
from archive.database import fulltext
from archive.database.models import Agency, Narrative, Reading, Report, ReportVersion
from archive.divisions import current
from archive.errors import UsageError
from archive.words import Term, cut, fold, terms

COLUMNS = (
    "agency",
    "division_code",
    "year",
    "scope",
    "section",
    "section_title",
    "snippet",
    "hits",
    "parse_status",
    "url",
    "document_url",
)
"""What a result shows."""

_FIRST_YEAR = 2000
_YEAR, _COUNTY, _REPORT = 1 << 56, 1 << 36, 1 << 3
"""How a place in the index is made: 7 bits for the year, 20 for the county, 33 for the report and 3
for the section, so that the sections of a county and year stand together.
"""
_BATCH = 500
_LONGEST = 60_000
"""Characters of a section that are indexed."""
_BEFORE, _WIDTH = 24, 96
"""Characters of a snippet before the first hit, and in all."""


class Hit(NamedTuple):
    """A section that has the words; ``place`` is where it stands in the order of results."""

    place: int
    agency_id: int
    row: dict[str, Any]


Sections = dict[int, tuple[str, str]]
"""Title and text of each section of a report."""


def update(session: Session, reports: Collection[int]) -> int:
    """Bring the index up to date with the latest versions of ``reports``, or of all if it is empty.

    Returns the number of reports that went in or out. The caller commits.
    """
    if session.scalar(select(Narrative.report_id).limit(1)) is None:
        return _fill(session)
    numbers = sorted(reports)
    gone = [report for part in _parts(numbers) for report in _outdated(session, part)]
    total = session.scalar(select(func.count(Narrative.report_id))) or 0
    # Taking out one by one costs more than filling in; and needs the readings that went in.
    if len(gone) * 2 > total or not all(_take_out(session, part) for part in _parts(gone)):
        fulltext.clear(session.connection())
        return len(gone) + _fill(session)
    return len(gone) + sum(_add(session, Report.id.in_(part)) for part in _parts(numbers))


def _fill(session: Session) -> int:
    """Put all reports in; the years one by one, since in this order it is fastest."""
    return sum(_add(session, Report.year == year) for year in reversed(list(_years(session))))


def _outdated(session: Session, reports: Sequence[int]) -> Sequence[int]:
    """Those of ``reports`` that went in otherwise than they are now."""
    latest = _latest()
    right = (
        select(Report.id)
        .join(Agency)
        .join(latest, _is_latest(latest))
        .where(
            Report.id == Narrative.report_id,
            _wanted(latest),
            Narrative.sha256 == latest.sha256,
            Narrative.extractor == latest.extractor,
            Narrative.division_code == Agency.division_code,
        )
    )
    return session.scalars(
        select(Narrative.report_id)
        .where(Narrative.report_id.in_(reports), ~exists(right))
        .order_by(Narrative.position)
    ).all()


def _add(session: Session, which: ColumnElement[bool]) -> int:
    """Put in the reports that are not in yet."""
    latest = _latest()
    query = (
        select(Report.id, Report.year, Agency.division_code)
        .join(Agency)
        .join(latest, _is_latest(latest))
        .outerjoin(Narrative, Narrative.report_id == Report.id)
        .where(which, Narrative.report_id.is_(None), _wanted(latest))
    )
    new = sorted(
        (position(year, code, number), number) for number, year, code in session.execute(query)
    )
    for part in _parts(new):
        _put_in(session, {number: place for place, number in part})
    return len(new)


def _wanted(version: type[ReportVersion]) -> ColumnElement[bool]:
    return and_(version.extractor.is_not(None), version.parse_status != "not_a_report")


def _years(session: Session) -> Iterator[int]:
    """The years that have reports, the newest first; a step in the index for each."""
    year = session.scalar(select(func.max(Report.year)))
    while year is not None:
        yield year
        year = session.scalar(select(func.max(Report.year)).where(Report.year < year))


def search(
    session: Session,
    text: str,
    *,
    year: int | None = None,
    section: int | None = None,
    division: str | None = None,
) -> Generator[dict[str, Any], None, None]:
    """The sections that have every word of ``text`` (parts between spaces), as rows of ``COLUMNS``.

    ``snippet`` shows the first hit with ``«»`` around each. Who does not read to the end closes it, before the
    session. Raises :class:`~archive.errors.UsageError` if there is nothing to look for.
    """
    found = hits(session, text, year=year, section=section, division=division)
    return (hit.row for hit in found)


def hits(
    session: Session,
    text: str,
    *,
    year: int | None = None,
    section: int | None = None,
    division: str | None = None,
    after: int | None = None,
) -> Iterator[Hit]:
    """What :func:`search` finds, each with its agency and its place, ``after`` the one at such a place."""
    wanted = terms(text)
    if not wanted:
        raise UsageError(f"{text!r} has no letter, digit or character to look for")
    return _results(session, wanted, year, section, division, after)


def _results(
    session: Session,
    wanted: Sequence[Term],
    year: int | None,
    section: int | None,
    division: str | None,
    after: int | None,
) -> Iterator[Hit]:
    code = current(division) if division else ""
    counties = int(code[:6].ljust(6, "0") or 0), int(code[:6].ljust(6, "9"))
    for one in _years(session) if year is None else [year]:
        start = (one - _FIRST_YEAR) * _YEAR
        first, last = start + counties[0] * _COUNTY, start + (counties[1] + 1) * _COUNTY - 1
        if after is not None:
            # The newest year comes first; within one the numbers rise.
            if after < start:
                continue
            first = max(first, after + 1) if after < start + _YEAR else first
        numbers = iter(fulltext.find(session.connection(), wanted, first, last, section))
        size = 20
        while part := list(islice(numbers, size)):
            yield from _rows(session, part, wanted, code)
            size = min(size * 2, 200)


def _rows(
    session: Session, numbers: Sequence[int], wanted: Sequence[Term], code: str
) -> Iterator[Hit]:
    latest = _latest()
    query = (
        select(Narrative.position, Report, Agency, latest, Reading)
        .join(Report, Report.id == Narrative.report_id)
        .join(Agency, Agency.id == Report.agency_id)
        .join(latest, _is_latest(latest))
        .join(
            Reading,
            and_(Reading.sha256 == Narrative.sha256, Reading.extractor == Narrative.extractor),
        )
        .where(
            Narrative.position.in_({number // _REPORT * _REPORT for number in numbers}),
            Agency.division_code.startswith(code, autoescape=True),
        )
    )
    found = {row[0]: row for row in session.execute(query)}
    for number in numbers:
        row = found.get(number // _REPORT * _REPORT)
        if row is None:
            continue
        _, report, agency, version, reading = row
        title, text = _sections(reading).get(number % _REPORT, ("", ""))
        snippet, number_of_hits = _snippet(text, wanted)
        yield Hit(
            number,
            agency.id,
            {
                "agency": agency.name,
                "division_code": agency.division_code,
                "year": report.year,
                "scope": report.scope,
                "section": number % _REPORT,
                "section_title": title,
                "snippet": snippet,
                "hits": number_of_hits,
                "parse_status": version.parse_status,
                "url": version.url,
                "document_url": version.document_url,
            },
        )
    session.expunge_all()


def _latest() -> type[ReportVersion]:
    return aliased(ReportVersion)


def _is_latest(version: type[ReportVersion]) -> ColumnElement[bool]:
    later = aliased(ReportVersion)
    newer = exists().where(later.report_id == version.report_id, later.number > version.number)
    return and_(version.report_id == Report.id, ~newer)


def _take_out(session: Session, reports: Sequence[int]) -> bool:
    """Remove reports; False if a reading that went in is no longer there to tell its words."""
    rows = session.execute(
        select(Narrative.position, Reading)
        .outerjoin(
            Reading,
            and_(Reading.sha256 == Narrative.sha256, Reading.extractor == Narrative.extractor),
        )
        .where(Narrative.report_id.in_(reports))
        .order_by(Narrative.position)
    ).all()
    if any(reading is None for _, reading in rows):
        return False
    fulltext.remove(session.connection(), _entries(rows))
    session.execute(delete(Narrative).where(Narrative.report_id.in_(reports)))
    return True


def _put_in(session: Session, positions: dict[int, int]) -> None:
    latest = _latest()
    rows = session.execute(
        select(Report.id, Agency.division_code, Reading)
        .join(Agency)
        .join(latest, _is_latest(latest))
        .join(
            Reading,
            and_(Reading.sha256 == latest.sha256, Reading.extractor == latest.extractor),
        )
        .where(Report.id.in_(positions))
    ).all()
    rows = sorted(rows, key=lambda row: positions[row[0]])
    if not rows:
        return
    session.execute(
        insert(Narrative),
        [
            {
                "report_id": number,
                "position": positions[number],
                "sha256": reading.sha256,
                "extractor": reading.extractor,
                "division_code": code,
            }
            for number, code, reading in rows
        ],
    )
    fulltext.insert(
        session.connection(), _entries((positions[number], reading) for number, _, reading in rows)
    )


def _entries(rows: Any) -> Iterator[tuple[int, Sequence[str]]]:
    for position, reading in rows:
        for number, (_, text) in sorted(_sections(reading).items()):
            if words := cut(text[:_LONGEST]):
                yield position + number, words


def _sections(reading: Reading) -> Sections:
    """The sections of a reading; pieces under one number are put together."""
    sections: Sections = {}
    for section in readings.unpack(reading)["sections"]:
        number = min(max(section["number"], 0), _REPORT - 1)
        title, text = sections.get(number, (section["title"], ""))
        sections[number] = title, f"{text}\n{section['text']}" if text else section["text"]
    return sections


def position(year: int, code: str, report: int) -> int:
    """The place of a report's sections in the index: by year, then county, then report."""
    county = code[:6].ljust(6, "0")
    number = int(county) if county.isascii() and county.isdigit() else 0
    return (year - _FIRST_YEAR) * _YEAR + number * _COUNTY + report * _REPORT


def _parts(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))


def _snippet(text: str, wanted: Sequence[Term]) -> tuple[str, int]:
    """The place of the first hit with all hits marked, and how many hits the section has."""
    folded = fold(text)
    hits = sorted(match.span() for term in wanted for match in term.pattern.finditer(folded))
    start = max(hits[0][0] - _BEFORE, 0) if hits else 0
    end = min(max(start + _WIDTH, hits[0][1] if hits else 0), len(text))
    parts, at = ["…" if start else ""], start
    for first, last in hits:
        if at <= first and last <= end:
            parts += [text[at:first], "«", text[first:last], "»"]
            at = last
    parts += [text[at:end], "…" if end < len(text) else ""]
    return " ".join("".join(parts).split()), len(hits)
