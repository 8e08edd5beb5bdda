"""The most memory that a process takes to read documents, by format.

    python benchmarks/reading_memory.py [--rounds 5] [--recognise] FILE [FILE …]

The files of each format are read in a process of its own, as a worker does, several times over, so that
what an engine keeps is seen too. Target: below 300 MB without recognition. Programs that a reader calls
(LibreOffice) are processes of their own and not counted.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from extract.document import Origin
from extract.sniff import sniff


def _read(files: list[Path], rounds: int, recognise: bool, answer: Connection) -> None:
    from extract.reading import read

    for _ in range(rounds):
        for file in files:
            read(file.read_bytes(), Origin(file.name), recognise=recognise)
    # Not getrusage: its peak includes that of the parent before the program was changed.
    status = Path("/proc/self/status").read_text("ascii").split()
    answer.send(int(status[status.index("VmHWM:") + 1]) // 1024)


def main() -> None:
    """Measure and print a line for each format."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--recognise", action="store_true")
    options = parser.parse_args()
    by_format: dict[str, list[Path]] = defaultdict(list)
    for file in options.files:
        by_format[sniff(file.read_bytes())].append(file)
    for kind, files in [("nothing", []), *by_format.items()]:
        ours, theirs = get_context("spawn").Pipe()
        process = get_context("spawn").Process(
            target=_read, args=(files, options.rounds, options.recognise, theirs)
        )
        process.start()
        peak = ours.recv()
        process.join()
        largest = max((file.stat().st_size for file in files), default=0)
        print(f"{kind}\t{len(files)} files, the largest {largest:,} bytes\t{peak} MB")


if __name__ == "__main__":
    main()
