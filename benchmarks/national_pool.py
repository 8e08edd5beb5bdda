"""Documents for an archive of national size: a pool that its reports draw from.

To invent two million reports one by one would take hours and show nothing more, so some thousand are
made, each with figures, narrative and findings of its own, and every version of a report is one of them
under its own agency, year and digest.
"""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from archive.divisions import TOWNSHIP_KINDS, subtree
from extract import VERSION
from extract.document import Position
from extract.forms.dictionary import F2019_KEYS, F2021_KEYS
from extract.record import (
    AgencyName,
    CellValue,
    Dates,
    Finding,
    Parse,
    Record,
    Section,
    Severity,
    Source,
    State,
    Status,
    Verdict,
)

_FORMS = {"f2021": F2021_KEYS, "f2019": F2019_KEYS}
_STATUSES = (("ok", 94), ("suspect", 3), ("failed", 1), ("unread", 2))
_TITLES = {1: "总体情况", 5: "存在的主要问题及改进情况", 6: "其他需要报告的事项"}
_SHARES = {1: 0.5, 5: 0.35, 6: 0.15}
"""How the narrative is divided among the sections."""
_SENTENCES = (
    "全年主动公开政府信息{n}条，其中通过政府网站公开{m}条。",
    "围绕{place}重点领域，及时发布财政预决算、招标采购和民生保障信息{n}条。",
    "收到{place}居民提交的依申请公开{m}件，均在法定期限内答复。",
    "组织召开政务公开培训{m}次，参加人员{n}人次。",
    "政务新媒体发布{place}有关信息{n}条，解读政策文件{m}件。",
    "一是公开内容不够全面，{place}部分信息更新不够及时。",
    "二是业务人员更换频繁，对条例的理解有待加强。",
    "下一步将完善制度，规范流程，提升{place}政务公开水平。",
    "严格执行保密审查，未发生因公开引起的行政复议和诉讼。",
    "本年度未收取信息处理费，没有其他需要报告的事项。",
    "办理人大代表建议{m}件、政协委员提案{m}件，办理结果全部公开。",
    "依托{place}便民服务中心设置公开查阅点，接待群众{n}人次。",
)
_RULES = (("T3-01", "error"), ("T2-03", "warn"), ("N-04", "info"), ("ST-02", "error"))


@dataclass(frozen=True, slots=True)
class Template:
    """A document: how it was read, what it says, and the compressed beginning of its record."""

    form: str
    status: str
    cells: dict[str, int]
    sections: tuple[Section, ...]
    findings: tuple[Finding, ...]
    _begun: Any
    _head: bytes

    def packed(self, named: dict[str, Any]) -> bytes:
        """The record as :mod:`archive.readings` keeps it, with what differs from report to report."""
        rest = self._begun.copy()
        tail = json.dumps(named, ensure_ascii=False)[1:].encode()
        return self._head + bytes(rest.compress(tail)) + bytes(rest.flush())


@dataclass(frozen=True)
class Pool:
    """``size`` documents of each form, the same for the same seed; narratives of about ``length``
    characters.
    """

    size: int
    length: int
    seed: int
    templates: dict[str, Sequence[Template]] = field(init=False)

    def __post_init__(self) -> None:
        rng = random.Random(self.seed)
        places = [place.name for place in subtree("") if place.kind in TOWNSHIP_KINDS]
        made = {
            form: [self._template(rng, form, places) for _ in range(self.size)] for form in _FORMS
        }
        object.__setattr__(self, "templates", made)

    def document(self, form: str, number: int) -> Template:
        """The document of the version with this number."""
        return self.templates[form][number % self.size]

    def _template(self, rng: random.Random, form: str, places: Sequence[str]) -> Template:
        status = rng.choices([s for s, _ in _STATUSES], [share for _, share in _STATUSES])[0]
        cells = {key: _value(rng) for key in _FORMS[form]} if status in ("ok", "suspect") else {}
        sections = tuple(
            Section(number, _TITLES[number], _text(rng, int(self.length * share), places))
            for number, share in _SHARES.items()
        )
        findings = tuple(_finding(rng, list(cells)) for _ in range(rng.choice((0, 0, 0, 1, 2))))
        record = _record(form, status, cells, sections, findings if cells else ())
        data = {
            key: value
            for key, value in record.to_json().items()
            if key not in ("source", "title", "agency", "year")
        }
        # A small window, since the state of every template stays in memory.
        begun = zlib.compressobj(6, zlib.DEFLATED, 13, 6)
        head = begun.compress(json.dumps(data, ensure_ascii=False)[:-1].encode() + b", ")
        return Template(form, status, cells, sections, record.findings, begun, head)


def record_of(template: Template) -> Record:
    """The whole record of a document, without agency and year."""
    return _record(
        template.form, template.status, template.cells, template.sections, template.findings
    )


def _record(
    form: str,
    status: str,
    cells: dict[str, int],
    sections: tuple[Section, ...],
    findings: tuple[Finding, ...],
) -> Record:
    return Record(
        source=Source("", "", "text/html", None, 0),
        title=None,
        agency=AgencyName(None),
        year=None,
        scope=None,
        form=form,
        dates=Dates(),
        sections=sections,
        cells=tuple(
            CellValue(
                key,
                value,
                State.NUMBER,
                str(value),
                Position(path=f"table {1 + row // 60}, row {row % 60 + 1}, column 2"),
            )
            for row, (key, value) in enumerate(cells.items())
        ),
        findings=findings,
        parse=Parse(Status("ok" if status == "unread" else status)),
        extractor=VERSION,
    )


def _value(rng: random.Random) -> int:
    return int(rng.expovariate(0.05)) if rng.random() < 0.3 else 0


def _text(rng: random.Random, length: int, places: Sequence[str]) -> str:
    text = ""
    while len(text) < length:
        text += rng.choice(_SENTENCES).format(
            place=rng.choice(places), n=rng.randrange(1, 5000), m=rng.randrange(1, 60)
        )
    return text


def _finding(rng: random.Random, keys: Sequence[str]) -> Finding:
    rule, severity = rng.choice(_RULES)
    cells = tuple(rng.sample(keys, 3)) if keys else ()
    return Finding(
        rule,
        Verdict.FAIL,
        Severity(severity),
        cells,
        "The cells do not add up to their total.",
        "各项之和与总计不符。",
    )
