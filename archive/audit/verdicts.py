"""The verdicts of the audit without their evidence: what is kept, and what changes are told by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from archive.agencies import Register
from archive.audit.content import judge
from archive.audit.presence import Presences
from archive.audit.reasons import Said
from archive.audit.status import conclude
from archive.audit.table import published_versions
from archive.database.models import Agency


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the audit says of an agency's report for a year and scope; ``content`` is None where none is seen."""

    agency: Agency
    year: int
    scope: str
    status: str
    due: date
    due_basis: str
    days_late: int | None
    content: str | None
    reason: Said

    @property
    def key(self) -> tuple[int, int, str]:
        """What it is a verdict on."""
        return self.agency.id, self.year, self.scope


def verdicts(
    session: Session, agencies: Sequence[Agency], year: int, moment: datetime
) -> Iterator[Verdict]:
    """The verdicts on the reports of ``agencies`` for ``year``, as known at ``moment``."""
    versions = published_versions(session, agencies, year, moment)
    register = Register(session)
    for presence in Presences(session, year, moment).of_all(agencies):
        conclusion = conclude(presence, moment)
        version = versions.get((presence.agency.id, presence.scope))
        judgement = judge(register, presence.agency, year, version) if version else None
        content = str(judgement.content) if judgement else ("unread" if presence.seen else None)
        yield Verdict(
            presence.agency,
            year,
            presence.scope,
            str(conclusion.status),
            conclusion.due.day,
            str(conclusion.due.basis),
            conclusion.days_late,
            content,
            conclusion.reason,
        )
