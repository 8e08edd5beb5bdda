"""A Word file whose styles, fields or tracked changes show a cell otherwise gives no number that is certain."""

from __future__ import annotations

import io
from functools import lru_cache

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from reports import TITLE, as_docx, as_docx_table, table_two, tables
from shown import KEY, as_old_words, certain, certain_value, figures

from extract.document import Origin
from extract.reading import read
from extract.record import State

SPACES = (
    nsdecls("w")
    + ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    + ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    + ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
)


def run(text: str, look: str = "") -> str:
    return f"<w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r>"


def style(kind: str, properties: str, name: str = "Mark", above: str = "") -> str:
    """A style as XML: its kind, its properties, its name and what it is based on."""
    based = f'<w:basedOn w:val="{above}"/>' if above else ""
    return (
        f'<w:style {SPACES} w:type="{kind}" w:styleId="{name}"><w:name w:val="{name}"/>{based}'
        f"{properties}</w:style>"
    )


@lru_cache
def _form() -> bytes:
    """The one table in which no sum would tell, which is read in a tenth of the time of a report."""
    return as_docx_table(TITLE, table_two(figures("@@")))


def word(
    content: str, *styles: str, paragraph: str = "", row: str = "", table: str = "", cell: str = ""
) -> bytes:
    """A report with ``content`` in a cell, and properties of its paragraph, row, table and cell."""
    document = docx.Document(io.BytesIO(_form()))
    for xml in styles:
        if "docDefaults" in xml:
            usual = document.styles.element.find("{*}docDefaults")
            usual.getparent().replace(usual, parse_xml(xml))
        else:
            document.styles.element.append(parse_xml(xml))
    grid = document.tables[0]
    found = next(c for line in grid.rows for c in line.cells if c.text == "@@")._tc
    old = found.p_lst[0]
    made = f"<w:p {SPACES}><w:pPr>{paragraph}</w:pPr>{content}</w:p>"
    found.replace(old, parse_xml(made))
    if cell:
        found.get_or_add_tcPr().append(parse_xml(cell.replace("/>", f" {SPACES}/>", 1)))
    if row:
        found.getparent().get_or_add_trPr().append(parse_xml(row.replace("/>", f" {SPACES}/>", 1)))
    if table:
        grid._tbl.tblPr.insert(0, parse_xml(f'<w:tblStyle {SPACES} w:val="{table}"/>'))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


MARKED = '<w:rStyle w:val="Mark"/>'
IN_MARK = '<w:pStyle w:val="Mark"/>'
LIST = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
SMALL = '<w:sz w:val="12"/>'


def rpr(look: str) -> str:
    return f"<w:rPr>{look}</w:rPr>"


STYLED = {
    "smaller": word(run("12") + run("1", SMALL)),
    "smaller-style": word(run("12") + run("1", MARKED), style("character", rpr(SMALL))),
    "smaller-heir": word(
        run("12") + run("1", '<w:rStyle w:val="Heir"/>'),
        style("character", "", "Heir", "Mark"),
        style("character", rpr(SMALL)),
    ),
    "raised-style": word(
        run("12") + run("1", MARKED), style("character", rpr('<w:position w:val="8"/>'))
    ),
    "struck-paragraph": word(run("12"), style("paragraph", rpr("<w:strike/>")), paragraph=IN_MARK),
    "hidden-paragraph": word(run("12"), style("paragraph", rpr("<w:vanish/>")), paragraph=IN_MARK),
    "white-paragraph": word(
        run("12"), style("paragraph", rpr('<w:color w:val="FFFFFF"/>')), paragraph=IN_MARK
    ),
    "raised-paragraph": word(
        run("12"),
        style("paragraph", rpr('<w:vertAlign w:val="superscript"/>')),
        paragraph=IN_MARK,
    ),
    "paragraph-above": word(
        run("12"),
        style("paragraph", rpr("<w:strike/>")),
        style("paragraph", "", "Heir", "Mark"),
        paragraph='<w:pStyle w:val="Heir"/>',
    ),
    "list-style": word(run("12"), style("paragraph", LIST), paragraph=IN_MARK),
    "table": word(run("12"), style("table", rpr("<w:strike/>")), table="Mark"),
    "defaults": word(
        run("12"),
        f"<w:docDefaults {SPACES}><w:rPrDefault><w:rPr><w:vanish/></w:rPr></w:rPrDefault></w:docDefaults>",
    ),
}

FALLBACK = (
    '<mc:AlternateContent><mc:Choice Requires="w14">{}</mc:Choice>'
    "<mc:Fallback>{}</mc:Fallback></mc:AlternateContent>"
)
CHANGE = 'w:id="7" w:author="a" w:date="2024-01-01T00:00:00Z"'
DELETED = f"<w:del {CHANGE}><w:r><w:delText>3</w:delText></w:r></w:del>"


def field(code: str, result: str) -> str:
    def char(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    instruction = f"<w:r><w:instrText>{code}</w:instrText></w:r>"
    return char("begin") + instruction + char("separate") + run(result) + char("end")


ODD = {
    "theme-white": word(run("12", '<w:color w:val="auto" w:themeColor="background1"/>')),
    "nearly-white": word(run("12", '<w:color w:val="FEFEFE"/>')),
    "unfilled": word(run("12", "<w14:textFill><w14:noFill/></w14:textFill>")),
    "blackened": word(run("12", '<w:highlight w:val="black"/>')),
    "pressed": word(run("3", '<w:w w:val="1"/>') + run("12")),
    "on-each-other": word(run("12", '<w:spacing w:val="-200"/>')),
    "two-in-one": word(run("12", '<w:eastAsianLayout w:id="1" w:combine="1"/>')),
    "drawings": word(run("12", '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>')),
    "web-hidden": word(run("3", "<w:webHidden/>") + run("12")),
    "last-row-of-table-style": word(
        run("12"),
        style(
            "table", '<w:tblStylePr w:type="band1Horz"><w:rPr><w:strike/></w:rPr></w:tblStylePr>'
        ),
        table="Mark",
    ),
    "deleted": word(run("12") + DELETED),
    "inserted": word(run("12") + f"<w:ins {CHANGE}>{run('3')}</w:ins>"),
    "replaced": word(f"<w:ins {CHANGE}>{run('12')}</w:ins>" + DELETED),
    "moved-away": word(run("12") + f"<w:moveFrom {CHANGE}>{run('3')}</w:moveFrom>"),
    "moved-here": word(run("12") + f"<w:moveTo {CHANGE}>{run('3')}</w:moveTo>"),
    "deleted-row": word(run("12"), row=f"<w:del {CHANGE}/>"),
    "hidden-row": word(run("12"), row="<w:hidden/>"),
    "flat-row": word(run("12"), row='<w:trHeight w:val="20" w:hRule="exact"/>'),
    "deleted-cell": word(run("12"), cell=f"<w:cellDel {CHANGE}/>"),
    "turned": word(run("12"), cell='<w:textDirection w:val="tbRl"/>'),
    "symbol": word(run("12") + '<w:r><w:sym w:font="Wingdings" w:char="F081"/></w:r>'),
    "alternatives": word(FALLBACK.format(run("12"), run("13"))),
    "fraction": word(
        "<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num>"
        "<m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>"
    ),
    "turned-order": word(f'<w:bdo w:val="rtl">{run("12")}</w:bdo>'),
    "drawn-field": word(field(r"EQ \o(1,2)", "") + run("5")),
    "page-number": word(field("PAGE", "12")),
    "note-field": word(run("12") + field(r'HYPERLINK \l "note"', "1")),
    "simple-field": word(f'<w:fldSimple w:instr=" SEQ a ">{run("12")}</w:fldSimple>'),
    "bound-control": word(
        '<w:sdt><w:sdtPr><w:dataBinding w:xpath="/a" w:storeItemID="{0}"/></w:sdtPr>'
        f"<w:sdtContent>{run('12')}</w:sdtContent></w:sdt>"
    ),
}


@pytest.mark.parametrize("content", (STYLED | ODD).values(), ids=(STYLED | ODD).keys())
def test_a_word_file_that_shows_a_cell_otherwise_gives_nothing_certain(content):
    assert not certain(content)


PLAIN = {
    "sizes": word(run("12", '<w:sz w:val="21"/>') + run("3", '<w:sz w:val="24"/>')),
    "size-of-style": word(
        run("12", '<w:sz w:val="12"/>') + run("3", MARKED), style("character", rpr(SMALL))
    ),
    "small-words": word(run("123") + run("件", SMALL)),
    "sum": word(field("=SUM(LEFT)", "123")),
    "link": word(field('HYPERLINK "http://example.org"', "123")),
    "filled": word(
        run(
            "123",
            '<w14:textFill><w14:solidFill><w14:schemeClr w14:val="tx1"/></w14:solidFill></w14:textFill>',
        )
    ),
    "rows": word(run("123"), row='<w:trHeight w:val="400" w:hRule="exact"/>'),
    "direction": word(run("123"), cell='<w:textDirection w:val="lrTb"/>'),
    "head-of-table-style": word(
        run("123"),
        style(
            "table",
            '<w:tblStylePr w:type="firstRow"><w:rPr><w:color w:val="FFFFFF"/></w:rPr></w:tblStylePr>',
        ),
        table="Mark",
    ),
    "dark-row-of-table-style": word(
        run("123"),
        style(
            "table",
            '<w:tblStylePr w:type="lastRow"><w:rPr><w:color w:val="FFFFFF"/></w:rPr>'
            '<w:tcPr><w:shd w:val="clear" w:fill="4472C4"/></w:tcPr></w:tblStylePr>',
        ),
        table="Mark",
    ),
    "other-style": word(run("123"), style("paragraph", rpr("<w:strike/>"))),
    "break-that-is-not-there": word(
        "<w:r><w:t>12</w:t><w:lastRenderedPageBreak/><w:softHyphen/><w:t>3</w:t></w:r>"
    ),
}


@pytest.mark.parametrize("content", PLAIN.values(), ids=PLAIN.keys())
def test_what_looks_like_any_number_raises_no_doubt(content):
    assert certain_value(content) == 123


def test_a_hyphen_that_keeps_a_line_together_is_shown():
    content = word("<w:r><w:t>12</w:t><w:noBreakHyphen/><w:t>3</w:t></w:r>")
    cell = next(cell for cell in read(content, Origin()).cells if cell.key == KEY)
    assert (cell.raw, cell.state) == ("12-3", State.TEXT)


def sentence(number: str, *styles: str) -> bytes:
    """A report that tells the number of its applications in runs."""
    document = docx.Document(io.BytesIO(as_docx(tables(figures("12")))))
    for xml in styles:
        document.styles.element.append(parse_xml(xml))
    told = next(p for p in document.paragraphs if p.text.startswith("全年"))
    told._p.append(parse_xml(f"<w:p {SPACES}>{run('全年共收到政府信息公开申请')}</w:p>")[0])
    for part in list(parse_xml(f"<w:p {SPACES}>{number}{run('件。')}</w:p>")):
        told._p.append(part)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


TOLD = {
    "sentence": (sentence(run("12") + run("15")), [1215]),
    "sentence-struck": (sentence(run("12", "<w:strike/>") + run("15")), [15]),
    "sentence-style": (
        sentence(run("12", MARKED) + run("15"), style("character", rpr("<w:dstrike/>"))),
        [15],
    ),
    "sentence-struck-whole": (
        sentence(run("12件。全年共收到政府信息公开申请13", "<w:strike/>") + run("15")),
        [15],
    ),
    "sentence-struck-words": (sentence(run("12件、", "<w:strike/>") + run("15")), [15]),
    "sentence-hidden": (sentence(run("12", "<w:vanish/>") + run("15")), [15]),
    "sentence-note": (sentence(run("15") + run("1", '<w:vertAlign w:val="superscript"/>')), []),
}


def test_a_cell_that_is_crossed_out_is_not_certain():
    crossed = '<w:tcBorders><w:tl2br w:val="single"/></w:tcBorders>'
    document = docx.Document(io.BytesIO(word(run("12"))))
    found = next(c for r in document.tables[0].rows for c in r.cells if c.text == "12")
    found._tc.get_or_add_tcPr().append(parse_xml(crossed.replace(">", f" {SPACES}>", 1)))
    out = io.BytesIO()
    document.save(out)
    assert certain(word(run("12")))
    assert not certain(out.getvalue())


def test_white_letters_on_a_dark_ground_are_the_title_of_a_report():
    document = docx.Document(io.BytesIO(as_docx(tables(figures("12")))))
    for letters in document.paragraphs[0].runs:
        look = '<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="003366"/>'
        letters._r.insert(0, parse_xml(f"<w:rPr {SPACES}>{look}</w:rPr>"))
    out = io.BytesIO()
    document.save(out)
    record = read(out.getvalue(), Origin())
    assert (record.title, record.year) == (TITLE, 2024)


def stated(content: bytes) -> list[object]:
    return [s.value for s in read(content, Origin()).narrative if s.fact == "received"]


@pytest.mark.parametrize(("content", "values"), TOLD.values(), ids=TOLD.keys())
def test_what_a_sentence_shows_otherwise_is_no_number_of_it(content, values):
    assert stated(content) == values


@pytest.mark.parametrize("name", TOLD)
def test_what_a_sentence_of_word_97_shows_otherwise_is_no_number_of_it(name, old_words):
    assert stated(old_words[name]) == TOLD[name][1]


@pytest.fixture(scope="module")
def old_words(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The Word files as Word 97 files, by name."""
    told = {name: content for name, (content, _) in TOLD.items()}
    return as_old_words(STYLED | ODD | PLAIN | told, tmp_path_factory.mktemp("doc"))


LOST = {
    "defaults",
    "theme-white",
    "unfilled",
    "drawn-field",
    "alternatives",
    "turned-order",
    "deleted-row",
    "hidden-row",
    "deleted-cell",
    "bound-control",
}
"""What LibreOffice does not write, or the format does not know."""


@pytest.mark.parametrize("name", [name for name in STYLED | ODD if name not in LOST])
def test_a_word_97_file_that_shows_a_cell_otherwise_gives_nothing_certain(name, old_words):
    assert not certain(old_words[name])


@pytest.mark.parametrize("name", PLAIN)
def test_what_looks_like_any_number_in_word_97_raises_no_doubt(name, old_words):
    assert certain_value(old_words[name]) == 123
