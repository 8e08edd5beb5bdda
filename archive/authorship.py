"""Does the document that was published as an agency's report name that agency as its author?

Figures of a document that names another body must not be counted as this agency's. The answer is kept
with the version; a negative one is asked for again when the register has learned names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from archive.agencies import Register
from archive.database.models import Agency, Report, ReportVersion

_BATCH = 500


def update(session: Session, reports: Iterable[int], *, everybody: bool) -> None:
    """Set ``names_agency`` of the versions of ``reports`` for which it is not true yet; of all reports if
    ``everybody`` may be called otherwise by now. The caller commits.
    """
    session.flush()
    register: Register | None = None
    for chosen in [true()] if everybody else _parts(reports):
        rows = session.execute(
            select(ReportVersion, Agency)
            .join(Report, Report.id == ReportVersion.report_id)
            .join(Agency, Agency.id == Report.agency_id)
            .where(
                chosen,
                ReportVersion.names_agency.is_not(True),
                ReportVersion.extractor.is_not(None),
            )
        )
        found = rows.all()
        if not found:
            continue
        register = register or Register(session)
        register.learn(agency for _, agency in found)
        for version, agency in found:
            version.names_agency = names(
                register, version.document_agency, agency, version.document_year
            )
        session.flush()


def _parts(reports: Iterable[int]) -> Iterator[ColumnElement[bool]]:
    numbers = sorted(reports)
    for start in range(0, len(numbers), _BATCH):
        yield ReportVersion.report_id.in_(numbers[start : start + _BATCH])


def names(register: Register, name: str | None, agency: Agency, year: int | None) -> bool:
    """Whether ``name``, as a document for ``year`` prints it, is ``agency``; so is no name at all."""
    return not name or register.match(name, among=[agency], year=year).agency is not None
