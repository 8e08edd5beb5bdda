"""The web pages and the JSON API of an archive."""

from __future__ import annotations

import secrets
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from archive.errors import JobError
from archive.evidence.column import Reread
from archive.folder import Archive
from archive.web import (
    agency,
    api_page,
    comparing,
    evidence,
    overview,
    replay,
    report,
    review,
    searching,
)
from archive.web.api import create_api
from archive.web.api.refusals import refused
from archive.web.context import HERE, render
from archive.web.documents.showing import Showing
from archive.web.headers import SafeHeaders
from archive.web.heads import Heads
from archive.web.limiting import WHOLE, Limits, limited
from archive.web.reading_ahead import reading_ahead
from archive.web.reviewers import Reviewers


def create_app(
    archive: Archive, reread: Reread | None = None, session_key: bytes | None = None
) -> FastAPI:
    """The application for an open archive.

    ``reread`` reads a stored column again as the crawler does (``crawler.rereading``); without it no
    evidence is offered. ``session_key`` signs the sessions of reviewers: one for all processes that answer for
    one archive, a new one unless given.
    """
    app = FastAPI(openapi_url=None, lifespan=reading_ahead)
    app.state.archive = archive
    app.state.reread = reread
    app.state.showing = Showing.of(archive)
    key = session_key or secrets.token_bytes(32)
    app.state.reviewers = Reviewers(archive.settings.web, key)
    app.state.limits = Limits(archive.settings.web)
    for subject in (overview, agency, report, review, api_page):
        app.include_router(subject.router)
    app.include_router(searching.router, dependencies=[limited("search")])
    app.include_router(comparing.router, dependencies=[limited("compare")])
    app.include_router(evidence.router, dependencies=[limited("evidence", WHOLE)])
    # A page of a report shows several pictures.
    app.include_router(replay.router, dependencies=[limited("documents", times=2)])
    app.state.api = create_api(archive, app.state.limits)
    app.mount(api_page.PREFIX, app.state.api, name="api")
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.add_middleware(SafeHeaders)
    app.add_middleware(Heads)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _wrong)
    app.add_exception_handler(JobError, _failed)
    # Nobody waits longer for the database than it is allowed to work.
    app.add_exception_handler(OperationalError, _too_long)
    app.add_exception_handler(Exception, _failed)
    return app


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if request.url.path.startswith(f"{api_page.PREFIX}/"):
        # An address with a line break in it does not get as far as the API.
        return refused(request, error)
    said = error.detail if error.detail != HTTPStatus(error.status_code).phrase else ""
    answer = render(
        request, "error.html", error.status_code, status_code=error.status_code, said=said
    )
    answer.headers.update(error.headers or {})
    return answer


def _wrong(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    said = f"{first['loc'][-1]}: {first['msg']}"
    return render(request, "error.html", 422, status_code=422, said=said)


def _too_long(request: Request, error: Exception) -> Response:
    answer = render(request, "error.html", 503, status_code=503, said="")
    answer.headers["retry-after"] = "30"
    return answer


def _failed(request: Request, error: Exception) -> Response:
    # The server logs the traceback; who asked gets none.
    if isinstance(error, JobError):
        return render(request, "error.html", 503, status_code=503, said=str(error))
    return render(request, "error.html", 500, status_code=500, said="")
