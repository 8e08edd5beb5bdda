"""``gongkai serve``: the web pages of an archive."""

from __future__ import annotations

import ipaddress
import secrets
import socket
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from archive import collector
from archive.commands.options import DEFAULT_ARCHIVE, ArchiveOption, open_archive, say
from archive.errors import JobError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from archive.evidence.column import ColumnRead
    from archive.evidence.exchanges import Exchange

app = typer.Typer()

_THREADS = 5
"""Requests that a process works on at a time. More would only wait for each other, and for memory."""


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 for any that is free.")] = 8000,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Show the archive in a browser, until stopped."""
    import uvicorn

    from archive.web import processes, reading_ahead
    from archive.web.app import create_app

    archive = open_archive(folder)
    with _listening(host, port) as listening:
        address = listening.getsockname()
        shown = f"[{address[0]}]" if ":" in address[0] else address[0]
        print(f"http://{shown}:{address[1]}/", flush=True)
        if not ipaddress.ip_address(address[0]).is_loopback:
            say("Every machine that reaches this one can read these pages.")
        collector.look_seldom()
        processes.keep_few_arenas()
        reading_ahead.read_what_is_shared()
        # Sessions of reviewers hold for all processes.
        key = secrets.token_bytes(32)

        def application() -> FastAPI:
            made = create_app(archive, _reread, session_key=key)
            made.router.lifespan_context = _lifespan
            return made

        config = uvicorn.Config(
            application,
            factory=True,
            workers=archive.settings.web.processes,
            log_level="warning",
            access_log=False,
            ws="none",
            lifespan="on",
            server_header=False,
            # Which proxies are believed is a setting of ours.
            proxy_headers=False,
            timeout_worker_healthcheck=60,
        )
        processes.run(config, listening)


def _reread(exchanges: Sequence[Exchange], column_url: str) -> ColumnRead:
    # It brings the whole crawler along, and few ask for evidence.
    from crawler.rereading import reread

    return reread(exchanges, column_url)


@asynccontextmanager
async def _lifespan(made: FastAPI) -> AsyncGenerator[None, None]:
    from anyio.to_thread import current_default_thread_limiter

    from archive.web.reading_ahead import reading_ahead

    current_default_thread_limiter().total_tokens = _THREADS
    try:
        async with reading_ahead(made):
            yield
    finally:
        made.state.showing.confined.close()
        made.state.archive.close()


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises :class:`JobError` where it cannot."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, protocol)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
    except OSError as error:
        raise JobError(
            f"cannot listen on {host} port {port}: {error.strerror or error}; choose another --port"
        ) from None
    return made
