"""Figures over the years, and the data dictionary that names them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response
from pydantic import BaseModel

from archive import series as archive_series
from archive.export.rows import Choice, dictionary
from archive.measures import measure
from archive.web.api.asking import Many
from archive.web.api.register import find
from archive.web.api.words import FILES, NO_NUL, AnyId, AnyYear, Division, Page
from archive.web.limiting import HEAVY, limited

router = APIRouter(tags=["figures"])


class OfYear(BaseModel):
    """A figure of a year and scope, of an agency, or of a division with what the sum covers."""

    year: int
    scope: str
    level: str | None = None
    value: int | float | None
    numerator: int | float | None
    denominator: int | float | None
    note: str | None = None
    form: str | None = None
    parse_status: str | None = None
    corrected: bool | None = None
    document_url: str | None = None
    sha256: str | None = None
    owed: int | None = None
    counted: int | None = None
    no_report: int | None = None
    not_ok: int | None = None
    blank: int | None = None
    other_form: int | None = None
    wrong_year: int | None = None
    other_body: int | None = None
    no_division: int | None = None
    corrected_reports: int | None = None


class Series(Page[OfYear]):
    """A figure over the years; ``about`` says what it counts."""

    key: str
    about: str


class Entry(BaseModel):
    """A cell of the forms under its key, which never changes its meaning."""

    key: str
    column: str
    label: str
    meaning: str
    type: str
    f2021: bool
    f2019: bool


@router.get(
    "/series", response_model=Series, responses=FILES, dependencies=[limited("series", HEAVY)]
)
def series(
    asked: Many,
    key: Annotated[
        str,
        Query(
            max_length=100,
            pattern=NO_NUL,
            description="A key of the dictionary, or a rate such as grant_rate.",
            examples=["requests.received_new.total"],
        ),
    ],
    agency_id: AnyId = None,
    division: Division = None,
    first: Annotated[AnyYear, Query(alias="from", description="The first year.")] = None,
    last: Annotated[AnyYear, Query(alias="to", description="The last year.")] = None,
) -> Response:
    """A figure over the years: of an agency, or added up over a division (the archive if none is named)."""
    what = measure(key)
    if agency_id is not None and division is not None:
        raise HTTPException(422, "name an agency or a division, not both")
    if agency_id is not None:
        owner = find(asked.session, agency_id)
        found = archive_series.of_agency(asked.session, what, owner, first, last)
        columns = archive_series.AGENCY_COLUMNS
    else:
        found = archive_series.of_division(asked.session, what, division, first, last)
        columns = archive_series.DIVISION_COLUMNS
    (after,) = asked.after(int) or (-1,)
    rows = (((number,), row) for number, row in enumerate(found) if number > after)
    name = f"series {what.key}"
    return asked.answer(Series, rows, name, columns=columns, key=what.key, about=what.about)


@router.get("/dictionary", response_model=Page[Entry], responses=FILES)
def entries(asked: Many) -> Response:
    """The data dictionary: the cells of the forms, in their order."""
    (after,) = asked.after(int) or (-1,)
    found = dictionary(asked.session, Choice())
    rows = (((number,), row) for number, row in enumerate(found) if number > after)
    return asked.answer(Page[Entry], rows, "dictionary")
