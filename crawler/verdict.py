"""The verdict of a visit: what may be concluded from it, and why. A pure function of what was found.

Only ``complete`` can carry "missing", so it is said only on strong evidence; every doubt makes it
``partial``, which accuses nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crawler.problems import Problem
from extract.counting import counted

BLOCKED = frozenset(
    {"412", "521", "geo", "edgeone", "captcha", "script", "robots"}
    | {f"http_{status}" for status in (400, 401, 403, 405, 406, 418, 422, 429, 451)}
)
"""Kinds of failure by which a site keeps us out; all others mean that it is not there for anybody."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``complete``, ``partial``, ``not_found``, ``blocked`` or ``down``, its kind and its reason."""

    verdict: str
    kind: str | None
    reason: str


def unreachable(kind: str, detail: str) -> Verdict:
    """The verdict where nothing of the site could be opened."""
    if kind in BLOCKED:
        return Verdict("blocked", kind, f"The site keeps us out: {detail}.")
    return Verdict("down", kind, f"The site could not be opened: {detail}.")


def not_found(opened: int, lost: Sequence[tuple[str, str]]) -> Verdict:
    """The verdict where no page is the column; ``lost`` are failures of links that named it."""
    if lost:
        kind, detail = lost[0]
        return Verdict(
            "blocked" if kind in BLOCKED else "partial",
            kind,
            f"A link to the column was found and could not be opened: {detail}.",
        )
    return Verdict(
        "not_found",
        None,
        f"No column of annual reports was found on {counted(opened, 'page')} of the site.",
    )


def read(
    *,
    strong: bool,
    problems: Sequence[Problem],
    reports: int,
    rows: int,
    empty: bool,
    pages: int,
    elsewhere: bool,
    known: int,
    vanished: int,
    notes: Sequence[str],
) -> Verdict:
    """The verdict on a column that was read.

    ``known`` counts the reports of the last complete visit, ``vanished`` those of them that were not
    there again; ``empty`` means that the site states itself that there is nothing; ``elsewhere`` that the
    column is another site's and shows nothing of the agencies of the place.
    """
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        return Verdict(
            "partial",
            problems[0].kind[:30],
            f"The column was not read in full: {problems[0].sentence}{more}.",
        )
    if not strong:
        return Verdict(
            "partial", "weak", "A page was read that may be the column, on weak evidence."
        )
    if elsewhere:
        return Verdict(
            "partial",
            "elsewhere",
            "The site links to a column of another site, which shows no report of this agency.",
        )
    if not reports and not empty:
        return Verdict(
            "partial",
            "no_reports",
            f"The column shows {counted(rows, 'entry', 'entries')} and no report of any year.",
        )
    if known and vanished == known:
        return Verdict(
            "partial",
            "canary",
            f"Of the reports seen before ({known}) none is there: the list changed.",
        )
    parts = [
        f"The column was read in full: {counted(pages, 'page')}, {counted(rows, 'entry', 'entries')}, "
        f"{counted(reports, 'report')}"
    ]
    if vanished:
        parts.append(f"{vanished} of {counted(known, 'report')} seen before are gone")
    parts += notes
    return Verdict("complete", None, "; ".join(parts) + ".")
