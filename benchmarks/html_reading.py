"""Reading web pages, side by side in one run: whole records, pandas' tables, and lxml's tree alone.

    python benchmarks/html_reading.py [--rounds 40] [FILE.html …]

The pages are reports in the manners of content systems and of Word, two that LibreOffice saved from Word
files, and the files named. pandas is no dependency of the project: ``pip install pandas`` beforehand, or its
column stays empty. Every engine reads every page in turn; the best time of each counts. The target for the whole
record of a page, figures, narrative, rules and certainty included, is 60 reports a second of a core. The
collector of Python's garbage runs for all engines as in the command.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lxml import html

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "extract"), str(ROOT / "benchmarks")]

import reports  # type: ignore[import-not-found]  # noqa: E402
from reading_accuracy import LAYOUTS, drawn  # noqa: E402
from side_by_side import at_hand, best_times, whole_record  # noqa: E402
from test_doc import convert  # type: ignore[import-not-found]  # noqa: E402

_TARGET = 60
"""Reports a second of a core."""


def pages() -> Iterator[tuple[str, bytes]]:
    """Names and contents of the pages."""
    tables = reports.tables(drawn(1)[1])
    for layout in LAYOUTS:
        yield layout, reports.as_html(tables, layout)
    sample = ROOT / "crawler" / "sampleweb" / "documents" / "heyuan-2024.docx"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "LibreOffice.docx").write_bytes(reports.as_docx(tables))
        (folder / "LibreOffice, long.docx").write_bytes(sample.read_bytes())
        convert(folder, "html")
        for file in sorted(folder.glob("*.html")):
            yield file.stem, file.read_bytes()


def pandas_tables(data: bytes) -> int:
    """The tables of a page as a user's script would have them."""
    import pandas  # type: ignore[import-not-found]

    return len(pandas.read_html(io.BytesIO(data), encoding="utf-8", flavor="lxml"))


def tree(data: bytes) -> Any:
    """The tree of a page and nothing made of it."""
    return html.document_fromstring(data)


ENGINES: dict[str, Callable[[bytes], Any]] = {
    "whole record": whole_record,
    "tree alone": tree,
    "pandas": pandas_tables,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=40)
    arguments = parser.parse_args()
    engines = at_hand(ENGINES, "pandas")
    print(
        f"{'page':18}{'KB':>5}" + "".join(f"{name + ' ms':>18}" for name in engines) + "   a second"
    )
    totals = dict.fromkeys(engines, 0.0)
    named = [(file.name, file.read_bytes()) for file in arguments.files]
    everything = [*pages(), *named]
    for name, content in everything:
        best = best_times(content, engines, arguments.rounds)
        for engine, time_taken in best.items():
            totals[engine] += time_taken
        print(row(name, len(content), best))
    means = {engine: total / len(everything) for engine, total in totals.items()}
    size = sum(len(content) for _, content in everything) // len(everything)
    print(row("mean", size, means) + f", to be {_TARGET}")
    if "pandas" in means:
        ratio = means["whole record"] / means["pandas"]
        print(
            f"The whole record takes {ratio:.1f} times as long as pandas takes for the tables alone."
        )


def row(name: str, size: int, times: dict[str, float]) -> str:
    return (
        f"{name:18}{size / 1000:5.0f}"
        + "".join(f"{value:18.1f}" for value in times.values())
        + f"{1000 / times['whole record']:11.0f}"
    )


if __name__ == "__main__":
    main()
