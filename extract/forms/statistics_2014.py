"""The statistics table of 2014 (政府信息公开情况统计表, 国办发〔2014〕32号), reports for 2014 to 2018.

One indicator a row: label, unit, number. Keys are ``s2014.<key>``. They are no columns of the table of
figures; the record of a report carries them. An indicator is known by words of its label; where two
have the same words (维持, 纠错, 其他情形 stand under review and under litigation) the order of the table
tells them apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Indicator:
    """A row of the table: its key, printed label, unit and the words that tell it."""

    key: str
    label: str
    unit: str
    words: re.Pattern[str]
    english: str


def _row(key: str, label: str, unit: str, words: str, english: str) -> Indicator:
    return Indicator(key, label, unit, re.compile(words), english)


S2014 = (
    _row(
        "disclosed",
        "（一）主动公开政府信息数",
        "条",
        r"^主动公开政府信息(?:总)?数",
        "items disclosed",
    ),
    _row(
        "disclosed_normative",
        "其中：主动公开规范性文件数",
        "条",
        r"主动公开规范性文件",
        "normative documents disclosed",
    ),
    _row(
        "normative_issued",
        "制发规范性文件总数",
        "件",
        r"制发规范性文件",
        "normative documents issued",
    ),
    _row(
        "via_gazette", "1.政府公报公开政府信息数", "条", r"政府公报公开", "disclosed in the gazette"
    ),
    _row(
        "via_website",
        "2.政府网站公开政府信息数",
        "条",
        r"政府网站公开",
        "disclosed on the web site",
    ),
    _row("via_weibo", "3.政务微博公开政府信息数", "条", r"政务微博公开", "disclosed on Weibo"),
    _row("via_wechat", "4.政务微信公开政府信息数", "条", r"政务微信公开", "disclosed on WeChat"),
    _row("via_other", "5.其他方式公开政府信息数", "条", r"其他方式公开", "disclosed otherwise"),
    _row(
        "responses",
        "（一）回应公众关注热点或重大舆情数",
        "次",
        r"^回应公众关注",
        "responses to matters of public concern",
    ),
    _row(
        "press_conferences",
        "1.参加或举办新闻发布会总次数",
        "次",
        r"^(?:参加|举办|召开).{0,6}新闻发布会",
        "press conferences",
    ),
    _row(
        "press_conferences_head",
        "其中：主要负责同志参加新闻发布会次数",
        "次",
        r"负责(?:同志|人)参加新闻发布会",
        "press conferences with the head of the agency",
    ),
    _row(
        "online_interviews",
        "2.政府网站在线访谈次数",
        "次",
        r"^政府网站在线访谈",
        "interviews on the web site",
    ),
    _row(
        "online_interviews_head",
        "其中：主要负责同志参加政府网站在线访谈次数",
        "次",
        r"负责(?:同志|人)参加政府网站在线访谈",
        "interviews with the head of the agency",
    ),
    _row(
        "interpretations",
        "3.政策解读稿件发布数",
        "篇",
        r"政策解读稿件",
        "policy explanations published",
    ),
    _row(
        "social_media_responses",
        "4.微博微信回应事件数",
        "次",
        r"微博微信回应",
        "events answered on Weibo and WeChat",
    ),
    _row(
        "other_responses",
        "5.其他方式回应事件数",
        "次",
        r"其他方式回应",
        "events answered otherwise",
    ),
    _row("req_received", "（一）收到申请数", "件", r"收到申请(?:总)?数", "requests received"),
    _row("req_in_person", "1.当面申请数", "件", r"当面申请", "received in person"),
    _row("req_fax", "2.传真申请数", "件", r"传真申请", "received by fax"),
    _row("req_online", "3.网络申请数", "件", r"网络申请", "received online"),
    _row("req_letter", "4.信函申请数", "件", r"信函申请", "received by letter"),
    _row("req_completed", "（二）申请办结数", "件", r"申请办结", "requests completed"),
    _row("req_completed_on_time", "1.按时办结数", "件", r"按时办结", "completed on time"),
    _row(
        "req_completed_extended", "2.延期办结数", "件", r"延期办结", "completed after an extension"
    ),
    _row("req_answered", "（三）申请答复数", "件", r"申请答复", "requests answered"),
    _row(
        "ans_already_public",
        "1.属于已主动公开范围数",
        "件",
        r"已主动公开范围",
        "answered: already public",
    ),
    _row("ans_granted", "2.同意公开答复数", "件", r"(?<!不)同意公开", "answered: granted"),
    _row("ans_partial", "3.同意部分公开答复数", "件", r"同意部分公开", "answered: granted in part"),
    _row("ans_denied", "4.不同意公开答复数", "件", r"不同意公开", "answered: refused"),
    _row("den_state_secret", "其中：1.涉及国家秘密", "件", r"国家秘密", "refused: state secret"),
    _row("den_trade_secret", "2.涉及商业秘密", "件", r"商业秘密", "refused: trade secret"),
    _row("den_privacy", "3.涉及个人隐私", "件", r"个人隐私", "refused: privacy"),
    _row(
        "den_security",
        "4.危及国家安全、公共安全、经济安全和社会稳定",
        "件",
        r"公共安全.{0,2}经济安全|三安全",
        "refused: danger to security or stability",
    ),
    _row(
        "den_not_gov_info",
        "5.不是《条例》所指政府信息",
        "件",
        r"不是.{0,4}条例.{0,2}所指|非.?条例.?所指",
        "refused: not government information",
    ),
    _row(
        "den_other_law",
        "6.法律法规规定的其他情形",
        "件",
        r"法律法规规定的?其他",
        "refused: other grounds in law",
    ),
    _row(
        "ans_not_this_organ",
        "5.不属于本行政机关公开数",
        "件",
        r"不属于本(?:行政)?机关",
        "answered: another agency's",
    ),
    _row("ans_not_exist", "6.申请信息不存在数", "件", r"信息不存在", "answered: does not exist"),
    _row(
        "ans_correction",
        "7.告知作出更改补充数",
        "件",
        r"更改.?补充",
        "answered: asked to correct or complete",
    ),
    _row(
        "ans_other_channel",
        "8.告知通过其他途径办理数",
        "件",
        r"其他途径",
        "answered: referred to another channel",
    ),
    _row("review", "四、行政复议数量", "件", r"^行政复议(?:数量?|案件数)?$", "reviews"),
    _row("review_upheld", "（一）维持具体行政行为数", "件", r"^维持", "reviews: upheld"),
    _row("review_corrected", "（二）被依法纠错数", "件", r"纠错", "reviews: corrected"),
    _row("review_other", "（三）其他情形数", "件", r"^其他情形", "reviews: otherwise"),
    _row("litigation", "五、行政诉讼数量", "件", r"^行政诉讼(?:数量?|案件数)?$", "lawsuits"),
    _row(
        "litigation_upheld",
        "（一）维持具体行政行为或者驳回原告诉讼请求数",
        "件",
        r"^维持|驳回",
        "lawsuits: upheld or dismissed",
    ),
    _row("litigation_corrected", "（二）被依法纠错数", "件", r"纠错", "lawsuits: corrected"),
    _row("litigation_other", "（三）其他情形数", "件", r"^其他情形", "lawsuits: otherwise"),
    _row("complaints", "六、举报投诉数量", "件", r"举报投诉|投诉举报", "complaints"),
    _row(
        "fees_10k",
        "七、依申请公开信息收取的费用",
        "万元",
        r"收取的?费用",
        "fees for requests, in 万元",
    ),
    _row("units", "（一）政府信息公开工作专门机构数", "个", r"专门机构", "offices for disclosure"),
    _row("reading_points", "（二）设置政府信息公开查阅点数", "个", r"查阅点", "reading points"),
    _row(
        "staff",
        "（三）从事政府信息公开工作人员数",
        "人",
        r"从事政府信息公开工作人员",
        "staff for disclosure",
    ),
    _row("staff_full", "1.专职人员数", "人", r"^专职人员", "full-time staff"),
    _row("staff_part", "2.兼职人员数", "人", r"兼职人员", "part-time staff"),
    _row("budget_10k", "（四）政府信息公开专项经费", "万元", r"专项经费", "special funds, in 万元"),
    _row(
        "meetings",
        "（一）召开政府信息公开工作会议或专题会议数",
        "次",
        r"^召开.{0,24}会议",
        "meetings",
    ),
    _row("trainings", "（二）举办各类培训班数", "次", r"培训班", "courses"),
    _row("trainees", "（三）接受培训人员数", "人次", r"接受培训", "people trained"),
)
"""The 58 indicators in the order of the table."""

S2014_KEYS = tuple(f"s2014.{row.key}" for row in S2014)
S2014_LABELS = {row.key: row.label for row in S2014}
DECIMALS_2014 = frozenset({"s2014.fees_10k", "s2014.budget_10k"})

_ANSWERS = tuple(row.key for row in S2014 if row.key.startswith("ans_"))
_REASONS = tuple(row.key for row in S2014 if row.key.startswith("den_"))
SUMS_2014 = (
    ("S14-01", "req_received", ("req_in_person", "req_fax", "req_online", "req_letter")),
    ("S14-02", "req_completed", ("req_completed_on_time", "req_completed_extended")),
    ("S14-03", "req_answered", _ANSWERS),
    ("S14-04", "ans_denied", _REASONS),
    ("S14-06", "staff", ("staff_full", "staff_part")),
    ("T4-04", "review", ("review_upheld", "review_corrected", "review_other")),
    ("T4-04", "litigation", ("litigation_upheld", "litigation_corrected", "litigation_other")),
)
"""Rule, total and parts of every sum of the table (domain guide §4.2)."""
