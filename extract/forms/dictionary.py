"""The data dictionary: every cell of the forms under a key that never changes its meaning.

Keys are ``<table>.<row>.<column>``. The forms: ``f2021`` (国办公开办函〔2021〕30号, reports for 2021 and
later: 10 + 175 + 15 = 200 cells) and ``f2019`` (国办公开办函〔2019〕60号, reports for 2019 and 2020:
22 + 161 + 15 = 198 cells). The statistics table of 2014 is in :mod:`extract.forms.statistics_2014`. Labels are those printed on the forms. A row or column is recognised by
its discriminator, a part of the label that no other label of the table contains; ``=`` before it
means the whole label without its number.
"""

from __future__ import annotations

from dataclasses import dataclass

from extract.forms.statistics_2014 import DECIMALS_2014, S2014


@dataclass(frozen=True, slots=True)
class Entry:
    """A row or column of a form: its part of the key, printed label and discriminator."""

    key: str
    label: str
    discriminator: str
    group: str = ""
    """Label of the group of rows or columns this one stands in, as printed."""


APPLICANTS = (
    Entry("natural_person", "自然人", "自然人"),
    Entry("business", "商业企业", "商业企业", "法人或其他组织"),
    Entry("research", "科研机构", "科研机构", "法人或其他组织"),
    Entry("public_interest", "社会公益组织", "社会公益组织", "法人或其他组织"),
    Entry("legal_service", "法律服务机构", "法律服务机构", "法人或其他组织"),
    Entry("other_org", "其他", "=其他", "法人或其他组织"),
    Entry("total", "总计", "=总计"),
)
"""Columns of table 三, in the order of the form."""

_DENIED, _UNABLE = "（三）不予公开", "（四）无法提供"
_NOT_PROCESSED, _OTHER = "（五）不予处理", "（六）其他处理"

RECEIVED_NEW = Entry("received_new", "一、本年新收政府信息公开申请数量", "本年新收")
CARRIED_IN = Entry("carried_in", "二、上年结转政府信息公开申请数量", "上年结转")
PROCESSED_TOTAL = Entry("processed_total", "（七）总计", "=总计")
CARRIED_OUT = Entry("carried_out", "四、结转下年度继续办理", "结转下年度")
OTHER_TOTAL = Entry("other_total", "（六）其他处理", "=其他处理")

RESULTS = (
    Entry("granted", "（一）予以公开", "予以公开"),
    Entry("partially_granted", "（二）部分公开", "部分公开"),
    Entry("denied.state_secret", "1.属于国家秘密", "国家秘密", _DENIED),
    Entry("denied.prohibited_by_law", "2.其他法律行政法规禁止公开", "法律行政法规禁止", _DENIED),
    Entry("denied.security_stability", "3.危及“三安全一稳定”", "三安全一稳定", _DENIED),
    Entry("denied.third_party", "4.保护第三方合法权益", "第三方", _DENIED),
    Entry("denied.internal_affairs", "5.属于三类内部事务信息", "内部事务", _DENIED),
    Entry("denied.deliberative", "6.属于四类过程性信息", "过程性", _DENIED),
    Entry("denied.enforcement_file", "7.属于行政执法案卷", "执法案卷", _DENIED),
    Entry("denied.administrative_query", "8.属于行政查询事项", "查询事项", _DENIED),
    Entry("unable.not_held", "1.本机关不掌握相关政府信息", "不掌握", _UNABLE),
    Entry("unable.requires_creation", "2.没有现成信息需要另行制作", "另行制作", _UNABLE),
    Entry("unable.unclear_after_correction", "3.补正后申请内容仍不明确", "补正后", _UNABLE),
    Entry("not_processed.petition_complaint", "1.信访举报投诉类申请", "信访", _NOT_PROCESSED),
    Entry("not_processed.duplicate", "2.重复申请", "重复申请", _NOT_PROCESSED),
    Entry("not_processed.publication", "3.要求提供公开出版物", "出版物", _NOT_PROCESSED),
    Entry("not_processed.excessive", "4.无正当理由大量反复申请", "大量反复", _NOT_PROCESSED),
    Entry(
        "not_processed.reissue_confirmation",
        "5.要求行政机关确认或重新出具已获取信息",
        "重新出具",
        _NOT_PROCESSED,
    ),
    Entry(
        "other.correction_overdue",
        "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
        "逾期不补正",
        _OTHER,
    ),
    Entry(
        "other.fee_overdue",
        "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
        "缴纳费用",
        _OTHER,
    ),
    Entry("other.other", "3.其他", "=其他", _OTHER),
)
"""The 21 results of handling of f2021; the last three stand as one row 其他处理 in f2019."""

REQUEST_ROWS_2021 = (RECEIVED_NEW, CARRIED_IN, *RESULTS, PROCESSED_TOTAL, CARRIED_OUT)
REQUEST_ROWS_2019 = (
    RECEIVED_NEW,
    CARRIED_IN,
    *RESULTS[:-3],
    OTHER_TOTAL,
    PROCESSED_TOTAL,
    CARRIED_OUT,
)

OUTCOMES = (
    Entry("upheld", "结果维持", "结果维持"),
    Entry("corrected", "结果纠正", "结果纠正"),
    Entry("other", "其他结果", "其他结果"),
    Entry("pending", "尚未审结", "尚未审结"),
    Entry("total", "总计", "=总计"),
)
CHALLENGES = (
    Entry("review", "行政复议", "行政复议"),
    Entry("litigation_direct", "未经复议直接起诉", "未经复议"),
    Entry("litigation_after_review", "复议后起诉", "复议后"),
)
"""Column groups of table 四, in the order of the form."""

ART20_2021 = (
    "art20_1.rules.issued",
    "art20_1.rules.repealed",
    "art20_1.rules.in_force",
    "art20_1.normative.issued",
    "art20_1.normative.repealed",
    "art20_1.normative.in_force",
    "art20_5.licences.decisions",
    "art20_6.penalties.decisions",
    "art20_6.coercion.decisions",
    "art20_8.admin_fees.amount_10k",
)
ART20_2019 = (
    *(
        f"art20_1.{row}.{column}"
        for row in ("rules", "normative")
        for column in ("made_new", "disclosed_new", "disclosed_total")
    ),
    *(
        f"{row}.{column}"
        for row in (
            "art20_5.licences",
            "art20_5.other_services",
            "art20_6.penalties",
            "art20_6.coercion",
        )
        for column in ("items_prev", "items_change", "decisions")
    ),
    "art20_8.admin_fees.items_prev",
    "art20_8.admin_fees.items_change",
    "art20_9.procurement.projects",
    "art20_9.procurement.amount",
)


def request_keys(rows: tuple[Entry, ...]) -> tuple[str, ...]:
    """Keys of table 三 with these rows, row by row."""
    return tuple(f"requests.{row.key}.{column.key}" for row in rows for column in APPLICANTS)


CHALLENGE_KEYS = tuple(f"{group.key}.{outcome.key}" for group in CHALLENGES for outcome in OUTCOMES)

F2021_KEYS = ART20_2021 + request_keys(REQUEST_ROWS_2021) + CHALLENGE_KEYS
"""The 200 cells of f2021 in the order of the form."""
F2019_KEYS = ART20_2019 + request_keys(REQUEST_ROWS_2019) + CHALLENGE_KEYS
"""The 198 cells of f2019 in the order of the form."""

FIGURE_KEYS = F2021_KEYS + tuple(key for key in F2019_KEYS if key not in set(F2021_KEYS))
"""Every key of both forms: the columns of the table of figures."""

_DECIMALS = DECIMALS_2014 | {"art20_8.admin_fees.amount_10k", "art20_9.procurement.amount"}


def is_decimal(key: str) -> bool:
    """Whether the cell holds money (a decimal) and not a count (an integer)."""
    return key in _DECIMALS


def column_name(key: str) -> str:
    """The name of a key as a column in databases and wide exports: ``_`` for ``.``."""
    return key.replace(".", "_")


ENGLISH = {
    "natural_person": "from individuals",
    "business": "from companies",
    "research": "from research institutions",
    "public_interest": "from non-profit organisations",
    "legal_service": "from law firms and other legal services",
    "other_org": "from other organisations",
    "total": "all together, as printed",
    "received_new": "requests received in the year",
    "carried_in": "requests of earlier years still open on 1 January",
    "granted": "granted in full",
    "partially_granted": "granted in part",
    "denied.state_secret": "refused: state secret",
    "denied.prohibited_by_law": "refused: forbidden by another law or regulation",
    "denied.security_stability": "refused: danger to security or social stability",
    "denied.third_party": "refused: lawful interests of a third party",
    "denied.internal_affairs": "refused: internal affairs (personnel, logistics, workflow)",
    "denied.deliberative": "refused: drafts, discussions, consultations",
    "denied.enforcement_file": "refused: file of an enforcement case",
    "denied.administrative_query": "refused: another access regime applies (registers)",
    "unable.not_held": "could not be provided: not held by the agency",
    "unable.requires_creation": "could not be provided: would have to be made",
    "unable.unclear_after_correction": "could not be provided: unclear even after correction",
    "not_processed.petition_complaint": "not processed: a petition or complaint",
    "not_processed.duplicate": "not processed: asked before",
    "not_processed.publication": "not processed: asks for a publication",
    "not_processed.excessive": "not processed: excessive, without good ground",
    "not_processed.reissue_confirmation": "not processed: confirm or issue again what was given",
    "other.correction_overdue": "closed: the applicant did not correct the request in time",
    "other.fee_overdue": "closed: the applicant did not pay a notified fee in time",
    "other.other": "closed otherwise",
    "other_total": "closed otherwise (one row in f2019)",
    "processed_total": "all requests closed in the year, as printed",
    "carried_out": "requests still open on 31 December",
    "review": "administrative review",
    "litigation_direct": "lawsuits without review before",
    "litigation_after_review": "lawsuits after review",
    "upheld": "the agency's decision stands",
    "corrected": "the agency's decision is changed or found unlawful",
    "other": "ended otherwise",
    "pending": "undecided on 31 December",
    "rules": "government rules",
    "normative": "administrative normative documents",
    "licences": "administrative licences",
    "other_services": "other services to the public",
    "penalties": "administrative penalties",
    "coercion": "administrative coercion",
    "admin_fees": "administrative fees",
    "procurement": "centralised procurement",
    "issued": "issued in the year",
    "repealed": "repealed in the year",
    "in_force": "in force on 31 December",
    "decisions": "decisions taken in the year, disclosed or not",
    "amount_10k": "collected in the year, in 万元 (10,000 yuan)",
    "made_new": "made in the year",
    "disclosed_new": "disclosed in the year",
    "disclosed_total": "disclosed in all, at the end of the year",
    "items_prev": "items of authority at the end of the year before",
    "items_change": "change of items in the year, signed",
    "projects": "number of projects",
    "amount": "money spent, in the unit the agency prints",
}
"""What the parts of the keys mean, in the terms of the field."""

ART20_ROW_LABELS = {
    "art20_1.rules": "规章",
    "art20_1.normative": "行政规范性文件",
    "art20_5.licences": "行政许可",
    "art20_5.other_services": "其他对外管理服务事项",
    "art20_6.penalties": "行政处罚",
    "art20_6.coercion": "行政强制",
    "art20_8.admin_fees": "行政事业性收费",
    "art20_9.procurement": "政府集中采购",
}
"""Rows of table 二 as people call them."""
ART20_COLUMN_LABELS = {
    "issued": "本年制发",
    "repealed": "本年废止",
    "in_force": "现行有效",
    "decisions": "处理决定",
    "amount_10k": "收费金额(万元)",
    "made_new": "新制作",
    "disclosed_new": "新公开",
    "disclosed_total": "对外公开总数",
    "items_prev": "上一年项目",
    "items_change": "本年增/减",
    "projects": "采购项目",
    "amount": "采购总金额",
}
"""Columns of table 二 as people call them."""


def english(key: str) -> str:
    """What the cell under ``key`` counts, in English."""
    table, _, rest = key.partition(".")
    if table == "s2014":
        return next(row.english for row in S2014 if row.key == rest)
    if table == "requests":
        row, _, column = rest.rpartition(".")
        return f"{ENGLISH[row]}, {ENGLISH[column]}"
    if table in ENGLISH:
        return f"{ENGLISH[table]}: {ENGLISH[rest]}"
    row, _, column = rest.partition(".")
    return f"{ENGLISH[row]}: {ENGLISH[column]}"


def label(key: str) -> str:
    """Row and column of the cell under ``key`` as printed on the form: ``（一）予以公开 / 自然人``.

    A key of no form is given back as it is.
    """
    row, _, column = key.rpartition(".")
    if row in ART20_ROW_LABELS:
        return f"{ART20_ROW_LABELS[row]} / {ART20_COLUMN_LABELS[column]}"
    return _LABELS.get(key, key)


def _joined(entry: Entry) -> str:
    return f"{entry.group} / {entry.label}" if entry.group else entry.label


_LABELS = {
    f"requests.{row.key}.{column.key}": f"{_joined(row)} / {column.label}"
    for row in (*REQUEST_ROWS_2021, OTHER_TOTAL)
    for column in APPLICANTS
} | {
    f"{group.key}.{outcome.key}": f"{group.label} / {outcome.label}"
    for group in CHALLENGES
    for outcome in OUTCOMES
}
