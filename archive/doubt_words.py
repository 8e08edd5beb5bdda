"""In Chinese why a reading is doubtful or failed; the extractor notes it in English, for programs and logs.

A sentence is known by its form (``{}`` stands for a number, a name, a list); what is in it is kept. Keys of cells
become the labels of the form.
"""

from __future__ import annotations

import re
from functools import lru_cache

from extract.forms.dictionary import label

_CELLS = {
    "has characters that could not be read with certainty": "其中有字符未能确切辨认，或显示的与文字不同",
    "has white space between its digits": "数字之间有空白，可能是两个数",
    "stands twice with different values": "出现两次，数值不同",
    "stands in one of two tables that differ": "只见于两张不一致的表之一",
    "is a change and no number of the year": "是增减数，不是本年数",
    "is read differently by the second reader": "两种读法所得不同",
    "could be read in only one reading, and no sum proves it": "几次识别只有一次读出，又无勾稽关系可证",
    "belongs to a table of which two readings find different forms": "所在表格几次识别所得的格式不同",
    "stands in a table that speaks of another year or unit": "所在表格说的是其他年度或单位",
    "stands in one of two rows of values": "表中有两行数值，不能确定是哪一行",
    "stands in a row with more values than there are heads": "所在行的数值多于表头",
    "stands in a table that “{}” filled in": "所在表格的填报单位是“{}”",
    "stands on a page that may belong to another document": "所在的页可能出自另一份文件",
    "stands below the title of another report, “{}”": "位于另一份报告“{}”的标题之下",
    "is a figure for {} to {} and not for one year": "是{}至{}的数字，不是一整年的",
    "does not stand below the header of its column": "不在该列表头之下",
    "is part of a sum that does not hold, and was recognised": "所在勾稽关系不成立，而数字系识别所得",
    "is part of a sum that does not hold, and no second reading confirms it": "所在勾稽关系不成立，又无第二种读法印证",
    "stands in a row whose values seem moved by one column": "所在行的数值似乎错开一列",
    "stands in a row with {} values instead of {}": "所在行有{}个数值，应为{}个",
    "stands in a row with {} values, none under a head that tells which": "所在行有{}个数值，表头不能说明是哪一个",
    "stands under or beside a label that says {} instead of 万元": "表头或行名所写单位为{}，而非万元",
    "stands under or beside a label that counts in tens or more": "表头或行名所写单位不是“件”，而是十、百、千或万",
    "stands under or beside a label that speaks of something else": "表头或行名所说的是别的数量（如公开数、拟办数、金额）",
    "stands in a document that says it is a draft": "所在文件注明是征求意见稿、送审稿之类的稿本",
    "stands under or beside a label that speaks of another year or of a part": "表头或行名所说的是其他年度，或只是其中一部分",
    "stands under a head that speaks of another year or of a part": "表头所说的是其他年度，或只是其中一部分",
    "has no column head that is known": "表头不是规定格式",
    "is blank in a row of text": "纯文本的行中此格为空",
    "is another value by the head than by counting": "按表头与按次序所得不同",
    "is another value by the heads than by counting": "按表头与按次序所得不同",
    "is another value by the header than by counting": "按表头与按次序所得不同",
    "stands in a row of text with a blank among its values": "纯文本的行中有空格",
    "stands in a row that does not fit the heads": "所在行与表头不合",
    "stands in a row that does not fit the header": "所在行与表头不合",
    "stands in a row that is blank only at its end": "所在行只有末格空白，数值可能错开一格",
    "stands beside a number that belongs to no cell of the form": "旁边有不属于规定格式任何一格的数字",
    "stands in a row that is longer than the others": "所在行比其他行多出单元格",
    "stands in a row out of order": "所在行次序与规定格式不同",
    "has no cell below the header of its column": "该列表头之下没有单元格",
    "stands among rows of like labels of which one is lost": "几行名称相近，其中缺了一行",
    "was not found": "没有找到",
}
_SENTENCES = {
    "The rows of the requests table do not stand in the order of the form.": "申请情况表各行的次序与规定格式不同。",
    "The number {} at {} belongs to no cell of the form.": "数字{}（{}）不属于规定格式的任何一格。",
    "The indicator {} does not stand in the order of the form.": "指标“{}”的次序与规定格式不同。",
    "Reports for years up to {} follow no form: {}": "{}年及以前的报告没有统一格式：只摘录章节和文字中的数字，无从印证。",
    "“{}” is not an annual report on disclosure.": "“{}”不是政府信息公开工作年度报告。",
    "Neither title nor headings nor tables of a report were found.": "没有找到年度报告的标题、章节或表格。",
    "No tables of the form were found.": "没有找到规定格式的表格。",
    "The document holds no text.": "文件中没有文字。",
    "The file is empty.": "文件是空的。",
    "The document has no tables, but {}": "文件中没有表格，但有图片，表格可能在图片里；图片中的文字没有读取。",
    "The document is a scan, {}": "文件是扫描件；图片中的文字没有读取。",
    "The document has more than the {} that can be recognised.": "文件中的图片超出可识别的数量或大小。",
    "page {} is a picture; {}": "第{}页是图片，其中的文字没有读取。",
    "page {}: {} characters are not painted, a text layer of a scan": "第{}页有{}个字符不显示，系扫描件所附文字。",
    "page {}: {} characters have no certain meaning in their font": "第{}页有{}个字符在字体中没有确定的含义。",
    "page {}: the text of {} table cells is not certain": "第{}页有{}个单元格的文字未能确认。",
    "page {} holds a drawing; its lines were not read as a table": "第{}页有图形，其中的线没有当作表格读取。",
    "page {}: its template is missing": "第{}页缺少模板。",
    "Annotations of the file are missing.": "文件所带的批注缺失。",
    "page {}: {} composite objects are not read": "第{}页有{}个复合对象没有读取。",
    "page {}: slanted text, such as a watermark, is left out": "第{}页略去了倾斜的文字（如水印）。",
    "page {} has lines but no text; letters may be drawn as shapes": "第{}页有线而无文字，文字可能画成了图形。",
    "Some bytes are not valid {}; the characters there are lost.": "有些字节不是有效的{}编码，该处文字已失。",
    "The cells of table {} do not fit its columns.": "第{}个表格的单元格与列不合。",
    "Table {} has characters that cannot be told for sure.": "第{}个表格中有字符不能确认。",
    "The file holds {} documents; the first was read.": "文件含{}个文档，读取了第一个。",
    "Of the archive {} was read and not: {}.": "压缩包中读取了{}，未读：{}。",
    "The ZIP archive holds several reports, such as {} and {}; {}": "压缩包中有几份报告（如{}、{}），请解开后分别读取。",
    "The ZIP archive holds {} documents; {}": "压缩包中有{}份文件，请解开后分别读取。",
    "The ZIP archive holds no report that can be read; it holds {}.": "压缩包中没有可读的报告，只有：{}。",
    "The file is damaged; LibreOffice saved what it could, and parts may be lost.": "文件损坏，经 LibreOffice 修复，可能有缺失。",
    "The file is a {} archive, which is not read; unpack it first.": "文件是 {} 压缩包，不能直接读取，请先解开。",
    "The format of the file is not known.": "不认识该文件的格式。",
    "The file is a picture ({}); {}": "文件是图片（{}），其中的文字没有读取。",
    "Files of type {} are not read.": "不读取 {} 类型的文件。",
    "The extractor failed on this document: {}": "程序未能处理该文件：{}",
    "The file cannot be opened: {}.": "文件打不开：{}。",
}
_KINDS = (
    (r"password|encrypted|locked", "文件有密码或已加密，请向该机关索取未加密的文件。"),
    (r"save it as \.docx", "文件格式过旧或不能直接读取，请另存为 .docx 后再读。"),
    (
        r"cut off|broken|damaged|not well-formed|lost the part|cannot read|cannot be found|has no (?:pages|body|content)",
        "文件损坏或不完整，请重新下载；如仍如此，请向该机关另行索取。",
    ),
    (
        r"allowed|more than|too (?:large|deeply|many|far|long|often)|suspiciously|stopped",
        "文件过大、过深或过于复杂，超出读取限度。",
    ),
)
_MORE = re.compile(
    r"^(?P<keys>\w+(?:\.\w+)+(?:, \w+(?:\.\w+)+)*)(?: and (?P<more>\d+) more cells?)?: "
)
_PLACE = re.compile(r"table (\d+), row (\d+), column (\d+)")


def in_chinese(reason: str) -> str:
    """The reason in Chinese; one that has no form of its own is told by its kind."""
    cells = _MORE.match(reason)
    if cells:
        why = _said(_CELLS, reason[cells.end() :].removesuffix("."))
        named = "、".join(f"“{label(key)}”" for key in cells["keys"].split(", "))
        count = int(cells["more"] or 0) + cells["keys"].count(",") + 1
        many = f"等{count}格" if cells["more"] else ""
        return f"{named}{many}：{why or '未能确认'}。"
    said = _said(_SENTENCES, reason)
    if said is not None:
        return _PLACE.sub(r"第\1个表格第\2行第\3列", said)
    kind = next((words for sign, words in _KINDS if re.search(sign, reason)), None)
    return kind or "未能确切读取。"


def _said(words: dict[str, str], text: str) -> str | None:
    for form, chinese in words.items():
        found = _form(form).fullmatch(text)
        if found:
            return chinese.format(*found.groups())
    return None


@lru_cache(maxsize=256)
def _form(form: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(map(re.escape, form.split("{}"))), re.DOTALL)
