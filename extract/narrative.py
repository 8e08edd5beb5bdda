"""The numbers of the narrative: what the sentences of a report say of the year (domain guide, App. B).

Every number with a unit is replaced by one sign for its kind; a fact is then a pattern of words and
signs that must stand in one clause. What only looks like the fact (a part by channel, letters to a
mailbox, licences disclosed and not decided) is kept out by the words around it. Nothing is guessed: a
sentence in other words gives no statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extract.prose import Prose
from extract.quantities import COUNTS, Quantity, find_quantities
from extract.record import Statement
from extract.sections import Passage

_COUNT, _MONEY, _SHARE, _OTHER = "\ue001", "\ue002", "\ue003", "\ue004"
_KINDS = {"元": _MONEY, "%": _SHARE} | dict.fromkeys(COUNTS, _COUNT)
_LONGEST_CLAUSE = 60

NEITHER_CHANNEL_NOR_OTHER_PAPER = r"当面|传真|网上|网络|线上|在线|邮件|邮箱|信函|邮寄|平台|窗口|其中|信箱|留言|来信|信访|提案|工单|热线|12345|许可申请"
_TABLE_TWO_DISCLOSED = r"公开|公示|发布|公布"
_ABOUT_REQUESTS = r"申请"
_ABOUT_DISCLOSURE = r"信息公开|申请"


@dataclass(frozen=True, slots=True)
class _Fact:
    """A fact: its pattern (``C`` a character of a clause, ``S`` of a sentence, ``K`` a count, ``Y`` money,
    ``O`` another number), words that may not stand in the clause, words that must stand nearby."""

    name: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None
    near: re.Pattern[str] | None = None


def _words(pattern: str) -> re.Pattern[str]:
    signs = f"{_COUNT}{_MONEY}{_SHARE}{_OTHER}"
    for letter, meaning in (
        ("C", rf"[^，,。；;！!？?\n{signs}]"),
        ("S", r"[^。\n]"),
        ("K", f"({_COUNT})"),
        ("Y", f"({_MONEY})"),
        ("O", f"([{_COUNT}{_OTHER}])"),
    ):
        pattern = pattern.replace(letter, meaning)
    return re.compile(pattern)


def _fact(name: str, pattern: str, unless: str = "", near: str = "") -> _Fact:
    return _Fact(
        name,
        _words(pattern),
        re.compile(unless) if unless else None,
        re.compile(near) if near else None,
    )


_GET = r"(?:新收到?|收到|受理|接收|接到|共收)"
_NEXT = r"(?:下一?年|次年)度?"
_CARRY = r"(?:结转|转结|顺延)"
_OUTCOMES = {
    "upheld": r"(?:结果)?维持",
    "corrected": r"(?:结果)?(?:纠正|被纠错)",
    "other": r"其他结果",
    "pending": r"(?:尚未|未)审结",
}
_CHALLENGES = {"review": r"行政复议", "litigation": r"行政诉讼"}
_OTHERS_WORK = r"建议|提案|咨询|信访|工单|来信|热线|12345|信箱|留言|诉求|复议|诉讼|率|许可|意见"

_FACTS = (
    _fact("received", rf"{_GET}C{{0,24}}申请C{{0,8}}K", NEITHER_CHANNEL_NOR_OTHER_PAPER),
    _fact("received", rf"{_GET}C{{0,6}}KC{{0,12}}申请", NEITHER_CHANNEL_NOR_OTHER_PAPER),
    _fact("carried_in", rf"(?:上一?年度?|去年|20\d\d年度?){_CARRY}(?!.{{0,2}}下)C{{0,14}}K"),
    _fact("processed", r"(?:答复|办结|已办理)C{0,6}K", _OTHERS_WORK, _ABOUT_REQUESTS),
    _fact("carried_out", rf"K(?:申请)?(?:将|需)?{_CARRY}(?:到|至)?(?:{_NEXT}|20\d\d年)"),
    _fact(
        "carried_out",
        rf"{_CARRY}(?:到|至)?{_NEXT}(?:继续)?(?:办理|答复)?(?:的|申请|数量|,)*C{{0,2}}K",
    ),
    _fact("granted_or_partial", r"公开(?:及|和|与|或|、)部分公开C{0,3}K", near=_ABOUT_REQUESTS),
    _fact("granted", r"(?:(?<!不)予以公开|(?<!不)同意公开)C{0,4}K", r"部分", _ABOUT_REQUESTS),
    _fact("partially_granted", r"部分公开C{0,4}K", r"公开(?:及|和|与|或|、)部分", _ABOUT_REQUESTS),
    _fact("denied", r"不(?:予|同意)公开C{0,4}K", r"因|由于|属于|涉及", _ABOUT_REQUESTS),
    _fact("unable", r"无法提供C{0,4}K", r"因|由于|不掌握|不存在", _ABOUT_REQUESTS),
    _fact("not_processed", r"不予处理C{0,4}K", r"因|由于|重复|信访", _ABOUT_REQUESTS),
    _fact("other_total", r"其他处理C{0,4}K", near=_ABOUT_REQUESTS),
    _fact(
        "received_by_channel.in_person",
        r"(?:当面|现场|窗口)(?:提交)?(?:的)?申请(?:公开)?[共为:]?K",
    ),
    _fact("received_by_channel.fax", r"传真(?:提交)?(?:的)?申请(?:公开)?[共为:]?K"),
    _fact("received_by_channel.email", r"(?:电子)?邮件(?:提交)?(?:的)?申请(?:公开)?[共为:]?K"),
    _fact(
        "received_by_channel.online",
        r"(?:网上|网络|在线|线上)(?:提交|平台)?(?:的)?申请(?:公开)?[共为:]?K",
    ),
    _fact(
        "received_by_channel.letter",
        r"(?:信函|邮寄|书信|书面)(?:提交)?(?:的)?申请(?:公开)?[共为:]?K",
    ),
    *(
        _fact(
            name,
            rf"(?<!后)(?<!经){word}(?:案件|申请)?C{{0,4}}K",
            r"其中|经行政复议后|出庭|应诉|法治",
            _ABOUT_DISCLOSURE,
        )
        for name, word in _CHALLENGES.items()
    ),
    *(
        _fact(
            f"{name}_{outcome}",
            rf"{word}C{{0,8}}{_COUNT}(?:(?!行政诉讼|行政复议)S){{0,60}}?{said}C{{0,2}}K",
            near=_ABOUT_DISCLOSURE,
        )
        for name, word in _CHALLENGES.items()
        for outcome, said in _OUTCOMES.items()
    ),
    _fact("normative_issued", r"(?:制发|制定|出台|印发)(?:了)?行政规范性文件C{0,3}K"),
    _fact("normative_repealed", r"废止(?:了)?行政规范性文件C{0,3}K"),
    _fact("normative_in_force", r"现行有效(?:的)?行政规范性文件C{0,3}K"),
    _fact("rules_issued", r"(?:制发|制定|出台|颁布)(?:了)?(?:政府)?规章C{0,3}K"),
    _fact("rules_repealed", r"废止(?:了)?(?:政府)?规章C{0,3}K"),
    _fact("rules_in_force", r"现行有效(?:的)?(?:政府)?规章C{0,3}K"),
    *(
        _fact(name, rf"(?:作出|处理决定|办理|办结)C{{0,8}}{word}C{{0,8}}K", _TABLE_TWO_DISCLOSED)
        for name, word in (
            ("licences", "行政许可"),
            ("penalties", "行政处罚"),
            ("coercion", "行政强制"),
        )
    ),
    _fact("disclosed", r"主动公开C{0,24}O", r"新媒体|微信|微博|公众号|人次|累计|其中|规范性"),
    _fact(
        "disclosed",
        r"(?:共|累计|全年|合计|总计)C{0,12}(?:公开|发布)C{0,12}信息C{0,4}K",
        r"新媒体|微信|微博|公众号|其中|截至",
    ),
    _fact(
        "disclosed_new_media", r"(?:新媒体|微信|微博|公众号)C{0,20}(?:信息|消息|内容|动态)C{0,4}K"
    ),
    _fact("disclosed_website", r"网站C{0,14}(?:公开|发布)C{0,14}K"),
    _fact("fee_yuan", r"处理费C{0,10}Y"),
    _fact("fee_yuan", r"收取C{0,4}Y(?:的)?C{0,8}处理费"),
)

_NONE = (
    (
        "received",
        "件",
        re.compile(
            r"(?:未|没有)(?:收到|接到|接收到|受理)(?:任何|过|公众|公民|群众|社会|[、,]|法人|或|和|其他组织|要求|关于|有关|相关"
            r"|的|提出|依)*(?:公开)?(?:政府信息)?(?:公开)?(?:政府信息)?(?:的)?申请"
        ),
    ),
    ("received", "件", re.compile(r"未收到需要申请[^，,。；;]{0,8}公开的信息")),
    ("received", "件", re.compile(r"申请(?:数量?|量)?均?为(?:零|0(?![\d.]))")),
    *(
        (
            name,
            "件",
            re.compile(
                rf"(?:未发生|未产生|没有发生|没有产生|没有被|未被|无|未收到|没有收到|未出现|没有因|未因|没有)"
                rf"(?:有|因|被|公民|信息公开|政府信息公开|申请|提起|提出|引起|工作|的|及|和|与|或|、){{0,6}}"
                rf"{'行政复议(?:案件|申请)?[、和与及或]?(?:被)?(?:提起)?' if name == 'litigation' else ''}(?:行政)?"
                rf"{word.removeprefix('行政')}(?!.{{0,8}}(?:纠|撤|败|违法|改|维持|机关|后|条例|法》))"
            ),
        )
        for name, word in _CHALLENGES.items()
    ),
    (
        "normative_issued",
        "件",
        re.compile(
            r"(?:未|没有)(?:制定|制发|出台)(?:和发布|和印发|发布|、发布)?(?:行政)?规范性文件"
        ),
    ),
    (
        "fee_yuan",
        "元",
        re.compile(
            r"(?:未|没有|无|不)[^，,。；;\n]{0,22}?处理费(?!管理)|处理费[^，,。；;\n]{0,6}(?:未|没有|无)(?:收取|产生|发生)"
        ),
    ),
)
_ITEMS = re.compile(r"[^。\n]{0,6}?(?:其中|包括|分别)(?P<items>[^。\n]*)")
_SHARE_OF = re.compile(
    rf"({_COUNT})[^。；;\n{_COUNT}{_MONEY}{_SHARE}{_OTHER}]{{0,4}}(?:约)?占[^。；;\n{_COUNT}{_MONEY}{_SHARE}{_OTHER}]{{0,16}}({_SHARE})"
)

_FREE_NAMES = {
    "received": "requests",
    "processed": "answered",
    "partially_granted": "partial",
    "fee_yuan": "fees_yuan",
    "disclosed_website": "website",
}
_CUMULATIVE = re.compile(r"累计|截至|截止|以来")
# What reports without a form tell besides (domain guide §2.4).
_FREE_FACTS = (
    _fact("consultations", r"咨询C{0,12}O"),
    _fact("visits", r"(?:访问|点击|浏览)(?:量|数|率|人数)?C{0,8}O"),
    _fact("appeals", r"申诉(?:案)?C{0,6}K"),
    _fact("staff", r"(?:专职|兼职|工作)人员C{0,6}O"),
    _fact("cost", r"(?:经费|支出)C{0,10}Y"),
    _fact("fees_yuan", r"(?:收费|收取费用|检索费|复制费|邮寄费)C{0,10}Y"),
    _fact("not_exist", r"信息不存在C{0,6}K"),
    _fact("not_this_organ", r"不属于本(?:行政)?(?:机关|单位|部门)C{0,12}K"),
    _fact("not_gov_info", r"(?:非政府信息|不(?:是|属于)(?:《条例》所指)?政府信息)C{0,6}K"),
    _fact("unclear", r"(?:补正|补充|不明确)C{0,8}K"),
    _fact("disclosed", r"累计C{0,12}公开C{0,14}K"),
)
SECTIONS_READ = (1, 5, 6)
"""Section 一 tells the year; 五 and 六 are read for the fee."""


def find_statements(
    passages: tuple[Passage, ...], *, everywhere: bool = False, free: bool = False
) -> tuple[Statement, ...]:
    """The facts the narrative states, in the order of the text; a fact may be stated more than once.

    With ``everywhere`` all sections are read in full: before 2019 each report had an outline of its own.
    With ``free`` the report is of an era without a form, and the names of the facts are those of domain
    guide §2.4 with ``free.`` before them.
    """
    found: list[Statement] = []
    for passage in passages:
        number = passage.section.number
        if everywhere or number in SECTIONS_READ:
            fees_only = not everywhere and number != 1
            found.extend(_Text(passage).statements(fees_only=fees_only, free=free))
    return tuple(found)


class _Text:
    """One section with its numbers replaced by signs."""

    def __init__(self, passage: Passage) -> None:
        self.passage, self.free = passage, False
        self.prose = Prose(passage.section.text)
        self.quantities: dict[int, Quantity] = {}
        pieces: list[str] = []
        position = length = 0
        for quantity in find_quantities(self.prose.plain):
            pieces.append(self.prose.plain[position : quantity.start])
            length += len(pieces[-1])
            self.quantities[length] = quantity
            pieces.append(_KINDS.get(quantity.unit, _OTHER))
            position, length = quantity.end, length + 1
        pieces.append(self.prose.plain[position:])
        self.signs = "".join(pieces)

    def statements(self, *, fees_only: bool, free: bool) -> list[Statement]:
        self.free = free
        found: dict[tuple[int, str], Statement] = {}
        for fact in (*_FACTS, *(_FREE_FACTS if self.free else ())):
            if fees_only and fact.name != "fee_yuan":
                continue
            for place, tail in self._places(fact):
                quantity = self.quantities[place]
                statement = self._statement(fact.name, quantity, tail)
                found.setdefault((quantity.start, fact.name), statement)
        if not fees_only:
            for name, quantity in (*self._shares(found), *self._parts(found)):
                found[quantity.start, name] = self._statement(name, quantity)
        stated = {name for _, name in found}
        for name, unit, pattern in _NONE:
            none = pattern.search(self.prose.plain)
            if none and name not in stated and (not fees_only or name == "fee_yuan"):
                nothing = Quantity(none.start(), none.end(), 0, 0, 0, unit)
                found.setdefault((none.start(), name), self._statement(name, nothing))
        return [found[key] for key in sorted(found)]

    def _places(self, fact: _Fact) -> Iterator[tuple[int, int]]:
        """Where the sign of the fact stands, and how many characters of its words follow it."""
        for match in fact.pattern.finditer(self.signs):
            start = self._clause_start(match.start())
            clause = self.signs[max(start - 4, 0) : match.end()]
            around = self.signs[max(match.start() - 80, 0) : match.end() + 20]
            if fact.unless and fact.unless.search(clause):
                continue
            if fact.near and not fact.near.search(around):
                continue
            place = match.start(match.lastindex or 0)
            yield place, match.end() - place - 1

    def _clause_start(self, position: int) -> int:
        start = position
        while (
            start and self.signs[start - 1] not in "，,。；;！!？?：:\n" and position - start < 40
        ):
            start -= 1
        return start

    def _shares(self, found: dict[tuple[int, str], Statement]) -> Iterator[tuple[str, Quantity]]:
        """Percentages of a number that is known: 公开258件,占33.9%."""
        for match in _SHARE_OF.finditer(self.signs):
            part = self.quantities[match.start(1)]
            for start, name in list(found):
                if start == part.start:
                    yield f"{name}_share", self.quantities[match.start(2)]

    def _parts(self, found: dict[tuple[int, str], Statement]) -> Iterator[tuple[str, Quantity]]:
        """The items of what was disclosed, where a list in the same unit follows its total."""
        for place, total in self.quantities.items():
            if (total.start, "disclosed") not in found:
                continue
            listed = _ITEMS.match(self.signs, place + 1)
            for offset, sign in enumerate(listed["items"] if listed else ""):
                item = self.quantities.get((listed.start("items") if listed else 0) + offset)
                if sign in (_COUNT, _OTHER) and item and item.unit == total.unit:
                    yield "disclosed_part", item

    def _statement(self, name: str, quantity: Quantity, tail: int = 0) -> Statement:
        plain = self.prose.plain
        start = quantity.start
        reach = max(quantity.end - _LONGEST_CLAUSE, 0)
        while start > reach and plain[start - 1] not in "，,。；;！!？?：:()\n":
            start -= 1
        offset, text = self.prose.printed(start, quantity.end + tail)
        if self.free:
            name = f"free.{_FREE_NAMES.get(name, name).replace('received_by', 'requests_by')}"
            if name == "free.disclosed" and _CUMULATIVE.search(
                plain[max(start - 12, 0) : quantity.end]
            ):
                name = "free.disclosed_cumulative"
        return Statement(
            name,
            quantity.value,
            quantity.low,
            quantity.high,
            quantity.unit,
            text,
            self.passage.section.number,
            offset,
            self.passage.position(offset),
        )
