"""Reports whose tables are pictures in a Word file or a web page: these pictures are shown, with their boxes."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path

import docx
import httpx
import pypdfium2 as pdfium
import pytest
from docx.shared import Mm
from lxml import html
from PIL import Image
from serving import serving
from sqlalchemy import select

from archive.adding import assign, store_file
from archive.database.models import Agency, Report
from archive.extraction import extract
from archive.folder import Archive
from archive.web.app import create_app
from archive.web.documents import pictures
from extract.errors import DamagedDocument

TOWN = Path(__file__).parents[2] / "crawler" / "sampleweb" / "documents" / "jinshe-2024.pdf"
NAME, YEAR = "枞阳县金社镇人民政府", 2024
LICENCES = "art20_5.licences.decisions"


def _page() -> bytes:
    """A page with the first table of the form, and nothing else that takes time to be recognised."""
    page = pdfium.PdfDocument(TOWN)[0].render(scale=150 / 72).to_pil().convert("L")
    shown = Image.new("L", page.size, 255)
    table = (0, int(page.height * 0.435), page.width, int(page.height * 0.61))
    shown.paste(page.crop(table), table)
    out = io.BytesIO()
    shown.save(out, "PNG")
    return out.getvalue()


def _word(*shown: bytes) -> bytes:
    document = docx.Document()
    document.add_paragraph(f"{NAME}{YEAR}年政府信息公开工作年度报告")
    for one in shown:
        document.add_picture(io.BytesIO(one), width=Mm(150))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _web(*shown: bytes) -> bytes:
    images = "".join(
        f'<img src="data:image/png;base64,{base64.b64encode(one).decode()}">' for one in shown
    )
    return f"<html><body><p>{NAME}</p>{images}</body></html>".encode()


@pytest.mark.parametrize("make", [_word, _web])
def test_the_pictures_are_the_pages(make: Callable[..., bytes]) -> None:
    icon = io.BytesIO()
    Image.new("L", (40, 40)).save(icon, "PNG")
    data = make(icon.getvalue(), _page())
    [[width, height]] = json.loads(pictures.sizes(data))
    assert (width, height) == pytest.approx((595, 842), abs=2)
    assert Image.open(io.BytesIO(pictures.picture(data, 1))).format == "PNG"
    with pytest.raises(DamagedDocument, match="no page 2"):
        pictures.picture(data, 2)
    with pytest.raises(DamagedDocument, match="no pictures"):
        pictures.sizes(make())


def test_a_number_leads_to_its_box_in_the_picture(tmp_path: Path) -> None:
    pytest.importorskip("rapidocr", reason="the ocr extra is not installed")
    archive = Archive.create(tmp_path / "archive")
    path = tmp_path / "report.docx"
    path.write_bytes(_word(_page()))
    with archive.session() as session:
        owner = Agency(name=NAME, kind="township_gov", division_code="", origin="test")
        session.add(owner)
        session.commit()
        assign(session, store_file(archive, session, path), owner, YEAR)
        session.commit()
    extract(archive)
    with archive.reader() as session:
        report = session.scalars(select(Report)).one()
        address = f"/reports/{report.agency_id}/{YEAR}/{report.scope}"
    app = create_app(archive)
    with serving(app) as base, httpx.Client(base_url=base, trust_env=False, timeout=60) as client:
        page = html.document_fromstring(client.get(address, params={"lang": "en"}).text)
        (image,) = page.xpath("//figure[@class='page']//img")
        (link,) = page.xpath(f"//td/a[@id='f-{LICENCES}']")
        assert link.get("href") == f"#p-{LICENCES}"
        (box,) = page.xpath(f"//*[@id='p-{LICENCES}']/*[name()='rect']")
        shown = Image.open(io.BytesIO(client.get(image.get("src")).content)).convert("L")
    app.state.showing.confined.close()
    scale = shown.width / float(image.get("width"))
    x, y, w, h = (float(box.get(name)) * scale for name in ("x", "y", "width", "height"))
    # There is ink in the box, and it is a small part of the page.
    darkest, _ = shown.crop((int(x), int(y), int(x + w), int(y + h))).getextrema()
    assert darkest < 100
    assert w * h < shown.width * shown.height / 50
    assert "pictures in the document" in page.text_content()
