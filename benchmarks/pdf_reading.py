"""Reading PDFs, side by side in one run: whole records, pdfplumber's tables, and PDFium's marks alone.

    python benchmarks/pdf_reading.py FILE.pdf [FILE.pdf …]

pdfplumber is no dependency of the project: ``pip install pdfplumber`` beforehand, or its column stays
empty. Every engine reads every file in turn, several rounds; the best time of each counts. Targets for
the whole record of a document, figures, narrative, rules and certainty included: at least 8 times as fast
as pdfplumber's ``extract_tables``, within 3 times of bare PDFium. ``read_pdf`` is the part of it that
reads the file. The second engine has no target: it is asked only in doubt. The collector of Python's
garbage runs for all engines as in the command.
"""

from __future__ import annotations

import argparse
import ctypes
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]
from side_by_side import at_hand, best_times, whole_record

from extract.readers.pdf import read_pdf
from extract.readers.pdf_second import read_pdf_second


def bare_pdfium(data: bytes) -> int:
    """Every character with its loose box and every path segment, nothing made of them."""
    pdf = pdfium.PdfDocument(data)
    rect = pdfium_c.FS_RECTF()
    x, y = ctypes.c_float(), ctypes.c_float()
    marks = 0
    for index in range(len(pdf)):
        page = pdf[index]
        textpage = page.get_textpage()
        for char in range(pdfium_c.FPDFText_CountChars(textpage.raw)):
            pdfium_c.FPDFText_GetUnicode(textpage.raw, char)
            pdfium_c.FPDFText_GetLooseCharBox(textpage.raw, char, rect)
            marks += 1
        for item in range(pdfium_c.FPDFPage_CountObjects(page.raw)):
            path = pdfium_c.FPDFPage_GetObject(page.raw, item)
            if pdfium_c.FPDFPageObj_GetType(path) == pdfium_c.FPDF_PAGEOBJ_PATH:
                for part in range(pdfium_c.FPDFPath_CountSegments(path)):
                    segment = pdfium_c.FPDFPath_GetPathSegment(path, part)
                    pdfium_c.FPDFPathSegment_GetPoint(segment, x, y)
                    marks += 1
        textpage.close()
        page.close()
    pdf.close()
    return marks


def pdfplumber_tables(data: bytes) -> int:
    """pdfplumber's tables of every page."""
    import pdfplumber  # type: ignore[import-not-found]

    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return sum(len(page.extract_tables()) for page in pdf.pages)


ENGINES: dict[str, Callable[[bytes], Any]] = {
    "whole record": whole_record,
    "read_pdf": read_pdf,
    "bare PDFium": bare_pdfium,
    "read_pdf_second": read_pdf_second,
    "pdfplumber": pdfplumber_tables,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    engines = at_hand(ENGINES, "pdfplumber")
    print(f"{'file':24}" + "".join(f"{name + ' ms':>20}" for name in engines) + "  ratios")
    totals = dict.fromkeys(engines, 0.0)
    for file in arguments.files:
        best = best_times(file.read_bytes(), engines, arguments.rounds)
        for name, time_taken in best.items():
            totals[name] += time_taken
        print(row(file.name, best))
    print(row("all", totals))


def row(name: str, times: dict[str, float]) -> str:
    ours = times["whole record"]
    ratios = f"{ours / times['bare PDFium']:.2f} x bare PDFium"
    if "pdfplumber" in times:
        ratios += f", {times['pdfplumber'] / ours:.1f} times as fast as pdfplumber"
    return (
        f"{name:24}" + "".join(f"{value:20.1f}" for value in times.values()) + f"  record {ratios}"
    )


if __name__ == "__main__":
    main()
