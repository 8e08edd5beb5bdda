"""Text of an OFD page that is covered, colourless or annotated gives no number that is certain."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import pytest
from form_layout import f2021
from ofd_writer import Layout, Style, rewritten, write
from shown import KEY, certain, figures, plain

from extract.document import Origin
from extract.reading import read

TITLE = "某县人民政府2024年政府信息公开工作年度报告"
SHOWN = "8675"
PAGE = "Doc_0/Pages/Page_0/Content.xml"


@lru_cache
def report() -> bytes:
    layout = Layout(Style())
    layout.paragraph(TITLE, 5.6)
    for table in f2021(figures(SHOWN)):
        layout.paragraph(table.heading)
        layout.table(table)
    return write(layout.pages, TITLE)


@lru_cache
def found() -> tuple[str, float, float]:
    """The object of the number, and where its boundary begins, in mm."""
    pages: dict[str, str] = {}
    rewritten(report(), lambda name, content: pages.setdefault(name, content.decode()).encode())
    objects = re.findall(r"<ofd:TextObject.*?</ofd:TextObject>", pages[PAGE])
    text = next(text for text in objects if f">{SHOWN}<" in text)
    x, y = re.findall(r'Boundary="(\S+) (\S+)', text)[0]
    return text, float(x), float(y)


def with_page(
    new: str,
    *,
    layer: str = "",
    added: dict[str, str] | None = None,
    resources: str = "",
    **names: str,
) -> bytes:
    """The report with ``new`` for the object of the number, attributes of its layer, and other files.

    ``names`` are the elements of the document that name files: annotations, a template.
    """
    old = found()[0]

    def change(name: str, content: bytes) -> bytes:
        text = content.decode()
        if name == PAGE:
            text = text.replace(old, new).replace("<ofd:Layer>", f"<ofd:Layer{layer}>")
            if "template" in names:
                text = text.replace("</ofd:Area>", f"</ofd:Area>{names['template']}")
        elif name == "Doc_0/Document.xml":
            common, after = names.get("common", ""), names.get("after", "")
            text = text.replace("</ofd:CommonData>", f"{common}</ofd:CommonData>")
            text = text.replace("</ofd:Pages>", f"</ofd:Pages>{after}")
        elif name == "Doc_0/DocumentRes.xml":
            text = text.replace("</ofd:Res>", f"{resources}</ofd:Res>")
        return text.encode()

    return rewritten(report(), change, added)


def number(attributes: str = "", inside: str = "", text: str = SHOWN) -> str:
    """The object of the number with more attributes, and elements before its text."""
    changed = found()[0].replace("<ofd:TextObject", f"<ofd:TextObject{attributes}")
    return changed.replace("<ofd:TextCode", f"{inside}<ofd:TextCode", 1).replace(SHOWN, text)


def fill(value: str, more: str = "") -> str:
    return f'<ofd:FillColor Value="{value}"{more}/>'


def box(inside: str, attributes: str = "", *, dx: float = -1.0, width: float = 9.0) -> str:
    """A filled rectangle over the number."""
    _, x, y = found()
    return (
        f'<ofd:PathObject ID="7" Boundary="{x + dx:g} {y - 1:g} {width:g} 6" Stroke="false"'
        f' Fill="true"{attributes}>{inside}<ofd:AbbreviatedData>M 0 0 L {width:g} 0 L {width:g} 6'
        " L 0 6 C</ofd:AbbreviatedData></ofd:PathObject>"
    )


def line(down: float) -> str:
    """A line so many millimetres below the upper edge of the number."""
    _, x, y = found()
    return (
        f'<ofd:PathObject ID="7" Boundary="{x:g} {y + down:g} 7 0"><ofd:AbbreviatedData>M 0 0 L 7 0'
        "</ofd:AbbreviatedData></ofd:PathObject>"
    )


def picture() -> str:
    _, x, y = found()
    return f'<ofd:ImageObject ID="8" Boundary="{x - 1:g} {y - 1:g} 9 6" ResourceID="99"/>'


def parameter(inside: str, more: str = "", identifier: str = "50") -> str:
    return f'<ofd:DrawParams><ofd:DrawParam ID="{identifier}"{more}>{inside}</ofd:DrawParam></ofd:DrawParams>'


def annotated(content: str, attributes: str = ' Type="Path"') -> bytes:
    """The report with an annotation whose objects stand where those of the page would."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    return with_page(
        number(),
        after="<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>",
        added={
            "Doc_0/Annots/Annotations.xml": f'<ofd:Annotations {space}><ofd:Page PageID="0">'
            "<ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>",
            "Doc_0/Annots/Page_0/Annotation.xml": f'<ofd:PageAnnot {space}><ofd:Annot ID="3"{attributes}>'
            f'<ofd:Appearance Boundary="0 0 210 297">{content}</ofd:Appearance></ofd:Annot></ofd:PageAnnot>',
        },
    )


def templated(content: str, order: str) -> bytes:
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    return with_page(
        number(),
        template=f'<ofd:Template TemplateID="40" ZOrder="{order}"/>',
        common='<ofd:TemplatePage ID="40" BaseLoc="Tpls/9/Content.xml"/>',
        added={
            "Doc_0/Tpls/9/Content.xml": f"<ofd:Page {space}><ofd:Content><ofd:Layer>{content}"
            "</ofd:Layer></ofd:Content></ofd:Page>"
        },
    )


WHITE = fill("255 255 255")
ODD = {
    "not-filled": with_page(number(' Fill="false"')),
    "transparent": with_page(number(' Alpha="0"')),
    "sheer": with_page(number(inside=fill("0 0 0", ' Alpha="20"'))),
    "white": with_page(number(inside=WHITE)),
    "nearly-white": with_page(number(inside=fill("250 250 250"))),
    "white-grey": with_page(number(inside=fill("255"))),
    "white-hexadecimal": with_page(number(inside=fill("#FF #FF #FF"))),
    "no-ink": with_page(number(inside=fill("0 0 0 0"))),
    "white-outline": with_page(
        number(' Fill="false" Stroke="true"', '<ofd:StrokeColor Value="255 255 255"/>')
    ),
    "white-by-parameter": with_page(number(' DrawParam="50"'), resources=parameter(WHITE)),
    "white-by-inheritance": with_page(
        number(' DrawParam="51"'),
        resources=parameter(WHITE) + parameter("", ' Relative="50"', "51"),
    ),
    "white-by-layer": with_page(number(), layer=' DrawParam="50"', resources=parameter(WHITE)),
    "pattern": with_page(number(inside="<ofd:FillColor><ofd:Pattern/></ofd:FillColor>")),
    "covered": with_page(number() + box(WHITE)),
    "part-covered": with_page(number() + box(WHITE, dx=-2, width=2.5)),
    "blackened": with_page(number() + box(fill("0 0 0"))),
    "black-on-black": with_page(box(fill("0 0 0")) + number()),
    "white-on-black-and-white": with_page(box(fill("0 0 0")) + box(WHITE) + number(inside=WHITE)),
    "under-a-picture": with_page(number() + picture()),
    "covered-by-a-template": templated(box(WHITE), "Foreground"),
    "under-the-page": templated(number(text="8615"), "Background"),
    "printed-over": with_page(number() + number(text="8615")),
    "tiny": with_page(re.sub(r' Size="[\d.]+"', ' Size="0.9"', number())),
    "pressed": with_page(number(' HScale="0.01"')),
    "cut-off": with_page(re.sub(r'Boundary="(\S+ \S+) \S+', r'Boundary="\1 0', number())),
    "note": annotated(box(WHITE)),
    "struck-by-a-note": annotated(line(1.8)),
    "stamp": annotated(picture(), ' Type="Stamp"'),
    "corrected": annotated(number(text="8615"), ' Type="FreeText"'),
}


@pytest.mark.parametrize("content", ODD.values(), ids=ODD.keys())
def test_an_ofd_page_that_shows_a_number_otherwise_gives_nothing_certain(content):
    assert not certain(content)


PLAIN = {
    "as-it-is": with_page(number()),
    "black": with_page(number(inside=fill("0 0 0", ' Alpha="255"'))),
    "red": with_page(number(inside=fill("200 0 0"))),
    "black-of-four": with_page(number(inside=fill("0 0 0 255"))),
    "outlined": with_page(number(' Fill="false" Stroke="true"')),
    "shaded": with_page(box(fill("230 240 230")) + number()),
    "white-on-blue": with_page(box(fill("20 40 120")) + number(inside=WHITE)),
    "over-a-picture": with_page(picture() + number()),
    "beside": with_page(number() + box(WHITE, dx=9)),
    "glass": with_page(number() + box(fill("255 255 0", ' Alpha="60"'))),
    "unfilled-box": with_page(number() + box("", ' LineWidth="0.1"')),
    "behind": templated(box(WHITE), "Background"),
    "invisible-note": annotated(box(WHITE), ' Type="Path" Visible="false"'),
    "link": annotated(box(WHITE), ' Type="Link"'),
    "underlined-by-a-note": annotated(line(3.2)),
    "note-elsewhere": annotated(box(WHITE, dx=12)),
    "black-by-parameter": with_page(
        number(' DrawParam="50"', fill("0 0 0")), resources=parameter(WHITE)
    ),
    "parameter-of-itself": with_page(
        number(' DrawParam="50"'), resources=parameter("", ' Relative="50"')
    ),
}


@pytest.mark.parametrize("content", PLAIN.values(), ids=PLAIN.keys())
def test_what_is_seen_in_ofd_raises_no_doubt(content):
    assert plain(content) == int(SHOWN)


def test_a_note_in_an_empty_cell_is_no_empty_cell():
    content = annotated(number(text="5"), ' Type="FreeText"')
    empty = rewritten(
        content, lambda name, data: data.replace(found()[0].encode(), b"") if name == PAGE else data
    )
    assert KEY in read(empty, Origin()).parse.suspect_cells


def told(over: Callable[[float, float], str] = lambda x, y: "", look: str = "") -> list[object]:
    """The requests received that the sentence of a page states, of which the digits 12 come first.

    ``over`` draws on the place of those digits in mm, ``look`` is an element of their object.
    """
    layout = Layout(Style())
    layout.paragraph(TITLE, 5.6)
    layout.paragraph("一、总体情况")
    layout.paragraph("全年共收到政府信息公开申请")
    page = layout.pages[-1]
    page.texts.pop()
    y = layout.y
    page.text(25, y, "全年共收到政府信息公开申请", 4)
    page.text(77, y, "12", 4)
    page.texts[-1] = page.texts[-1].replace("<ofd:TextCode", f"{look}<ofd:TextCode")
    page.text(81, y, "15件。", 4)
    page.texts.append(over(77, y))
    for table in f2021(figures(SHOWN)):
        layout.paragraph(table.heading)
        layout.table(table)
    record = read(write(layout.pages, TITLE), Origin())
    assert record.year == 2024
    return [s.value for s in record.narrative if s.fact == "received"]


def drawn(x: float, y: float, width: float, height: float, more: str = "") -> str:
    data = (
        f"M 0 0 L {width} 0 L {width} {height} L 0 {height} C" if height else f"M 0 0 L {width} 0"
    )
    return (
        f'<ofd:PathObject ID="7" Boundary="{x} {y} {width} {height}"{more}>'
        f"<ofd:FillColor Value='255 255 255'/><ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def test_a_digit_of_a_sentence_that_is_not_seen_is_no_part_of_its_number():
    assert told() == [1215]
    assert told(look=WHITE) == [15]
    assert told(lambda x, y: drawn(x, y - 1.4, 4, 0)) == [15]
    assert told(lambda x, y: drawn(x, y + 0.4, 4, 0)) == [1215]
    assert told(lambda x, y: drawn(x, y - 4, 4, 5, ' Stroke="false" Fill="true"')) == [15]
