"""What takes seconds the first time and is kept: read when the server starts, so that no reader waits for it.

These are the templates and the index of the names of divisions, which are the same for all processes and read before
they part, and the names of the whole register: the audit asks for them where a document names somebody else than who
it is filed under.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

from archive.agencies import Register
from archive.folder import Archive
from archive.resolution import resolve
from archive.web.context import read_templates, reading

_ANY_NAME = "渠县水务局"
"""A name that states its place, so that it is looked for in the register and among divisions."""


@contextlib.asynccontextmanager
async def reading_ahead(app: FastAPI) -> AsyncIterator[None]:
    """The life of the application, in which this is read beside the first requests."""
    thread = threading.Thread(target=read_ahead, args=(app.state.archive,), daemon=True)
    thread.start()
    yield
    await asyncio.to_thread(thread.join)


def read_what_is_shared() -> None:
    """Read what hangs on no archive."""
    read_templates()
    resolve(_ANY_NAME)


def read_ahead(archive: Archive) -> None:
    """Read the names of the register. An archive that cannot be read says so to who asks for a page."""
    with contextlib.suppress(SQLAlchemyError), reading(archive) as session:
        Register(session).match_official(_ANY_NAME)
