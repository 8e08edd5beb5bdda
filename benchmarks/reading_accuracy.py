"""How many good reports are read with certainty in each format, and whether what is called certain is right.

    python benchmarks/reading_accuracy.py [--reports 30] [--first 0] [--only written|office|browser]

Reports with drawn figures of small, middling and large agencies, their numbers spelled as agencies spell them,
are written as web pages in several manners, text, Word and OFD files, saved as Word 97 and printed by
LibreOffice, and printed by Chromium in several types, sizes and borders. The truth is what was drawn. Targets:
no cell read wrongly and called certain; 98 of 100 with status ``ok``.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import docx
from docx.shared import Pt

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "extract"), str(ROOT / "benchmarks")]

import reports  # type: ignore[import-not-found]  # noqa: E402
from form_layout import f2021  # type: ignore[import-not-found]  # noqa: E402
from ofd_writer import Layout, Style, write  # type: ignore[import-not-found]  # noqa: E402
from printed_form import print_docx, print_html  # type: ignore[import-not-found]  # noqa: E402
from scan_reading import as_printed  # noqa: E402
from test_doc import convert  # type: ignore[import-not-found]  # noqa: E402

from extract.document import Origin  # noqa: E402
from extract.reading import read  # noqa: E402
from extract.record import Status  # noqa: E402

LAYOUTS = ("plain", "nested", "fragments", "spacer", "word", "wrapped")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
SPELLINGS = (
    lambda number: number,
    lambda number: f"{int(number):,}",
    lambda number: number.translate(_FULL_WIDTH),
    lambda number: f" {number}\u00a0",
)
Figures = dict[str, str]


def drawn(seed: int) -> tuple[Figures, Figures]:
    """The figures of a report in which every identity holds, and how it spells them."""
    chance = random.Random(seed)
    zeros, most = chance.choice(((0.9, 9), (0.7, 60), (0.4, 900)))
    values = reports.balanced(
        [0 if chance.random() < zeros else chance.randint(1, most) for _ in range(200)]
    )
    spell = chance.choice(SPELLINGS)
    return values, {key: spell(value) for key, value in values.items()}


def small_type(document: bytes) -> bytes:
    """A Word file in type so small that no number wraps within its column, with borders."""
    opened = docx.Document(io.BytesIO(document))
    opened.styles["Normal"].font.size = Pt(8)
    for table in opened.tables:
        table.style = "Table Grid"
    target = io.BytesIO()
    opened.save(target)
    return target.getvalue()


def as_ofd(spelled: Figures, chance: random.Random) -> bytes:
    """The report as an OFD file in one of the manners of its writers."""
    layout = Layout(
        Style(
            offsets=chance.choice(("runs", "numbers", "single")),
            lines=chance.choice(("strokes", "bars", "frames")),
        )
    )
    layout.paragraph(reports.TITLE, 5.6)
    for table in f2021(spelled):
        layout.paragraph(table.heading)
        layout.table(table)
    return bytes(write(layout.pages, reports.TITLE))


def written(seeds: range, folder: Path) -> Iterator[tuple[int, str, bytes]]:
    """The reports in what needs no other program."""
    for seed in seeds:
        spelled = drawn(seed)[1]
        tables = reports.tables(spelled)
        for layout in LAYOUTS:
            yield seed, f"HTML, {layout}", reports.as_html(tables, layout)
        yield seed, "text", reports.as_text(tables)
        yield seed, "DOCX", reports.as_docx(tables)
        yield seed, "OFD", as_ofd(spelled, random.Random(seed))


def office(seeds: range, folder: Path) -> Iterator[tuple[int, str, bytes]]:
    """The reports as LibreOffice saves and prints them."""
    files = {seed: folder / f"{seed}.docx" for seed in seeds}
    for seed, file in files.items():
        file.write_bytes(small_type(reports.as_docx(reports.tables(drawn(seed)[1]))))
    convert(folder, "doc")
    print_docx(files.values(), folder)
    for seed, file in files.items():
        yield seed, "DOC of LibreOffice", file.with_suffix(".doc").read_bytes()
        yield seed, "PDF of LibreOffice", file.with_suffix(".pdf").read_bytes()


def browser(seeds: range, folder: Path) -> Iterator[tuple[int, str, bytes]]:
    """The reports as Chromium prints them."""
    for seed in seeds:
        page = as_printed(drawn(seed)[1], random.Random(seed))
        name = f"page-{seed}"
        yield seed, "PDF of Chromium", print_html({name: page}, folder)[name]


MAKERS: dict[str, Callable[[range, Path], Iterator[tuple[int, str, bytes]]]] = {
    "written": written,
    "office": office,
    "browser": browser,
}
"""Seed, name of the manner and content of each document, by what makes them."""


def main() -> int:
    """Write, read and count; the exit status is 1 where a wrong number was called certain."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--reports", type=int, default=30)
    parser.add_argument("--first", type=int, default=0, help="first of them")
    parser.add_argument("--only", choices=MAKERS, help="in these manners only")
    arguments = parser.parse_args()
    seeds = range(arguments.first, arguments.first + arguments.reports)
    counts: dict[str, Counter[str]] = {}

    def judge(seed: int, kind: str, data: bytes) -> None:
        values, _ = drawn(seed)
        start = time.process_time()
        record = read(data, Origin())
        count = counts.setdefault(kind, Counter())
        count["documents"] += 1
        count["milliseconds"] += round(1000 * (time.process_time() - start))
        count["ok"] += record.parse.status is Status.OK
        found = {cell.key: cell.value for cell in record.cells}
        sure = values.keys() - set(record.parse.suspect_cells)
        if record.parse.status is not Status.FAILED:
            wrong = sorted(key for key in sure if found.get(key) != Decimal(values[key]))
            count["wrong and certain"] += len(wrong)
            if wrong:
                print(f"{kind} {seed}: certain and wrong: {wrong}", file=sys.stderr)
        if record.parse.status is not Status.OK:
            print(f"{kind} {seed}: {record.parse.status.value}: {record.parse.reasons}", flush=True)

    for name, make in MAKERS.items():
        if arguments.only in (None, name):
            with tempfile.TemporaryDirectory() as folder:
                for seed, kind, data in make(seeds, Path(folder)):
                    judge(seed, kind, data)
    for kind, count in counts.items():
        print(
            f"{kind:20} {count['documents']:4} documents, {count['ok']:4} ok, "
            f"{count['wrong and certain']:3} cells wrong and certain, "
            f"{count['milliseconds'] / count['documents']:.0f} ms each"
        )
    total = sum(counts.values(), Counter())
    print(
        f"{total['documents']} documents, {total['ok'] / total['documents']:.1%} ok, "
        f"{total['wrong and certain']} of {200 * total['documents']} cells wrong and certain"
    )
    return 1 if total["wrong and certain"] else 0


if __name__ == "__main__":
    sys.exit(main())
