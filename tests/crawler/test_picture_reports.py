"""A report that is a page of pictures: archived, shown, proven and read with its pictures."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from commandline import Gongkai, runner
from crawling import DAY, make_archive, set_environment
from PIL import Image
from rawweb import Asked, RawWeb, Write, answer
from sqlalchemy import select

from archive.composing import compose, parts_of
from archive.database.models import Capture, Sighting
from archive.evidence.checking import check
from archive.evidence.exchanges import read as read_exchanges
from archive.evidence.folder import WARC
from archive.folder import Archive
from archive.rebuild import rebuild
from archive.web.documents import pictures
from crawler.rereading import reread
from crawler.run import crawl
from extract.characters import squeeze
from extract.document import Origin, Paragraph
from extract.reading import read as read_document
from extract.record import Recognition, Status
from extract.sniff import MHTML

PRINTED = Path(__file__).parents[2] / "crawler" / "sampleweb" / "documents" / "jinshe-2024.pdf"
NAME, HOST = "金社镇人民政府", "jinshe.gov.test"
TITLE = f"{NAME}2024年政府信息公开工作年度报告"
REPORT = f"http://{HOST}/nb/202501/t20250120_1.html"
PICTURES = [f"http://{HOST}/nb/202501/W02025012{n}.png" for n in range(2)]


def sheets() -> list[bytes]:
    """The pages of a printed report as pictures."""
    made = []
    for page in pdfium.PdfDocument(PRINTED):
        out = io.BytesIO()
        page.render(scale=150 / 72).to_pil().convert("L").save(out, "PNG")
        made.append(out.getvalue())
    return made


class Town:
    """A town's site whose report is two pictures."""

    def __init__(self) -> None:
        self.sheets = sheets()

    def __call__(self, asked: Asked, write: Write) -> None:
        pages = {
            "/": '<a href="/zfxxgk/">政府信息公开</a><a href="/nb/">政府信息公开年报</a>',
            "/nb/": "<title>政府信息公开年报</title><a href='/zn/'>政府信息公开指南</a>"
            f"<ul><li><a href='{REPORT}'>{TITLE}</a><span>2025-01-20</span></li></ul>",
            "/nb/202501/t20250120_1.html": f"<html><head><meta name='ArticleTitle' content='{TITLE}'>"
            f"</head><body><img src='/logo.png'><h1>{TITLE}</h1><div class='TRS_Editor'>"
            "<img src='./W020250120.png'><img src='./W020250121.png'></div></body></html>",
        }
        if asked.path.startswith("/nb/202501/W"):
            sheet = self.sheets[int(asked.path.removesuffix(".png")[-1])]
            write(answer(sheet, headers={"Content-Type": "image/png"}))
        else:
            write(answer(pages.get(asked.path, ""), 200 if asked.path in pages else 404))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive after three visits; a picture was replaced before the last."""
    town = Town()
    register = [{"name": NAME, "kind": "township_gov", "home_url": f"http://{HOST}/"}]
    path = tmp_path_factory.mktemp("pictures") / "archive"
    with pytest.MonkeyPatch.context() as monkeypatch, RawWeb({HOST: town}) as web:
        make_archive(path, register)
        for visits in range(3):
            set_environment(monkeypatch, web.proxy_url, DAY + timedelta(days=visits))
            if visits == 2:
                town.sheets[1] = town.sheets[1] + b"another ending"
            assert crawl(Archive.open(path)).finished
        yield Archive.open(path)


@pytest.fixture(scope="module")
def gongkai(archive: Archive) -> Gongkai:
    return runner(archive.path)


@pytest.fixture(scope="module")
def read(gongkai: Gongkai) -> Gongkai:
    """The command line after the reports were brought up to date, without recognition."""
    gongkai("extract", GONGKAI_EXTRACT__RECOGNISE="false")
    return gongkai


def test_the_sighting_names_the_page_and_its_pictures(archive: Archive) -> None:
    with archive.reader() as session:
        rows = session.scalars(select(Sighting).order_by(Sighting.id)).all()
        documents = [one.document for one in rows if one.document]
        for document in documents:
            assert [part.url for part in parts_of(session, document)] == [REPORT, *PICTURES]
        first, second, third = (document.sha256 for document in documents)
    # The page is the same each time; what it shows is not.
    assert first == second != third


def test_what_is_the_same_is_stored_once(archive: Archive) -> None:
    with archive.reader() as session:
        composed = session.scalars(select(Capture.id).filter_by(purpose="composed")).all()
    assert len(composed) == 2


def test_a_replaced_picture_is_a_new_version_and_all_are_shown(read: Gongkai) -> None:
    [report] = json.loads(read("show", NAME, 2024, "--format", "json").stdout)
    assert [version["number"] for version in report["history"]] == [1, 2]
    assert report["history"][1]["parts"] == [REPORT, *PICTURES]
    shown = read("show", NAME, 2024, "--format", "table").stdout
    assert all(f"made of   {url}" in shown for url in (REPORT, *PICTURES))


def test_the_exported_file_holds_the_pictures(read: Gongkai, tmp_path: Path) -> None:
    read("export", "--files", tmp_path / "files")
    [file] = (tmp_path / "files").rglob("*.mhtml")
    sizes = json.loads(pictures.sizes(file.read_bytes()))
    assert len(sizes) == 2
    assert pictures.picture(file.read_bytes(), 2).startswith(b"\x89PNG")


def test_the_evidence_holds_the_pictures_and_proves_the_document(
    read: Gongkai, archive: Archive, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    read("evidence", NAME, 2024, folder)
    kept = read_exchanges(folder / WARC)
    had = {exchange.url: exchange for exchange in kept.exchanges.values() if exchange.body}
    assert {REPORT, *PICTURES} <= set(had)
    assert had[PICTURES[0]].body == sheets()[0]
    assert check(folder, reread).problems == []


def test_the_index_made_again_knows_the_pictures(archive: Archive, tmp_path: Path) -> None:
    again = Archive.create(tmp_path / "again")
    shutil.copytree(archive.warc_folder, again.warc_folder, dirs_exist_ok=True)
    with again.lock("crawl"):
        assert rebuild(again).damage == []
    with again.reader() as session:
        rows = session.scalars(select(Sighting).order_by(Sighting.id)).all()
        assert len(rows) == 3
        for row in rows:
            assert row.document is not None
            assert [part.url for part in parts_of(session, row.document)] == [REPORT, *PICTURES]


def test_what_pictures_show_is_waited_for_where_nothing_can_be_recognised() -> None:
    page = f"<h1>{TITLE}</h1>{'<img src=a.png>' * 2}".encode()
    record = read_document(
        compose([(REPORT, None, page), (PICTURES[0], None, sheets()[0])]), Origin()
    )
    assert (record.parse.status, record.parse.recognition) == (Status.FAILED, Recognition.NEEDED)
    assert (record.year, record.agency.name) == (2024, NAME)


@pytest.mark.skipif(find_spec("rapidocr") is None, reason="the ocr extra is not installed")
def test_the_pictures_are_read_as_pages_in_the_order_of_the_page() -> None:
    from extract.readers.catalogue import RECOGNISERS

    shown = [Image.open(io.BytesIO(sheet)).convert("RGB") for sheet in sheets()]
    strips = []
    for image in shown:
        out = io.BytesIO()
        image.crop((0, 0, image.width, 170)).save(out, "JPEG", quality=95)
        strips.append(out.getvalue())
    # The server's names for pictures mean nothing, nor does the order in which they were had.
    page = b"<h1>x</h1><img src='b.png'><img src='/logo.png'><img src='a.png'>"
    parts = [(REPORT, None, page)]
    for name, media_type, strip in zip("ab", ("image/png", None), reversed(strips), strict=True):
        parts.append((f"http://{HOST}/nb/202501/{name}.png", media_type, strip))
    document = RECOGNISERS[MHTML].first(compose(parts), Origin())
    assert document.pages == 2
    assert document.recognised
    first = "".join(
        b.text for b in document.blocks if isinstance(b, Paragraph) and b.position.page == 1
    )
    assert "2024年政府信息公开工作" in squeeze(first)
