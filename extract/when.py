"""Of which time a number of a sentence is: of the year reported on, or of another, a part of it, a plan, a change.

“去年收到申请12件” and “比上年增加3件” are true and say nothing of how many there were this year.
"""

from __future__ import annotations

import re

_REACH = 200
"""Characters before a number that are looked at."""
_SENTENCE_ENDS = re.compile(r"[。！!？?\n]")
_CLAUSE_ENDS = re.compile(r"[，,。；;！!？?：:()\n]")
_TIMES = re.compile(
    r"(?P<this>本年度?|今年|当年|年内|(?<![年度])全年)"
    r"|截[至止到](?:20\d\d年)?(?:[1-9]|1[01])月|(?<!\d)1月?[-—–~至到](?:[1-9]|1[01])月"
    r"|(?P<year>(?<!\d)20\d\d)年"
    r"|上一?年|去年|往年|历年|[前近][一二两三四五六七八九十几\d]+年|[上下]半年|前?[一二三四](?:个)?季度"
)
_NOT_SAID_OF = re.compile(r"(?:[较比与同跟和对]|针对|落实|按照)$")
"""What stands before a time to which something is only compared or related."""
_NOT_SAID_AFTER = re.compile(
    r"(?:全?年?度?)(?:结转|转结|相比|同期相比|的?(?:问题|不足)|存在|.{0,12}[》”])"
)
_AVERAGE_OR_PLAN = re.compile(
    r"每[年月周日天季]|[年月日]均|平均|预计|力争|目标|(?:拟|计划|将)(?:制|出|公|发|新|收|主)|计划$"
)
_CHANGE = re.compile(r"(?:增加|增长|净增|减少|下降|上升|降低|提高|增多|[多少])了?$")
_COMPARED = re.compile(r"(?:(?<!比)较|(?<!对)比)(?![例率较好大多高为强快完]).*(?<![到至为达])$")


def is_of_the_year(text: str, position: int, year: int | None) -> bool:
    """Whether the plain ``text`` tells what it counts at ``position`` of the ``year`` reported on, as a whole."""
    before = text[max(position - _REACH, 0) : position]
    sentence = _SENTENCE_ENDS.split(before)[-1]
    clause = _CLAUSE_ENDS.split(sentence)[-1]
    if any(sign.search(clause) for sign in (_CHANGE, _COMPARED, _AVERAGE_OR_PLAN)):
        return False
    return not is_of_another_time(sentence, year)


def is_of_another_time(sentence: str, year: int | None) -> bool:
    """Whether the time that is named last is another one than the ``year``, or a part of it."""
    told = [found for found in _TIMES.finditer(sentence) if _is_told(sentence, found)]
    if not told:
        return False
    last = told[-1]
    if last["year"]:
        return year is not None and int(last["year"]) != year
    return last["this"] is None


def _is_told(sentence: str, found: re.Match[str]) -> bool:
    """Whether what follows a time is said of it."""
    return not (
        _NOT_SAID_OF.search(sentence, max(found.start() - 2, 0), found.start())
        or _NOT_SAID_AFTER.match(sentence, found.end())
    )
