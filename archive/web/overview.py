"""A year at a glance, from the country down to each agency; and the list of those that did not publish."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response

from archive import divisions
from archive.audit import summary
from archive.audit.duty import FIRST_YEAR
from archive.folder import Archive
from archive.web import listed
from archive.web.context import reading, render
from archive.web.days import days
from archive.web.tallies import Tally, known_years, see_counted, tallies
from archive.web.tiles import tile_map

router = APIRouter(include_in_schema=False)

STATUSES = (
    "on_time",
    "on_time_claimed",
    "backdated_suspect",
    "late",
    "missing",
    "unknown",
    "blocked",
    "not_due",
    "exempt",
)
_ROWS = 50
_PRINTED = 50
"""Agencies on a page that is meant to be printed, with all that proves their absence."""

Year = Annotated[int | None, Query(ge=FIRST_YEAR, le=2100)]
Code = Annotated[str, Query(pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6})?$")]
After = Annotated[str, Query(pattern=r"^([0-9]{0,12}~.{1,200})?$")]


@router.get("/")
def start(
    request: Request,
    year: Year = None,
    division: Code = "",
    status: Annotated[str, Query(pattern="^[a-z_]{0,20}$")] = "",
    after: After = "",
) -> Response:
    """Counts of a year and division, its parts, and its agencies with what proves each status."""
    archive: Archive = request.app.state.archive
    years, chosen = known_years(archive, year)
    if status and status not in STATUSES:
        raise HTTPException(422, f"status: one of {', '.join(STATUSES)}")
    see_counted(archive, chosen)
    with reading(archive) as session:
        kept = summary.kept(session, chosen)
        whole, below = tallies(kept, division) if kept else (Tally(division), [])
        page = (
            listed.with_status(session, kept, status, division, after, _ROWS)
            if status and kept
            else listed.all_of(session, chosen, division, after, _ROWS)
        )
        return render(
            request,
            "start.html",
            years=years,
            year=chosen,
            division=division,
            above=_above(division),
            only=status,
            statuses=[one for one in STATUSES if whole.of(one)],
            whole=whole,
            below=below,
            counted=kept,
            days=days(chosen, kept.appeared(division)) if kept else None,
            map=tile_map(division, below) if below else None,
            page=page,
            first=not after,
        )


@router.get("/missing")
def missing(
    request: Request, year: Year = None, division: Code = "", after: After = ""
) -> Response:
    """The agencies of a division that did not publish, each with the pages that show it; made to be printed."""
    archive: Archive = request.app.state.archive
    years, chosen = known_years(archive, year)
    see_counted(archive, chosen)
    with reading(archive) as session:
        kept = summary.kept(session, chosen)
        whole, _ = tallies(kept, division) if kept else (Tally(division), [])
        page = (
            listed.with_status(session, kept, "missing", division, after, _PRINTED)
            if kept
            else listed.Listed([], None)
        )
        return render(
            request,
            "missing.html",
            years=years,
            year=chosen,
            division=division,
            above=_above(division),
            whole=whole,
            counted=kept,
            page=page,
            first=not after,
        )


def _above(division: str) -> list[tuple[str, str]]:
    """A division and those above it, the largest first, with their names."""
    codes = [division[:digits] for digits in (2, 4, 6) if digits <= len(division)]
    return [(code, place.name if (place := divisions.division(code)) else code) for code in codes]
