"""The summary of an evidence folder for people: Chinese first, English below. Made from the claims alone.

The same claims always give the same blocks, so a summary that was edited is found by making it again.
:mod:`archive.evidence.html` and :mod:`archive.evidence.pdf` put them on pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from archive.evidence.claims import Claims
from archive.evidence.looks import ABSENT, FAILED, Look
from archive.evidence.wording import KINDS, SCOPES, STATUS, at, basis, why
from extract.counting import counted

# What may neither be printed nor turn the direction of the text around it.
_UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; ``level`` 1 is the title of a language."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``note`` is what a reader must not miss."""

    text: str
    note: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under heads (none: a list of names and values); ``widths`` are parts of the whole."""

    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    heads: Sequence[str] = ()


Block = Heading | Paragraph | Table


def title(claims: Claims) -> str:
    """What the evidence is about, in a line."""
    return f"{claims['agency']['name']} {claims['year']}年度政府信息公开工作年度报告：{STATUS[claims['status']][0]}"


def blocks(claims: Claims) -> list[Block]:
    """The summary, in the order of reading; all text is printable."""
    return [_clean(block) for block in (*_chinese(claims), *_english(claims))]


def _chinese(claims: Claims) -> Iterator[Block]:
    agency = claims["agency"]
    yield Heading(title(claims), 1)
    if claims["clock_set"]:
        yield Paragraph(
            "这些记录是在人为设定的时钟下取得的（演示或测试），不能证明任何时间。", True
        )
    yield Paragraph(why(claims)[0])
    yield Table(
        [
            ("机关", agency["name"]),
            ("类别", KINDS.get(agency["kind"], KINDS[None])[0]),
            ("行政区划", f"{agency['division']} {agency['division_code']}".strip() or "未登记"),
            ("报告年度", str(claims["year"])),
            ("报告范围", SCOPES.get(claims["scope"], (claims["scope"],))[0]),
            ("应公布日期", f"{claims['due']['day']}（{_kind_of_basis(claims)[0]}）"),
            ("依据", basis(claims)[0]),
            *_local(claims, ("地方规定", "出处")),
            ("状态", f"{STATUS[claims['status']][0]}（{claims['status']}）"),
            *_when(claims, ("页面标注日期", "首次看到", "最后一次未见", "逾期天数")),
            ("截至", f"{at(claims['known_at'])}（北京时间，下同）"),
        ],
        (1, 4),
    )
    yield from _sightings(claims)
    for number, look in enumerate(claims["looks"], 1):
        yield from _look(claims, number, look)
    yield from _canary(claims)
    yield Heading("如何核对")
    yield Paragraph(
        "evidence.warc.gz 是从原档案逐字节复制的网络交换记录（请求、响应及访问结论），任何 WARC 工具均可读取；"
        "evidence.wacz 是同一文件，可在 replayweb.page 打开。claims.json 是本页的数据形式。"
        "manifest.json 列出每个文件的 SHA-256，manifest.sha256 是它自身的 SHA-256：sha256sum -c manifest.sha256。"
        "gongkai verify 会重新读取全部记录，并核对本页每一项陈述。"
    )
    yield Paragraph(
        "时间出自取得记录的计算机的时钟。法定期限以北京时间当日24时为止，法律没有规定节假日顺延。"
        "如有不同意见或更正，请与取得这些记录者联系。"
    )


def _local(claims: Claims, labels: Sequence[str]) -> Iterator[tuple[str, str]]:
    due = claims["due"]
    if due["local_due"]:
        yield labels[0], f"{due['local_due']}：{due['local_basis']}"
        yield labels[1], due["local_source"]


def _when(claims: Claims, labels: Sequence[str]) -> Iterator[tuple[str, str]]:
    values = (
        claims["displayed_date"],
        at(claims["first_seen"]),
        at(claims["last_absent"]),
        claims["days_late"],
    )
    for label, value in zip(labels, values, strict=True):
        if value not in (None, ""):
            yield label, str(value)


def _sightings(claims: Claims) -> Iterator[Block]:
    if not claims["sightings"]:
        return
    yield Heading("我们看到的报告")
    for one in claims["sightings"]:
        yield Table(
            [
                ("看到时间", at(one["seen_at"])),
                ("标题", one["title"]),
                ("网页", one["url"]),
                ("所在列表", one["list_url"] or "无"),
                ("标注日期", one["displayed_date"] or "无"),
                ("文件", one["document_url"] or "未取得"),
                ("文件 SHA-256", one["document_sha256"] or "无"),
            ],
            (1, 4),
        )


def _look(claims: Claims, number: int, look: Look) -> Iterator[Block]:
    what = {ABSENT: "未见该报告", FAILED: "未能读取"}.get(look["role"], "看到该报告")
    yield Heading(f"第{number}次查看：{at(look['started_at'])}，{what}")
    if look["visit"] is None:
        yield Paragraph("这次访问中断，没有留下结论。", True)
    elif look["role"] == FAILED:
        yield Paragraph(f"结论：{look['verdict']} {look['kind'] or ''}。{look['reason']}")
    else:
        stated = look["rows_stated"]
        site = f"网站自称共{stated}条" if stated is not None else "网站没有标明条数"
        yield Paragraph(
            f"栏目：{look['column_url']}。{site}；我们读到{look['pages']}页、{look['rows']}条。"
            f"按所存网页重新读取：{look['read']['pages']}页、{look['read']['rows']}条"
            f"{'，一致' if look['read']['agrees'] else '，不一致'}。"
        )
        if not look["read"]["agrees"]:
            yield Paragraph("重新读取的结果与当时的记录不一致，此次查看不足为凭。", True)
    rows = [e for e in look["exchanges"] if e["of_column"] or look["role"] == FAILED]
    yield Table(
        [(at(e["fetched_at"]), e["url"], _outcome(e), (e["sha256"] or "")[:16]) for e in rows],
        (2, 6, 1.4, 2.2),
        ("时间", "网页", "HTTP", "SHA-256（前16位）"),
    )
    if look["role"] == ABSENT:
        yield Paragraph(f"栏目当时列出的全部条目（{len(look['entries'])}条）：")
        yield Table(
            [
                (str(place), entry["title"], entry["day"] or "", _year(entry, claims["year"]))
                for place, entry in enumerate(look["entries"], 1)
            ],
            (0.8, 6.6, 1.5, 1.8),
            ("序号", "标题", "标注日期", "年度"),
        )


def _outcome(exchange: dict[str, Any]) -> str:
    return str(exchange["http_status"] or exchange["failure"])


def _year(entry: dict[str, Any], year: int) -> str:
    return f"{entry['year'] or ''}{' 本年度' if entry['year'] == year else ''}"


def _canary(claims: Claims) -> Iterator[Block]:
    if not any(look["role"] == ABSENT for look in claims["looks"]):
        return
    yield Heading("栏目是否正确")
    canary = claims["canary"]
    if canary is None:
        yield Paragraph("该栏目中没有可供对照的往年报告，证明力因此较弱。", True)
    elif canary["own"]:
        yield Paragraph(
            f"同一栏目第{canary['look'] + 1}次查看时列有该机关{canary['year']}年度的报告：“{canary['title']}”（{canary['url']}）。"
            "可见该机关在此公布年度报告，且我们的读取有效。"
        )
    else:
        yield Paragraph(
            f"同一栏目第{canary['look'] + 1}次查看时列有{canary['agency']}{canary['year']}年度的报告：“{canary['title']}”（{canary['url']}）。"
            "可见读取有效；但其中未见该机关往年的报告。"
        )
    days = {at(look["started_at"])[:10] for look in claims["looks"] if look["role"] == ABSENT}
    if claims["status"] == "missing" and len(days) < 2:
        yield Paragraph("期限过后只在一天完整读取过该栏目；建议另日再次查看后再作结论。", True)


def _english(claims: Claims) -> Iterator[Block]:
    agency, status = claims["agency"], claims["status"]
    yield Heading(
        f"Evidence: annual report on government information for {claims['year']}, {STATUS[status][1]}",
        1,
    )
    if claims["clock_set"]:
        yield Paragraph(
            "Recorded under a clock set by hand (a demonstration or test): it proves no time.", True
        )
    yield Paragraph(why(claims)[1])
    yield Table(
        [
            ("agency", f"{agency['name']} ({KINDS.get(agency['kind'], KINDS[None])[1]})"),
            ("covers", SCOPES.get(claims["scope"], ("", claims["scope"]))[1]),
            ("due", f"{claims['due']['day']} ({_kind_of_basis(claims)[1]})"),
            ("basis", basis(claims)[1]),
            *_local(claims, ("local rule", "its source")),
            ("status", status),
            *_when(claims, ("date shown", "first seen", "last not there", "days late")),
            ("as known on", f"{at(claims['known_at'])} (China time, as all times here)"),
        ],
        (1, 4),
    )
    for number, look in enumerate(claims["looks"], 1):
        stated = look["rows_stated"]
        site = (
            f"{counted(stated, 'entry', 'entries')} by the site's own count"
            if stated is not None
            else "no count stated"
        )
        read = f"{counted(look['pages'] or 0, 'page')}, {counted(look['rows'] or 0, 'entry', 'entries')}"
        told = {
            ABSENT: f"not there; read in full: {read}, {site}",
            FAILED: f"nothing could be said: {look['verdict']}. {look['reason']}",
        }.get(look["role"], f"there; {read}, {site}")
        again = (
            ""
            if look["role"] == FAILED or look["read"]["agrees"]
            else (" Reading the stored pages again gives other counts: this look proves nothing.")
        )
        yield Paragraph(f"Look {number}, {at(look['started_at'])}: {told}.{again}")
    canary = claims["canary"]
    if canary is not None:
        whose = "its own report" if canary["own"] else f"the report of {canary['agency']}"
        yield Paragraph(
            f"That this is the right column is shown by {whose} for {canary['year']}, which look "
            f"{canary['look'] + 1} found in it. The pages and entries are listed in the Chinese part."
        )
    yield Paragraph(
        "To check: sha256sum -c manifest.sha256, then the digests in manifest.json; any WARC tool for "
        "evidence.warc.gz; replayweb.page for evidence.wacz; gongkai verify reads all records again and "
        "holds every statement of this page against them. Times are those of the clock of the computer "
        f"that made the records. Made by {claims['program']}."
    )


def _kind_of_basis(claims: Claims) -> tuple[str, str]:
    if claims["due"]["basis"] == "statutory":
        return "法定", "statutory"
    return "惯例或地方规定，非法定", "customary or local, not statutory"


def _clean(block: Block) -> Block:
    match block:
        case Heading(text, level):
            return Heading(_printable(text), level)
        case Paragraph(text, note):
            return Paragraph(_printable(text), note)
        case Table(rows, widths, heads):
            return Table([[_printable(cell) for cell in row] for row in rows], widths, heads)


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub(" ", text)
