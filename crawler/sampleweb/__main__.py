"""``python -m crawler.sampleweb``: look at the sample web by hand."""

from __future__ import annotations

import argparse
import sys
import threading
from datetime import datetime

from archive.clock import CHINA, china_text
from crawler.sampleweb.server import PortInUse, SampleWeb


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; 0, 1 where the port is taken, 2 on wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m crawler.sampleweb", description=__doc__)
    parser.add_argument("--port", type=int, default=8642, help="port to listen on; 0: any")
    parser.add_argument("--now", type=_moment, help="set the clock, as 2025-02-01T09:00:00+08:00")
    options = parser.parse_args(arguments)
    if not 0 <= options.port <= 65535:
        parser.error(f"port {options.port} does not exist; ports are 0 to 65535")
    try:
        with SampleWeb(options.now, options.port) as web:
            sys.stderr.write(
                f"The sample web as of {china_text(web.clock)} is on {web.proxy_url}; try\n"
                f"  curl -x {web.proxy_url} http://www.shili.gov.test/\n"
                "or set it as HTTP proxy of a browser. Ctrl+C ends it.\n"
            )
            threading.Event().wait()
    except PortInUse as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _moment(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{value!r} is no time; write it as 2025-02-01T09:00:00+08:00"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


if __name__ == "__main__":
    raise SystemExit(main())
