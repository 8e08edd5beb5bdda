"""Archived bytes in the browser: pictures of pages, harmless copies, originals to download, and captures.

Nothing that sites sent ever runs here. A copy is written anew by us and shown in a sandbox without scripts
and without our origin; originals are only downloaded; the policy of each answer says so once more, for who
opens its address directly.
"""

from __future__ import annotations

import html
import textwrap
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote, unquote, urlsplit

from fastapi import APIRouter, HTTPException, Path, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import warc
from archive.clock import china_text
from archive.database.models import Capture, ReportVersion
from archive.errors import JobError
from archive.export.documents import ending, safe_name
from archive.warc import FixityError, Position
from archive.web import refusal_words
from archive.web.context import Reading, language, render
from archive.web.documents import pictures
from archive.web.documents.copies import Links
from archive.web.documents.showing import Showing, find
from extract.sniff import sniff

router = APIRouter(include_in_schema=False)

COPY_POLICY = (
    "sandbox allow-top-navigation-by-user-activation; default-src 'none'; img-src data:; "
    "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""For copies: no script, no form, no other file, no origin; a click on a figure leads to the report."""
FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
PICTURE_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
_FOR_GOOD = "public, max-age=31536000, immutable"
_FOR_A_DAY = "public, max-age=86400"
_HOSTILE = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}
_LONGEST_PAGE_NUMBER = 1000

Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


def showing(request: Request) -> Showing:
    """What shows documents, made once for the program."""
    made: Showing = request.app.state.showing
    return made


def document(session: Session, sha256: str) -> Capture:
    """The capture that holds a document, or the answer 404."""
    capture = find(session, sha256)
    if capture is None:
        raise HTTPException(404, "no document of the archive has this digest")
    return capture


@router.get("/documents/{sha256}/original")
def original(request: Request, session: Reading, sha256: Digest) -> Response:
    """The bytes as the site sent them, to be saved and not to be opened by the browser."""
    tag = f'"{sha256}"'
    if _has(request, tag):
        return Response(status_code=304, headers={"etag": tag})
    capture = document(session, sha256)
    data = showing(request).body(session, capture)
    name = _file_name(session, capture) + ending(data)
    return Response(
        data,
        media_type="application/octet-stream",
        headers=_HOSTILE
        | {
            "content-disposition": attachment(name),
            "content-security-policy": FILE_POLICY,
            "cache-control": _FOR_GOOD,
            "etag": tag,
        },
    )


@router.get("/documents/{sha256}/pages/{number}")
def page(
    request: Request,
    session: Reading,
    sha256: Digest,
    number: Annotated[int, Path(ge=1, le=_LONGEST_PAGE_NUMBER)],
) -> Response:
    """A page of a document as a picture."""
    tag = f'"{sha256[:32]}-{number}"'
    headers = _HOSTILE | {
        "cache-control": _FOR_A_DAY,
        "content-security-policy": PICTURE_POLICY,
        "etag": tag,
    }
    if _has(request, tag):
        return Response(status_code=304, headers=headers)
    try:
        made = showing(request).picture(session, document(session, sha256), number)
    except JobError as error:
        return Response(
            _said_as_picture(_said(request, error)), 422, _HOSTILE, media_type=pictures.SVG
        )
    return Response(made, media_type=pictures.media_type_of(made), headers=headers)


@router.get("/documents/{sha256}/copy")
def copy(request: Request, session: Reading, sha256: Digest) -> Response:
    """The harmless copy of a document that has no pages."""
    return copied(request, session, document(session, sha256), {}, whole=True)


def copied(
    request: Request, session: Session, capture: Capture, links: Links, *, whole: bool = False
) -> Response:
    """A harmless copy, in which the places of figures are links, as an answer for a sandboxed frame."""
    status = 200
    try:
        made = showing(request).copy(session, capture, links, whole=whole)
    except JobError as error:
        status, made = 422, f"<!doctype html><p>{html.escape(_said(request, error))}".encode()
    return HTMLResponse(
        made,
        status,
        headers=_HOSTILE | {"content-security-policy": COPY_POLICY, "cache-control": "no-cache"},
    )


@router.get("/captures/{name}/{offset}")
def capture(
    request: Request,
    session: Reading,
    name: Annotated[str, Path(max_length=200)],
    offset: Annotated[int, Path(ge=0, le=1 << 60)],
) -> Response:
    """One stored exchange: what was asked, when, what came, where it is stored, and how to check it."""
    found = session.scalar(select(Capture).filter_by(warc=name, offset=offset))
    if found is None:
        raise HTTPException(404, "the index has no capture at this place")
    return render(request, "capture.html", **_told(request, session, found))


def commands(capture: Capture) -> str:
    """What anybody can type in the folder of the archive to see the record and check its file."""
    if capture.warc is None or capture.offset is None or capture.length is None:
        return ""
    return (
        f"tail -c +{capture.offset + 1} warc/{capture.warc} | head -c {capture.length} | gunzip\n"
        f"(cd warc && sha256sum -c {capture.warc}{warc.SEAL})\n"
        "gongkai verify --archive ."
    )


def attachment(name: str) -> str:
    """``Content-Disposition`` that saves under ``name`` (RFC 6266), whatever is in it."""
    name = safe_name(name.rpartition(".")[0])[:80] + "." + name.rpartition(".")[2]
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_. ()") else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _told(request: Request, session: Session, capture: Capture) -> dict[str, Any]:
    record, damage = _stored(request, capture)
    kind = record.type if record else None
    target = record.fields.get("WARC-Refers-To-Target-URI") if record else None
    others = 0
    if capture.sha256:
        others = (
            session.scalar(
                select(func.count()).select_from(Capture).where(Capture.sha256 == capture.sha256)
            )
            or 0
        )
    return {
        "capture": capture,
        "kind": kind,
        "refers_to": _in_china(record.fields.get("WARC-Refers-To-Date") or "")
        if record and target
        else None,
        "holder": find(session, capture.sha256) if capture.sha256 and kind == "revisit" else None,
        "headers": record.http_headers() if record and kind in ("response", "revisit") else [],
        "damage": damage,
        "others": others - 1,
        "reports": _reports(session, capture.sha256),
        "shown": _how(request, session, capture) if not damage else (None, None),
        "commands": commands(capture),
    }


def _in_china(date: str) -> str:
    """A date of WARC headers as the pages write moments; as it is where it is none."""
    try:
        return china_text(datetime.fromisoformat(date))
    except (ValueError, OverflowError):
        return date


def _stored(request: Request, capture: Capture) -> tuple[warc.Record | None, str | None]:
    """The stored record, or what is wrong with it."""
    assert capture.warc is not None
    assert capture.offset is not None
    position = Position(capture.warc, capture.offset, capture.length or 0)
    try:
        return warc.read(request.app.state.archive.store, position), None
    except FixityError as error:
        return None, str(error)


def _how(
    request: Request, session: Session, capture: Capture
) -> tuple[str | None, list[tuple[float, float]] | str | None]:
    """How the body is shown: ``pages`` with their sizes, ``copy``, or nothing with the reason."""
    if capture.sha256 is None or not capture.size:
        return None, None
    shower = showing(request)
    try:
        if capture.parts or pictures.has_pages(sniff(shower.body(session, capture))):
            return "pages", shower.sizes(session, capture)
    except JobError as error:
        return None, str(error)
    return "copy", None


def _reports(session: Session, sha256: str | None) -> list[ReportVersion]:
    if sha256 is None:
        return []
    query = select(ReportVersion).where(ReportVersion.sha256 == sha256).limit(20)
    return list(session.scalars(query))


def _file_name(session: Session, capture: Capture) -> str:
    """A name for a file without its ending: of the report it is, or of its address."""
    version = session.scalars(
        select(ReportVersion).where(ReportVersion.sha256 == capture.sha256).limit(1)
    ).first()
    if version is not None:
        report = version.report
        return f"{report.agency.name} {report.year} {report.scope}"
    parts = urlsplit(capture.url)
    return unquote(parts.path.rpartition("/")[2]).rpartition(".")[0] or parts.hostname or "document"


def _said(request: Request, error: JobError) -> str:
    """Why something cannot be shown, in the language of the page that it is shown in."""
    said = refusal_words.chinese(str(error)) if language(request) == "zh" else None
    return said or str(error)


def _said_as_picture(error: str) -> str:
    """A picture that says why there is no other."""
    lines = "".join(
        f'<text x="30" y="{80 + 26 * at}">{html.escape(line)}</text>'
        for at, line in enumerate(textwrap.wrap(error, 60 if error.isascii() else 28)[:20])
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 595 842" width="595" height="842">'
        '<rect width="100%" height="100%" fill="#fff"/>'
        f'<g font-family="sans-serif" font-size="18" fill="#8a1c1c">{lines}</g></svg>'
    )


def _has(request: Request, tag: str) -> bool:
    """Whether the browser has what ``tag`` names already."""
    return tag in (part.strip() for part in request.headers.get("if-none-match", "").split(","))
