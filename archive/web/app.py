"""The web pages and the JSON API of an archive."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from archive.folder import Archive
from archive.web import replay, report, review
from archive.web.context import HERE
from archive.web.documents.showing import Showing
from archive.web.reviewers import Reviewers


def create_app(archive: Archive) -> FastAPI:
    """The application for an open archive."""
    app = FastAPI(openapi_url=None)
    app.state.archive = archive
    app.state.showing = Showing.of(archive)
    app.state.reviewers = Reviewers(archive.settings.web)
    for subject in (replay, report, review):
        app.include_router(subject.router)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    return app
