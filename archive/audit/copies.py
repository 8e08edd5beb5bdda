"""Texts and tables that reports share: between years of a body (CY-07, CY-08), between bodies (CU-03, CU-04).

The reports of one year are compared with each other, and each with its own of the year before. Texts are
streamed twice and not kept; in memory are signatures of 256 bytes and digests of sentences.
What is found is worded as what is seen: who wrote first is not known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from archive import readings
from archive.agencies.lineage import Lineage
from archive.audit import copied_text, minhash
from archive.audit.carry_over import Found, Number, independent, same_table
from archive.audit.copied_text import Own, Sentence
from archive.audit.cross import OF_TEXTS, certain, keep
from archive.database.models import Agency, Reading, Report, ReportVersion
from archive.database.models import figures as figure_table
from archive.divisions import current
from archive.standing import Standing
from extract.counting import counted

SIMILAR, EQUAL = 0.80, 0.95
"""Shares of common runs from which on a text is alike, and as good as the same (domain guide §4.2)."""
CANDIDATE = 0.35
"""The estimated Jaccard index from which on a pair of texts is looked at; 0.80 of Dice is 0.67 of it."""
_PAGE = 200
_NAMED = 3
_TABLE_ANYWHERE, _TABLE_IN_COUNTY = 6, 3

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _One:
    """A report that can be compared."""

    report_id: int
    version_id: int
    agency: Agency
    year: int
    scope: str
    sha256: str
    extractor: str
    printed: str | None

    @property
    def title(self) -> str:
        return f"{self.agency.name} {self.year} {self.scope}"

    @property
    def title_zh(self) -> str:
        return f"{self.agency.name}{self.year}年度报告"


def number_of_reports(session: Session, year: int) -> int:
    """How many reports of a year there are to compare."""
    return session.scalar(select(func.count(Report.id)).where(Report.year == year)) or 0


def compare(session: Session, year: int, progress: Progress | None = None) -> int:
    """Compare the reports of a year, and keep what is found; returns how many findings came or went.

    Doing it again changes nothing. The caller commits; interrupted, nothing is changed.
    """
    session.flush()
    return _Comparison(session, year, progress or (lambda done, total: None)).run()


class _Comparison:
    def __init__(self, session: Session, year: int, progress: Progress) -> None:
        self._session, self._year, self._progress = session, year, progress
        self._lineage = Lineage(session)
        self._ones = _comparable(session, year)
        self._found: dict[int, list[Found]] = defaultdict(list)

    def run(self) -> int:
        common = self._template()
        own = lru_cache(maxsize=2_000)(lambda index: self._own(self._ones[index], common))
        signatures, signed = self._signatures(common)
        partners: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for i, j in minhash.candidates(signatures, CANDIDATE):
            one, other = signed[i], signed[j]
            if not self._may_copy(self._ones[one], self._ones[other]):
                continue
            if self._is_mirror(self._ones[one], self._ones[other]):
                continue
            share = minhash.similarity(own(one).runs(), own(other).runs())
            if share >= SIMILAR:
                partners[one].append((share, other))
                partners[other].append((share, one))
        for index, several in partners.items():
            several.sort(key=lambda pair: (-pair[0], self._ones[pair[1]].title))
            self._found[self._ones[index].report_id].append(
                self._alike("CU-03", own(index), [(s, self._ones[j], own(j)) for s, j in several])
            )
        self._tables()
        return self._keep()

    def _template(self) -> frozenset[int]:
        digests = []
        for done, (_, sentences) in enumerate(self._sentences(self._ones)):
            digests.append(np.unique(np.array([one.digest for one in sentences], dtype=np.uint64)))
            self._progress(done, 2 * len(self._ones))
        return copied_text.template(digests)

    def _signatures(self, common: frozenset[int]) -> tuple[np.ndarray[Any, Any], list[int]]:
        """The signatures of the reports that have enough text of their own, and which ones these are."""
        rows = np.empty((len(self._ones), minhash.PERMUTATIONS), dtype=np.uint32)
        signed: list[int] = []
        page: list[tuple[int, _One, Own]] = []
        for index, (one, sentences) in enumerate(self._sentences(self._ones)):
            text = copied_text.own(sentences, common)
            if text.is_enough:
                rows[len(signed)] = minhash.signature(text.runs())
                signed.append(index)
                page.append((index, one, text))
            if len(page) == _PAGE:
                self._years(page, common)
                page.clear()
            self._progress(len(self._ones) + index, 2 * len(self._ones))
        self._years(page, common)
        return rows[: len(signed)], signed

    def _years(self, page: Sequence[tuple[int, _One, Own]], common: frozenset[int]) -> None:
        """Compare reports with those of the same body for the two years before."""
        wanted: dict[tuple[int, int], set[tuple[int, str]]] = defaultdict(set)
        for _, one, _text in page:
            for back in (1, 2):
                bearer = self._lineage.bearer(one.agency, self._year - back)
                wanted[one.report_id, back].add((bearer.id, one.scope))
        earlier: dict[tuple[int, int, str], tuple[_One, Own]] = {}
        for back in (1, 2):
            ids = {
                agency_id for (_, b), pairs in wanted.items() if b == back for agency_id, _ in pairs
            }
            ones = _comparable(self._session, self._year - back, ids) if ids else []
            for former, sentences in self._sentences(ones):
                text = copied_text.own(sentences, common)
                earlier[back, former.agency.id, former.scope] = former, text
        for _, one, text in page:
            former_texts = []
            for back in (1, 2):
                bearer = self._lineage.bearer(one.agency, self._year - back)
                former_texts.append(earlier.get((back, bearer.id, one.scope)))
            last, before = former_texts
            if last is None or not last[1].is_enough:
                continue
            share = minhash.similarity(text.runs(), last[1].runs())
            if share >= SIMILAR:
                self._found[one.report_id].append(self._alike("CY-07", text, [(share, *last)]))
            if before is not None:
                self._found[one.report_id] += _repeated(text, last, before)

    def _alike(self, rule: str, text: Own, others: Sequence[tuple[float, _One, Own]]) -> Found:
        share, _, other_text = others[0]
        shared = copied_text.shared(text, other_text)
        names = [one.title for _, one, _ in others[:_NAMED]]
        names_zh = [one.title_zh for _, one, _ in others[:_NAMED]]
        more = len(others) - len(names)
        where = "、".join("零一二三四五六七八九十"[n] for n in shared.sections if n <= 10)
        percent = int(share * 100)
        message = (
            f"But for names and numbers, {shared.number} of {shared.total} sentences that are no template "
            f"(sections {', '.join(map(str, shared.sections)) or '-'}) stand in {names[0]} as well; the texts are {percent} % alike."
        )
        message_zh = (
            f"除名称、数字外，{f'第{where}部分的' if where else ''}{shared.total}句非模板文字中有{shared.number}句"
            f"与{names_zh[0]}相同，文字相似度{percent}%。"
        )
        if shared.example:
            message += f" Such as: {shared.example}"
            message_zh += f"例如：“{shared.example}”"
        if len(names) > 1:
            rest = f" and {more} more" if more else ""
            message += f" Also alike: {', '.join(names[1:])}{rest}."
            message_zh += (
                f"另与{'、'.join(names_zh[1:])}{f'等{len(others) - 1}份报告' if more else ''}相似。"
            )
        return Found(
            rule,
            "error" if share >= EQUAL else "warn",
            (text.name, *(f"{one.title}: {own.name}" for _, one, own in others[:_NAMED])),
            message,
            message_zh,
        )

    def _tables(self) -> None:
        """CU-04: requests tables that are the same, with more in them than chance repeats."""
        groups: dict[str, list[_One]] = defaultdict(list)
        cells: dict[str, int] = {}
        for one, table in self._requests():
            if (number := independent(table)) >= _TABLE_IN_COUNTY:
                key = same_table(table)
                groups[key].append(one)
                cells[key] = number
        for key, members in groups.items():
            for one in members:
                same = [
                    other
                    for other in members
                    if self._may_copy(one, other)
                    and (cells[key] >= _TABLE_ANYWHERE or _county(one) == _county(other))
                    and not self._is_mirror(one, other)
                ]
                if same:
                    self._found[one.report_id].append(_equal_table(key, same))

    def _requests(self) -> Iterator[tuple[_One, dict[str, Number]]]:
        columns = [column for column in figure_table.c if column.name.startswith("requests_")]
        for start in range(0, len(self._ones), _PAGE):
            page = {one.version_id: one for one in self._ones[start : start + _PAGE]}
            query = select(figure_table.c.version_id, *columns).where(
                figure_table.c.version_id.in_(page)
            )
            for row in self._session.execute(query).mappings():
                yield page[row["version_id"]], {c.name: row[c.name] for c in columns if row[c.name]}

    def _may_copy(self, one: _One, other: _One) -> bool:
        """Whether two reports should differ: not those of one body, nor a government's two (CU-07)."""
        if one.agency.id == other.agency.id or one.sha256 == other.sha256:
            return False
        kinds = {one.agency.kind, other.agency.kind}
        if one.agency.division_code == other.agency.division_code and kinds <= {
            "gov_office",
            "region_gov",
        }:
            return False
        latest = max(self._year, 2100)
        return (
            self._lineage.bearer(one.agency, latest).id
            != self._lineage.bearer(other.agency, latest).id
        )

    def _is_mirror(self, one: _One, other: _One) -> bool:
        """Whether it is one document, author included, at two addresses (CU-06)."""
        texts = []
        for each in (one, other):
            ((_, record),) = self._records([each])
            texts.append([(s["number"], "".join(s["text"].split())) for s in record["sections"]])
        # The same words under two authors are no mirror, and that is for a person to see.
        return texts[0] == texts[1] and one.printed == other.printed

    def _own(self, one: _One, common: frozenset[int]) -> Own:
        ((_, sentences),) = self._sentences([one])
        return copied_text.own(sentences, common)

    def _sentences(self, ones: Sequence[_One]) -> Iterator[tuple[_One, list[Sentence]]]:
        for one, record in self._records(ones):
            names = {one.agency.name, one.printed or one.agency.name}
            yield one, copied_text.masked_sentences(record, names, one.year)

    def _records(self, ones: Sequence[_One]) -> Iterator[tuple[_One, dict[str, Any]]]:
        for start in range(0, len(ones), _PAGE):
            page = ones[start : start + _PAGE]
            query = select(Reading.sha256, Reading.extractor, Reading.record).where(
                Reading.sha256.in_({one.sha256 for one in page})
            )
            packed = {
                (row.sha256, row.extractor): row.record for row in self._session.execute(query)
            }
            for one in page:
                if (data := packed.get((one.sha256, one.extractor))) is not None:
                    yield one, readings.unpacked(data)

    def _keep(self) -> int:
        standing = Standing(self._session)
        ids = list(
            self._session.scalars(
                select(Report.id).where(Report.year == self._year).order_by(Report.id)
            )
        )
        changed = 0
        for start in range(0, len(ids), _PAGE):
            query = (
                select(Report)
                .where(Report.id.in_(ids[start : start + _PAGE]))
                .options(selectinload(Report.versions).selectinload(ReportVersion.findings))
            )
            for report in self._session.scalars(query):
                if report.versions:
                    found = self._found.get(report.id, ())
                    changed += keep(self._session, standing, report, OF_TEXTS, found)
            self._session.flush()
        return changed


def _comparable(session: Session, year: int, agencies: set[int] | None = None) -> list[_One]:
    later = aliased(ReportVersion)
    newest = select(func.max(later.number)).where(later.report_id == Report.id).scalar_subquery()
    query = (
        select(Report, ReportVersion)
        .join(ReportVersion, ReportVersion.report_id == Report.id)
        .where(Report.year == year, ReportVersion.number == newest)
        .options(joinedload(Report.agency))
        .order_by(Report.id)
    )
    if agencies is not None:
        query = query.where(Report.agency_id.in_(agencies))
    return [
        _One(
            report.id,
            version.id,
            report.agency,
            report.year,
            report.scope,
            version.sha256,
            version.extractor or "",
            version.document_agency,
        )
        for report, version in session.execute(query)
        if certain(version, report.year)
    ]


def _repeated(text: Own, last: tuple[_One, Own], before: tuple[_One, Own]) -> Iterator[Found]:
    """CY-08: what section 五 says in three years running."""
    shared = {one.digest for one in last[1].sentences} & {one.digest for one in before[1].sentences}
    again = [
        one
        for one in text.sentences
        if one.section == copied_text.PROBLEMS and one.digest in shared
    ]
    if not again:
        return
    example = again[0].text[:120]
    yield Found(
        "CY-08",
        "info",
        (text.name, *(f"{one.title}: {own.name}" for one, own in (last, before))),
        f"{counted(len(again), 'sentence')} of section 5, in the reports for three years running, such as: {example}",
        f"第五部分有{len(again)}句话连续三年出现，例如：“{example}”",
    )


def _equal_table(key: str, same: Sequence[_One]) -> Found:
    ordered = sorted(same, key=lambda one: one.title)
    names = ", ".join(one.title for one in ordered[:_NAMED])
    names_zh = "、".join(one.title_zh for one in ordered[:_NAMED])
    return Found(
        "CU-04",
        "warn",
        (f"{names}: {key}",),
        f"All {key.count('=')} figures of the requests table that are not 0 are the same in "
        f"{counted(len(same), 'other report')}: {names}.",
        f"申请情况表中全部{key.count('=')}个非零数据与另{len(same)}份报告相同：{names_zh}。",
    )


def _county(one: _One) -> str:
    return current(one.agency.division_code)[:6]
