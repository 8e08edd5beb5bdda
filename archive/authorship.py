"""Does the document that was published as an agency's report name that agency as its author?

Figures of a document that names another body must not be counted as this agency's. The answer is kept
with the version; a negative one is asked for again at each ingest, since the register learns names.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.agencies import Register
from archive.database.models import Agency, Report, ReportVersion


def update(session: Session) -> None:
    """Set ``names_agency`` of every version for which it is not true yet. The caller commits."""
    session.flush()
    rows = session.execute(
        select(ReportVersion, Agency)
        .join(Report, Report.id == ReportVersion.report_id)
        .join(Agency, Agency.id == Report.agency_id)
        .where(ReportVersion.names_agency.is_not(True), ReportVersion.extractor.is_not(None))
    ).all()
    register = Register(session) if rows else None
    for version, agency in rows:
        assert register is not None
        version.names_agency = names(
            register, version.document_agency, agency, version.document_year
        )
    session.flush()


def names(register: Register, name: str | None, agency: Agency, year: int | None) -> bool:
    """Whether ``name``, as a document for ``year`` prints it, is ``agency``; so is no name at all."""
    return not name or register.match(name, among=[agency], year=year).agency is not None
