"""What there is to say, as items with a key made of their content."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive import clock
from archive.audit.presence import Presences
from archive.database.models import Agency
from archive.database.status_history import StatusChange
from archive.divisions import division
from archive.evidence.wording import STATUS


@dataclass(frozen=True, slots=True)
class Item:
    """Something to say. ``group`` is the heading it stands under, ``line`` its text; ``data`` the same for
    machines. ``notes`` are lines that explain it.
    """

    key: str
    group: str
    line: str
    data: dict[str, Any]
    notes: tuple[str, ...] = ()


RUNS, PROBLEMS = "运行情况", "需要处理的问题"
_LONGEST = 400
"""Characters of a reason in a message; the whole stands in the archive."""
_STATES = {"finished": "完成", "failed": "未全部完成", "interrupted": "中断"}


def of_run(run: dict[str, Any], wanted: str) -> Iterator[Item]:
    """The summary of a run, where runs of its state are wanted."""
    if not run or wanted == "none" or (wanted == "failed" and run["state"] != "failed"):
        return
    crawl = run.get("crawl", {})
    verdicts = "，".join(f"{name} {number}" for name, number in crawl.get("verdicts", {}).items())
    line = f"第{run['run']}次运行{_STATES[run['state']]}：计划访问{run['places']}处"
    line += f"（{verdicts}），发现报告{crawl.get('reports', 0)}份" if crawl else ""
    line += "".join(f"；{problem}" for problem in run["problems"])
    yield Item(f"run:{run['run']}:{run['started_at']}", RUNS, line, {"run": run})


def of_problems(problems: Sequence[str], now: datetime) -> Iterator[Item]:
    """What is wrong with the service; the same is said once a day."""
    for problem in dict.fromkeys(problems):
        key = f"problem:{clock.china_day(now)}:{problem}"
        yield Item(key[:500], PROBLEMS, problem, {"problem": problem})


def of_verdicts(session: Session, since: datetime) -> Iterator[Item]:
    """The verdicts that became others since, as they stand now.

    That a report is missing accuses somebody, so it is told only when its absence was seen on two days.
    """
    rows = session.scalars(
        select(StatusChange)
        .options(joinedload(StatusChange.agency))
        .where(StatusChange.at >= since, StatusChange.until.is_(None), StatusChange.new.in_(STATUS))
        .order_by(StatusChange.id)
    ).all()
    campaign = clock.china_day(clock.now()).year - 1
    changes = [
        row
        for row in rows
        if row.old != row.new and (row.old or (row.year >= campaign and row.new != "not_due"))
    ]
    confirmed = _confirmed(session, [row for row in changes if row.new == "missing"])
    for row in changes:
        if row.new != "missing" or row.id in confirmed:
            yield _item(row)


def _item(row: StatusChange) -> Item:
    old, new = STATUS.get(row.old or "", ("", ""))[0], STATUS[row.new][0]
    late = f"（{row.days_late}天）" if row.days_late else ""
    line = (
        f"{row.agency.name} {row.year}年度：{f'{old} → ' if old else ''}{new}{late}，期限{row.due}"
    )
    key = f"status:{row.agency.division_code}|{row.agency.name}|{row.year}|{row.scope}|{row.new}|{row.at.isoformat()}"
    data = {
        "agency": row.agency.name,
        "division_code": row.agency.division_code,
        "year": row.year,
        "scope": row.scope,
        "old": row.old,
        "new": row.new,
        "due": row.due.isoformat(),
        "days_late": row.days_late,
        "at": row.at.astimezone(clock.CHINA).isoformat(timespec="seconds"),
        "reason": row.reason,
        "reason_zh": row.reason_zh,
    }
    told = (("理由：", row.reason_zh), ("Reason: ", row.reason))
    notes = tuple(word + _line(reason) for word, reason in told if reason.strip())
    return Item(key, _place(row.agency), line, data, notes)


def _line(text: str) -> str:
    """A sentence on one line: it may repeat words of a web page, which are as long as that likes."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _place(agency: Agency) -> str:
    known = division(agency.division_code) if agency.division_code else None
    return f"{known.name} {agency.division_code}" if known else agency.division_code or "其他"


def _confirmed(session: Session, rows: Sequence[StatusChange]) -> set[int]:
    """Those of the missing whose absence complete visits saw on two days or more."""
    found: set[int] = set()
    years: dict[int, list[StatusChange]] = defaultdict(list)
    for row in rows:
        years[row.year].append(row)
    for year, members in years.items():
        agencies = {row.agency.id: row.agency for row in members}
        presences = Presences(session, year, clock.now()).of_all(list(agencies.values()))
        days = {
            (presence.agency.id, presence.scope): {
                clock.china_day(visit.started_at) for visit in presence.carrying
            }
            for presence in presences
        }
        for row in members:
            seen = days.get((row.agency_id, row.scope), set())
            if len({day for day in seen if day >= row.due + timedelta(days=1)}) >= 2:
                found.add(row.id)
    return found
