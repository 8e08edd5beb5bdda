"""Exchanges and archives for the tests of recording."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import brotli
from backports import zstd
from hypothesis import strategies as st
from sqlalchemy import select

from archive.captures import Exchange
from archive.database.models import Capture, Run
from archive.folder import Archive

MOMENT = datetime(2025, 1, 31, 8, 30, 0, 123456, tzinfo=UTC)

ENCODERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


def page(body: bytes = b"<p>2024</p>", *, at: int = 0, **changes: Any) -> Exchange:
    """A page that was fetched ``at`` seconds after :data:`MOMENT`."""
    values: dict[str, Any] = {
        "url": "http://www.jiangshan.gov.cn/zfxxgknb/index.html",
        "purpose": "list",
        "fetched_at": MOMENT + timedelta(seconds=at),
        "request_headers": (("User-Agent", "gongkai"),),
        "status": 200,
        "reason": "OK",
        "response_headers": (("Content-Type", "text/html; charset=gbk"),),
        "body": body,
    }
    return Exchange(**values | changes)


def begin_run(archive: Archive, command: str = "crawl") -> int:
    with archive.session() as session:
        run = Run(command=command, started_at=MOMENT, arguments={"year": 2024})
        session.add(run)
        session.commit()
        return run.id


def rows(archive: Archive) -> list[Capture]:
    with archive.reader() as session:
        return list(session.scalars(select(Capture).order_by(Capture.id)))


def warc_files(archive: Archive) -> list[Path]:
    return sorted(archive.warc_folder.glob("*.warc.gz"))


def check_with_warcio(archive: Archive) -> None:
    """Every WARC file passes ``warcio check``, the standard tool, in a process of its own."""
    files = [str(path) for path in warc_files(archive)]
    command = [sys.executable, "-m", "warcio.cli", "check", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


_LATIN = st.characters(min_codepoint=0, max_codepoint=255)
_HEADERS = st.lists(
    st.tuples(
        st.one_of(
            st.sampled_from(
                ["ETag", "Content-Type", "Transfer-Encoding", "last-modified", "", " "]
            ),
            st.text(_LATIN, max_size=8),
        ),
        st.text(st.characters(), max_size=20),
    ),
    max_size=6,
).map(tuple)


@st.composite
def any_exchange(draw: st.DrawFn) -> Exchange:
    """Anything that a server, or the network, could do to us."""
    failure = draw(st.sampled_from([None, None, "timeout", "dns"]))
    status = draw(st.one_of(st.sampled_from([200, 200, 304, 404, 503]), st.integers(100, 999)))
    body = draw(st.binary(max_size=300))
    headers = draw(_HEADERS)
    coding = draw(st.sampled_from([None, None, *ENCODERS, "nonsense"]))
    if coding:
        headers = (*headers, ("Content-Encoding", coding))
        if draw(st.booleans()):
            body = ENCODERS.get(coding, bytes)(body)
    if failure and draw(st.booleans()):
        status, body, headers = None, b"", ()
    host = draw(st.sampled_from(["a.gov.cn", "b.gov.cn"]))
    path = draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=10))
    return Exchange(
        url=f"http://{host}/{path}",
        purpose=draw(st.sampled_from(["home", "column", "list", "article", "document"])),
        fetched_at=MOMENT + draw(st.timedeltas(timedelta(0), timedelta(days=400))),
        method=draw(st.sampled_from(["GET", "GET", "POST", "HEAD"])),
        request_headers=draw(_HEADERS),
        request_body=draw(st.binary(max_size=20)),
        status=status,
        reason=draw(st.text(st.characters(), max_size=10)),
        response_headers=headers,
        body=body,
        failure=failure,
        failure_detail=draw(st.text(st.characters(), max_size=30)),
        address=draw(st.sampled_from([None, "203.0.113.7", "2001:db8::1"])),
    )
