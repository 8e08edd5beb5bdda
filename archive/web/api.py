"""The JSON API under ``/api/v1``: agencies, and the search of the texts."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import select
from starlette.exceptions import HTTPException as Refusal

from archive.database import models
from archive.errors import UsageError
from archive.folder import Archive
from archive.search import search
from archive.web.context import Reading
from archive.web.report import Id


class Error(BaseModel):
    """What every refusal says."""

    error: str


class Agency(BaseModel):
    """An agency of the register."""

    id: int
    name: str
    kind: str
    division_code: str


class Agencies(BaseModel):
    """A page of agencies; ``next`` is the ``after`` of the next page."""

    items: list[Agency]
    next: int | None


class Hit(BaseModel):
    """A section that has the words; ``snippet`` has each hit in ``«»``."""

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


class Hits(BaseModel):
    """The first results; ``more`` says whether there are others."""

    items: list[Hit]
    more: bool


def create_api(archive: Archive) -> FastAPI:
    """The API of an open archive, to be mounted; its description is at ``/openapi.json``."""
    # The pages that explain an API by default load scripts from other hosts.
    refusals: dict[int | str, dict[str, Any]] = {404: {"model": Error}, 422: {"model": Error}}
    api = FastAPI(title="Gongkai", version="1", docs_url=None, redoc_url=None, responses=refusals)
    api.state.archive = archive
    api.add_exception_handler(Refusal, _refused)
    api.add_exception_handler(RequestValidationError, _wrong)
    api.add_api_route("/agencies", agencies, response_model=Agencies)
    api.add_api_route("/agencies/{agency_id}", agency, response_model=Agency)
    api.add_api_route("/search", found, response_model=Hits)
    return api


def agencies(
    session: Reading,
    name: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Agencies:
    """The agencies whose name contains ``name``, in the order of their numbers."""
    query = select(models.Agency).where(models.Agency.id > after)
    if name:
        query = query.where(models.Agency.name.contains(name, autoescape=True))
    rows = session.scalars(query.order_by(models.Agency.id).limit(limit + 1)).all()
    items = [_agency(row) for row in rows[:limit]]
    return Agencies(items=items, next=items[-1].id if len(rows) > limit else None)


def agency(session: Reading, agency_id: Id) -> Agency:
    """An agency."""
    row = session.get(models.Agency, agency_id)
    if row is None:
        raise HTTPException(404, "the register has no such agency")
    return _agency(row)


def found(
    session: Reading,
    q: Annotated[str, Query(min_length=1, max_length=200)],
    year: Annotated[int | None, Query(ge=2000, le=2099)] = None,
    division: Annotated[str | None, Query(pattern=r"^[0-9]{2,9}$")] = None,
    section: Annotated[int | None, Query(ge=0, le=7)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Hits:
    """The sections that have every word of ``q``, the newest year first."""
    try:
        rows = search(session, q, year=year, section=section, division=division)
        items = list(islice(rows, limit + 1))
    except UsageError as error:
        raise HTTPException(422, str(error)) from error
    return Hits(items=[Hit(**row) for row in items[:limit]], more=len(items) > limit)


def _agency(row: models.Agency) -> Agency:
    return Agency(id=row.id, name=row.name, kind=row.kind, division_code=row.division_code)


def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)
    return JSONResponse({"error": str(error.detail)}, error.status_code, error.headers)


def _wrong(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    return JSONResponse({"error": f"{first['loc'][-1]}: {first['msg']}"}, 422)
