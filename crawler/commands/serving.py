"""``gongkai serve``: the web pages of an archive."""

from __future__ import annotations

import ipaddress
import socket
from typing import Annotated

import typer

from archive.commands.options import DEFAULT_ARCHIVE, ArchiveOption, open_archive, say
from archive.errors import JobError

app = typer.Typer()


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Show the archive in a browser, until stopped."""
    import uvicorn

    from archive.web.app import create_app
    from crawler.rereading import reread

    archive = open_archive(folder)
    with _listening(host, port) as listening:
        address = listening.getsockname()
        shown = f"[{address[0]}]" if ":" in address[0] else address[0]
        print(f"http://{shown}:{address[1]}/", flush=True)
        if not ipaddress.ip_address(address[0]).is_loopback:
            say("Every machine that reaches this one can read these pages.")
        application = create_app(archive, reread)
        config = uvicorn.Config(
            application,
            log_level="warning",
            access_log=False,
            ws="none",
            server_header=False,
            # Which proxies are believed is a setting of ours.
            proxy_headers=False,
        )
        try:
            uvicorn.Server(config).run(sockets=[listening])
        finally:
            application.state.showing.confined.close()
            archive.close()


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
