"""How much of a scan is read rightly, and whether what is called certain is right.

    python benchmarks/scan_reading.py [--printed 24] [--first 0] [--dpi 150 200] [FILE.pdf …]

Reports with drawn figures are printed to PDF by Chromium in several types, sizes and borders; with the
files that are given they are rendered, laid askew, blurred, grained and pressed as JPEG, and read by
recognition alone. The truth is what the reader of PDFs sees in the file before. Targets: no cell read
wrongly and called certain; 98 of 100 with status ``ok``.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium  # type: ignore[import-untyped]
from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "extract")]

import reports  # type: ignore[import-not-found]  # noqa: E402
from printed_form import STYLES, print_html  # type: ignore[import-not-found]  # noqa: E402

from extract.document import Origin  # noqa: E402
from extract.reading import read  # noqa: E402
from extract.record import Status  # noqa: E402

_TYPES = ("Noto Serif CJK SC", "Noto Sans CJK SC")


def drawn_page(seed: int) -> str:
    """A report of a small, middling or large agency, as a page to be printed."""
    chance = random.Random(seed)
    zeros, most = chance.choice(((0.9, 9), (0.7, 60), (0.4, 900)))
    figures = reports.balanced(
        [0 if chance.random() < zeros else chance.randint(1, most) for _ in range(200)]
    )
    return as_printed(figures, chance)


def as_printed(figures: dict[str, str], chance: random.Random) -> str:
    """A page with these figures in a type, size and borders by chance, to be printed."""
    size = chance.choice((8, 9, 10, 10.5))
    style = (
        "<style>@page {size: A4; margin: 25mm 18mm} h1 {font-size: 20pt; text-align: center}"
        f"body {{font: 12pt '{chance.choice(_TYPES)}'; line-height: 1.6}} p {{text-indent: 2em}}"
        f"td {{font-size: {size}pt; text-align: center; padding: {chance.choice((1, 3, 5))}px}}"
        f"table {{width: 100%}} {STYLES[chance.choice(('collapsed', 'collapsed', 'double', 'open'))]}"
        "</style></head>"
    )
    prose = {0: reports.PROSE[0] * chance.randint(1, 12)}
    page = str(reports.as_html(reports.tables(figures), prose=prose), "utf-8")
    return page.replace("</head>", style).replace("<table border=1>", "<table>")


def scanned(pdf: bytes, dpi: int, seed: int) -> bytes:
    """The pages of a PDF as an office's scanner makes them, in one PDF."""
    document = pdfium.PdfDocument(pdf)
    pages = [
        page.render(scale=dpi / 72, rev_byteorder=True).to_numpy()[:, :, :3].copy()
        for page in document
    ]
    document.close()
    return as_scanned(pages, dpi, seed)


def as_scanned(pages: Sequence[np.ndarray], dpi: int, seed: int) -> bytes:
    """Pictures of pages (red, green, blue) as a scanner makes them, in one PDF."""
    chance = np.random.default_rng(seed)
    sheets = []
    for page in pages:
        height, width = page.shape[:2]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), chance.uniform(-1, 1), 1)
        page = cv2.warpAffine(page, turn, (width, height), borderValue=(255, 255, 255))
        page = cv2.GaussianBlur(page, (0, 0), chance.uniform(0.4, 0.7))
        grain = chance.normal(0, chance.uniform(2, 8), page.shape)
        sheets.append(Image.fromarray(np.clip(page + grain, 0, 255).astype(np.uint8)))
    target = io.BytesIO()
    sheets[0].save(
        target,
        "PDF",
        save_all=True,
        append_images=sheets[1:],
        resolution=dpi,
        quality=int(chance.integers(55, 85)),
    )
    return target.getvalue()


def files(arguments: argparse.Namespace) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the reports to be scanned."""
    for file in arguments.files:
        yield file.name, file.read_bytes()
    seeds = range(arguments.first, arguments.first + arguments.printed)
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            name = f"drawn-{seed}"
            yield name, print_html({name: drawn_page(seed)}, Path(folder))[name]


def main() -> int:
    """Scan, read and count; the exit status is 1 where a wrong number was called certain."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--printed", type=int, default=24, help="reports with drawn figures")
    parser.add_argument(
        "--first", type=int, default=0, help="first of these, and of the seeds of the scanner"
    )
    parser.add_argument("--dpi", type=int, nargs="+", default=[150, 200])
    arguments = parser.parse_args()
    statuses: Counter[tuple[int, str]] = Counter()
    sums: Counter[str] = Counter()
    for number, (name, pdf) in enumerate(files(arguments), arguments.first):
        printed = read(pdf, Origin())
        if printed.parse.status is not Status.OK:
            print(f"{name}: the file before is not read with certainty", file=sys.stderr)
            continue
        for dpi in arguments.dpi:
            start = time.process_time()
            record = read(scanned(pdf, dpi, number), Origin(), recognise=True)
            found = {cell.key: cell for cell in record.cells}
            wrong = [
                cell.key
                for cell in printed.cells
                if (other := found.get(cell.key)) is None
                or (other.value, other.state) != (cell.value, cell.state)
            ]
            silent = [key for key in wrong if key not in record.parse.suspect_cells]
            if record.parse.status is Status.FAILED:
                silent = []
            statuses[dpi, record.parse.status.value] += 1
            sums.update(
                cells=len(printed.cells),
                wrong=len(wrong),
                silent=len(silent),
                suspect=len(record.parse.suspect_cells),
            )
            print(
                f"{name} {dpi} dpi, {record.source.pages} pages: {record.parse.status.value}, "
                f"{len(wrong)} wrong, {len(silent)} of them certain, "
                f"{len(record.parse.suspect_cells)} suspect of {len(printed.cells)}, "
                f"{time.process_time() - start:.0f} s",
                *([f"  certain and wrong: {silent}"] if silent else []),
                *(f"  {reason}" for reason in record.parse.reasons),
                sep="\n",
                flush=True,
            )
    print(dict(sums), {f"{dpi} dpi {status}": n for (dpi, status), n in sorted(statuses.items())})
    return 1 if sums["silent"] else 0


if __name__ == "__main__":
    sys.exit(main())
