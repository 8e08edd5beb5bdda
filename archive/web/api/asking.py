"""What every route of the API shares: who reads, for how long, pages with a cursor, and whole lists as files.

A list is asked for in pages of ``limit`` entries; ``next`` is the cursor of the page after. A cursor holds the
place of the last entry in the order of the list, so a page costs the same wherever it is, and what is added
meanwhile shifts nothing. With ``format=csv`` or ``jsonl`` the same address gives the whole list, row by row.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, get_args
from urllib.parse import urlencode

from fastapi import Depends, HTTPException, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from archive import clock
from archive.database import changes
from archive.database.audit_counts import AuditSummary
from archive.database.status_history import StatusChange
from archive.folder import Archive
from archive.web.api.files import SECONDS, Bulk, File, csv_pieces, json_lines
from archive.web.context import reading
from archive.web.limiting import WHOLE, Limits
from archive.web.replay import attachment
from extract import VERSION

Row = dict[str, Any]
Key = tuple[str | int, ...]
Keyed = Iterable[tuple[Key, Row]]
"""Rows with their place in the order of the list."""

LONGEST_PAGE = 500
_BATCH = 200
"""Rows of a file that are in memory at a time."""
_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}


class Format(StrEnum):
    """A page as JSON, or the whole list as a file."""

    JSON = "json"
    CSV = "csv"
    JSONL = "jsonl"


class Unchanged(HTTPException):
    """The client has this answer already."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__(304, headers=headers)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for one thing: a session that only reads, and the headers of the answer."""

    session: Session
    headers: dict[str, str]

    def one(self, model: type[BaseModel], row: Row) -> Response:
        """The answer: one object."""
        return _json(model, row, self.headers)


@dataclass(frozen=True, slots=True)
class AskedList(Asked):
    """A request for a list."""

    request: Request
    format: Format
    limit: int
    cursor: str

    def after(self, *kinds: type[str] | type[int]) -> Any:
        """The key behind which to begin, with parts of these types, or None for the beginning."""
        # A file is the whole list.
        return _key(self.cursor, kinds) if self.cursor and self.format is Format.JSON else None

    @property
    def most(self) -> int | None:
        """How many rows a query needs to find: those of a page and one that tells of the next; None for all."""
        return self.limit + 1 if self.format is Format.JSON else None

    def rows(self, query: Select[*tuple[Any, ...]]) -> Iterable[Any]:
        """What a query finds: a page at once, or all one by one."""
        if self.most is not None:
            return self.session.execute(query.limit(self.most)).all()
        return self.session.execute(query.execution_options(yield_per=_BATCH))

    def answer(
        self,
        page: type[BaseModel],
        rows: Keyed,
        name: str,
        *,
        columns: Sequence[str] | None = None,
        **about: Any,
    ) -> Response:
        """The answer: a page of ``rows``, or all of them as a file called ``name``.

        ``page`` is a model with ``items``, ``next`` and whatever stands in ``about``. Rows with the same key are
        not parted. ``columns`` of a file are the fields of an item unless named.
        """
        if self.format is not Format.JSON:
            fields = columns or list(_item(page).model_fields)
            found = (row for _, row in rows)
            write = csv_pieces if self.format is Format.CSV else json_lines
            return File(
                write(found, fields),
                headers=self.headers | {"content-disposition": attachment(f"{name}.{self.format}")},
                media_type=_TYPES[self.format],
            )
        items: list[Row] = []
        last: Key | None = None
        more = False
        for key, row in rows:
            if len(items) >= self.limit and key != last:
                more = True
                break
            items.append(row)
            last = key
        cursor = _text(last) if more and last else None
        return _json(
            page, about | {"items": items, "next": cursor}, self.headers | self._link(cursor)
        )

    def _link(self, cursor: str | None) -> dict[str, str]:
        if cursor is None:
            return {}
        said = [pair for pair in self.request.query_params.multi_items() if pair[0] != "cursor"]
        # Without host and scheme, which only a proxy in front knows.
        address = f"{self.request.url.path}?{urlencode([*said, ('cursor', cursor)])}"
        return {"link": f'<{address}>; rel="next"'}


def asking_one(request: Request) -> Generator[Asked, None, None]:
    """A request for one thing, as long as it lasts. Raises :class:`Unchanged`."""
    with reading(request.app.state.archive) as session:
        yield Asked(session, _headers(request, session))


def asking_list(
    request: Request,
    format: Annotated[
        Format, Query(description="json: a page; csv or jsonl: the whole list as a file.")
    ] = Format.JSON,
    limit: Annotated[
        int, Query(ge=1, le=LONGEST_PAGE, description="Entries of a page, about.")
    ] = 100,
    cursor: Annotated[
        str, Query(max_length=1000, description="What the page before said in `next`.")
    ] = "",
) -> Generator[AskedList, None, None]:
    """A request for a list, as long as it lasts. Raises :class:`Unchanged` and the answers 429 and 503."""
    archive: Archive = request.app.state.archive
    if format is Format.JSON:
        with reading(archive) as session:
            headers = _headers(request, session)
            yield AskedList(session, headers, request, format, limit, cursor)
        return
    limits: Limits = request.app.state.limits
    limits.check(request, "file", WHOLE)
    bulk: Bulk = request.app.state.bulk
    if not bulk.room.acquire(blocking=False):
        said = "other files are being written at the moment; ask again soon"
        raise HTTPException(503, said, {"Retry-After": "30"})
    try:
        with reading(archive, SECONDS) as session:
            headers = _headers(request, session)
            yield AskedList(session, headers, request, format, limit, cursor)
    finally:
        bulk.room.release()


One = Annotated[Asked, Depends(asking_one)]
Many = Annotated[AskedList, Depends(asking_list)]


def _headers(request: Request, session: Session) -> dict[str, str]:
    """The headers of the answer. Raises :class:`Unchanged` if the client has it."""
    headers = {"cache-control": "no-cache"}
    # The index of words is brought up to date after the archive has changed.
    if "text" in request.query_params:
        return headers
    headers["etag"] = tag = _tag(request, session)
    known = request.headers.get("if-none-match", "").split(",")
    if {"*", tag.removeprefix("W/")} & {one.strip().removeprefix("W/") for one in known}:
        raise Unchanged(headers)
    return headers


def _tag(request: Request, session: Session) -> str:
    """A tag that changes with the archive, the day, the program and what is asked for."""
    state = (
        VERSION,
        changes.mark(session),
        session.scalar(select(func.max(StatusChange.id))),
        session.scalar(select(func.max(AuditSummary.made_at))),
        clock.china_day(clock.now()),
        request.url.path,
        sorted(request.query_params.multi_items()),
    )
    return f'W/"{hashlib.sha256(repr(state).encode()).hexdigest()[:32]}"'


def _item(page: type[BaseModel]) -> type[BaseModel]:
    """The model of the entries of a page."""
    item: type[BaseModel]
    (item,) = get_args(page.model_fields["items"].annotation)
    return item


def _json(model: type[BaseModel], row: Row, headers: dict[str, str]) -> Response:
    text = model.model_validate(row).model_dump_json()
    return Response(text, headers=headers, media_type="application/json")


def _text(key: Key) -> str:
    said = json.dumps(key, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def _key(cursor: str, kinds: Sequence[type[str] | type[int]]) -> Key:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        parts = json.loads(text.decode())
        if [type(part) for part in parts] != list(kinds):
            raise ValueError
        for part in parts:
            # What a database would stumble over: its integers have 64 bits, its texts no NUL.
            if isinstance(part, int) and abs(part) >= 1 << 63:
                raise ValueError
            if isinstance(part, str) and "\0" in part.encode().decode():
                raise ValueError
    except (ValueError, TypeError, RecursionError, binascii.Error):
        raise HTTPException(
            422, "cursor: none of this list; take what a page says in next"
        ) from None
    return tuple(parts)
