"""The place of a number is proof of it: cut out of the page as it is seen and read again, it is that number."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("rapidocr", reason="the ocr extra is not installed")

import numpy as np
import pypdfium2 as pdfium

from extract.document import Cell
from extract.readers.pdf import read_pdf
from extract.readers.scans.recognition import Picture, text_of

ROOT = Path(__file__).parents[2]
DOCUMENTS = ROOT / "crawler" / "sampleweb" / "documents"
FILES = {
    "city": ROOT.parent / "shared" / "samples" / "huaian-2024.pdf",
    "bureau": DOCUMENTS / "wjw-2024.pdf",
    "town": DOCUMENTS / "jinshe-2024.pdf",
}
SCALE = 4
"""Pixels to a point."""
AROUND = 1
"""Points around the box of a number."""


def cut_out(page: Picture, cell: Cell) -> Picture:
    """What is seen in the place of a cell, three times side by side: a 0 alone may be any letter."""
    assert cell.position.bbox is not None
    x0, top, x1, bottom = cell.position.bbox
    upper, lower = int((top - AROUND) * SCALE), int((bottom + AROUND) * SCALE)
    seen = page[upper:lower, int((x0 - AROUND) * SCALE) : int((x1 + AROUND) * SCALE)]
    around = ((8, 8), (24, 24), (0, 0))
    return np.ascontiguousarray(np.pad(np.hstack([seen] * 3), around, constant_values=255))


@pytest.mark.parametrize("name", FILES)
def test_every_number_is_seen_in_its_place(name: str) -> None:
    if not FILES[name].exists():
        pytest.skip("the sample reports are not here")
    data = FILES[name].read_bytes()
    pdf = pdfium.PdfDocument(data)
    pages = [page.render(scale=SCALE).to_numpy()[:, :, :3] for page in pdf]
    cells = [cell for table in read_pdf(data).tables() for cell in table.cells]
    numbers = [cell for cell in cells if cell.text.replace(".", "").isdecimal()]
    assert len(numbers) == 200
    for cell in numbers:
        text, _ = text_of(cut_out(pages[(cell.position.page or 0) - 1], cell))
        shown = text.translate(str.maketrans("IlOo", "1100", " "))
        assert shown == 3 * cell.text, cell.position
    pdf.close()
