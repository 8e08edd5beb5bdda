"""Whether numbers that somebody changed on paper are called certain, and what poor scans do.

    python benchmarks/marked_scans.py [--kinds struck stamped …] [--dpi 150] [--first 0] FILE.pdf …

The pages of each file are rendered, marked in the way of each kind, scanned as by ``scan_reading.py`` and
read by recognition. A number that was struck out or corrected by hand must not be certain at all, any other
must be right or suspect. The exit status is 1 where one is not.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium  # type: ignore[import-untyped]
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from scan_reading import as_scanned  # type: ignore[import-not-found]  # noqa: E402

from extract.document import BBox, Origin  # noqa: E402
from extract.reading import read  # noqa: E402
from extract.record import Status  # noqa: E402

Number = tuple[str, int, BBox]
"""Key, page from 0, box in pixels."""
Sheets = list[Image.Image]
Mark = Callable[[Sheets, list[Number], random.Random, float], set[str]]
"""Changes the sheets; gives the keys of the numbers that nobody can call certain any more. Last is pixels per point."""

_INKS = ("black", "#1030a0", "#c01010", "#333333")


def _struck(sheets: Sheets, numbers: list[Number], chance: random.Random, scale: float) -> set[str]:
    """Numbers with a stroke, a slanting one, a cross, two strokes or a zigzag through them."""
    chosen = chance.sample(numbers, min(16, len(numbers)))
    for at, (_, page, (x0, top, x1, bottom)) in enumerate(chosen):
        out, middle = chance.uniform(1, 4) * scale, (top + bottom) / 2
        left, right = x0 - out, x1 + out
        strokes = (
            [[(left, middle), (right, middle + chance.uniform(-1, 1) * scale)]],
            [[(left, bottom), (right, top)]],
            [[(left, top), (right, bottom)], [(left, bottom), (right, top)]],
            [[(left, y), (right, y)] for y in (middle - 1.2 * scale, middle + 1.2 * scale)],
            [[(left + n * (right - left) / 8, (bottom, top)[n % 2]) for n in range(9)]],
        )[at % 5]
        ink, width = chance.choice(_INKS), max(1, round(chance.uniform(0.4, 1.2) * scale))
        for stroke in strokes:
            ImageDraw.Draw(sheets[page]).line(stroke, ink, width)
    return {key for key, _, _ in chosen}


def _corrected(
    sheets: Sheets, numbers: list[Number], chance: random.Random, scale: float
) -> set[str]:
    """Another number beside, above, over the printed one, or a digit set before it."""
    chosen = chance.sample(numbers, min(14, len(numbers)))
    for at, (_, page, (x0, top, x1, bottom)) in enumerate(chosen):
        draw, ink, height = ImageDraw.Draw(sheets[page]), chance.choice(_INKS), bottom - top
        font = ImageFont.load_default(height * 1.2)
        new = str(chance.randint(1, 99))
        place = (
            (x1 + 2 * scale, top - 2 * scale),
            (x0, top - height * 1.1),
            (x0 - scale, top - 2 * scale),
            (x0 - height * 0.75, top - 2 * scale),
        )[at % 4]
        if at % 4 < 2:
            draw.line((x0 - scale, (top + bottom) / 2, x1 + scale, (top + bottom) / 2), ink, 2)
        draw.text(place, new[0] if at % 4 == 3 else new, ink, font)
    return {key for key, _, _ in chosen}


def _stamped(
    sheets: Sheets, numbers: list[Number], chance: random.Random, scale: float
) -> set[str]:
    """Two red seals on each page."""
    for number, sheet in enumerate(sheets):
        layer = Image.new("RGBA", sheet.size)
        draw = ImageDraw.Draw(layer)
        for _ in range(2):
            radius = 60 * scale
            x = chance.uniform(radius, sheet.width - radius)
            y = chance.uniform(radius, sheet.height - radius)
            red = (200, 20, 20, chance.choice((110, 160, 220)))
            around = (x - radius, y - radius, x + radius, y + radius)
            draw.ellipse(around, outline=red, width=round(2.5 * scale))
            points = [
                (x + part * math.sin(n * math.pi / 5), y - part * math.cos(n * math.pi / 5))
                for n in range(10)
                for part in [radius * (0.14 if n % 2 else 0.35)]
            ]
            draw.polygon(points, red)
        sheets[number] = Image.alpha_composite(sheet.convert("RGBA"), layer).convert("RGB")
    return set()


def _folded(sheets: Sheets, numbers: list[Number], chance: random.Random, scale: float) -> set[str]:
    """A dark crease across and one along each page, with the shade beside them."""
    for number, sheet in enumerate(sheets):
        pixels = np.asarray(sheet, float)
        for axis in (0, 1):
            away = np.arange(pixels.shape[axis]) - chance.uniform(0.3, 0.7) * pixels.shape[axis]
            line = chance.uniform(0.2, 0.7) * np.exp(
                -((away / chance.uniform(0.4, 2) / scale) ** 2)
            )
            light = 1 - line - 0.12 * np.exp(-((away / 20 / scale) ** 2)) * (away > 0)
            pixels = pixels * np.expand_dims(light, (1 - axis, 2))
        sheets[number] = _image(pixels)
    return set()


def _shaded(sheets: Sheets, numbers: list[Number], chance: random.Random, scale: float) -> set[str]:
    """A shadow that grows to a corner."""
    for number, sheet in enumerate(sheets):
        down, across = np.mgrid[0 : sheet.height, 0 : sheet.width]
        dark = across / sheet.width * chance.uniform(0.5, 1) + down / sheet.height * 0.6 - 0.2
        sheets[number] = _image(np.asarray(sheet) * (1 - 0.65 * np.clip(dark, 0, 1))[..., None])
    return set()


def _faded(sheets: Sheets, numbers: list[Number], chance: random.Random, scale: float) -> set[str]:
    """Grey type on grey paper."""
    for number, sheet in enumerate(sheets):
        sheets[number] = _image(np.asarray(sheet) * chance.uniform(0.18, 0.3) + 160)
    return set()


def _coloured(
    sheets: Sheets, numbers: list[Number], chance: random.Random, scale: float
) -> set[str]:
    """Paper of a colour."""
    paper = np.array(chance.choice(((255, 240, 150), (180, 220, 255), (120, 120, 120)))) / 255
    for number, sheet in enumerate(sheets):
        sheets[number] = _image(np.asarray(sheet) * paper)
    return set()


def _cut(sheets: Sheets, numbers: list[Number], chance: random.Random, scale: float) -> set[str]:
    """Pages of which one side did not lie on the glass."""
    for number, sheet in enumerate(sheets):
        sides = [0, 0, *sheet.size]
        side, part = chance.randrange(4), chance.uniform(0.06, 0.2)
        sides[side] += round(sheet.size[side % 2] * (part if side < 2 else -part))
        sheets[number] = sheet.crop((sides[0], sides[1], sides[2], sides[3]))
    return set()


def _upside_down(
    sheets: Sheets, numbers: list[Number], chance: random.Random, scale: float
) -> set[str]:
    """Pages that lay the other way round."""
    sheets[:] = [sheet.rotate(180) for sheet in sheets]
    return set()


def _image(pixels: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


KINDS: dict[str, Mark] = {
    "struck": _struck,
    "corrected": _corrected,
    "stamped": _stamped,
    "folded": _folded,
    "shaded": _shaded,
    "faded": _faded,
    "coloured": _coloured,
    "cut": _cut,
    "upside-down": _upside_down,
}


def main() -> int:
    """Mark, scan, read and count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--dpi", type=int, default=150)
    parser.add_argument("--first", type=int, default=0, help="first seed of chance")
    arguments = parser.parse_args()
    scale, silent = arguments.dpi / 72, 0
    for seed, file in enumerate(arguments.files, arguments.first):
        data = file.read_bytes()
        printed = read(data, Origin()).cells
        numbers = [
            (cell.key, (cell.position.page or 1) - 1, _scaled(cell.position.bbox, scale))
            for cell in printed
            if cell.position.bbox and cell.value is not None
        ]
        for kind in arguments.kinds:
            start = time.process_time()
            document = pdfium.PdfDocument(data)
            sheets = [page.render(scale=scale).to_pil().convert("RGB") for page in document]
            document.close()
            unknown = KINDS[kind](sheets, numbers, random.Random(f"{kind} {seed}"), scale)
            marked = as_scanned([np.asarray(sheet) for sheet in sheets], arguments.dpi, seed)
            record = read(marked, Origin(), recognise=True)
            found = {cell.key: cell for cell in record.cells}
            sure = found.keys() - set(record.parse.suspect_cells)
            wrong = [
                (cell.key, cell.raw, found[cell.key].raw)
                for cell in printed
                if record.parse.status is not Status.FAILED and cell.key in sure
                if cell.key in unknown
                or (cell.value, cell.state) != (found[cell.key].value, found[cell.key].state)
            ]
            silent += len(wrong)
            print(
                f"{file.name} {kind}: {record.parse.status.value}, {len(wrong)} wrong and certain "
                f"{wrong}, {len(sure)} certain of {len(printed)}, "
                f"{time.process_time() - start:.0f} s",
                flush=True,
            )
    return 1 if silent else 0


def _scaled(box: BBox, scale: float) -> BBox:
    return box[0] * scale, box[1] * scale, box[2] * scale, box[3] * scale


if __name__ == "__main__":
    sys.exit(main())
