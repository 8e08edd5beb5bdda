"""Fuzzing of the readers: broken versions of real files, the same for the same seed.

    python benchmarks/fuzz_readers.py --minutes 3 [--first-seed N] [html docx doc pdf ofd text mhtml zip scan]

Each format is read by its first and its second reader in a child process; ``scan`` are spoilt pictures of
pages, alone and in files of other formats, whose characters one of its three readers recognises. Reported is every
case that raises anything but a declared error, takes more than five seconds of processor time (a scan:
sixty), hangs or kills the process; the exit status is then 1. ``--only SEED`` repeats one case with its
traceback.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import os
import random
import resource
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "extract")]

import reports  # type: ignore[import-not-found]  # noqa: E402
from mutations import broken  # type: ignore[import-not-found]  # noqa: E402
from spoilt_scans import scan_files, spoilt_scan  # type: ignore[import-not-found]  # noqa: E402

from extract import sniff  # noqa: E402
from extract.document import Origin  # noqa: E402
from extract.errors import ExtractionError  # noqa: E402
from extract.readers.catalogue import READERS, RECOGNISERS, Check, Readers  # noqa: E402

SLOW = {"scan": 60.0}
"""Seconds of processor time; of other formats five."""
HANGS = {"scan": 600.0}
"""Seconds of waiting, but not for a processor; of other formats sixty."""
MEMORY = {"scan": 6_000_000_000}
"""Bytes, as the limits of :mod:`extract.worker` have them; of other formats four thousand million."""


def drawn(seed: int) -> Any:
    chance = random.Random(seed)
    return reports.tables(reports.balanced([chance.randrange(5_000) for _ in range(200)]))


def html_files() -> list[bytes]:
    return [reports.as_html(drawn(n), layout) for n, layout in enumerate(("word", "nested"))]


def docx_files() -> list[bytes]:
    sample = ROOT / "crawler" / "sampleweb" / "documents" / "heyuan-2024.docx"
    return [reports.as_docx(drawn(1)), sample.read_bytes()]


def doc_files() -> list[bytes]:
    from test_doc import convert, oddities  # type: ignore[import-not-found]

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "report.docx").write_bytes(docx_files()[0])
        oddities().save(str(folder / "oddities.docx"))
        convert(folder, "doc")
        return [path.read_bytes() for path in sorted(folder.glob("*.doc"))]


def pdf_files() -> list[bytes]:
    from pdf_writer import pdf, ruled  # type: ignore[import-not-found]

    documents = ROOT / "crawler" / "sampleweb" / "documents"
    return [pdf(ruled()), *(path.read_bytes() for path in sorted(documents.glob("wjw-*.pdf")))]


def ofd_files() -> list[bytes]:
    from ofd_writer import Style  # type: ignore[import-not-found]
    from test_ofd import report  # type: ignore[import-not-found]

    return [report(Style(), 1), report(Style(template=True, offsets="numbers", scale=2.5), 2)]


def text_files() -> list[bytes]:
    return [reports.as_text(drawn(2)), reports.as_text(drawn(3)).decode().encode("gb18030")]


def mhtml_files() -> list[bytes]:
    from test_wrapped_reports import as_mhtml  # type: ignore[import-not-found]

    return [as_mhtml(html_files()[0], encoding) for encoding in ("quoted-printable", "base64")]


def zip_files() -> list[bytes]:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (("1.html", html_files()[1]), ("2.txt", text_files()[0])):
            archive.writestr(name, content)
    return [target.getvalue()]


FILES: dict[str, Callable[[], list[bytes]]] = {
    "html": html_files,
    "docx": docx_files,
    "doc": doc_files,
    "pdf": pdf_files,
    "ofd": ofd_files,
    "text": text_files,
    "mhtml": mhtml_files,
    "zip": zip_files,
    "scan": scan_files,
}


def readers_of(name: str, data: bytes) -> Readers | None:
    """The readers of a format; of a scan those of what its bytes look like, None if it is no scan now."""
    if name == "scan":
        return RECOGNISERS.get(sniff.sniff(data))
    return READERS[str(getattr(sniff, name.upper()))]


def changed(content: bytes, chance: random.Random) -> bytes:
    """Broken bytes, at times a piece of them many times over: what is nested or never closed."""
    content = broken(content, chance.getrandbits(32))
    if content and chance.random() < 0.15:
        start = chance.randrange(len(content))
        piece = content[start : start + chance.choice([1, 4, 16, 64, 256])]
        times = min(chance.choice([100, 5_000, 100_000]), 2_000_000 // max(len(piece), 1))
        content = content[:start] + piece * times + content[start:]
    return content


def case(name: str, files: list[bytes], seed: int) -> bytes:
    """The case of ``seed``: a whole file broken, or in a package one or two of its parts."""
    if name == "scan":
        return bytes(spoilt_scan(files, seed))
    chance = random.Random(seed)
    content = chance.choice(files)
    if content[:2] != b"PK" or chance.random() < 0.3:
        return changed(content, chance)
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        spoilt = chance.choices(old.namelist(), k=2)
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, changed(part, chance) if part and name in spoilt else part)
    return target.getvalue()


def attempt(name: str, data: bytes) -> list[str]:
    """What is wrong with how ``data`` was read."""
    wrong = []
    readers = readers_of(name, data)
    if readers is None:
        return []
    asked: list[tuple[str, Check]] = [("first", readers.first), ("second", readers.second)]
    if name == "scan":
        # The three readers of scans run the same code, seconds a page, and differ in two figures.
        asked = [[*asked, ("third", readers.third)][len(data) % 3]]
    for which, reader in asked:
        start = time.process_time()
        try:
            reader(data, Origin())
        except (ExtractionError, MemoryError):
            pass
        except Exception:
            wrong.append(f"{which} reader: {traceback.format_exc(limit=-4)}")
        took = time.process_time() - start
        if took > SLOW.get(name, 5.0):
            wrong.append(f"{which} reader: {took:.1f} seconds")
    return wrong


def serve(name: str, files: list[bytes], seed: int, until: float, pipe: Connection) -> None:
    """The child: case after case; says each seed before it is tried."""
    memory = MEMORY.get(name, 4_000_000_000)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    os.environ["PATH"] = ""  # our readers are tried, not LibreOffice
    while time.time() < until:
        pipe.send((seed, []))
        try:
            data = case(name, files, seed)
        except MemoryError:
            data = b""  # too large to be made, which says nothing of the readers
        if wrong := attempt(name, data):
            pipe.send((seed, wrong))
        seed += 1


def answers(pipe: Connection, process: int, patience: float) -> bool:
    """Whether the child says something before ``patience`` is out, the time it had no processor aside."""
    start, queued = time.monotonic(), queueing(process)
    while not pipe.poll(5.0):
        if time.monotonic() - start - (queueing(process) - queued) > patience:
            return False
    return True


def queueing(process: int) -> float:
    """Seconds that a process has waited for a processor."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text("ascii").split()[1]) / 1e9
    except OSError:  # it has just ended, which the pipe tells
        return float("inf")


def fuzz(name: str, minutes: float, first_seed: int) -> tuple[int, list[tuple[int, str]]]:
    """Number of cases and what was found, by seed."""
    files = FILES[name]()
    until = time.time() + 60 * minutes
    seed, found = first_seed - 1, []
    while time.time() < until:
        ours, theirs = multiprocessing.Pipe()
        child = multiprocessing.Process(target=serve, args=(name, files, seed + 1, until, theirs))
        child.start()
        theirs.close()
        hung = False
        try:
            while not (hung := not answers(ours, child.pid or 0, HANGS.get(name, 60.0))):
                seed, wrong = ours.recv()
                found += [(seed, what) for what in wrong]
        except EOFError:
            pass
        child.kill()
        child.join()
        if hung:
            found.append((seed, "hangs"))
        elif child.exitcode not in (0, -9):
            found.append((seed, f"the process ended with status {child.exitcode}"))
    return seed - first_seed + 1, found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("formats", nargs="*", help=f"of {', '.join(FILES)}; default: all")
    parser.add_argument("--minutes", type=float, default=1.0, help="for each format")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="repeat the case of this seed")
    arguments = parser.parse_args()
    failed = False
    for name in arguments.formats or FILES:
        if arguments.only is not None:
            print(
                "\n".join(attempt(name, case(name, FILES[name](), arguments.only)))
                or "nothing found"
            )
            continue
        cases, found = fuzz(name, arguments.minutes, arguments.first_seed)
        print(
            f"{name}: {cases} cases in {arguments.minutes:g} minutes, {len(found)} found",
            flush=True,
        )
        for seed, what in found:
            print(f"  seed {seed}: {what}", flush=True)
        failed = failed or bool(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
