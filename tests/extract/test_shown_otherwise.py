"""Text of a cell that the page or the file shows otherwise is never a number that is certain."""

from __future__ import annotations

import io

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from reports import Span, as_docx, as_html, balanced, tables
from shown import KEY, as_old_words, certain, figures

from extract.document import Origin
from extract.reading import read
from extract.record import Status


def page(shown: str, sheet: str = "") -> bytes:
    """A report with ``shown`` as the markup of one cell and a style sheet."""
    text = as_html(tables(figures("@@"))).decode().replace("@@", shown)
    return text.replace("</head>", f"<style>{sheet}</style></head>").encode()


STYLES = {
    "struck": '<span style="text-decoration: line-through">12</span>15',
    "struck-underlined": '<span style="text-decoration-line:underline line-through">12</span>15',
    "raised": '12<span style="vertical-align: super">1</span>',
    "raised-by-points": '12<span style="vertical-align:3.0pt">1</span>',
    "raised-by-word": '12<span style="position:relative;top:-3.0pt;mso-text-raise:3.0pt">1</span>',
    "invisible": '<span style="visibility:hidden">3</span>15',
    "transparent": '<span style="opacity:0">3</span>15',
    "no-size": '<span style="font-size:0px">3</span>15',
    "white": '<span style="color: #FFF">3</span>15',
    "white-font": "<font color=white>3</font>15",
    "white-words": '<span style="color:rgb(255, 255, 255)">3</span>15',
    "off-the-page": '<span style="position:absolute;left:-9999px">3</span>15',
    "small": "12<small>1</small>",
    "link-to-note": '12<a href="#note1">1</a>',
    "ruby": "<ruby>12<rt>1</rt></ruby>",
    "turned": "<bdo dir=rtl>12</bdo>",
    "override": "&#8238;12",
    "smaller": '12<span style="font-size:6pt">1</span>',
    "smaller-part": '12<span style="font-size:60%">1</span>',
    "smaller-of-two": '<span style="font-size:16px">12</span><i style="font:bold 9px Arial">1</i>',
    "smaller-word": '12<span style="font-size:x-small">1</span>',
    "smaller-font": "<font size=4>12</font><font size=1>1</font>",
    "larger": "1<big>2</big>",
    "shrunk": '<span style="transform:scale(0)">3</span>15',
    "upside-down": '<span style="display:block;transform:rotate(180deg)">6</span>',
    "clipped": '<span style="clip-path:inset(100%)">3</span>15',
    "nearly-white": '<span style="color:#fefefe">3</span>15',
    "white-fill": '<span style="-webkit-text-fill-color:transparent">3</span>15',
    "blackened": '<span style="background:#000;color:#000">3</span>15',
    "on-each-other": '<span style="letter-spacing:-1em">315</span>',
    "reversed": '<p style="display:flex;flex-direction:row-reverse"><b>1</b><i>2</i></p>',
    "fraction": "<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>",
    "list": "<ol><li>15</ol>",
    "meter": "<meter value=3>12</meter>",
    "script": "<script>document.write(12)</script>5",
}


@pytest.mark.parametrize("shown", STYLES.values(), ids=STYLES.keys())
def test_a_page_that_shows_a_cell_otherwise_is_not_certain(shown: str) -> None:
    assert not certain(page(shown))


SHEETS = {
    "hidden": ".o{display:none}",
    "hidden-on-screens": "@media screen { table td .o , .p { color:red; Display : None } }",
    "struck": "/* .o{} */ span.o{text-decoration:line-through}",
    "raised": "td > .o{vertical-align:super;font-size:8px}",
    "white": ".o{color:white}",
    "apart": ".o{position:absolute;clip:rect(0,0,0,0)}",
    "smaller": ".o{font-size:6px}",
    "added": '.o::before{content:"1"}',
}


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS.keys())
def test_a_style_sheet_in_the_page_is_heeded(sheet: str) -> None:
    assert not certain(page("<span class=o>3</span>15", sheet))


def test_a_row_that_a_style_sheet_hides_is_not_certain() -> None:
    text = page("15", ".old{display:none}").decode()
    row = text.rfind("<tr>", 0, text.index(">15<"))
    assert not certain((text[:row] + "<tr class=old>" + text[row + 4 :]).encode())


def test_a_subtotal_that_is_shown_otherwise_accuses_nobody() -> None:
    def findings(subtotal: str) -> list[str]:
        drawn = tables(balanced([4] * 200))
        rows = drawn[1].rows
        start = next(i for i, row in enumerate(rows) if "查询事项" in row[0].text)
        rows.insert(start + 1, [Span("小计"), Span(subtotal), *[Span("32")] * 5, Span("192")])
        for cell in (cell for row in rows for cell in row):
            cell.rows += cell.text in ("三、本年度办理结果", "（三）不予公开")
        record = read(as_html(drawn), Origin())
        assert record.parse.status is Status.OK
        return [found.rule for found in record.findings if found.rule.startswith("T3")]

    assert findings("31") == ["T3-05"]
    assert findings('<span style="text-decoration:line-through">31</span>32') == []


TABLES = {
    "struck": ("<table style='text-decoration:line-through'>", ""),
    "struck-by-sheet": ("<table class=o>", ".o{text-decoration:line-through}"),
    "struck-body": ("<table><tbody style='text-decoration:line-through'>", ""),
    "around-invisible": ("<div style='visibility:hidden'><table>", ""),
    "around-transparent": ("<div style='opacity:0;color:red'><table>", ""),
    "around-off-the-page": ("<div style='position:absolute; left:-9999px'><table>", ""),
    "around-without-height": ("<div style='height:0;overflow:hidden'><table>", ""),
    "around-without-size": ("<div style='font-size:0'><table>", ""),
}


@pytest.mark.parametrize(("table", "sheet"), TABLES.values(), ids=TABLES.keys())
def test_a_table_that_is_struck_out_or_not_seen_gives_nothing_certain(
    table: str, sheet: str
) -> None:
    text = page("15", sheet).decode()
    assert not certain(text.replace("<table border=1>", table, 1).encode())


@pytest.mark.parametrize("tag", ["tr", "td"])
def test_white_on_white_is_not_certain(tag: str) -> None:
    text = page("15").decode()
    at = text.rfind(f"<{tag}", 0, text.index(">15<") + 1)
    white = f"{text[:at]}<{tag} style='color:#fff'{text[at + 1 + len(tag) :]}"
    assert not certain(white.encode())
    dark = white.replace("color:#fff", "color:#fff;background:#036")
    assert certain(dark.encode())


@pytest.mark.parametrize(
    "around",
    [
        "<div style='height:auto;overflow:hidden;opacity:1'>",
        "<div style='color:#fff;text-indent:-21pt;left:-10px'>",
        "<div style='min-height:0;line-height:0;font-size:0.9em'>",
    ],
)
def test_what_stands_around_a_table_raises_no_doubt(around: str) -> None:
    text = page("15").decode()
    assert certain(text.replace("<table border=1>", f"{around}<table>", 1).encode())


@pytest.mark.parametrize(
    ("shown", "sheet"),
    [
        ('<span style="color:#333;font-size:10pt;background-color:#fff">15</span>', ""),
        ('<span style="position:relative;top:1.0pt;mso-text-raise:-1.0pt">15</span>', ""),
        ('<p style="text-align:center;vertical-align:middle;opacity:1">15</p>', ""),
        ("<span class=o>15</span>", ".o:hover{color:#fff} .o:after{content:''; visibility:hidden}"),
        ("<span class=o>15</span>", ".menu li{display:none} .p{visibility:hidden}"),
        ('<span style="color:#fff7e6">15</span>', ""),
        ('<span style="font-size:9px">15</span>', ""),
        ('<span style="font-size:10.5pt">1</span><span style="font-size:14px">5</span>', ""),
        ('<p style="font-size:9pt">15<span style="font-size:6pt">件</span></p>', ""),
        ('<span style="font-size:1em">1</span>5<span style="font-size:22px"></span>', ""),
        ('1<span style="font-size:24px">5</span>', ""),
        ('<span style="letter-spacing:-.3pt;transform:none">15</span>', ""),
    ],
    ids=[
        "looks",
        "moved-whole",
        "aligned",
        "hover",
        "others",
        "colour",
        "small-whole",
        "nearly-as-large",
        "small-words",
        "as-large",
        "page-of-unknown-size",
        "narrow",
    ],
)
def test_other_styles_raise_no_doubt(shown: str, sheet: str) -> None:
    record = read(page(shown, sheet), Origin())
    assert (record.parse.status, record.values()[KEY]) == (Status.OK, 15)


def word(first: str, second: str, *, style: str = "", paragraph: str = "") -> bytes:
    """A Word report with a cell of two runs, 12 and 3, each with its properties as XML.

    ``style`` are the properties of a character style ``Mark``, which has an heir ``Heir``.
    """
    document = docx.Document(io.BytesIO(as_docx(tables(figures("@@")))))
    if style:
        named = '<w:style %s w:type="character" w:styleId="{0}"><w:name w:val="{0}"/>'
        mark = f"{named.format('Mark')}<w:rPr>{style}</w:rPr></w:style>"
        heir = f'{named.format("Heir")}<w:basedOn w:val="Mark"/></w:style>'
        for xml in (heir, mark):
            document.styles.element.append(parse_xml(xml % nsdecls("w")))
    cells = (cell for row in document.tables[0].rows for cell in row.cells)
    target = next(cell for cell in cells if cell.text == "@@").paragraphs[0]._p
    for run in target.r_lst:
        target.remove(run)
    runs = "".join(
        f"<w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r>"
        for look, text in ((first, "12"), (second, "3"))
    )
    made = parse_xml(f"<w:p {nsdecls('w')}><w:pPr>{paragraph}</w:pPr>{runs}</w:p>")
    target.getparent().replace(target, made)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


RUNS = {
    "struck": word("<w:strike/>", ""),
    "struck-twice": word("<w:dstrike/>", ""),
    "hidden": word("", "<w:vanish/>"),
    "raised": word("", '<w:vertAlign w:val="superscript"/>'),
    "raised-by-points": word("", '<w:position w:val="8"/>'),
    "white": word('<w:color w:val="ffffff"/>', ""),
    "tiny": word("", '<w:sz w:val="2"/>'),
    "style": word("", '<w:rStyle w:val="Mark"/>', style='<w:vertAlign w:val="superscript"/>'),
    "style-above": word('<w:rStyle w:val="Heir"/>', "", style="<w:strike/>"),
    "numbered": word("", "", paragraph='<w:numPr><w:numId w:val="1"/></w:numPr>'),
}


@pytest.mark.parametrize("content", RUNS.values(), ids=RUNS.keys())
def test_a_word_file_that_shows_a_cell_otherwise_is_not_certain(content: bytes) -> None:
    assert not certain(content)


PLAIN = {
    "two-runs": word("", ""),
    "switched-off": word('<w:strike w:val="0"/>', '<w:vanish w:val="false"/>'),
    "moved-whole": word('<w:position w:val="4"/>', '<w:position w:val="4"/>'),
    "black": word('<w:color w:val="000000"/><w:sz w:val="21"/>', ""),
    "mark-of-paragraph": word("", "", paragraph="<w:rPr><w:strike/></w:rPr>"),
    "no-list": word("", "", paragraph='<w:numPr><w:numId w:val="0"/></w:numPr>'),
}


@pytest.mark.parametrize("content", PLAIN.values(), ids=PLAIN.keys())
def test_other_looks_in_word_raise_no_doubt(content: bytes) -> None:
    record = read(content, Origin())
    assert (record.parse.status, record.values()[KEY]) == (Status.OK, 123)


@pytest.fixture(scope="module")
def old_words(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The Word files as Word 97 files, by name."""
    return as_old_words(RUNS | PLAIN, tmp_path_factory.mktemp("doc"))


@pytest.mark.parametrize("name", RUNS)
def test_a_word_97_file_that_shows_a_cell_otherwise_is_not_certain(
    name: str, old_words: dict[str, bytes]
) -> None:
    assert not certain(old_words[name])


@pytest.mark.parametrize("name", PLAIN)
def test_other_looks_in_word_97_raise_no_doubt(name: str, old_words: dict[str, bytes]) -> None:
    record = read(old_words[name], Origin())
    assert (record.parse.status, record.values()[KEY]) == (Status.OK, 123)


SENTENCES = {
    "plain": ("<span>12</span>15", [1215]),
    "struck": ("<s>12</s>15", [15]),
    "struck-by-style": ('<span style="text-decoration:line-through">12</span>15', [15]),
    "hidden": ('<span style="display:none">12</span>15', [15]),
    "hidden-by-sheet": ("<span class=o>12</span>15", [15]),
    "note": ("15<sup>1</sup>", [15]),
    "white": ("<span style='color:#fff'>12</span>15", [15]),
    "white-on-blue": ("<b style='background:#036'><i style='color:#fff'>12</i></b>", [12]),
    "struck-sentence": ("<s>12件。</s>全年共收到政府信息公开申请15", [15]),
    "struck-long": (
        "12件。<s>全年共收到政府信息公开申请13件。</s>全年共收到政府信息公开申请15",
        [12, 15],
    ),
}


@pytest.mark.parametrize(("shown", "values"), SENTENCES.values(), ids=SENTENCES.keys())
def test_what_a_sentence_on_a_page_shows_otherwise_is_no_number_of_it(
    shown: str, values: list[int]
) -> None:
    told = {0: f"全年共收到政府信息公开申请{shown}件。"}
    text = as_html(tables(balanced([3, 1, 4, 1, 5, 9, 2, 6])), prose=told).decode()
    content = text.replace("</head>", "<style>.o{visibility:hidden}</style></head>").encode()
    record = read(content, Origin())
    assert [s.value for s in record.narrative if s.fact == "received"] == values
