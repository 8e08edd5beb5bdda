"""The facts that sentences of a report state, as patterns of words and numbers (domain guide, App. B).

In the text a pattern is run on, every number with a unit is one sign that tells its kind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.quantities import COUNTS

COUNT, MONEY, SHARE, OTHER = "\ue001", "\ue002", "\ue003", "\ue004"
KINDS = {"元": MONEY, "%": SHARE} | dict.fromkeys(COUNTS, COUNT)

_OTHER_REQUESTS = (
    r"(?:复议|诉讼|执行|仲裁|赔偿|补偿|救助|低保|补贴|补助|登记|资质|资格|认证|认定|公证|援助|听证|调解|审批|用地|备案|专利|商标|贷款|落户|户籍"
    r"|项目|立项|职称|许可|办证|投诉)(?:类|事项)?的?申请"
)
_NO_REQUEST = rf"{_OTHER_REQUESTS}|当面|传真|网上|网络|线上|在线|邮件|邮箱|信函|邮寄|平台|窗口|其中|信箱|留言|来信|信访|提案|工单|热线|12345|许可申请|转办|转来|交办|移送"
_TABLE_TWO_DISCLOSED = r"公开|公示|发布|公布"
_KIND = r"(?:行政)?(?:许可|处罚|强制|征收|确认|奖励|检查)(?:决定|案件|事项)?"
_SEVERAL_KINDS = rf"{_KIND}[、和与及]{_KIND}(?:等|共|合计)"
_NO_FEE = r"减免|免收|免除|退还|标准|每[件页]|不超过|最高"
_ABOUT_REQUESTS = r"申请"
_ABOUT_DISCLOSURE = r"信息公开|申请"


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact: its pattern (``C`` a character of a clause, ``S`` of a sentence, ``K`` a count, ``Y`` money,
    ``O`` another number), words that may not stand in the clause, words that must stand nearby."""

    name: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None
    near: re.Pattern[str] | None = None


def _words(pattern: str) -> re.Pattern[str]:
    signs = f"{COUNT}{MONEY}{SHARE}{OTHER}"
    for letter, meaning in (
        ("C", rf"[^，,。；;！!？?\n{signs}]"),
        ("S", r"[^。\n]"),
        ("K", f"({COUNT})"),
        ("Y", f"({MONEY})"),
        ("O", f"([{COUNT}{OTHER}])"),
    ):
        pattern = pattern.replace(letter, meaning)
    return re.compile(pattern)


def _fact(name: str, pattern: str, unless: str = "", near: str = "") -> Fact:
    return Fact(
        name,
        _words(pattern),
        re.compile(unless) if unless else None,
        re.compile(near) if near else None,
    )


_PART_OF_DISCLOSED = r"新媒体|微信|微博|公众号|人次|累计|其中|规范性|规章|文件|预算|决算|解读|目录|栏目|事项|申请|建议|提案"
_GET = r"(?:新收到?|新增|收到|受理|接收|接到|共收)"
_NEXT = r"(?:下一?年|次年)度?"
_CARRY = r"(?:结转|转结|顺延)"
_CARRY_OUT = r"(?:结转|转结|顺延|转至|转入|延至)"
# 办结788件结转下年2件: the number before belongs to what stands before it.
_NO_NUMBER_AFTER = f"(?!C{{0,6}}[{COUNT}{OTHER}])"
# 行政复议300件，其中涉及政府信息公开的5件: only some of them are what the report is about.
_NOT_ALL_OF_THEM = rf"(?![,，](?:其中)?(?:涉及|有关|属于)?(?:因|的)?(?:政府)?信息公开(?:类|方面)?(?:的)?(?:申请|案件)?(?:的|有|为|共)?{COUNT})"
_NOT_ABOUT_DISCLOSURE = "(?!S{0,30}信息公开(?:工作)?无关)"
_OUTCOMES = {
    "upheld": r"(?:结果)?维持",
    "corrected": r"(?:结果)?(?:纠正|被纠错)",
    "other": r"其他结果",
    "pending": r"(?:尚未|未)审结",
}
_CHALLENGES = {"review": r"行政复议", "litigation": r"行政诉讼"}
_OTHERS_WORK = r"建议|提案|咨询|信访|工单|来信|热线|12345|信箱|留言|诉求|复议|诉讼|率|许可|意见"

FACTS = (
    _fact("received", rf"{_GET}C{{0,24}}申请C{{0,8}}K{_NOT_ALL_OF_THEM}", _NO_REQUEST),
    _fact("received", rf"{_GET}C{{0,6}}KC{{0,12}}申请", _NO_REQUEST),
    _fact("received", r"申请(?:总量|总数)C{0,3}K", _NO_REQUEST),
    _fact("carried_in", rf"{_CARRY}(?:上一?年度?|去年)C{{0,10}}K"),
    _fact("carried_in", rf"(?:上一?年度?|去年|20\d\d年度?){_CARRY}(?!.{{0,2}}下)C{{0,14}}K"),
    _fact("processed", r"(?:答复|办结|已办理)C{0,12}K", _OTHERS_WORK, _ABOUT_REQUESTS),
    _fact(
        "carried_out",
        rf"K(?:申请)?(?:将|需)?{_CARRY_OUT}(?:到|至)?(?:{_NEXT}|20\d\d年度?){_NO_NUMBER_AFTER}",
    ),
    _fact(
        "carried_out",
        rf"{_CARRY_OUT}(?:到|至)?{_NEXT}(?:继续)?(?:办理|答复)?(?:的|申请|数量)*C{{0,2}}K",
    ),
    _fact("granted_or_partial", r"公开(?:及|和|与|或|、)部分公开C{0,3}K", near=_ABOUT_REQUESTS),
    _fact("granted", r"(?:(?<!不)予以公开|(?<!不)同意公开)C{0,4}K", r"部分", _ABOUT_REQUESTS),
    _fact("partially_granted", r"部分公开C{0,4}K", r"公开(?:及|和|与|或|、)部分", _ABOUT_REQUESTS),
    _fact("denied", r"不(?:予|同意)公开C{0,4}K", r"因|由于|属于|涉及", _ABOUT_REQUESTS),
    _fact("unable", r"无法提供C{0,4}K", r"因|由于|不掌握|不存在", _ABOUT_REQUESTS),
    _fact("not_processed", r"不予处理C{0,4}K", r"因|由于|重复|信访", _ABOUT_REQUESTS),
    _fact("other_total", r"其他处理C{0,4}K", near=_ABOUT_REQUESTS),
    *(
        _fact(
            name,
            rf"K(?:申请)?(?:为|属于|均|已|被)?{words}{_NO_NUMBER_AFTER}",
            r"因|由于|公开信息",
            _ABOUT_REQUESTS,
        )
        for name, words in (
            ("granted", "(?:予以|同意)公开"),
            ("partially_granted", "(?:予以)?部分公开"),
            ("denied", "不予公开"),
            ("unable", "无法提供"),
            ("not_processed", "不予处理"),
        )
    ),
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
            rf"(?<!后)(?<!经){word}(?:案件|申请)?C{{0,4}}K{_NOT_ALL_OF_THEM}{_NOT_ABOUT_DISCLOSURE}",
            r"其中|经行政复议后|出庭|应诉|法治",
            _ABOUT_DISCLOSURE,
        )
        for name, word in _CHALLENGES.items()
    ),
    *(
        _fact(
            f"{name}_{outcome}",
            rf"{word}C{{0,8}}{COUNT}(?:(?!行政诉讼|行政复议)S){{0,60}}?{said}C{{0,2}}K",
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
        _fact(
            name,
            rf"(?:作出|处理决定|办理|办结)C{{0,8}}{word}C{{0,8}}K",
            rf"{_TABLE_TWO_DISCLOSED}|{_SEVERAL_KINDS}",
        )
        for name, word in (
            ("licences", "行政许可"),
            ("penalties", "行政处罚"),
            ("coercion", "行政强制"),
        )
    ),
    _fact("disclosed", r"主动公开C{0,24}K", _PART_OF_DISCLOSED),
    _fact(
        "disclosed",
        r"(?:共|累计|全年|合计|总计)C{0,12}(?:公开|发布)C{0,12}信息C{0,4}K",
        r"新媒体|微信|微博|公众号|其中|截至",
    ),
    _fact(
        "disclosed_new_media", r"(?:新媒体|微信|微博|公众号)C{0,20}(?:信息|消息|内容|动态)C{0,4}K"
    ),
    _fact("disclosed_website", r"网站C{0,14}(?:公开|发布)C{0,14}K"),
    _fact("fee_yuan", r"处理费C{0,10}Y", _NO_FEE),
    _fact("fee_yuan", r"收取C{0,4}Y(?:的)?C{0,8}处理费", _NO_FEE),
)

NONE = (
    (
        "received",
        "件",
        re.compile(
            r"(?:未|没有)(?:收到|接到|接收到|受理)(?:任何|过|公众|公民|群众|社会|[、,]|法人|或|和|其他组织|个人|单位|要求|关于|有关|相关"
            r"|的|提出|提交|依|政府|政务|信息|公开)*申请"
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
            r"(?:未|没有|无|不(?:收|予|存在|涉及|产生|发生))[^，,。；;\n]{0,22}?处理费(?!管理)|处理费[^，,。；;\n]{0,6}(?:未|没有|无)(?:收取|产生|发生)"
        ),
    ),
)
FREE_NAMES = {
    "received": "requests",
    "processed": "answered",
    "partially_granted": "partial",
    "fee_yuan": "fees_yuan",
    "disclosed_website": "website",
}
CUMULATIVE = re.compile(r"累计|截至|截止|以来")
# What reports without a form tell besides (domain guide §2.4).
FREE_FACTS = (
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
