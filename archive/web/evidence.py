"""The evidence folder of a report as a file to download (:mod:`archive.evidence`)."""

from __future__ import annotations

import shlex
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path as File
from typing import BinaryIO

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import StreamingResponse

from archive import clock
from archive.audit.presence import Presences
from archive.audit.status import conclude
from archive.database.models import Agency
from archive.errors import GongkaiError
from archive.evidence.claims import Case
from archive.evidence.folder import write
from archive.export.documents import safe_name
from archive.web.context import Reading
from archive.web.replay import attachment
from archive.web.report import Id, Scope, Year

router = APIRouter(include_in_schema=False)

_one_at_a_time = threading.Lock()
_PATIENCE = 20.0
"""Seconds to wait for another folder that is being written."""
_CHUNK = 1 << 18


def offered(request: Request) -> bool:
    """Whether evidence can be written: it takes what reads a stored column again."""
    return request.app.state.reread is not None


@router.get("/evidence/{agency_id}/{year}/{scope}.zip")
def download(
    request: Request, session: Reading, agency_id: Id, year: Year, scope: Scope
) -> Response:
    """What proves the status of an agency's report, published or not, for a third person to check."""
    if not offered(request):
        raise HTTPException(404)
    owner = session.get(Agency, agency_id)
    if owner is None:
        raise HTTPException(404, "the register has no such agency")
    moment = clock.now()
    found = {one.scope: one for one in Presences(session, year, moment).of(owner)}
    if scope not in found:
        raise HTTPException(404, "nothing is known of such a report")
    case = Case(found[scope], conclude(found[scope], moment), moment)
    name = safe_name(f"evidence {owner.name} {year} {scope}")
    words = ["gongkai", "evidence", owner.name, str(year), name, "--scope", scope]
    if not _one_at_a_time.acquire(timeout=_PATIENCE):
        raise HTTPException(503, "other evidence is being written at the moment; try again soon")
    try:
        with tempfile.TemporaryDirectory(prefix="gongkai-evidence-") as room:
            state = request.app.state
            folder = File(room) / name
            write(state.archive, session, case, folder, shlex.join(words), state.reread)
            # The open file outlives its folder, and nothing is left whenever the reader goes away.
            packed = File(shutil.make_archive(f"{room}/packed", "zip", room, name)).open("rb")  # noqa: SIM115
    except GongkaiError as error:
        raise HTTPException(503, str(error)) from None
    finally:
        _one_at_a_time.release()
    return StreamingResponse(
        _pieces(packed),
        media_type="application/zip",
        headers={
            "content-disposition": attachment(f"{name}.zip"),
            "cache-control": "no-store",
        },
    )


def _pieces(packed: BinaryIO) -> Iterator[bytes]:
    with packed:
        while piece := packed.read(_CHUNK):
            yield piece
