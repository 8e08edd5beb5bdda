"""One job of the campaign in its own process: orders on standard input, what it says on standard error.

Standard input stays open as long as the service lives; when it ends, the job stops as it does on SIGTERM.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import traceback
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any

from archive import clock
from archive.errors import GongkaiError, of_the_machine
from archive.extraction import extract
from archive.folder import Archive
from crawler.run import crawl
from extract.counting import counted

_GRACE = 60.0
"""Seconds after which a job that its service left does not go on cleaning up."""


def main() -> int:
    """0: all was done; 1: something failed, as said on standard error; 130: stopped."""
    orders = json.loads(sys.stdin.buffer.readline())
    signal.signal(signal.SIGTERM, _interrupt)
    threading.Thread(target=_end_with_service, daemon=True).start()
    say(f"{orders['job']} begins, process {os.getpid()}")
    try:
        problem = run(Archive.open(Path(orders["archive"])), orders)
    except GongkaiError as error:
        problem = str(error)
    except KeyboardInterrupt:
        say("stopped")
        return 130
    except Exception as error:
        problem = of_the_machine(error) or f"a fault of the program: {traceback.format_exc()}"
    say(problem or "done")
    return 1 if problem else 0


def run(archive: Archive, orders: dict[str, Any]) -> str | None:
    """Do what is ordered; returns what went wrong."""
    if orders["job"] == "extract":
        summary = extract(archive)
        say(json.dumps(summary, ensure_ascii=False))
        damaged: list[str] = summary["damaged"]
        return (
            f"could not load {counted(len(damaged), 'document')}: {damaged[0]}" if damaged else None
        )
    done = crawl(archive, place_ids=orders["places"])
    say(json.dumps(asdict(done), ensure_ascii=False))
    return None if done.finished else "; ".join(done.problems) or "not every visit came to its end"


def say(text: str) -> None:
    """A line of the log, with the time; on a full disk there is none."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{clock.china_text(clock.now())} {text}\n")
        sys.stderr.flush()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _end_with_service() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(_GRACE)
    os._exit(1)


if __name__ == "__main__":
    # The thread that waits for the service cannot be joined.
    os._exit(main())
