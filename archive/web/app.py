"""The web pages and the JSON API of an archive."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from archive.evidence.column import Reread
from archive.folder import Archive
from archive.web import evidence, replay, report, review
from archive.web.context import HERE
from archive.web.documents.showing import Showing
from archive.web.reviewers import Reviewers


def create_app(archive: Archive, reread: Reread | None = None) -> FastAPI:
    """The application for an open archive.

    ``reread`` reads a stored column again as the crawler does (``crawler.rereading``); without it no
    evidence is offered.
    """
    app = FastAPI(openapi_url=None)
    app.state.archive = archive
    app.state.reread = reread
    app.state.showing = Showing.of(archive)
    app.state.reviewers = Reviewers(archive.settings.web)
    for subject in (replay, report, review, evidence):
        app.include_router(subject.router)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    return app
