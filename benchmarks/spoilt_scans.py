"""Spoilt scans for ``fuzz_readers.py``: pages changed in their pixels, in what holds them, and in bytes.

A page is turned, cut, stained, blanked, blown up or shrunk to a line; written in one of the formats and
colours of pictures, broken in its bytes or not; and then stands alone, in a PDF, a Word file, a web page,
an archive or an OFD file.
"""

from __future__ import annotations

import io
import random
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium  # type: ignore[import-untyped]
from PIL import Image, ImageOps

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "extract")]

from mutations import broken  # type: ignore[import-not-found]  # noqa: E402

Change = Callable[[Image.Image, random.Random], Image.Image]

MOST_FRAMES = 3
MOST_OF_WEBP = 16_383
"""Pixels of a side; a JPEG or a GIF may have more, though not what a strip can be blown up to."""


def scan_files() -> list[bytes]:
    """A page of a real report as a scanner sees it, and parts of both its pages, which are read sooner."""
    document = pdfium.PdfDocument(ROOT / "crawler" / "sampleweb" / "documents" / "jinshe-2024.pdf")
    pages = [document[n].render(scale=110 / 72).to_pil().convert("L") for n in range(2)]
    document.close()
    width, height = pages[0].size
    parts = [page.crop((0, 0, width, height // 4)) for page in pages]
    strip = pages[1].crop((width // 2, 0, width, height // 2))
    return [_written(page, "PNG") for page in (pages[1], *parts, strip)]


def spoilt_scan(files: list[bytes], seed: int) -> bytes:
    """The case of ``seed``."""
    chance = random.Random(seed)
    pictures = [
        _picture(chance.choice(files), chance) for _ in range(chance.choice([1, 1, 1, 1, 2, 3]))
    ]
    data = chance.choice(HOLDERS)(pictures, chance)
    return bytes(broken(data, chance.getrandbits(32))) if chance.random() < 0.25 else data


def _picture(page: bytes, chance: random.Random) -> bytes:
    image: Image.Image = Image.open(io.BytesIO(page))
    for _ in range(chance.choice([0, 1, 1, 2, 3])):
        image = chance.choice(CHANGES)(image, chance)
    kind = chance.choice(("PNG", "JPEG", "JPEG", "TIFF", "BMP", "GIF", "WEBP"))
    if max(image.size) > MOST_OF_WEBP:
        kind = "PNG"
    image = image.convert(chance.choice(COLOURS[kind]))
    if kind in ("TIFF", "GIF") and chance.random() < 0.2:
        frames = [image.rotate(90 * n, expand=True) for n in range(1, MOST_FRAMES)]
        data = _written(image, kind, save_all=True, append_images=frames)
    else:
        data = _written(image, kind, **_orientation(kind, chance))
    return bytes(broken(data, chance.getrandbits(32))) if chance.random() < 0.4 else data


def _written(image: Image.Image, kind: str, **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def _orientation(kind: str, chance: random.Random) -> dict[str, Any]:
    if kind not in ("JPEG", "PNG", "WEBP") or chance.random() < 0.7:
        return {}
    exif = Image.Exif()
    exif[0x0112] = chance.randrange(10)
    return {"exif": exif}


def _turned(image: Image.Image, chance: random.Random) -> Image.Image:
    angle = chance.choice([90.0, 180.0, 270.0, chance.uniform(-10, 10), chance.uniform(0, 360)])
    return image.convert("L").rotate(angle, expand=True, fillcolor=chance.choice([0, 255]))


def _cut(image: Image.Image, chance: random.Random) -> Image.Image:
    xs = sorted(chance.randint(0, image.width) for _ in range(2))
    ys = sorted(chance.randint(0, image.height) for _ in range(2))
    return image.crop((xs[0], ys[0], max(xs[1], xs[0] + 1), max(ys[1], ys[0] + 1)))


def _grained(image: Image.Image, chance: random.Random) -> Image.Image:
    pixels = np.asarray(image.convert("L"), np.float32)
    noise = np.random.default_rng(chance.getrandbits(32))
    grain = noise.normal(0, chance.choice([5, 40, 150]), pixels.shape)
    return Image.fromarray(np.clip(pixels + grain, 0, 255).astype(np.uint8))


def _stained(image: Image.Image, chance: random.Random) -> Image.Image:
    image = image.convert("L")
    for _ in range(chance.randint(1, 8)):
        blot = _cut(image, chance).size
        place = chance.randrange(image.width), chance.randrange(image.height)
        image.paste(chance.randrange(256), (*place, place[0] + blot[0], place[1] + blot[1]))
    return image


def _blank(image: Image.Image, chance: random.Random) -> Image.Image:
    return Image.new("L", image.size, chance.choice([0, 128, 255]))


def _resized(image: Image.Image, chance: random.Random) -> Image.Image:
    sides = [chance.choice([1, 2, 7, 30, 99, 400, 1200, 3000, 9000, 70_000]) for _ in range(2)]
    if sides[0] * sides[1] > 20_000_000:
        sides[chance.randrange(2)] = 200
    return image.convert("L").resize((sides[0], sides[1]))


def _crowded(image: Image.Image, chance: random.Random) -> Image.Image:
    """The page many times over, small: more lines and text than any page has."""
    times = chance.randint(2, 5)
    small = image.convert("L").resize((max(1, image.width // 2), max(1, image.height // 2)))
    paper = Image.new("L", (small.width * times, small.height * times))
    for n in range(times * times):
        paper.paste(small, (n % times * small.width, n // times * small.height))
    return paper if paper.width * paper.height < 20_000_000 else small


def _hatched(image: Image.Image, chance: random.Random) -> Image.Image:
    """Lines everywhere, as a table of nothing but borders."""
    pixels = np.array(image.convert("L"))
    step = chance.choice([2, 3, 5, 9, 20])
    pixels[::step] = 0
    if chance.random() < 0.7:
        pixels[:, ::step] = 0
    return Image.fromarray(pixels)


def _inverted(image: Image.Image, chance: random.Random) -> Image.Image:
    return ImageOps.invert(image.convert("L"))


CHANGES: tuple[Change, ...] = (
    *(_turned, _turned, _cut, _cut, _grained, _stained),
    *(_blank, _resized, _crowded, _hatched, _inverted),
)
COLOURS = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "JPEG": ("L", "RGB", "CMYK"),
    "TIFF": ("1", "L", "RGB", "RGBA", "CMYK", "F"),
    "BMP": ("1", "L", "P", "RGB"),
    "GIF": ("L", "P"),
    "WEBP": ("RGB", "RGBA"),
}


def _alone(pictures: list[bytes], chance: random.Random) -> bytes:
    return pictures[0]


def _in_pdf(pictures: list[bytes], chance: random.Random) -> bytes:
    try:
        images = [Image.open(io.BytesIO(one)).convert("RGB") for one in pictures]
        return _written(
            images[0],
            "PDF",
            save_all=True,
            append_images=images[1:],
            resolution=chance.choice([5, 72, 110, 600]),
        )
    except Exception:
        # Spoilt too much to be written into a PDF: then it stands alone.
        return pictures[0]


def _in_word(pictures: list[bytes], chance: random.Random) -> bytes:
    from test_embedded_pictures import as_docx, picture  # type: ignore[import-not-found]

    # A document with sheets, whose bytes are then those of the case: Word keeps what it cannot read.
    whole = as_docx([picture(shade=n) for n in range(250, 250 - len(pictures), -1)])
    target = io.BytesIO()
    left = iter(pictures)
    with (
        zipfile.ZipFile(io.BytesIO(whole)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, next(left, part) if name.startswith("word/media/") else part)
    return target.getvalue()


def _in_page(pictures: list[bytes], chance: random.Random) -> bytes:
    from test_embedded_pictures import as_mhtml, as_page

    return bytes(chance.choice((as_page, as_mhtml))(pictures))


def _in_archive(pictures: list[bytes], chance: random.Random) -> bytes:
    from test_embedded_pictures import as_zip

    return bytes(as_zip({f"{n}.jpg": one for n, one in enumerate(pictures)}))


def _in_ofd(pictures: list[bytes], chance: random.Random) -> bytes:
    from ofd_writer import Page, Style, write  # type: ignore[import-not-found]

    page = Page(Style())
    for one in pictures:
        x, y = chance.uniform(-50, 200), chance.uniform(-50, 200)
        width, height = chance.choice([0, 0.01, 90, 190, 5000]), chance.choice([0.1, 90, 250])
        slant = [chance.choice([0, 0, width, chance.uniform(-300, 300)]) for _ in range(2)]
        page.images.append(
            (
                f"{x:g} {y:g} {width:g} {height:g}",
                f"{width:g} {slant[0]:g} {slant[1]:g} {height:g} 0 0",
                one,
            )
        )
    return bytes(write([page]))


HOLDERS: tuple[Callable[[list[bytes], random.Random], bytes], ...] = (
    *(_alone, _alone, _alone, _in_pdf, _in_pdf),
    *(_in_word, _in_page, _in_archive, _in_ofd),
)
