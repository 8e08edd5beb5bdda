"""A scanned report in an archive, from "not read" to figures, and what another version read in it."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest

pytest.importorskip("rapidocr", reason="the ocr extra is not installed")

import pypdfium2 as pdfium
from commandline import runner
from sqlalchemy import select

from archive import readings
from archive.database.models import Reading
from archive.folder import Archive

TOWN = Path(__file__).parents[1] / "crawler" / "sampleweb" / "documents" / "jinshe-2024.pdf"
NAME = "金社镇人民政府"


def test_a_scan_waits_for_recognition_and_is_then_read(tmp_path: Path) -> None:
    gongkai = runner(tmp_path / "archive")
    gongkai("init", tmp_path / "archive")
    (tmp_path / "agencies.csv").write_text(f"name,kind\n{NAME},township_gov\n", encoding="utf-8")
    gongkai("agencies", "import", tmp_path / "agencies.csv")
    picture = tmp_path / "scan.png"
    pdfium.PdfDocument(TOWN)[0].render(scale=150 / 72).to_pil().save(picture)
    gongkai("add", picture, "--agency", NAME, "--year", 2024)

    said = gongkai("extract", GONGKAI_EXTRACT__RECOGNISE="false").stdout
    assert "1 failed" in said
    assert "scans that were not read: 1" in said
    assert "none were new" in gongkai("extract", GONGKAI_EXTRACT__RECOGNISE="false").stdout

    assert "1 suspect" in gongkai("extract").stdout
    assert "none were new" in gongkai("extract").stdout
    [report] = json.loads(gongkai("show", NAME, 2024, "--format", "json").stdout)
    figures = {cell["key"]: cell["value"] for cell in report["record"]["cells"]}
    assert figures["art20_5.licences.decisions"] == 14

    archive = Archive.open(tmp_path / "archive")
    with archive.session() as session:
        [now] = session.scalars(select(Reading))
        record = readings.unpack(now)
        for cell in record["cells"]:
            if cell["key"] == "art20_5.licences.decisions":
                cell["value"], cell["raw"] = 41, "41"
        earlier = Reading(**{c.key: getattr(now, c.key) for c in Reading.__table__.columns})
        earlier.extractor, earlier.status = "0.0.9", "ok"
        record["parse"]["status"] = "ok"
        earlier.record = zlib.compress(json.dumps(record, ensure_ascii=False).encode())
        session.add(earlier)
        session.commit()
    rows = json.loads(gongkai("extract", "--compare", "--format", "json").stdout)
    assert [(row["what"], row["before"], row["after"]) for row in rows] == [
        ("status", "ok", "suspect"),
        ("art20_5.licences.decisions", 41, 14),
    ]
    wrong = gongkai("extract", "--compare", "--with", "9.9", status=2).stderr
    assert "9.9 of the extractor has read nothing here" in wrong
