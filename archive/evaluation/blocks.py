"""The evaluation as blocks: headings, paragraphs, tables and bars, whatever file they become."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive import clock
from archive.divisions import division as division_of
from archive.evaluation.gathering import (
    LISTED,
    OURS,
    PUBLISHED,
    Entry,
    Evaluation,
    named,
    owed,
    share,
)
from archive.evidence.wording import KINDS, STATUS

_MOST_ROWS = 300
_SEVERITY = {"error": "错误", "warn": "提示", "info": "参考"}
_CONTENT = {
    "complete": "内容完整",
    "incomplete": "内容不完整",
    "inconsistent": "数据不一致",
    "wrong_document": "文件与应公布的报告不符",
    "unread": "未能确定读取（本项目原因）",
}
_UNREAD = "文件未能取得，或未能确定读取。"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 or 2."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; a note is set smaller."""

    text: str
    note: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads to an address."""

    text: str
    url: str


Cell = str | Link


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a caption; ``widths`` are shares of the page."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[int]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it stands for, its number, and whether it tells of us and not of the bodies."""

    label: str
    number: int
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of bars under a caption."""

    caption: str
    bars: Sequence[Bar]


Block = Heading | Paragraph | Table | Bars


def title(about: Evaluation) -> str:
    """The title of the document."""
    return f"{about.name}{about.year}年度政府信息公开工作年度报告公布情况评估报告"


def blocks(about: Evaluation) -> Iterator[Block]:
    """The document after its title."""
    yield from _method(about)
    yield from _publication(about)
    yield from _lists(about)
    yield from _content(about)
    yield from _failures(about)
    yield from _comparison(about)
    yield from _notes(about)


def _day(about: Evaluation) -> str:
    return f"{about.day.year}年{about.day.month}月{about.day.day}日"


def _method(about: Evaluation) -> Iterator[Block]:
    yield Heading("一、评估对象与方法")
    where = (
        f"{about.name}（区划代码{about.division}）及其下级区域"
        if about.division
        else "档案收录的全部区域"
    )
    yield Paragraph(
        f"本报告评估{where}的行政机关{about.year}年度政府信息公开工作年度报告的公布与内容情况，"
        f"反映截至{_day(about)}（北京时间）本项目所掌握的事实。"
    )
    if about.set_clock:
        yield Paragraph(
            "注意：本档案的部分记录以设定时钟生成，仅供演示或测试，不是真实情况。", note=True
        )
    yield Paragraph(
        f"评估对象为名录中已确认的机关，对应应评报告{about.statuses.total()}份。"
        "同一政府的本机关报告与本行政区域报告分别计算。"
    )
    if about.kinds:
        yield Table(
            "评估对象构成",
            ("机关类别", "报告数"),
            [(KINDS.get(kind, (kind or "",))[0], str(n)) for kind, n in about.kinds.most_common()],
            (70, 30),
        )
        yield Table(
            "名录来源",
            ("来源", "机关数"),
            [(origin, str(n)) for origin, n in about.origins.most_common(10)],
            (70, 30),
        )
    last = clock.china_text(about.last_visit) if about.last_visit else "无"
    yield Paragraph(
        f"资料来源为各机关官方网站公开页面。对上述机关的公布栏目共访问{about.visits}次，最近一次完成于{last}。"
        "页面与文件按抓取时原样存档，可逐条复核。"
    )
    yield Paragraph(
        "判断标准：法定期限与惯例期限分别适用；“未公布”仅在期限届满后完整读取公布栏目且未见报告时认定；"
        "网站无法访问、栏目未知、文件无法识读等属于本项目未能查明，单独列示，不计为机关的问题。"
        "人工复核后排除的问题不计入。"
    )


def _publication(about: Evaluation) -> Iterator[Block]:
    yield Heading("二、公布情况")
    if not about.statuses:
        yield Paragraph("名录中没有该区域的机关，无可评估的报告。")
        return
    published = sum(about.statuses[status] for status in PUBLISHED)
    yield Paragraph(
        f"应评报告{about.statuses.total()}份，其中已到期{about.owed}份。已到期的报告中，能够判断是否公布的{about.judged}份："
        f"已公布{share(published, about.judged)}，按时公布{share(about.statuses['on_time'], about.judged)}，"
        f"按页面日期自称按时{share(about.statuses['on_time_claimed'], about.judged)}，"
        f"逾期公布{share(about.statuses['late'], about.judged)}，未公布{share(about.statuses['missing'], about.judged)}。"
    )
    yield Paragraph(
        f"另有{share(sum(about.statuses[s] for s in OURS), about.owed)}本项目未能查明，见第五部分，不在上述比例之内。"
    )
    yield Bars(
        "公布情况（份）",
        [Bar(STATUS[s][0], n, s in OURS) for s in STATUS if (n := about.statuses[s])],
    )
    if len(about.parts) > 1:
        rows = []
        for code, counts in sorted(about.parts.items())[:_MOST_ROWS]:
            seen = owed(counts) - sum(counts[s] for s in OURS)
            there = sum(counts[s] for s in PUBLISHED)
            rows.append(
                (
                    _place(code),
                    str(counts.total()),
                    str(owed(counts)),
                    share(there, seen),
                    str(counts["late"]),
                    str(counts["missing"]),
                    str(sum(counts[s] for s in OURS)),
                )
            )
        yield Table(
            "按区域统计（公布比例以能够判断者为分母）",
            ("区域", "应评", "已到期", "已公布", "逾期", "未公布", "未能查明"),
            rows,
            (26, 10, 10, 24, 10, 10, 10),
        )
        if len(about.parts) > _MOST_ROWS:
            yield _rest(len(about.parts))


def _place(code: str) -> str:
    place = division_of(code) if code else None
    return place.name if place else code or "未登记区划"


def _lists(about: Evaluation) -> Iterator[Block]:
    yield Heading("三、未公布与逾期公布名单")
    if not any(about.listed[status] for status in LISTED):
        yield Paragraph("没有认定为未公布或逾期公布的报告。")
    for status in LISTED:
        entries = named(about.listed[status])
        if not entries:
            continue
        name = STATUS[status][0]
        yield Heading(f"{name}（{len(entries)}份）", 2)
        if status == "backdated_suspect":
            yield Paragraph(
                "页面所示日期早于期限，但此日期之后的完整读取中尚未见到该报告。此处仅陈述所见，不作定性。"
            )
        rows = [
            (
                _agency(entry),
                entry["due"],
                "法定" if entry["due_basis"] == "statutory" else "惯例或地方",
                entry["displayed_date"] or "—",
                _moment(entry["first_seen"]),
                _moment(entry["last_absent"]),
                str(entry["days_late"] if entry["days_late"] is not None else "—"),
            )
            for entry in entries[:_MOST_ROWS]
        ]
        yield Table(
            f"{name}名单",
            ("机关", "期限", "期限依据", "页面日期", "首次见到", "最近未见", "逾期天数"),
            rows,
            (22, 15, 9, 15, 15, 15, 9),
        )
        if len(entries) > _MOST_ROWS:
            yield _rest(len(entries))


def _agency(entry: Entry) -> Cell:
    url = entry["document_url"] or entry["url"]
    return Link(entry["agency"], url) if url else str(entry["agency"])


def _moment(text: str | None) -> str:
    return text[:10] if text else "—"


def _rest(number: int) -> Paragraph:
    return Paragraph(
        f"表中列出前{_MOST_ROWS}项，共{number}项；全部名单可由审计数据表导出。", note=True
    )


def _content(about: Evaluation) -> Iterator[Block]:
    yield Heading("四、内容情况")
    if not about.contents:
        yield Paragraph("没有可评估内容的报告。")
        return
    yield Paragraph(
        f"见到的报告{about.contents.total()}份，其中确定读取{share(about.read, about.contents.total())}。"
        "以下各项比例均以确定读取的报告为分母。"
    )
    yield Bars(
        "内容判定（份）",
        [Bar(_CONTENT[c], n, c == "unread") for c in _CONTENT if (n := about.contents[c])],
    )
    if about.wrong:
        yield Table(
            "文件与应公布的报告不符",
            ("机关", "所见情况"),
            [(_agency(one), one["content_reason_zh"]) for one in named(about.wrong)[:_MOST_ROWS]],
            (35, 65),
        )
    if not about.rules:
        yield Paragraph("所读取的报告中没有规则提示的问题。")
        return
    yield Paragraph(
        "下表按检查规则列出所见的不一致之处。数据或文字上的不一致可能有合理原因，应由机关说明；相同或相似的文字仅表明两份文件所见如此。"
    )
    yield Table(
        "按规则统计",
        ("规则", "性质", "报告数及比例"),
        [
            (
                one.rule,
                _SEVERITY.get(one.severity, one.severity),
                share(len(one.reports), about.read),
            )
            for one in about.rules
        ],
        (25, 25, 50),
    )
    yield Table(
        "各规则示例",
        ("规则", "机关", "所见"),
        [
            (one.rule, Link(example.agency, example.url), example.message)
            for one in about.rules
            for example in one.examples
        ],
        (12, 28, 60),
    )


def _failures(about: Evaluation) -> Iterator[Block]:
    yield Heading("五、本项目未能查明的情况")
    yield Paragraph("本部分所列均为本项目自身未能完成的事项，不说明有关机关是否履行义务。")
    nothing = True
    for status in OURS:
        entries = named(about.listed[status])
        if not entries:
            continue
        nothing = False
        name = STATUS[status][0]
        yield Heading(f"{name}（{len(entries)}份）", 2)
        yield Table(
            f"{name}名单",
            ("机关", "原因"),
            [(_agency(one), one["reason_zh"]) for one in entries[:_MOST_ROWS]],
            (35, 65),
        )
        if len(entries) > _MOST_ROWS:
            yield _rest(len(entries))
    if about.unread:
        nothing = False
        yield Heading(f"未能确定读取（{len(about.unread)}份）", 2)
        yield Table(
            "未能确定读取的报告",
            ("机关", "原因"),
            [
                (_agency(one), one["content_reason_zh"] or _UNREAD)
                for one in named(about.unread)[:_MOST_ROWS]
            ],
            (35, 65),
        )
        if len(about.unread) > _MOST_ROWS:
            yield _rest(len(about.unread))
    if nothing:
        yield Paragraph("没有此类情况。")


def _comparison(about: Evaluation) -> Iterator[Block]:
    yield Heading("六、与上一年度比较")
    ours = sum(about.last_year[s] for s in OURS)
    before = owed(about.last_year) - ours
    if not before:
        yield Paragraph(f"{about.year - 1}年度没有能够判断的报告，不作比较。")
        return
    rows: list[tuple[str, ...]] = [
        (STATUS[s][0], share(about.last_year[s], before), share(about.statuses[s], about.judged))
        for s in (*PUBLISHED, "missing")
    ]
    rows.append(
        (
            "未能查明（以已到期为分母）",
            share(ours, owed(about.last_year)),
            share(sum(about.statuses[s] for s in OURS), about.owed),
        )
    )
    yield Table(
        "两个年度的公布情况（除注明外以能够判断者为分母）",
        ("情况", f"{about.year - 1}年度", f"{about.year}年度"),
        rows,
        (40, 30, 30),
    )
    yield Paragraph(
        "两个年度均以本报告截止日所掌握的事实为准；评估对象数量不同时，比例仅供参考。", note=True
    )


def _notes(about: Evaluation) -> Iterator[Block]:
    yield Heading("七、说明")
    yield Paragraph(
        f"截止日期：{_day(about)}。生成时间：{clock.china_text(about.made_at)}。"
        "本报告由程序依据存档资料生成；对任何一项判断，均可按存档的页面与抓取时间复核并更正。"
    )
