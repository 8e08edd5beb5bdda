"""What people said of reports: corrections, and verdicts on findings."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel

from archive import corrections
from archive.web.api.asking import Many
from archive.web.api.words import FILES, AnyYear, Division, Page

router = APIRouter(tags=["corrections"])


class Entry(BaseModel):
    """A corrected value, or a verdict on a finding; ``state`` says whether it still holds."""

    id: str
    kind: str
    agency: str
    division_code: str
    year: int
    scope: str
    what: str
    label: str
    cells: list[str]
    printed: str | None
    said: str
    state: str
    reason: str
    person: str
    made_at: str
    undone_at: str | None
    undone_by: str | None


@router.get("/corrections", response_model=Page[Entry], responses=FILES)
def entries(asked: Many, year: AnyYear = None, division: Division = None) -> Response:
    """Corrections and verdicts in the order in which they were made, undone ones too."""
    after = asked.after(str)
    found = corrections.listing(
        asked.session, year=year, division=division, after=after[0] if after else None
    )
    return asked.answer(Page[Entry], (((row["id"],), row) for row in found), "corrections")
