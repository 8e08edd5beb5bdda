"""What the published report is worth: complete, incomplete, inconsistent, wrong, or unread.

A doubtful reading accuses nobody: only where the reading is certain do its findings count, or where
a person confirmed them. What a person dismissed does not count; what was dismissed on numbers that have
changed since counts again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from archive.agencies import Register
from archive.audit import reasons
from archive.audit.reasons import Said
from archive.database.models import Agency
from archive.resolution import resolve

_ARITHMETIC = ("T2-", "T3-", "T4-", "S14-", "CY-01")
"""Rules on the tables; the others are on words and structure."""
_NOTHING = Said("", "")
_SAME_TEXT, _SAME_TABLE = "CY-07", "CY-06"


class Content(StrEnum):
    """The states of contract §4."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    INCONSISTENT = "inconsistent"
    WRONG_DOCUMENT = "wrong_document"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that failed, and what a person said of that."""

    rule: str
    severity: str
    message: str
    message_zh: str
    judged: str | None


@dataclass(frozen=True, slots=True)
class Published:
    """A version of a report as the audit needs it: where it is, how it was read (``status`` is None if
    it was not), the year and the body it names, and the rules that failed.

    ``names_agency`` is what :mod:`archive.authorship` found; where it is true nothing more is asked.
    """

    document_url: str
    status: str | None
    year: int | None
    agency_name: str | None
    names_agency: bool | None
    failed: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The content of a report, findings by severity, and a sentence where there is one to say."""

    content: Content
    findings: dict[str, int]
    reason: Said = _NOTHING


def judge(register: Register, agency: Agency, year: int, reading: Published) -> Judgement:
    """The content of what was published as the report of ``agency`` for ``year``."""
    if reading.status is None:
        return Judgement(Content.UNREAD, {}, reasons.unread())
    if reading.status == "not_a_report":
        return Judgement(Content.WRONG_DOCUMENT, {}, reasons.no_report())
    confirmed = [finding for finding in reading.failed if finding.judged == "confirmed"]
    if reading.status != "ok" and not confirmed:
        return Judgement(Content.UNREAD, {}, reasons.doubtful(reading.status))
    if reading.year is not None and reading.year != year:
        return Judgement(Content.WRONG_DOCUMENT, {}, reasons.other_year(reading.year))
    if not _is_author(register, agency, reading):
        author = _other_author(register, agency, reading)
        if author:
            return Judgement(Content.WRONG_DOCUMENT, {}, reasons.other_body(author))
        return Judgement(
            Content.UNREAD,
            {},
            reasons.perhaps_other_body(reading.agency_name),
        )
    counted = (
        [finding for finding in reading.failed if finding.judged != "dismissed"]
        if reading.status == "ok"
        else confirmed
    )
    counts = dict(sorted(Counter(finding.severity for finding in counted).items()))
    errors = [finding for finding in counted if finding.severity == "error"]
    if any(f.rule == _SAME_TEXT for f in errors) and any(f.rule == _SAME_TABLE for f in counted):
        return Judgement(
            Content.WRONG_DOCUMENT,
            counts,
            reasons.last_years(),
        )
    if any(finding.rule.startswith(_ARITHMETIC) for finding in errors):
        return Judgement(Content.INCONSISTENT, counts, _first(errors, _ARITHMETIC))
    if any(finding.rule.startswith("ST") for finding in errors):
        return Judgement(Content.INCOMPLETE, counts, _first(errors, "ST"))
    if reading.status != "ok":
        return Judgement(Content.UNREAD, counts, reasons.doubtful(reading.status))
    return Judgement(Content.COMPLETE, counts)


def _first(findings: Sequence[Failure], prefix: str | tuple[str, ...]) -> Said:
    first = next(finding for finding in findings if finding.rule.startswith(prefix))
    return reasons.failed(first.rule, first.message, first.message_zh)


def _is_author(register: Register, agency: Agency, reading: Published) -> bool:
    """Whether the document names ``agency`` as its author, or nobody."""
    if not reading.agency_name or reading.names_agency:
        return True
    return register.match(reading.agency_name, among=[agency], year=reading.year).agency is not None


def _other_author(register: Register, agency: Agency, reading: Published) -> str | None:
    """The body that the document names as its author, where it certainly is another one."""
    assert reading.agency_name is not None
    other = register.match_official(reading.agency_name).agency
    if other is not None:
        return other.name if other.id != agency.id else None
    named = resolve(reading.agency_name, year=reading.year)
    same_place = named.division_code == agency.division_code
    return None if named.status != "resolved" or same_place else named.agency
