"""The status of an agency's report: contract §4, domain guide §1.3.

``missing`` and ``late`` accuse, so they are said only on evidence: a complete reading of the place
after the due date without the report, or a date the agency itself displays. Everything that may be
our own failure is ``unknown`` or ``blocked``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from archive.audit.duty import Due, exempt
from archive.audit.presence import Presence
from archive.clock import china_day, china_text
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


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A status with the sentence that explains it; ``days_late`` is a lower bound."""

    status: Status
    reason: str
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
        return Conclusion(Status.NOT_DUE, f"due on {limit.day}", limit)
    return _not_seen(presence, limit)


def _published(presence: Presence, limit: Due) -> Conclusion:
    first_seen, displayed = presence.first_seen, presence.displayed_date
    assert first_seen is not None
    absent_at = presence.last_absent.started_at if presence.last_absent else None
    doubt = presence.doubt
    if first_seen < limit.end:
        return Conclusion(Status.ON_TIME, f"seen on {china_text(first_seen)}", limit)
    if displayed is not None and displayed > limit.day:
        return Conclusion(
            Status.LATE,
            f"the page itself shows {displayed}",
            limit,
            (displayed - limit.day).days,
        )
    if displayed is not None:
        if absent_at is not None and china_day(absent_at) > displayed and doubt is None:
            return Conclusion(
                Status.BACKDATED_SUSPECT,
                f"the page shows {displayed}, but the report was not there on "
                f"{china_text(absent_at)}",
                limit,
            )
        return Conclusion(
            Status.ON_TIME_CLAIMED,
            f"the page shows {displayed}; first seen on {china_text(first_seen)}, after the due date",
            limit,
        )
    if absent_at is not None and absent_at >= limit.end:
        if doubt is not None:
            return Conclusion(Status.UNKNOWN, _untold(doubt), limit)
        return Conclusion(
            Status.LATE,
            f"not there on {china_text(absent_at)}, first seen on {china_text(first_seen)}",
            limit,
            max(1, (china_day(absent_at) - limit.day).days),
        )
    return Conclusion(
        Status.UNKNOWN,
        f"published, but no date is shown and it was first seen on {china_text(first_seen)}",
        limit,
    )


def _not_seen(presence: Presence, limit: Due) -> Conclusion:
    if presence.handed_over:
        return Conclusion(
            Status.UNKNOWN, "the document was added as a file; its publication was not seen", limit
        )
    after = [v for v in presence.visits if v.started_at >= limit.end]
    proofs = [v for v in presence.carrying if v.started_at >= limit.end]
    if proofs and not presence.unclear:
        last = proofs[-1]
        assert last.finished_at is not None
        times = "once" if len(proofs) == 1 else f"{len(proofs)} times"
        return Conclusion(
            Status.MISSING,
            f"the place was read in full {times} after the due date, last on "
            f"{china_text(last.finished_at)} ({last.rows} entries on {last.pages} pages), "
            "and the report was not there",
            limit,
        )
    if presence.unclear:
        return Conclusion(Status.UNKNOWN, _untold(presence.unclear[-1]), limit)
    if not presence.visits:
        return Conclusion(Status.UNKNOWN, "no place of publication was ever visited", limit)
    if not after:
        return Conclusion(Status.UNKNOWN, "not visited after the due date", limit)
    last = after[-1]
    if last.verdict == "complete":
        return Conclusion(
            Status.UNKNOWN,
            "the place was read in full, but it has never shown a report of this agency or of one "
            "of its kind, so it may publish elsewhere",
            limit,
        )
    status = Status.BLOCKED if last.verdict == "blocked" else Status.UNKNOWN
    kind = f" ({last.kind})" if last.kind else ""
    return Conclusion(status, f"{last.verdict}{kind}: {last.reason}".rstrip(": "), limit)


def _untold(doubt: Sighting) -> str:
    where = f" ({doubt.list_url})" if doubt.list_url else ""
    return f"a report that may be this one could not be told apart: {doubt.title}{where}"
