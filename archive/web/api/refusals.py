"""Every refusal of the API has one shape: ``{"error": "…"}`` with one sentence."""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from archive.errors import JobError, UsageError
from archive.web.context import SECONDS


class Error(BaseModel):
    """What every refusal says."""

    error: str


RESPONSES: dict[int | str, dict[str, Any]] = {
    304: {"description": "What If-None-Match names has not changed."},
    404: {"model": Error, "description": "There is no such thing."},
    422: {"model": Error, "description": "A parameter cannot be used."},
    429: {"model": Error, "description": "Too many requests; Retry-After says when to ask again."},
    500: {"model": Error, "description": "The program failed; its operator has a log."},
    503: {"model": Error, "description": "It takes too long, or too much is asked for at once."},
}
"""What every route may answer besides what was asked for."""


def handle(api: FastAPI) -> None:
    """Answer all that is refused or fails."""
    api.add_exception_handler(HTTPException, refused)
    api.add_exception_handler(RequestValidationError, _wrong)
    api.add_exception_handler(UsageError, _unusable)
    api.add_exception_handler(JobError, _failed)
    api.add_exception_handler(OperationalError, _too_long)
    api.add_exception_handler(Exception, _failed)


def refused(request: Request, error: Exception) -> Response:
    """The answer to what is not there or not allowed."""
    assert isinstance(error, HTTPException)
    if error.status_code == 304:
        return Response(status_code=304, headers=error.headers)
    return JSONResponse({"error": str(error.detail)}, error.status_code, error.headers)


def _wrong(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    return JSONResponse({"error": f"{first['loc'][-1]}: {first['msg']}"}, 422)


def _unusable(request: Request, error: Exception) -> Response:
    # What the command line calls --status is here called status.
    return JSONResponse({"error": re.sub(r"(?<!\S)--(?=\w)", "", str(error))}, 422)


def _too_long(request: Request, error: Exception) -> Response:
    said = f"the database does not answer within {SECONDS} seconds; ask for less, or later"
    return JSONResponse({"error": said}, 503, {"Retry-After": "30"})


def _failed(request: Request, error: Exception) -> Response:
    # The server logs the traceback; who asked gets none.
    if isinstance(error, JobError):
        return JSONResponse({"error": str(error)}, 503)
    return JSONResponse({"error": "the program failed; tell its operator"}, 500)
