"""The status of an agency's report: contract §4, domain guide §1.3.

``missing`` and ``late`` accuse, so they are said only on evidence: a complete reading of the place
after the due date without the report, or a date the agency itself displays. Everything that may be
our own failure is ``unknown`` or ``blocked``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from archive.audit import reasons
from archive.audit.duty import Due, exempt
from archive.audit.presence import Presence
from archive.audit.reasons import Said
from archive.clock import china_day
from archive.database.models import Sighting


class Status(StrEnum):
    """The statuses of contract §4."""

    NOT_DUE = "not_due"
    ON_TIME = "on_time"
    ON_TIME_CLAIMED = "on_time_claimed"
    BACKDATED_SUSPECT = "backdated_suspect"
    LATE = "late"
    MISSING = "missing"
    UNKNOWN = "unknown"
    BLOCKED = "blocked"
    EXEMPT = "exempt"


_LONG_AFTER = timedelta(days=300)
"""By then the next year's reports come, and sites begin to take old ones down."""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A status with the sentence that explains it; ``days_late`` is a lower bound."""

    status: Status
    reason: Said
    due: Due
    days_late: int | None = None


def conclude(presence: Presence, moment: datetime) -> Conclusion:
    """The status of a report as known at ``moment``."""
    limit = presence.due
    why_exempt = exempt(presence.agency, presence.year)
    if presence.seen:
        return _published(presence, limit)
    if why_exempt:
        return Conclusion(Status.EXEMPT, why_exempt, limit)
    if moment < limit.end:
        return Conclusion(Status.NOT_DUE, reasons.due(limit.day), limit)
    return _not_seen(presence, limit)


def _published(presence: Presence, limit: Due) -> Conclusion:
    first_seen, displayed = presence.first_seen, presence.displayed_date
    assert first_seen is not None
    absent_at = presence.last_absent.started_at if presence.last_absent else None
    doubt = presence.doubt
    if first_seen < limit.end:
        return Conclusion(Status.ON_TIME, reasons.seen(first_seen), limit)
    if displayed is not None and displayed > limit.day and presence.is_dated:
        if doubt is not None:
            # It may have stood on another page in time, whatever day this one shows.
            return Conclusion(Status.UNKNOWN, _untold(doubt), limit)
        return Conclusion(
            Status.LATE,
            reasons.dated_late(displayed),
            limit,
            (displayed - limit.day).days,
        )
    if displayed is not None and displayed <= limit.day:
        if absent_at is not None and china_day(absent_at) > displayed and doubt is None:
            return Conclusion(
                Status.BACKDATED_SUSPECT,
                reasons.backdated(displayed, absent_at),
                limit,
            )
        return Conclusion(
            Status.ON_TIME_CLAIMED,
            reasons.claimed(displayed, first_seen),
            limit,
        )
    if absent_at is not None and absent_at >= limit.end:
        if doubt is not None:
            return Conclusion(Status.UNKNOWN, _untold(doubt), limit)
        return Conclusion(
            Status.LATE,
            reasons.appeared_late(absent_at, first_seen),
            limit,
            max(1, (china_day(absent_at) - limit.day).days),
        )
    return Conclusion(Status.UNKNOWN, reasons.undated(first_seen, displayed), limit)


def _not_seen(presence: Presence, limit: Due) -> Conclusion:
    if presence.handed_over:
        return Conclusion(Status.UNKNOWN, reasons.handed_over(), limit)
    after = [v for v in presence.visits if v.started_at >= limit.end]
    proofs = [v for v in presence.carrying if v.started_at >= limit.end]
    if proofs and not presence.unclear:
        last, first = proofs[-1], proofs[0].started_at
        assert last.finished_at is not None
        since = first if first - limit.end > _LONG_AFTER else None
        return Conclusion(
            Status.MISSING,
            reasons.absent(len(proofs), last.finished_at, last.rows, last.pages, since=since),
            limit,
        )
    if presence.unclear:
        return Conclusion(Status.UNKNOWN, _untold(presence.unclear[-1]), limit)
    if not presence.visits:
        return Conclusion(Status.UNKNOWN, reasons.never_visited(), limit)
    if not after:
        return Conclusion(Status.UNKNOWN, reasons.not_since(), limit)
    last = after[-1]
    if last.verdict == "complete":
        return Conclusion(
            Status.UNKNOWN,
            reasons.never_carried(),
            limit,
        )
    status = Status.BLOCKED if last.verdict == "blocked" else Status.UNKNOWN
    return Conclusion(status, reasons.visit(last.verdict, last.kind, last.reason), limit)


def _untold(doubt: Sighting) -> Said:
    return reasons.untold(doubt.title, doubt.list_url)
