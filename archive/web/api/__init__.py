"""The JSON API under ``/api/v1``: everything that the pages show, as the command line prints it."""

from __future__ import annotations

from fastapi import FastAPI

from archive.folder import Archive
from archive.web.api import audits, figures, findings, people, refusals, register, reports, texts
from archive.web.api.files import Bulk
from archive.web.limiting import Limits


def create_api(archive: Archive, limits: Limits) -> FastAPI:
    """The API of an open archive, to be mounted; its description is at ``/openapi.json``."""
    # The pages that explain an API by default load scripts from other hosts.
    api = FastAPI(
        title="Gongkai",
        version="1",
        description="Annual reports on government information disclosure: who published, what, and when.",
        docs_url=None,
        redoc_url=None,
        responses=refusals.RESPONSES,
    )
    api.state.archive = archive
    api.state.limits = limits
    api.state.bulk = Bulk()
    for subject in (register, reports, audits, figures, findings, texts, people):
        api.include_router(subject.router)
    refusals.handle(api)
    return api
