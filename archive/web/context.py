"""What every page needs: the session it reads with, its language, its words, and its template."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.orm import Session

from archive.clock import china_text
from archive.folder import Archive
from archive.web import (
    agency_words,
    api_words,
    compare_words,
    refusal_words,
    report_words,
    search_words,
    year_words,
)
from archive.web.reviewers import Reviewers

HERE = Path(__file__).parent
WORDS = (
    agency_words.WORDS
    | api_words.WORDS
    | compare_words.WORDS
    | report_words.WORDS
    | search_words.WORDS
    | year_words.WORDS
)
"""The words of all pages."""
SECONDS = 20
"""Seconds a request may keep the database at work."""
_STEPS = 200_000
"""Steps of SQLite, some milliseconds, after which it looks at the clock. For each look it waits until no other thread
runs Python: after 10,000 steps, a search beside three busy threads took twice as long.
"""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""For pages of ours: nothing but our own files, and no script in the page itself."""
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
_LANGUAGES = ("zh", "en")
_COOKIE = "lang"

_environment = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
)


def read_templates() -> None:
    """Read all templates, each of which would be compiled when the first reader asks for its page."""
    for name in _environment.list_templates():
        _environment.get_template(name)


def session_of(request: Request) -> Generator[Session, None, None]:
    """A session that only reads, as long as a request lasts."""
    with reading(request.app.state.archive) as session:
        yield session


@contextmanager
def reading(archive: Archive, seconds: float = SECONDS) -> Generator[Session, None, None]:
    """A session that only reads, for so many ``seconds`` at most: for what a page asks after it made something."""
    with archive.served() as session, _only_read(session, seconds):
        yield session


@contextmanager
def _only_read(session: Session, seconds: float) -> Generator[None, None, None]:
    """Let the connection of a session do nothing but read, for so many seconds at most."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
        yield
        return
    connection.exec_driver_sql("PRAGMA query_only = ON")
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    until = time.monotonic() + seconds
    driver.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
    try:
        yield
    finally:
        # The connection goes to the next request, which has its own time.
        driver.set_progress_handler(None, 0)


Reading = Annotated[Session, Depends(session_of)]
"""A session that only reads, as long as the request lasts."""


def language(request: Request) -> str:
    """``zh`` or ``en``: what the address says, else what was chosen before, else Chinese."""
    for said in (request.query_params.get(_COOKIE), request.cookies.get(_COOKIE)):
        if said in _LANGUAGES:
            return str(said)
    return "zh"


def render(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """A page from a template, in the language of the request."""
    chosen = language(request)
    column = _LANGUAGES.index(chosen)

    def words(key: str, **inserted: Any) -> str:
        # A word of the data that is newer than the catalogue is said as it is.
        text = WORDS[key][column] if key in WORDS else key.rpartition(".")[2]
        return text.format(**inserted) if inserted else text

    reviewers: Reviewers = request.app.state.reviewers
    client = request.client.host if request.client else None
    text = _environment.get_template(template).render(
        t=words,
        lang=chosen,
        china=_china,
        chinese=refusal_words.chinese,
        request=request,
        reviewer=reviewers.person(request.headers, request.cookies, client),
        may_sign_in=bool(reviewers.settings.password),
        **values,
    )
    answer = Response(text, status, HEADERS, "text/html; charset=utf-8")
    if request.query_params.get(_COOKIE) == chosen:
        answer.set_cookie(_COOKIE, chosen, max_age=31_536_000, samesite="lax", httponly=True)
    return answer


def _china(moment: datetime | str) -> str:
    """A moment as people in China write it."""
    return china_text(datetime.fromisoformat(moment) if isinstance(moment, str) else moment)
