"""The messages that wait, and their sending: each channel gets each message once.

A message is marked as sent after the channel has taken it. Only where the process dies between the two is
it sent again; its key goes with it, so that the other side can tell.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from archive import clock
from archive.database.messages import Message, Said
from archive.folder import Archive
from archive.messages.channels import Channel, ChannelError
from archive.messages.news import PROBLEMS, RUNS, Item

_BASELINE = "baseline"
_FIRST_GAP, _LONGEST_GAP = timedelta(minutes=5), timedelta(days=1)
_GIVEN_UP = timedelta(days=14)
"""So long a message is tried; what was not taken by then is no news any more."""
_MOST = 300
"""Items that a message spells out; more are counted, and stand in the archive."""


def baseline(session: Session) -> datetime:
    """From when on changes are news: the first time that this was asked. The caller commits."""
    row = session.get(Said, _BASELINE)
    if row is None:
        row = Said(key=_BASELINE, at=clock.now())
        session.add(row)
        session.flush()
    return row.at


def put(session: Session, items: Sequence[Item], channels: Sequence[str]) -> int:
    """Make one message for each channel of those ``items`` that were never said; returns how many were new.

    The caller commits, and with that the message exists and its items are said.
    """
    wanted = {item.key: item for item in items}
    known: set[str] = set()
    keys = list(wanted)
    for start in range(0, len(keys), 500):
        known.update(
            session.scalars(select(Said.key).where(Said.key.in_(keys[start : start + 500])))
        )
    fresh = [item for key, item in wanted.items() if key not in known]
    if not fresh:
        return 0
    now = clock.now()
    digest = hashlib.sha256("\n".join(sorted(item.key for item in fresh)).encode()).hexdigest()
    subject, body = _text(fresh)
    content = {"subject": subject, "key": digest, "items": [item.data for item in fresh]}
    session.add_all(Said(key=item.key, at=now) for item in fresh)
    for channel in channels:
        session.add(
            Message(
                key=digest,
                channel=channel,
                subject=subject,
                body=body,
                content=content,
                created_at=now,
                next_at=now,
            )
        )
    return len(fresh)


def deliver(archive: Archive, ways: Mapping[str, Channel]) -> list[str]:
    """Send what waits and is due; returns what could not be sent, a sentence for each channel."""
    problems: dict[str, str] = {}
    now = clock.now()
    with archive.session() as session:
        waiting = session.scalars(
            select(Message.id)
            .where(Message.sent_at.is_(None), Message.next_at.is_not(None))
            # A clock that was set back must not keep messages for long.
            .where(or_(Message.next_at <= now, Message.next_at > now + _LONGEST_GAP))
            .order_by(Message.id)
        ).all()
    for number in waiting:
        with archive.reader() as session:
            message = session.get_one(Message, number)
        way = ways.get(message.channel)
        if message.channel in problems:
            continue  # It waits with the one before it, and its turn comes with the same look.
        try:
            error = None
            if way is None:
                error = "this channel is not in the settings any more"
            else:
                way.send(message.subject, message.body, message.content)
        except ChannelError as failure:
            error = str(failure)
        with archive.session() as session:
            row = session.get_one(Message, number)
            row.attempts += 1
            row.error = error or ""
            if error is None:
                row.sent_at, row.next_at = now, None
            elif way is None or now - row.created_at > _GIVEN_UP:
                row.next_at = None
            else:
                gap = min(_LONGEST_GAP, _FIRST_GAP * 2 ** min(row.attempts - 1, 16))
                row.next_at = now + gap
            if error is not None and way is not None:
                then = (
                    f"tried again from {clock.china_text(row.next_at)} on"
                    if row.next_at
                    else "given up after two weeks"
                )
                problems[row.channel] = f"a message to {row.channel} was not sent: {error}; {then}"
            session.commit()
    return list(problems.values())


def _text(items: Sequence[Item]) -> tuple[str, str]:
    """Subject and text of a message: the service's own matters first, then division by division."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.group, []).append(item)
    verdicts = [item.data for item in items if "new" in item.data]
    counts = Counter(str(data["new"]) for data in verdicts)
    parts = [f"状态变化{len(verdicts)}项"] if verdicts else []
    parts += [
        f"{name}{number}项"
        for name, number in (
            ("未公布", counts["missing"]),
            ("逾期公布", counts["late"]),
            ("疑似倒填日期", counts["backdated_suspect"]),
        )
        if number
    ]
    parts += ["有问题需要处理"] if PROBLEMS in groups else []
    subject = f"政府信息公开年报：{'，'.join(parts) or '运行情况'}"
    order = sorted(groups, key=lambda name: (name != PROBLEMS, name != RUNS, name.split()[-1]))
    lines: list[str] = []
    room = _MOST
    for name in order:
        shown, room = groups[name][:room], room - len(groups[name])
        lines += [f"【{name}】"] if shown else []
        for item in shown:
            lines += [f"· {item.line}", *(f"  {note}" for note in item.notes)]
        lines += [""] if shown else []
        if room <= 0:
            break
    if len(items) > _MOST:
        lines += [f"……另有{len(items) - _MOST}项，见 gongkai audit", ""]
    if verdicts:
        lines.append("“无法判断”“无法访问”是我们未能查明，不是对该机关的指责。")
    if clock.is_set():
        lines.append("时钟为人为设定（演示或测试），本消息不证明任何事情。")
    return subject, "\n".join(lines).rstrip() + "\n"
