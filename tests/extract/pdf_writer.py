"""PDFs of a few objects, with the content streams that a test gives."""

from __future__ import annotations

import re
import zlib


def pdf(
    *pages: str,
    font: str = "/Encoding/WinAnsiEncoding",
    cmap: str = "",
    forms: tuple[str, ...] = (),
    rotate: int = 0,
    box: str = "0 0 400 300",
    trailer: str = "",
    page: str = "",
    catalog: str = "",
    more: tuple[str, ...] = (),
) -> bytes:
    """A PDF of pages with these content streams; ``/F`` is Helvetica with the entries ``font``.

    ``cmap`` is object 4. ``forms`` are XObjects from object 5 on, ``/X0``, ``/X1`` … everywhere. ``page``
    and ``catalog`` are more entries of these; ``more`` are the last objects (number 7 is the first of them
    where there is one page and no form), and as ``/G0``, ``/G1`` … properties and graphics states.
    """
    names = "".join(f"/X{index} {5 + index} 0 R" for index in range(len(forms)))
    first = 5 + len(forms)
    last = first + 2 * len(pages)
    states = "".join(f"/G{index} {last + index} 0 R" for index in range(len(more)))
    resources = (
        f"/Resources<</Font<</F 3 0 R>>/XObject<<{names}>>"
        f"/Properties<<{states}>>/ExtGState<<{states}>>>>"
    )
    kids = " ".join(f"{first + 2 * index} 0 R" for index in range(len(pages)))
    objects = [
        f"<</Type/Catalog/Pages 2 0 R{catalog}>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>",
        f"<</Type/Font/Subtype/Type1/BaseFont/Helvetica{font}>>",
        f"<</Length {len(cmap)}>>\nstream\n{cmap}\nendstream",
    ]
    for content in forms:
        objects.append(
            f"<</Type/XObject/Subtype/Form/BBox[-2000 -2000 2000 2000]/Length {len(content)}"
            f"{resources}>>\nstream\n{content}\nendstream"
        )
    for number, content in enumerate(pages):
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Rotate {rotate}"
            f"/Contents {first + 1 + 2 * number} 0 R{resources}{page}>>"
        )
        objects.append(f"<</Length {len(content)}>>\nstream\n{content}\nendstream")
    objects += more
    data = b"%PDF-1.7\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(data)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    data += "".join(f"{offset:010} 00000 n \n" for offset in offsets).encode()
    data += f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R{trailer}>>\n".encode()
    return data + f"startxref\n{start}\n%%EOF\n".encode()


def text(x: float, y: float, words: str, size: float = 10) -> str:
    return f"BT /F {size} Tf {x} {y} Td ({words}) Tj ET\n"


def line(x0: float, y0: float, x1: float, y1: float) -> str:
    return f"{x0} {y0} m {x1} {y1} l S\n"


def ruled(columns: int = 3, rows: int = 3, *, cell: str = "{row}{column}") -> str:
    """A table of 60 x 20 point cells from the top left corner (50, 250), a number in each."""
    content = "".join(
        line(50, 250 - 20 * r, 50 + 60 * columns, 250 - 20 * r) for r in range(rows + 1)
    )
    content += "".join(
        line(50 + 60 * c, 250, 50 + 60 * c, 250 - 20 * rows) for c in range(columns + 1)
    )
    for row in range(rows):
        for column in range(columns):
            words = cell.format(row=row + 1, column=column + 1)
            content += text(60 + 60 * column, 236 - 20 * row, words)
    return content


def packed(data: bytes) -> bytes:
    """The same PDF with all objects that are no streams in a compressed one, as PDF 1.5 allows."""
    bodies = {
        int(n): body for n, body in re.findall(rb"(\d+) 0 obj\n(.*?)\nendobj", data, re.DOTALL)
    }
    inner = {n: body for n, body in bodies.items() if b"stream\n" not in body}
    store, table = max(bodies) + 1, max(bodies) + 2
    numbers, at = b"", 0
    for number, body in inner.items():
        numbers += b"%d %d " % (number, at)
        at += len(body) + 1
    content = zlib.compress(numbers + b"\n".join(inner.values()))
    head = b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>"
    outer = {n: body for n, body in bodies.items() if n not in inner}
    outer[store] = (
        head % (len(inner), len(numbers), len(content)) + b"\nstream\n" + content + b"\nendstream"
    )
    made, places = b"%PDF-1.5\n", {0: (0, 0, 65535)}
    for number, body in outer.items():
        places[number] = (1, len(made), 0)
        made += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    places |= {number: (2, store, index) for index, number in enumerate(inner)}
    places[table] = (1, len(made), 0)
    rows = b"".join(
        bytes([kind]) + one.to_bytes(4, "big") + two.to_bytes(2, "big")
        for _, (kind, one, two) in sorted(places.items())
    )
    start = len(made)
    made += b"%d 0 obj\n<</Type/XRef/Size %d/W[1 4 2]/Root 1 0 R/Length %d>>\nstream\n" % (
        (table, table + 1, len(rows))
    )
    return made + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % start
