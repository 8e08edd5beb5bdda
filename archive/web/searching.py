"""The search page: the texts of the reports, and agencies by their name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.database.models import Agency
from archive.errors import UsageError
from archive.search import search
from archive.web.context import Reading, render

router = APIRouter(include_in_schema=False)

_ROWS = 50
_AGENCIES = 20
_HIT = re.compile("«([^«»]*)»")


@router.get("/search")
def page(
    request: Request,
    session: Reading,
    q: Annotated[str, Query(max_length=200)] = "",
    # A form sends the fields that were left empty, too.
    year: Annotated[str, Query(pattern=r"^(20[0-9]{2})?$")] = "",
    division: Annotated[str, Query(pattern=r"^([0-9]{2,9})?$")] = "",
    section: Annotated[str, Query(pattern=r"^[0-7]?$")] = "",
) -> Response:
    """What the words find: a bounded list of agencies and of sections, the newest year first."""
    text = q.strip()
    agencies: Sequence[Agency] = []
    found: list[dict[str, Any]] = []
    if text:
        try:
            rows = search(
                session,
                text,
                year=int(year) if year else None,
                section=int(section) if section else None,
                division=division or None,
            )
            found = list(islice(rows, _ROWS + 1))
        except UsageError as error:
            raise HTTPException(422, str(error)) from error
        agencies = _named(session, text, division)
    numbers = _numbers(session, found)
    return render(
        request,
        "search.html",
        q=text,
        year=year,
        division=division,
        section=section,
        agencies=agencies,
        more=len(found) > _ROWS,
        # Odd parts are the hits; the template escapes every part.
        results=[
            row
            | {
                "parts": _HIT.split(row["snippet"]),
                "agency_id": numbers.get((row["agency"], row["division_code"])),
            }
            for row in found[:_ROWS]
        ],
    )


def _named(session: Session, text: str, division: str) -> Sequence[Agency]:
    query = select(Agency).where(Agency.name.contains(text, autoescape=True))
    if division:
        query = query.where(Agency.division_code.startswith(division, autoescape=True))
    return session.scalars(query.order_by(Agency.division_code, Agency.id).limit(_AGENCIES)).all()


def _numbers(session: Session, found: Sequence[dict[str, Any]]) -> dict[tuple[str, str], int]:
    """The agencies of results; none where two bear one name in one division, since either may be meant."""
    names = {row["agency"] for row in found}
    query = select(Agency.name, Agency.division_code, Agency.id).where(Agency.name.in_(names))
    rows = [((name, code), number) for name, code, number in session.execute(query)]
    times = Counter(key for key, _ in rows)
    return {key: number for key, number in rows if times[key] == 1}
