"""Engines that read the same files, side by side in one run; what the benchmarks of reading share."""

from __future__ import annotations

import gc
import importlib.util
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from archive import collector
from extract.document import Origin
from extract.reading import read

Engines = dict[str, Callable[[bytes], Any]]


def at_hand(engines: Mapping[str, Callable[[bytes], Any]], package: str) -> Engines:
    """The engines, without that of the ``package`` that is no dependency of the project if it is not installed.

    From here on Python looks for garbage as seldom as in the command, for all of them.
    """
    collector.look_seldom()
    found = dict(engines)
    if importlib.util.find_spec(package) is None:
        del found[package]
        print(f"{package} is not installed: pip install {package}", file=sys.stderr)
    return found


def whole_record(data: bytes) -> Any:
    """What ``gongkai extract`` does in a worker for one document."""
    return read(data, Origin())


def best_times(data: bytes, engines: Engines, rounds: int) -> dict[str, float]:
    """Milliseconds of processor time of the best round; the engines take turns on the same machine.

    No engine pays for the garbage of the one before it.
    """
    best = dict.fromkeys(engines, float("inf"))
    for _ in range(rounds):
        for name, engine in engines.items():
            gc.collect()
            start = time.process_time()
            engine(data)
            best[name] = min(best[name], 1000 * (time.process_time() - start))
    return best
