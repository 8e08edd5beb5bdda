"""What a title says: is this the annual report, whose, of which year, of what scope.

The same grammar reads the heading of a document, the ``ArticleTitle`` of a page and the text of a
link. It knows the variants seen on real sites: the agency before or after the year or missing, the
year in Chinese numerals or without 年, titles broken over lines or typed with spaces, traditional
script, versions in brackets, and the many documents that only look like the report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from extract.characters import numeral, simplify, squeeze

Kind = Literal["report", "lookalike", "other"]
Scope = Literal["organ", "region", "system"]


@dataclass(frozen=True, slots=True)
class Title:
    """A title as understood.

    ``text`` is the title without white space; ``kind`` is ``report`` for the statutory annual
    report, ``lookalike`` for documents that are often mistaken for it (notices about reports,
    templates, reports of a half-year, web-site reports, universities, companies, budgets …) and ``other`` for all else,
    such as the bare name of the column. ``agency`` is the phrase as printed without words of scope,
    or None. ``scope`` is ``organ`` (one body, and every department and township), ``region`` (the
    government of a county or higher, or its place: 淮安市) or ``system`` (a vertical service with
    its branches: 全国海关, 关区); None when no agency is named.
    """

    text: str
    kind: Kind
    agency: str | None
    year: int | None
    scope: Scope | None


_LONGEST = 400
_YEAR_DIGITS = r"(?<!\d)20\d\d(?!\d)"
_YEAR_NUMERALS = r"二[〇零○OoΟ0][〇零○OoΟ0一二三四五六七八九]{2}"
_YEAR = re.compile(rf"({_YEAR_DIGITS}|{_YEAR_NUMERALS})(?:年度?)?")
_DATE = re.compile(
    r"[\[(]?20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}(?![\d月])日?(?:\d{1,2}:\d{2}(?::\d{2})?)?[\])]?"
)
_WHOLE_YEAR = re.compile(r"(?<!\d)0?1月?(?:[-—–~]+|至|到)12月份?")
"""A year in months."""
_FILE_ENDING = re.compile(r"\.(?:pdf|docx?|wps|ofd|html?|txt|rtf|zip)$", re.IGNORECASE)
_LEADING = re.compile(
    r"^(?:[\s·•●◆■▪>»\-—_*#|:：、,.]|\[[^\]]*\]|【[^】]*】|\(\d+\)|\d{1,2}[.、](?!\d))+"
)

_REPORT = re.compile(
    r"(?P<subject>政府信息与政务公开|政府信息公开|政务信息公开|政府信息年度公开|政府政务公开|政务公开|信息公开)"
    r"(?P<middle>(?:工作|开展|情况|的|度|年度|Y+)*)"
    r"(?:年度报告书?|年度工作报告|年度情况报告|年度总结报告|工作报告|情况报告|年报|报告|年度(?=…|\.{2,}|$))"
    r"(?P<rest>.*)$"
)
_REST = re.compile(
    r"^(?:Y+|年度?|[\[(（【][^\])）】]*[\])）】]|…+|\.{2,}|[-—_]+|全文|文字版|图片版|超链版|正文|附件\d*|[《》。.])*(?:[-_|—–].{2,25})?$"
)
_NOTICE = re.compile(
    r"(?:通知|通报|函|批复|意见|方案|公告|说明|工作要点|解读|问答|指引|规范|格式|模板|范文|范本|样本|样式|模版)[》》\)]*$"
    r"|范文|模板|模版|样本|样表|(?:做好|印发|报送|编制|填报|上报|撰写)(?!.{0,30}年度报告$)|关于.{0,12}(?:做好|印发|报送|开展|编制|公布|发布|修订)"
)
_GRAPHIC = re.compile(r"一图读懂|图解|图说|解读|动漫|H5|数说|速览")
_OTHER_REPORTS = re.compile(
    r"网站.{0,10}(?:报表|年报|年度报告|工作报告)|工作年度报表|法治政府|依法行政|依法治|企业(?:信用)?年(?:度报告|报)"
    r"|企业信息公示|年报公示|市场主体年报|社会组织.{0,6}年(?:报|度报告)|统计年鉴|统计公报|预算|决算|审计(?:结果|报告|工作报告)"
    r"|财政(?:收支|预|决|报告)|环境信息依法披露|政府工作报告|绩效(?:评价|报告|目标)|行政执法.{0,8}(?:年度报告|统计)"
    r"|公共企事业|公共企业|事业单位法人年度|学年"
)
_PART_OF_YEAR = re.compile(
    r"[上下]半年|半年度?(?=政|信|工|报)|季度(?!假)|年年中"
    r"|(?<!\d)\d{1,2}月?(?:[-—–~]+|至|到)(?!12月)\d{1,2}月(?!\d)"
)
_MONTH = re.compile(r"年\d{1,2}月份?(?![\d至到—–~-])")
_BLANK_NAME = re.compile(r"[Xx×✕╳*]{2}|某某|[单部][位门]名称|机关名称")
"""What a template has where the agency fills in its name."""
_OTHER_ORGANS = re.compile(
    r"(?:大学|(?<!科)学院|学校|中学|小学|幼儿园|医院|卫生院|卫生服务中心|有限公司|有限责任公司|集团|"
    r"供电公司|自来水公司|水务公司|燃气公司|公交公司|研究所)$"
)

_SCOPE_MARK = re.compile(
    r"[\[(（](?P<inner>本级机关|机关本级|市本级|区本级|县本级|省本级|本级|本机关|机关|关区|全系统|系统|含.{0,4}系统)[\])）]"
    r"|(?<=.)(?P<tail>本级机关|机关本级|本级|关区|全系统|(?<=政府)机关)$"
)
_NATIONWIDE = re.compile(r"^全国(?!人民|人大|政协|社会保障|老龄)")
_TOWNSHIP = re.compile(r"(?:镇|乡|街道|街道办事处|街道办|苏木|办事处|地区办事处|街)$")
_PLACE = re.compile(r"(?:省|自治区|市|州|盟|地区|县|旗|区|兵团)$")
_ZONE = re.compile(
    r"(?:开发|实验|试验|保税|高新|高新技术产业|示范|合作|管理|产业|功能|风景|风景名胜|度假|旅游|景|园|矿|林|灌|工业园|片|集聚)区$"
)
_GOVERNMENT = re.compile(r"(?:人民政府|政府)$")


def parse_title(text: str) -> Title:
    """Read a title, heading or link text; never raises."""
    return _parse_title(text[:_LONGEST])


# A page is asked for its title more than once, and lists repeat their links.
@lru_cache(maxsize=2048)
def _parse_title(text: str) -> Title:
    clean = _tidy(text)
    plain = simplify(clean)
    masked, year = _mask_years(plain)
    match = _REPORT.search(masked)
    kind = _kind(masked, match)
    agency: str | None = None
    scope: Scope | None = None
    if match and kind == "report":
        agency, scope = _agency(clean, masked, match.start())
        named = simplify(agency or "")
        if _OTHER_ORGANS.search(named) or _BLANK_NAME.search(named) or _of_part_of_year(text):
            kind = "lookalike"
    if kind == "report" and agency is None and year is None:
        # The bare words are the name of the column on every site.
        kind = "other"
    return Title(clean, kind, agency, year, scope)


def scope_of(agency: str | None) -> Scope | None:
    """The scope an agency's name implies when the title says nothing of scope.

    Governments at county level and above report for their region (art. 49(2) of the regulation),
    townships, sub-districts, zones and departments for themselves.
    """
    if not agency:
        return None
    name = simplify(squeeze(agency))
    if _NATIONWIDE.search(name):
        return "system"
    place, governments = _GOVERNMENT.subn("", name)
    if _TOWNSHIP.search(place) or _ZONE.search(place):
        return "organ"
    if governments and not place:
        return None
    return "region" if _PLACE.search(place) else "organ"


def is_about_reports(title: Title) -> bool:
    """Whether a title speaks of disclosure reports at all, be it a notice, a template or a university's."""
    return _REPORT.search(_mask_years(simplify(title.text))[0]) is not None


def looks_like_agency(text: str) -> bool:
    """Whether a line is the name of a body, such as stands above a title or under a report."""
    name = simplify(squeeze(text))
    return 2 <= len(name) <= 40 and bool(
        re.fullmatch(
            r"[\w()（）·、]+?(?:人民政府|政府|办公厅|办公室|委员会|管委会|办事处|街道|厅|局|委|办|院|署|会|部|行|总队|支队"
            r"|大队|中心|海关|镇|乡|苏木|县|市|区|旗|州|盟|省|兵团|关区)(?:[(（].{1,12}[)）])?",
            name,
        )
    )


def _tidy(text: str) -> str:
    # A year that is printed white on a dark ground comes in brackets.
    clean = re.sub(r"\[(20\d\d)\](?=年)", r"\1", squeeze(text))
    # In a trail of links (首页 > 年报 > …) the last one is the page.
    clean = _LEADING.sub("", re.split(r"[>»]", clean)[-1] or clean)
    clean = _FILE_ENDING.sub("", clean)
    without_date = _DATE.sub("", clean)
    # A date is an ornament of lists; a title that is nothing but a date stays as it is.
    clean = _WHOLE_YEAR.sub("", without_date or clean)
    return re.sub(r"\(([^()]*)\)", r"（\1）", clean).strip("|·-—_ ")


def _mask_years(plain: str) -> tuple[str, int | None]:
    """``plain`` with every character of a year replaced by ``Y``, and the year meant."""
    years = [(m, numeral(m[1]) or 0) for m in _YEAR.finditer(plain)]
    years = [(m, year) for m, year in years if 2000 <= year <= 2099]
    masked = list(plain)
    for found, _ in years:
        for index in range(*found.span()):
            masked[index] = "Y"
    return "".join(masked), _year_meant(plain, years)


def _year_meant(plain: str, years: list[tuple[re.Match[str], int]]) -> int | None:
    if not years:
        return None
    subject = re.search(r"信息公开|政务公开", plain)
    if subject is None:
        return years[-1][1]
    # Next to the words of the report stands its year; another one is a date of issue.
    return min(
        years,
        key=lambda y: min(abs(y[0].end() - subject.start()), abs(y[0].start() - subject.end())),
    )[1]


def _kind(masked: str, match: re.Match[str] | None) -> Kind:
    if match is None:
        return "lookalike" if _OTHER_REPORTS.search(masked) else "other"
    before, rest = masked[: match.start()], match["rest"]
    if (
        _NOTICE.search(masked)
        or _GRAPHIC.search(masked)
        or re.search(r"学年|公共企事业|公共企业", masked)
    ):
        return "lookalike"
    if re.search(r"网站|法治政府", before + match["middle"]):
        return "lookalike"
    return "report" if _REST.match(rest) and not re.search(r"[>|]", before) else "other"


def _of_part_of_year(text: str) -> bool:
    """Whether a title names a half-year, a quarter or months: local reports between the annual ones."""
    plain = squeeze(text)
    # Beside the year reported on, another one with a month is the date of issue.
    months = len(_YEAR.findall(plain)) == 1 and _MONTH.search(plain)
    return bool(_PART_OF_YEAR.search(plain) or months)


def _agency(clean: str, masked: str, end: int) -> tuple[str | None, Scope | None]:
    letters = "".join(
        "" if mark == "Y" else char for char, mark in zip(clean[:end], masked, strict=False)
    )
    phrase = re.sub(r"^(?:关于|《|的|年度|年)+|(?:《|的|年度|关于|[:：,，、\-—_])+$", "", letters)
    phrase = phrase.strip("《》“”\"'：:,，.。|/-—_·")
    phrase = re.sub(r"^度(?=.)", "", phrase)
    scope: Scope | None = None
    mark = _SCOPE_MARK.search(phrase)
    if mark:
        word = mark["inner"] or mark["tail"]
        scope = "system" if "系统" in word or "关区" in word else "organ"
        phrase = phrase[: mark.start()] + phrase[mark.end() :]
    if not phrase or phrase in {"政府", "年", "度", "附件", "附"}:
        return None, scope
    return phrase, scope or scope_of(phrase)
