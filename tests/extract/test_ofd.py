"""OFD files written by the standard: what stands on the page is what is read."""

from __future__ import annotations

import random

import pytest
from form_layout import f2021, read_back
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import broken, read_or_refuse
from ofd_writer import STANDARD, Layout, Page, Style, rewritten, write

from extract.document import Paragraph
from extract.errors import DamagedDocument, LimitExceeded
from extract.forms.dictionary import F2021_KEYS
from extract.readers.ofd import read_ofd

styles = st.builds(
    Style,
    offsets=st.sampled_from(["runs", "numbers", "single"]),
    lines=st.sampled_from(["strokes", "bars", "frames"]),
    scale=st.sampled_from([1.0, 0.3528, 2.5]),
    blocks=st.integers(0, 3),
    namespace=st.sampled_from([STANDARD, "http://www.ofdspec.org"]),
    template=st.booleans(),
    absolute=st.booleans(),
)


def numbers(seed: int) -> dict[str, str]:
    chosen = random.Random(seed).sample(range(10_000), len(F2021_KEYS))
    return {key: str(value) for key, value in zip(F2021_KEYS, chosen, strict=True)}


def report(style: Style, seed: int, bottom: float = 275.0) -> bytes:
    layout = Layout(style, bottom)
    layout.paragraph("某县人民政府2024年政府信息公开工作年度报告", 5.6)
    for table in f2021(numbers(seed)):
        layout.paragraph(table.heading)
        layout.table(table)
    layout.paragraph("五、存在的主要问题及改进情况")
    return write(layout.pages, "某县人民政府2024年政府信息公开工作年度报告")


@settings(max_examples=20)
@given(styles, st.integers(0, 1000), st.sampled_from([275.0, 235.0, 180.0]))
def test_every_number_stands_under_its_labels_however_it_is_written(style, seed, bottom):
    document = read_ofd(report(style, seed, bottom))
    read_back(document, f2021(numbers(seed)), page_breaks=True)
    assert not document.doubts


def test_order_places_and_metadata():
    document = read_ofd(report(Style(), 7))
    assert document.media_type == "application/ofd"
    assert document.pages == 2
    assert document.metadata["title"] == "某县人民政府2024年政府信息公开工作年度报告"
    headings = [block.text for block in document.blocks if isinstance(block, Paragraph)]
    assert [text[:2] for text in headings] == ["某县", "二、", "三、", "四、", "五、"]
    # The title starts 25 mm from the left; its baseline is 30 mm from the top.
    place = document.blocks[0].position
    assert place.page == 1
    assert place.bbox is not None
    x0, top, _, bottom = place.bbox
    assert abs(x0 - 25 / 25.4 * 72) < 0.5
    assert top < 30 / 25.4 * 72 < bottom


def drawn(style: Style, *codes: str, size: float = 4.0, attributes: str = "") -> bytes:
    """A page with one text object at 50, 50 mm with these text codes."""
    page = Page(style)
    page.texts.append(
        f'<ofd:TextObject ID="1" Boundary="50 50 80 20" Font="3" Size="{size}"{attributes}>'
        + "".join(codes)
        + "</ofd:TextObject>"
    )
    return write([page])


def test_offsets_in_runs_and_codes_that_take_the_place_of_the_one_before():
    document = read_ofd(
        drawn(
            Style(),
            '<ofd:TextCode X="0" Y="5" DeltaX="4 g 2 2 4">共12件</ofd:TextCode>',
            '<ofd:TextCode Y="12" DeltaX="4 4">第二行</ofd:TextCode>',
        )
    )
    assert document.text().replace("\n", "") == "共12件第二行"


def test_text_without_offsets_is_read_in_order_and_is_doubtful():
    page = Page(Style())
    for x in (20, 60, 100):
        page.line(x, 20, x, 40)
    for y in (20, 30, 40):
        page.line(20, y, 100, y)
    page.text(22, 27, "甲")
    page.text(62, 27, "乙")
    page.texts.append(
        '<ofd:TextObject ID="1" Boundary="22 32 30 6" Font="3" Size="3">'
        '<ofd:TextCode X="0" Y="4">1101</ofd:TextCode></ofd:TextObject>'
    )
    page.text(62, 37, "5")
    (table,) = read_ofd(write([page])).tables()
    assert [[(c.text, c.doubtful) for c in row] for row in table.rows()] == [
        [("甲", False), ("乙", False)],
        [("1101", True), ("5", False)],
    ]


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        (' CTM="0 1 -1 0 40 0"', '<ofd:TextCode X="0" Y="5" DeltaX="4 4">转过来</ofd:TextCode>'),
        (' CharDirection="90"', '<ofd:TextCode X="5" Y="0" DeltaY="4 4">转过来</ofd:TextCode>'),
    ],
)
def test_text_turned_on_its_side(attributes, code):
    assert read_ofd(drawn(Style(), code, attributes=attributes)).text() == "转过来"


def test_a_column_of_upright_characters_reads_downwards():
    code = '<ofd:TextCode X="0" Y="5" DeltaY="g 2 4.5">从上下</ofd:TextCode>'
    assert read_ofd(drawn(Style(), code)).text().replace("\n", "") == "从上下"


def test_slanted_text_is_left_out_and_said():
    page = Page(Style())
    page.text(25, 40, "正文")
    page.texts.append(
        '<ofd:TextObject ID="1" Boundary="20 20 90 90" Font="3" Size="9" '
        'CTM="0.7071 -0.7071 0.7071 0.7071 0 40">'
        '<ofd:TextCode X="0" Y="9" DeltaX="9">水印</ofd:TextCode></ofd:TextObject>'
    )
    document = read_ofd(write([page]))
    assert document.text() == "正文"
    assert any("slanted" in doubt for doubt in document.doubts)


def test_what_is_not_visible_is_not_read():
    page = Page(Style())
    page.text(25, 40, "看得见")
    page.text(25, 60, "看不见")
    page.texts[1] = page.texts[1].replace("<ofd:TextObject", '<ofd:TextObject Visible="false"')
    assert read_ofd(write([page])).text() == "看得见"


def test_a_page_of_pictures_is_a_doubt():
    page = Page(Style(), pictures=1)
    document = read_ofd(write([page]))
    assert document.blocks == ()
    assert document.doubts == (
        "The document is a scan, its page is a picture; text in pictures is not read.",
    )


@pytest.mark.parametrize("spoil", ["private", "unseen"])
def test_characters_nobody_can_be_sure_of_make_the_cell_doubtful(spoil):
    page = Page(Style())
    for x in (20, 60, 100):
        page.line(x, 20, x, 30)
    page.line(20, 20, 100, 20)
    page.line(20, 30, 100, 30)
    page.text(22, 27, "\ue123" if spoil == "private" else "12")
    page.text(62, 27, "5")
    if spoil == "unseen":
        page.texts[0] = page.texts[0].replace(
            "<ofd:TextCode", '<ofd:FillColor Value="0 0 0" Alpha="0"/><ofd:TextCode', 1
        )
    (table,) = read_ofd(write([page])).tables()
    assert [cell.doubtful for cell in table.cells] == [True, False]


@pytest.mark.parametrize(
    "name", ["OFD.xml", "Doc_0/Document.xml", "Doc_0/Pages/Page_1/Content.xml"]
)
def test_a_file_that_is_missing_or_cut_off_is_damage(name):
    data = report(Style(), 1)
    with pytest.raises(DamagedDocument):
        read_ofd(rewritten(data, lambda n, content: None if n == name else content))
    with pytest.raises(DamagedDocument):
        read_ofd(rewritten(data, lambda n, content: content[:-40] if n == name else content))


def test_a_missing_template_is_a_doubt():
    data = report(Style(template=True), 1)
    bare = rewritten(data, lambda name, content: None if "Tpls" in name else content)
    assert "page 1: its template is missing" in read_ofd(bare).doubts


def test_entities_and_document_types_are_refused():
    bomb = (
        '<!DOCTYPE a [<!ENTITY b "'
        + "x" * 1000
        + '">'
        + "".join(f'<!ENTITY {chr(c + 1)} "{f"&{chr(c)};" * 20}">' for c in range(98, 106))
        + "]>"
    ).encode()
    data = rewritten(
        report(Style(), 1),
        lambda name, content: (
            content.replace(b"?>", b"?>" + bomb, 1).replace("二、".encode(), b"&j;")
            if name.endswith("Page_0/Content.xml")
            else content
        ),
    )
    with pytest.raises(DamagedDocument):
        read_ofd(data)


@pytest.mark.parametrize(
    "code",
    [
        '<ofd:TextCode X="nan" Y="5">甲</ofd:TextCode>',
        '<ofd:TextCode X="1e400" Y="5">甲</ofd:TextCode>',
        '<ofd:TextCode X="0" Y="5" DeltaX="g -4 4">甲乙丙</ofd:TextCode>',
        '<ofd:TextCode X="0" Y="5" DeltaX="g 4">甲乙丙</ofd:TextCode>',
        '<ofd:TextCode X="0" Y="5" DeltaX="four">甲乙丙</ofd:TextCode>',
    ],
)
def test_impossible_places_are_damage(code):
    with pytest.raises(DamagedDocument):
        read_ofd(drawn(Style(), code))


def test_a_run_of_a_million_offsets_costs_nothing():
    code = '<ofd:TextCode X="0" Y="5" DeltaX="g 999999 4">甲乙</ofd:TextCode>'
    read_or_refuse(read_ofd, drawn(Style(), code), seconds=0.5)


def test_pages_are_limited():
    page = Page(Style())
    with pytest.raises(LimitExceeded):
        read_ofd(write([page] * 601))


@settings(max_examples=150)
@given(st.integers(0, 2**32))
def test_broken_packages_and_broken_pages_raise_only_declared_errors(seed):
    good = report(Style(template=seed % 2 == 0), 1)
    read_or_refuse(read_ofd, broken(good, seed))
    content = rewritten(
        good, lambda name, content: broken(content, seed) if name.endswith("xml") else content
    )
    read_or_refuse(read_ofd, content)


@settings(max_examples=150)
@given(st.integers(0, 2**32))
def test_values_nobody_would_write_raise_only_declared_errors(seed):
    chance = random.Random(seed)
    values = ["", "-1", "0", "1e6", "1e999", "nan", "g", "g 9", "1 2", "0 0 0 0 0 0", "C", "../.."]

    def spoil(name: str, content: bytes) -> bytes:
        parts = content.decode().split('"')
        for _ in range(3):
            index = chance.randrange(1, max(len(parts) - 1, 2))
            if index % 2 and index < len(parts) and not parts[index].startswith("http"):
                parts[index] = chance.choice(values)
        return '"'.join(parts).encode()

    read_or_refuse(read_ofd, rewritten(report(Style(), 1), spoil))
