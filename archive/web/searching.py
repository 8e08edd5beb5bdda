"""The search page: the texts of the reports, and agencies by their name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.database.models import Agency
from archive.errors import UsageError
from archive.search import Hit, hits
from archive.web.context import Reading, render

router = APIRouter(include_in_schema=False)

_ROWS = 20
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
    after: Annotated[int | None, Query(ge=0, le=(1 << 63) - 2)] = None,
) -> Response:
    """What the words find: a bounded list of agencies, and page by page the sections, the newest year first."""
    text = q.strip()
    agencies: Sequence[Agency] = []
    found: list[Hit] = []
    if text:
        try:
            results = hits(
                session,
                text,
                year=int(year) if year else None,
                section=int(section) if section else None,
                division=division or None,
                after=after,
            )
            found = list(islice(results, _ROWS + 1))
        except UsageError as error:
            raise HTTPException(422, str(error)) from error
        agencies = _named(session, text, division) if after is None else []
    return render(
        request,
        "search.html",
        q=text,
        year=year,
        division=division,
        section=section,
        agencies=agencies,
        more=found[_ROWS - 1].place if found[_ROWS:] else None,
        first=after is None,
        # Odd parts are the hits; the template escapes every part.
        results=[
            hit.row | {"parts": _HIT.split(hit.row["snippet"]), "agency_id": hit.agency_id}
            for hit in found[:_ROWS]
        ],
    )


def _named(session: Session, text: str, division: str) -> Sequence[Agency]:
    query = select(Agency).where(Agency.name.contains(text, autoescape=True))
    if division:
        query = query.where(Agency.division_code.startswith(division, autoescape=True))
    return session.scalars(query.order_by(Agency.division_code, Agency.id).limit(_AGENCIES)).all()
