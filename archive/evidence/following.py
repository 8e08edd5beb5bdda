"""Whether what an evidence folder claims follows from its records. A pure function of both."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from archive.audit.duty import due_day
from archive.clock import CHINA, china_day
from archive.composing import compose
from archive.evidence.claims import Claims, names
from archive.evidence.exchanges import Exchange, Kept
from archive.evidence.looks import ABSENT, SEEN, Look
from archive.records import media_type
from extract.characters import squeeze
from extract.counting import counted


def contradictions(claims: Claims, kept: Kept) -> Iterator[str]:
    """What is claimed and does not follow, a sentence each; the looks must be those of the records.

    Raises ``KeyError``, ``ValueError`` or ``TypeError`` for claims that are not of the form.
    """
    limit = date.fromisoformat(claims["due"]["day"])
    statutory = due_day(claims["agency"]["kind"], claims["year"])
    if claims["due"]["basis"] == "statutory" and limit != statutory.day:
        yield f"the law sets {statutory.day} for this kind of agency, not {limit}"
    end = datetime.combine(limit + timedelta(days=1), time(), CHINA)
    known_at = datetime.fromisoformat(claims["known_at"])
    for shown in claims["looks"]:
        if shown["started_at"] and _moment(shown["started_at"]) > known_at:
            yield f"the visit of {shown['started_at']} is later than what was known"
        if shown["role"] == ABSENT:
            yield from _absent(claims, shown)
    for sighting in claims["sightings"]:
        yield from _sighted(sighting, claims["looks"], kept)
    yield from _canary(claims)
    yield from _times(claims)
    yield from _status(claims, limit, end)


def _absent(claims: Claims, shown: Look) -> Iterator[str]:
    if shown["verdict"] != "complete":
        yield f"the visit of {shown['started_at']} was not complete, so it proves no absence"
    elif not shown["read"]["agrees"]:
        yield (
            f"the visit of {shown['started_at']} noted {counted(shown['pages'], 'page')} with "
            f"{counted(shown['rows'], 'entry', 'entries')}; its stored pages give {shown['read']['pages']} with {shown['read']['rows']}"
        )
    own = names(claims["agency"])
    for entry in shown["entries"]:
        if entry["year"] == claims["year"] and squeeze(entry["agency"] or "") in own:
            yield f"the column of {shown['started_at']} does show it: {entry['title']}"


def _sighted(sighting: dict[str, Any], looks: list[Look], kept: Kept) -> Iterator[str]:
    where = f"the sighting of {sighting['seen_at']}"
    if sighting["document"] is not None:
        document = kept.exchanges[sighting["document"]]
        if (document.url, document.sha256) != (
            sighting["document_url"],
            sighting["document_sha256"],
        ):
            yield f"{where}: the stored document is another one than claimed"
        if document.parts and document.body != _composed(document, kept):
            yield f"{where}: the stored document is not made of the stored page and pictures"
    if not sighting["visited"]:
        return
    told = ("seen_at", "title", "url", "list_url", "displayed_date")
    wanted = [sighting[name] for name in told]
    for shown in looks:
        if shown["role"] != SEEN or shown["visit"] is None:
            continue
        noted = kept.visits[shown["visit"]]["sightings"]
        if any([one[name] for name in told] == wanted for one in noted):
            break
    else:
        yield f"{where}: no visit in the evidence noted it so"
        return
    rows = [e for e in shown["entries"] if (e["url"], e["title"]) == (wanted[2], wanted[1])]
    if shown["entries"] and not rows:
        yield f"{where}: the stored pages show no such row: {sighting['title']}"
    for row in rows[:1]:
        day = row["published"] or row["day"]
        if day != sighting["displayed_date"]:
            yield f"{where}: the stored pages show the date {day}, not {sighting['displayed_date']}"


def _composed(document: Exchange, kept: Kept) -> bytes:
    parts = [kept.exchanges[record] for record in document.parts]
    return compose([(one.url, media_type(one.content_type), one.body or b"") for one in parts])


def _canary(claims: Claims) -> Iterator[str]:
    canary = claims["canary"]
    if canary is None:
        return
    entries = claims["looks"][canary["look"]]["entries"]
    wanted = tuple(canary[name] for name in ("record", "url", "title"))
    if not any((e["record"], e["url"], e["title"]) == wanted for e in entries):
        yield f"the column does not show the report that was to prove it: {canary['title']}"


def _times(claims: Claims) -> Iterator[str]:
    """Times and days of the claim against those of the sightings and looks."""
    seen = [one["seen_at"] for one in claims["sightings"]]
    if claims["first_seen"] and claims["first_seen"] not in seen:
        yield f"no sighting in the evidence is of {claims['first_seen']}, when it was first seen"
    days = [one["displayed_date"] for one in claims["sightings"] if one["displayed_date"]]
    if claims["displayed_date"] and claims["displayed_date"] != min(days, default=None):
        yield f"no sighting in the evidence shows {claims['displayed_date']}"
    ends = [one["finished_at"] for one in claims["looks"] if one["role"] == ABSENT]
    if claims["last_absent"] and ends and claims["last_absent"] not in ends:
        yield f"no visit in the evidence ended at {claims['last_absent']}"


def _status(claims: Claims, limit: date, end: datetime) -> Iterator[str]:
    status = claims["status"]
    shown = claims["displayed_date"] and date.fromisoformat(claims["displayed_date"])
    first = claims["first_seen"] and _moment(claims["first_seen"])
    proofs = [one for one in claims["looks"] if one["role"] == ABSENT]
    after = [one for one in proofs if _moment(one["started_at"]) >= end]
    began = min((_moment(one["started_at"]) for one in proofs), default=None)
    # A place that was never read without the report may have shown it all the time.
    places = {one["place"] for one in claims["looks"] if one["role"] == SEEN}
    absent = began if places <= {one["place"] for one in proofs} else None
    match status:
        case "on_time":
            holds = first is not None and first < end
        case "on_time_claimed":
            holds = shown is not None and shown <= limit
        case "backdated_suspect":
            holds = shown is not None and absent is not None and china_day(absent) > shown
        case "late":
            # By the day that is shown, or by the last one on which it was not there.
            days = set()
            if shown is not None and shown > limit:
                days.add((shown - limit).days)
            if absent is not None and absent >= end and (shown is None or shown > limit):
                days.add(max(1, (china_day(absent) - limit).days))
            holds = claims["days_late"] in days
        case "missing":
            holds = bool(after) and not claims["sightings"]
        case "not_due":
            holds = _moment(claims["known_at"]) < end
        case "unknown" | "blocked" | "exempt":
            holds = True
        case _:
            holds = False
    if not holds:
        yield f"the status {status} does not follow from what the records show"


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone: {text}")
    return moment
