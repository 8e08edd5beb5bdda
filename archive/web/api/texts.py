"""The words of the narratives."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema

from archive.search import hits
from archive.web.api.asking import Many
from archive.web.api.words import FILES, AnyYear, Division, Page, Words
from archive.web.limiting import limited

router = APIRouter(tags=["search"])


class Hit(BaseModel):
    """A section that has the words; ``snippet`` has each hit in ``«»``."""

    agency_id: int
    agency: str
    division_code: str
    year: int
    scope: str
    section: int
    section_title: str
    snippet: str
    hits: int
    parse_status: str | None
    url: str | None
    document_url: str | None


@router.get("/search", response_model=Page[Hit], responses=FILES, dependencies=[limited("search")])
def found(
    asked: Many,
    text: Annotated[
        Words,
        Query(
            description="Words with spaces between them; all must stand in one section.",
            examples=["培训"],
        ),
    ],
    year: AnyYear = None,
    division: Division = None,
    section: Annotated[
        Annotated[int, Field(ge=0, le=7)] | SkipJsonSchema[None],
        Query(description="Only this section of the form, 1 to 6."),
    ] = None,
) -> Response:
    """The sections that have every word of `text`, the newest year first."""
    after = asked.after(int)
    results = hits(
        asked.session,
        text,
        year=year,
        division=division,
        section=section,
        after=after[0] if after else None,
    )
    rows = (((hit.place,), {"agency_id": hit.agency_id, **hit.row}) for hit in results)
    return asked.answer(Page[Hit], rows, "search")
