"""The sentences of the audit: why a status is what it is, in English and in Chinese.

Every sentence that stands beside a status is made here and nowhere else, in both languages at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from archive.clock import china_day, china_text
from extract.counting import counted


class Said(NamedTuple):
    """A sentence in both languages."""

    en: str
    zh: str


_VERDICTS = {
    "blocked": "网站拒绝了本项目的访问",
    "down": "网站未能打开",
    "partial": "栏目未能完整查阅",
    "not_found": "在网站上没有找到年度报告栏目",
    "unfinished": "查阅中断，没有完成",
}
_KINDS = {
    "412": "要求通过瑞数验证",
    "521": "要求通过加速乐验证",
    "geo": "不向本项目所在网络或地区开放",
    "edgeone": "要求通过 EdgeOne 验证",
    "captcha": "要求人工验证",
    "script": "要求浏览器运行脚本",
    "robots": "robots.txt 不允许",
    "dns": "域名无法解析",
    "refused": "连接被拒绝",
    "closed": "连接中断",
    "timeout": "超时",
    "tls": "加密连接失败",
    "too_large": "内容过大",
    "truncated": "内容不完整",
    "tunnel": "代理未能连通",
    "undecodable": "内容无法解码",
    "unofficial": "不是官方网站",
    "private_address": "指向内部网络地址",
    "scheme": "不是网页地址",
    "redirect": "跳转到不予查阅的地址",
    "redirect_loop": "跳转没有尽头",
    "unreachable": "无法连通",
    "error": "程序未能处理",
    "not_recorded": "未能存档",
    "browser": "浏览器未能运行",
    "paging": "列表还有未能显示的页",
    "count": "所见条数与网站自称的不符",
    "budget": "已达到单次查阅的请求上限",
    "trap": "列表翻页没有尽头",
    "needs_browser": "列表须运行脚本才能显示",
    "weak": "不能确定所查页面就是该栏目",
    "elsewhere": "栏目在其他网站上，且没有该机关的报告",
    "no_reports": "栏目中没有任何年度的报告",
    "stale": "所见是缓存中的旧页面",
    "moved": "页面称该网站或栏目已迁移或停止更新",
    "cut": "页面内容中断",
    "canary": "以前见过的报告都不见了，列表已有变化",
}
"""What :attr:`archive.database.models.Visit.kind` means; of a kind that is not here the word itself is told."""


def seen(moment: datetime) -> Said:
    """It was there before the due day was over."""
    return Said(f"seen on {china_text(moment)}", f"{china_text(moment)} 查见")


def due(day: date) -> Said:
    """The due day is not over."""
    return Said(f"due on {day}", f"期限为 {day}")


def dated_late(displayed: date) -> Said:
    """The agency itself displays a date after the due day."""
    return Said(f"the page itself shows {displayed}", f"页面自身标注的日期为 {displayed}")


def backdated(displayed: date, absent: datetime) -> Said:
    """It displays a day after which it was not there yet."""
    return Said(
        f"the page shows {displayed}, but the report was not there on {china_text(absent)}",
        f"页面标注 {displayed}，但 {china_text(absent)} 查阅时尚无此报告",
    )


def claimed(displayed: date, first_seen: datetime) -> Said:
    """It displays a day in time, and was seen only later."""
    return Said(
        f"the page shows {displayed}; first seen on {china_text(first_seen)}, after the due date",
        f"页面标注 {displayed}；首次查见于 {china_text(first_seen)}，已过期限",
    )


def appeared_late(absent: datetime, first_seen: datetime) -> Said:
    """It was not there after the due day, and later it was."""
    return Said(
        f"not there on {china_text(absent)}, first seen on {china_text(first_seen)}",
        f"{china_text(absent)} 查阅时尚无此报告，{china_text(first_seen)} 首次查见",
    )


def undated(first_seen: datetime, elsewhere: date | None) -> Said:
    """It was seen only after the due day where it bears no date; ``elsewhere`` is a late date of another page."""
    if elsewhere is not None:
        return Said(
            f"one page shows {elsewhere}, another shows no date; first seen on {china_text(first_seen)}",
            f"有页面标注 {elsewhere}，另有页面未标注日期；首次查见于 {china_text(first_seen)}",
        )
    return Said(
        f"published, but no date that can be relied on is shown; it was first seen on {china_text(first_seen)}",
        f"已公布，但页面未标注可信的日期，首次查见于 {china_text(first_seen)}",
    )


def handed_over() -> Said:
    """Somebody added the document as a file."""
    return Said(
        "the document was added as a file; its publication was not seen",
        "文件由人工加入，未见其公布情况",
    )


def absent(
    times: int, last: datetime, rows: int | None, pages: int | None, *, since: datetime | None
) -> Said:
    """The column was read in full after the due day, and the report was not there.

    ``since`` is when it was first read so, if that was long after the day: what a column shows no more was
    not therefore never published, and who accuses must know.
    """
    often = "once" if times == 1 else f"{times} times"
    read = f"{counted(rows or 0, 'entry', 'entries')} on {counted(pages or 0, 'page')}"
    late = late_zh = ""
    if since is not None:
        late = (
            f"; it was first read on {china_day(since)}, long after the due date: a report that was "
            "taken down before cannot be told from one that never was"
        )
        late_zh = f"；首次查阅（{china_day(since)}）距期限已久，此前撤下的报告与从未公布的无从区分"
    return Said(
        f"the place was read in full {often} after the due date, last on {china_text(last)} "
        f"({read}), and the report was not there{late}",
        f"期限过后完整查阅该栏目 {times} 次，均未见此报告；最近一次为 {china_text(last)}"
        f"（{pages} 页，{rows} 条）{late_zh}",
    )


def untold(title: str, where: str | None) -> Said:
    """A row may be the report, or that of somebody else."""
    return Said(
        f"a report that may be this one could not be told apart: {title}"
        + (f" ({where})" if where else ""),
        f"有一份可能就是该报告，尚不能辨明：{title}" + (f"（{where}）" if where else ""),
    )


def never_visited() -> Said:
    """No place is known, or none was opened."""
    return Said("no place of publication was ever visited", "从未查阅过该机关的公布栏目")


def not_since() -> Said:
    """The last visit was before the due day was over."""
    return Said("not visited after the due date", "期限过后尚未查阅")


def never_carried() -> Said:
    """The column was read in full, and may not be the one where this agency publishes."""
    return Said(
        "the place was read in full, but it has never shown a report of this agency or of one "
        "of its kind, so it may publish elsewhere",
        "已完整查阅该栏目，但其中从未出现该机关或同类机关的报告，该机关可能在别处公布",
    )


def visit(verdict: str, kind: str | None, reason: str) -> Said:
    """What became of the last visit. ``reason`` is the sentence of the crawler."""
    told = f" ({kind})" if kind else ""
    meaning = f"（{_meaning(kind)}）" if kind else ""
    return Said(
        f"{verdict}{told}: {reason}".rstrip(": "), f"{_VERDICTS.get(verdict, verdict)}{meaning}"
    )


def _meaning(kind: str) -> str:
    if kind.startswith("http_"):
        return f"网站返回 HTTP {kind.removeprefix('http_')}"
    return _KINDS.get(kind, kind)


def other_scope(scopes: Sequence[str]) -> Said:
    """A verdict was on a scope that the report does not have after all."""
    words = {"organ": "本机关", "region": "本行政区域", "system": "本系统"}
    return Said(
        f"the report is known with another scope: {', '.join(scopes)}",
        f"该报告的范围另有认定：{'、'.join(words.get(scope, scope) for scope in scopes)}",
    )


def before_the_law(first_year: int) -> Said:
    """Nobody owed a report yet."""
    return Said(f"no reports were due before {first_year}", f"{first_year} 年以前无须公布年度报告")


def not_known_to_owe(year: int) -> Said:
    """A crawl confirmed the agency; for years before that nothing proves its duty."""
    return Said(f"not known to owe a report before {year}", f"{year} 年以前是否应当公布尚无依据")


def unread() -> Said:
    """No reader has seen the document yet."""
    return Said("not read yet", "尚未读取")


def no_report() -> Said:
    """The document is something else."""
    return Said("the document is not such a report", "该文件不是年度报告")


def doubtful(status: str) -> Said:
    """The reading is not certain: ``suspect`` or ``failed``."""
    words = {"suspect": "读取存疑", "failed": "未能读取"}
    return Said(
        "the reading failed" if status == "failed" else f"the reading is {status}",
        words.get(status, status),
    )


def other_year(year: int) -> Said:
    """The document says that it is for another year."""
    return Said(f"the document is the report for {year}", f"该文件是 {year} 年度的报告")


def other_body(name: str) -> Said:
    """The document names another agency as its author."""
    return Said(f"the document is the report of {name}", f"该文件是{name}的报告")


def perhaps_other_body(name: str | None) -> Said:
    """The document names somebody who may be another agency."""
    return Said(
        f"the document names {name}, which may be another body",
        f"该文件署名为{name}，可能是另一机关",
    )


def last_years() -> Said:
    """Text and tables were copied."""
    return Said(
        "text and tables are those of the report for the year before",
        "正文和表格均与上一年度的报告相同",
    )


def failed(rule: str, message: str, message_zh: str) -> Said:
    """The first of the rules that failed."""
    return Said(f"{rule}: {message}", f"{rule}：{message_zh}")


def page(number: int, pages: int, year: int, *, seen_later: bool) -> Said:
    """A page of a column that was read in full and did not have the report."""
    absence = (
        (f"the report for {year} is not there yet", f"尚无 {year} 年度报告")
        if seen_later
        else (f"no report for {year} of this agency", f"没有该机关 {year} 年度报告")
    )
    return Said(
        f"page {number} of {pages} of the column: {absence[0]}",
        f"栏目第 {number} 页（共 {pages} 页）：{absence[1]}",
    )


def lists(title: str, displayed: date | None) -> Said:
    """A list that shows the report."""
    dated = (f", dated {displayed}", f"，标注日期 {displayed}") if displayed else ("", "")
    return Said(f"lists “{title}”{dated[0]}", f"列有“{title}”{dated[1]}")


def lists_perhaps(title: str) -> Said:
    """A list with a row that may be the report."""
    return Said(f"lists “{title}”, which may be this report", f"列有“{title}”，可能就是该报告")


def the_report() -> Said:
    """The document itself."""
    return Said("the report", "报告本身")


def failing(verdict: str, kind: str | None, reason: str) -> Said:
    """An exchange of a visit that came to nothing."""
    return Said(reason or verdict, visit(verdict, kind, reason).zh)
