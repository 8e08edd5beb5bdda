"""Word 97 documents made by LibreOffice from Word documents made by python-docx."""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from functools import lru_cache
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from form_layout import FormTable, f2021, read_back
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import broken, read_or_refuse

from extract.document import Paragraph, Table
from extract.errors import DamagedDocument, LimitExceeded, Locked, UnknownFormat
from extract.forms.dictionary import F2021_KEYS
from extract.readers.doc import read_doc

soffice = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice (soffice) makes the Word 97 files"
)


def numbers(seed: int) -> dict[str, str]:
    """A value for each key, all different, so that none can stand in for another."""
    chosen = random.Random(seed).sample(range(10_000), len(F2021_KEYS))
    return {key: str(value) for key, value in zip(F2021_KEYS, chosen, strict=True)}


def add_form_table(document: docx.document.Document, table: FormTable) -> None:
    document.add_paragraph(table.heading)
    grid = document.add_table(table.rows, len(table.widths))
    grid.style = "Table Grid"
    grid.autofit = False
    for column, width in enumerate(table.widths):
        for cell in grid.columns[column].cells:
            cell.width = Mm(width)
    for cell in table.cells:
        target = grid.cell(cell.row, cell.column)
        if (cell.rowspan, cell.colspan) != (1, 1):
            target = target.merge(
                grid.cell(cell.row + cell.rowspan - 1, cell.column + cell.colspan - 1)
            )
        target.text = cell.text


def report(seed: int) -> docx.document.Document:
    document = docx.Document()
    document.core_properties.title = f"某县人民政府{seed}年政府信息公开工作年度报告"
    document.core_properties.author = "某县人民政府办公室"
    document.add_paragraph(f"某县人民政府{seed}年政府信息公开工作年度报告")
    document.add_paragraph("一、总体情况")
    document.add_paragraph("全年主动公开政府信息３２１条，收到申请45件。𠮷林路")
    for table in f2021(numbers(seed)):
        add_form_table(document, table)
    document.add_paragraph("五、存在的主要问题及改进情况")
    return document


def add_field(paragraph: docx.text.paragraph.Paragraph, code: str, result: str) -> None:
    for kind, text in (
        ("begin", ""),
        ("", code),
        ("separate", ""),
        ("result", result),
        ("end", ""),
    ):
        run = paragraph.add_run(text if kind == "result" else "")
        if kind in ("begin", "separate", "end"):
            char = OxmlElement("w:fldChar")
            char.set(qn("w:fldCharType"), kind)
            run._r.append(char)
        elif not kind:
            instruction = OxmlElement("w:instrText")
            instruction.text = text
            run._r.append(instruction)


def oddities() -> docx.document.Document:
    """Fields, hidden and deleted text, a table in a table, a frame table, a line break, a picture."""
    document = docx.Document()
    paragraph = document.add_paragraph("见")
    add_field(paragraph, ' HYPERLINK "http://www.example.gov.test/" ', "公开网站")
    paragraph.add_run("，").font.hidden = False
    paragraph.add_run("内部意见77").font.hidden = True
    paragraph.add_run("共12件")
    deleted = OxmlElement("w:del")
    deleted.set(qn("w:author"), "某人")
    deleted.set(qn("w:id"), "1")
    deleted.append(paragraph.add_run("99")._r)
    for text in deleted.iter(qn("w:t")):
        text.tag = qn("w:delText")
    paragraph._p.append(deleted)
    document.add_paragraph("第一行\n第二行")

    frame = document.add_table(1, 1).cell(0, 0)
    frame.text = "框内标题"
    inner = frame.add_table(2, 2)
    for i, text in enumerate(("甲", "乙", "1", "2")):
        inner.cell(i // 2, i % 2).text = text
    document.add_paragraph("之后")

    outer = document.add_table(1, 2)
    outer.cell(0, 0).text = "外"
    nested = outer.cell(0, 1).add_table(1, 2)
    nested.cell(0, 0).text, nested.cell(0, 1).text = "内一", "内二"
    document.add_paragraph("完")
    return document


def convert(folder: Path, extension: str) -> None:
    profile = (folder / "profile").as_uri()
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={profile}",
            "--headless",
            *("--convert-to", extension, "--outdir", str(folder)),
            *map(str, sorted(folder.glob("*.docx"))),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )


SEEDS = (2021, 2022, 2023)


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Path:
    """A folder with each document as .docx, .doc and .wps."""
    folder = tmp_path_factory.mktemp("word")
    for seed in SEEDS:
        report(seed).save(str(folder / f"{seed}.docx"))
    oddities().save(str(folder / "oddities.docx"))
    convert(folder, "doc")
    convert(folder, "wps")
    return folder


@soffice
@pytest.mark.parametrize("extension", ["doc", "wps"])
@pytest.mark.parametrize("seed", SEEDS)
def test_every_number_stands_under_its_labels(made, seed, extension):
    document = read_doc((made / f"{seed}.{extension}").read_bytes())
    read_back(document, f2021(numbers(seed)))
    assert not document.doubts


@soffice
def test_order_places_and_metadata(made):
    document = read_doc((made / "2022.doc").read_bytes())
    assert document.media_type == "application/msword"
    assert document.metadata["title"] == "某县人民政府2022年政府信息公开工作年度报告"
    assert document.metadata["author"] == "某县人民政府办公室"
    kinds = [b.text[:2] if isinstance(b, Paragraph) else "table" for b in document.blocks]
    assert kinds == [
        "某县",
        "一、",
        "全年",
        "二、",
        "table",
        "三、",
        "table",
        "四、",
        "table",
        "五、",
    ]
    assert document.blocks[2].text == "全年主动公开政府信息３２１条，收到申请45件。𠮷林路"
    assert document.blocks[2].position.path == "paragraph 3"
    second = list(document.tables())[1]
    leaf = next(cell for cell in second.cells if cell.text.startswith("1.属于国家秘密"))
    assert leaf.position.path == "table 2, row 8, column 3"


@soffice
def test_what_is_not_shown_is_not_read(made):
    document = read_doc((made / "oddities.doc").read_bytes())
    assert document.blocks[0].text == "见公开网站，共12件"
    assert [b.text for b in document.blocks[1:3]] == ["第一行", "第二行"]


@soffice
def test_tables_within_tables(made):
    document = read_doc((made / "oddities.doc").read_bytes())
    shape = [
        [[cell.text for cell in row] for row in block.rows()]
        if isinstance(block, Table)
        else block.text
        for block in document.blocks[3:]
    ]
    # A table of one cell is a frame; another keeps its cells and the inner one follows it.
    assert shape == [
        "框内标题",
        [["甲", "乙"], ["1", "2"]],
        "之后",
        [["外", ""]],
        [["内一", "内二"]],
        "完",
    ]


@soffice
@pytest.mark.parametrize(("first", "merged"), [(1, 2), (2, 1)])
def test_cells_merged_sideways_are_one_cell_whichever_bit_means_first(made, first, merged):
    # LibreOffice merges by widening a cell; Word may also keep both cells and mark them.
    data = bytearray((made / "oddities.doc").read_bytes())
    row = b"\x08\xd6"
    places = [i for i in range(len(data) - 5) if data[i : i + 2] == row and data[i + 4] == 2]
    for place in places:
        flags = place + 5 + 2 * 3
        data[flags] |= first
        data[flags + 20] |= merged
    tables = list(read_doc(bytes(data)).tables())
    assert [[cell.text for cell in table.cells] for table in tables] == [
        ["甲", "1"],
        ["外"],
        ["内一"],
    ]
    # The text of the hidden cell is not shown: one of the two is not what the writer meant.
    assert [cell.doubtful for table in tables for cell in table.cells] == [True, True, False, True]


@soffice
def test_a_locked_file_says_so(made):
    data = bytearray((made / "2022.doc").read_bytes())
    fib = data.index(b"\xec\xa5")
    data[fib + 11] |= 0x01
    with pytest.raises(Locked, match="password"):
        read_doc(bytes(data))


@soffice
def test_a_locked_docx_is_an_ole_file_and_says_so_too(made):
    data = (made / "2022.doc").read_bytes()
    name, wanted = "WordDocument".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")
    at = data.index(name)
    entry = bytearray(data)
    entry[at : at + len(wanted)] = wanted
    entry[at + 64] = len(wanted) + 2
    with pytest.raises(Locked, match="password"):
        read_doc(bytes(entry))


@soffice
def test_word_95_is_refused_by_name(made):
    data = bytearray((made / "2022.doc").read_bytes())
    fib = data.index(b"\xec\xa5")
    data[fib : fib + 4] = b"\xdc\xa5\x68\x00"
    with pytest.raises(UnknownFormat, match="Word 95"):
        read_doc(bytes(data))


@soffice
def test_a_spreadsheet_is_no_word_document(made):
    data = (made / "2022.doc").read_bytes()
    renamed = data.replace("WordDocument".encode("utf-16-le"), "WorkbookXXXX".encode("utf-16-le"))
    assert renamed != data
    with pytest.raises(UnknownFormat, match="without a Word document"):
        read_doc(renamed)


@soffice
def test_a_cut_off_file_is_damaged(made):
    data = (made / "2022.doc").read_bytes()
    for length in (0, 8, 600, len(data) // 2):
        with pytest.raises(DamagedDocument):
            read_doc(data[:length])


def test_size_is_limited():
    with pytest.raises(LimitExceeded):
        read_doc(bytes(60_000_001))


SPRMS = (b"\x08\xd6", b"\x16\x24", b"\x17\x24", b"\x49\x66", b"\x4b\x24")


@lru_cache
def weak_spots(content: bytes) -> list[int]:
    """Where the FIB, the pages of properties and the modifications about tables are."""
    fib = content.index(b"\xec\xa5")
    spots = [*range(0, 80, 8), *range(fib, fib + 900, 8), *range(480, len(content), 512)]
    return spots + [i for i in range(len(content)) if content[i : i + 2] in SPRMS]


@soffice
def test_counts_in_the_summary_and_the_header_do_not_keep_the_reader_busy(made):
    content = bytearray((made / "2022.doc").read_bytes())
    summary = content.index(bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")) + 20
    # The first property becomes a list of 2 to the power of 32 items.
    (offset,) = struct.unpack_from("<I", content, summary + 12)
    struct.pack_into("<II", content, summary + offset, 0x1003, 0xFFFFFFFF)
    document = read_or_refuse(read_doc, bytes(content), seconds=1)
    assert len(list(document.tables())) == 3
    for place in (44, 64, 72):
        content = bytearray((made / "2022.doc").read_bytes())
        struct.pack_into("<I", content, place, 0xFFFFFF)
        with pytest.raises(DamagedDocument, match="larger than itself"):
            read_doc(bytes(content))


@soffice
@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32), st.sampled_from(["2022.doc", "oddities.doc"]))
def test_broken_files_raise_only_declared_errors(made, seed, name):
    content = (made / name).read_bytes()
    read_or_refuse(read_doc, broken(content, seed, weak_spots(content)))
