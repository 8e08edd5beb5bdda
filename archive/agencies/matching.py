"""Which agency of the register a phrase means.

A phrase from a title is taken apart as the name of each agency would be: places above it, its own
place, the body. It means an agency if every character is accounted for: the places are that agency's,
in any of the forms in use or left out, and the body is the same. So a phrase that names another place,
another level (市 for 县) or another body never matches; what could mean two agencies means none.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import Pool, select
from sqlalchemy.orm import Session

from archive import departments
from archive.agencies.lineage import Lineage
from archive.database import changes
from archive.database.models import Agency, AgencyAlias
from archive.database.session import READ_ONLY
from archive.divisions import Division, division, overrides
from archive.divisions.names import (
    lookup,
    other_forms,
    simplified,
    stem_and_ending,
    superiors,
    without_people,
)
from archive.resolution import resolve, spellings
from extract.characters import squeeze

How = Literal["", "name", "alias", "place", "bare"]

_BATCH = 1000
_BETWEEN = "\0"
"""Between names that are read as one text; a control character that no name has any use for."""
_GOVERNMENT = re.compile(r"(?:人民政府|政府|行政公署|行署)$")
_OFFICE = re.compile(r"(?:人民政府|政府|府|行政公署|行署)(?:办公厅|办公室|办)$")
_UNIT = re.compile(
    r"^(?P<stem>.+?)(?P<level>街道|街|镇|乡|苏木|地区(?=办事处))(?:人民政府|政府|街道办事处|道办事处|办事处|街道办|道办|办)?$"
)
_ZONE = re.compile(r"^(?P<stem>.+(?:区|园|新城))(?:管理委员会|管委会)?$")
_BARE_SUBDISTRICT = re.compile(r"^(?P<stem>[^县区市]{2,8})办事处$")


@dataclass(frozen=True, slots=True)
class Match:
    """The agency a phrase means, or None.

    ``how``: ``name`` (the full name), ``alias``, ``place`` (place and body, written otherwise) or ``bare`` (the
    place left out, and only one of the agencies fits). ``candidates`` are those the phrase may mean where
    it settles none; empty if it means none of them.
    """

    agency: Agency | None
    how: How = ""
    candidates: tuple[Agency, ...] = ()


class _Body(NamedTuple):
    """The body in a name without its places: ``government``, ``office``, ``unit`` (a township), ``zone`` or
    ``department``.
    """

    sort: str
    name: str = ""


class _Place(NamedTuple):
    """A place with every form its name is written in, and the words for its level."""

    forms: frozenset[str]
    levels: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Named:
    """What the names of an agency tell: its line of places, its own last, and its body. ``aliases`` has the
    names it bore before, ``inherited`` those of other bodies that it took over from.
    """

    agency: Agency
    names: frozenset[str]
    aliases: frozenset[str]
    inherited: frozenset[str]
    line: tuple[_Place, ...]
    bodies: frozenset[_Body]

    def reads(self, phrase: str) -> Iterator[tuple[_Body, bool]]:
        """Every way ``phrase`` can be a body at the agency's place, with whether it states the place."""
        for rest, place in _consume(phrase, self.line):
            own = bool(self.line) and place == len(self.line)
            body = body_of(rest, own)
            if body and (own or not place or body.sort in ("unit", "zone")):
                yield body, own
        if self.line:
            for level in self.line[-1].levels:
                if phrase.startswith(level):
                    body = body_of(phrase.removeprefix(level), bool(_GOVERNMENT.search(phrase)))
                    # 县教育局 leaves out which county; 县 alone is no government.
                    if body and body.sort not in ("unit", "zone"):
                        yield body, False


def body_of(rest: str, at_place: bool) -> _Body | None:
    """The body that ``rest``, a name without its places, denotes; ``at_place`` if a place stood before it."""
    if _GOVERNMENT.fullmatch(rest) or not rest:
        return _Body("government") if at_place else None
    if _OFFICE.fullmatch(rest):
        return _Body("office")
    unit = _UNIT.match(rest)
    if unit:
        level = {"街": "街道", "地区": "街道"}.get(unit["level"], unit["level"])
        return _Body("unit", without_people(unit["stem"] + level))
    bare = _BARE_SUBDISTRICT.match(rest)
    if bare:
        return _Body("unit", bare["stem"] + "街道")
    zone = _ZONE.match(rest)
    if zone:
        return _Body("zone", zone["stem"])
    return _Body("department", departments.full_name(rest))


def _consume(text: str, line: Sequence[_Place], start: int = 0) -> Iterator[tuple[str, int]]:
    """Every rest of ``text`` after places of ``line`` in their order, with the number of the last one read."""
    yield text, start
    for index in range(start, len(line)):
        for form in line[index].forms:
            if text.startswith(form):
                yield from _consume(text[len(form) :], line, index + 1)


class Register:
    """The register as it answers for names. Reads the agencies once and keeps what it learns of them,
    so make a new one after the register has changed.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._named: dict[int, _Named] = {}

    def match(
        self,
        phrase: str,
        *,
        among: Sequence[Agency],
        division: str | None = None,
        year: int | None = None,
    ) -> Match:
        """Which agency of ``among``, those that publish at a place, a phrase from a title means.

        ``division`` narrows them to a division; ``year`` to those that existed in the year reported on: a
        renamed body is the one that bears the name of that year, under whichever it is called.
        """
        self.learn(among)
        known = [
            self._named[agency.id]
            for agency in among
            if agency.standing != "rejected" and _within(agency, division)
        ]
        versions = list(spellings(squeeze(phrase)))
        for version in versions:
            found = self._match(version, known, year)
            if found.agency is not None or found.candidates:
                return found
        return Match(None, candidates=tuple(_similar(versions, known)))

    def match_official(self, name: str, year: int | None = None) -> Match:
        """Which agency of the whole register a name means that needs no context.

        It must be the official name, or state its place so that the gazetteer settles it. ``year`` as
        in :meth:`match`.
        """
        for version in spellings(squeeze(name)):
            ids = self._official.bearers(version)
            if len(ids) == 1:
                return self.match(name, among=[self._session.get_one(Agency, ids[0])], year=year)
            if ids:
                return Match(None)
        found = resolve(name, year=year)
        if found.resolved_by != "title":
            return Match(None)
        code = found.division_code or ""
        there = self._session.scalars(
            select(Agency).where(Agency.division_code.in_({code, code[:6]}))
        ).all()
        match = self.match(name, among=there, year=year)
        return Match(None) if match.how == "bare" else match

    def _match(self, phrase: str, known: Sequence[_Named], year: int | None) -> Match:
        for how, fitting in _stages(phrase, known):
            bearers = {
                agency.id: agency
                for agency in (self._lineage.bearer(one.agency, year) for one in fitting)
                if _existed(agency, year)
            }
            if len(bearers) == 1:
                return Match(next(iter(bearers.values())), how)
            if fitting:
                # Two, or one that did not exist in that year: its successor may have taken the column over.
                possible = {one.agency.id: one.agency for one in fitting}
                for one in fitting:
                    possible |= {a.id: a for a in self._lineage.successors(one.agency)}
                return Match(None, candidates=tuple(possible.values()))
        return Match(None)

    def learn(self, among: Iterable[Agency]) -> None:
        """Read what the names of agencies tell. :meth:`match` does it too; for many at once it is quicker."""
        new = {agency.id: agency for agency in among if agency.id not in self._named}
        if not new:
            return
        aliases: dict[int, set[str]] = {id_: set() for id_ in new}
        # One question for a whole place, not one for each of its agencies.
        ids = list(new)
        for start in range(0, len(ids), _BATCH):
            asked = AgencyAlias.agency_id.in_(ids[start : start + _BATCH])
            for alias in self._session.scalars(select(AgencyAlias).where(asked)):
                aliases[alias.agency_id].add(simplified(squeeze(alias.name)))
        for id_, agency in new.items():
            own, others = self._lineage.earlier_names(id_)
            aliases[id_] |= {simplified(squeeze(name)) for name in own}
            inherited = frozenset(simplified(squeeze(name)) for name in others)
            self._named[id_] = self._taken_apart(agency, frozenset(aliases[id_]), inherited)

    def _taken_apart(
        self, agency: Agency, aliases: frozenset[str], inherited: frozenset[str]
    ) -> _Named:
        line = tuple(self._line(agency))
        names = frozenset(spellings(squeeze(agency.name)))
        if agency.kind == "region_gov" and line:
            own = {_GOVERNMENT.sub("", alias) for alias in aliases}
            forms = line[-1].forms | {form for form in own if len(form) >= 2}
            line = (*line[:-1], line[-1]._replace(forms=forms))
        bare = {departments.without_service(name)[1] for name in names | aliases}
        return _Named(agency, names, aliases, inherited, line, frozenset(_bodies(bare, line)))

    def _line(self, agency: Agency) -> Iterator[_Place]:
        """The places above an agency and its own: from the gazetteer, else from the register's governments."""
        code = agency.division_code
        own = division(code[:6]) if code else None
        if own is not None:
            for place in (*superiors(own), own):
                yield _place(place)
            return
        yield from self._line_by_name(squeeze(agency.name))

    def _line_by_name(self, name: str) -> Iterator[_Place]:
        read = 0
        for place in self._governed:
            if len(place) > read and name.startswith(place):
                text = place[read:]
                yield _Place(frozenset({text}), _levels(text))
                read = len(place)

    @cached_property
    def _governed(self) -> list[str]:
        """Names of the places whose governments the register has and the gazetteer not, short ones first."""
        rows = self._session.execute(
            select(Agency.name, Agency.division_code).where(Agency.kind == "region_gov")
        )
        names = {squeeze(name) for name, code in rows if not code or division(code) is None}
        return sorted({_GOVERNMENT.sub("", name) for name in names} - {""}, key=len)

    @cached_property
    def _lineage(self) -> Lineage:
        return Lineage(self._session)

    @cached_property
    def _official(self) -> _Names:
        bind = self._session.get_bind()
        if not bind.get_execution_options().get(READ_ONLY):
            # Within a transaction that changes the register nothing tells that it has changed again.
            return _Names(self._session)
        # A server is asked about one body at a time, and a country's names take a second to read.
        state = changes.mark(self._session)
        kept = _kept.get(bind.engine.pool)
        if kept is None or kept[0] != state:
            _kept[bind.engine.pool] = kept = state, _Names(self._session)
        return kept[1]


class _Names:
    """The names of the whole register, as numbers: a fortieth of the memory that the texts take."""

    def __init__(self, session: Session) -> None:
        hashes, ids = array("q"), array("q")
        query = select(Agency.id, Agency.name).execution_options(yield_per=_BATCH)
        for part in session.execute(query).partitions():
            # One text of many names is squeezed in a tenth of the time that they take one by one.
            text = simplified(squeeze(_BETWEEN.join(n.replace(_BETWEEN, " ") for _, n in part)))
            hashes.extend(map(hash, text.split(_BETWEEN)))
            ids.extend(id_ for id_, _ in part)
        values = np.array(hashes, dtype=np.int64)
        order = np.argsort(values, kind="stable")
        self._hashes, self._ids = values[order], np.array(ids, dtype=np.int64)[order]

    def bearers(self, name: str) -> list[int]:
        """The agencies with this name, squeezed and in simplified script; in theory another one as well."""
        wanted = hash(name)
        first, end = (self._hashes.searchsorted(wanted, side) for side in ("left", "right"))
        return [int(id_) for id_ in self._ids[first:end]]


_kept: WeakKeyDictionary[Pool, tuple[str, _Names]] = WeakKeyDictionary()
"""The names as they were when the archive was in a state (:func:`archive.database.changes.mark`)."""


def _stages(phrase: str, known: Sequence[_Named]) -> Iterator[tuple[How, list[_Named]]]:
    """The agencies that a phrase fits, the strictest way first."""
    yield "name", [one for one in known if phrase == squeeze(one.agency.name)]
    yield "name", [one for one in known if phrase in one.names]
    yield "alias", [one for one in known if phrase in one.aliases]
    bare = departments.without_service(phrase)[1]
    fitting: dict[bool, list[_Named]] = {True: [], False: []}
    for one in known:
        for at_place in {own for body, own in one.reads(bare) if body in one.bodies}:
            fitting[at_place].append(one)
    yield "place", fitting[True]
    yield "bare", fitting[False]


def _place(place: Division) -> _Place:
    forms = {squeeze(place.name)}
    for form, short in other_forms(place.code, squeeze(place.name)):
        # 吉林 is a province and a city: a short form only counts where it means one place.
        if not short or len({found.division.code for found in lookup(form)}) == 1:
            forms.add(form)
    forms |= {
        change.former_name
        for change in overrides()
        if change.change == "recoded" and change.code == place.code
    }
    return _Place(frozenset(forms), _levels(place.name))


def _levels(name: str) -> frozenset[str]:
    ending = stem_and_ending(name)[1] or name[-1:]
    return frozenset({ending, "自治" + ending} if "自治" + ending in name else {ending})


def _bodies(names: Iterable[str], line: Sequence[_Place]) -> Iterator[_Body]:
    """The body in each name after as many of its places as can be read."""
    for name in names:
        rest, place = min(_consume(name, line), key=lambda found: (len(found[0]), -found[1]))
        body = body_of(rest, bool(line) and place == len(line))
        if body:
            yield body


def _within(agency: Agency, code: str | None) -> bool:
    return not code or not agency.division_code or agency.division_code.startswith(code)


def _existed(agency: Agency, year: int | None) -> bool:
    return year is None or (agency.since or year) <= year <= (agency.until or year)


def _similar(versions: Sequence[str], known: Sequence[_Named]) -> Iterator[Agency]:
    """Agencies that a phrase may mean although it is none of their names: abbreviations, slips, older names."""
    for one in known:
        bodies = {body for phrase in versions for body, _ in one.reads(phrase)}
        alike = any(_alike(body, own) for body in bodies for own in one.bodies)
        # A government and its office differ by less than a slip.
        other = one.agency.kind not in ("region_gov", "gov_office")
        names = one.names | one.aliases
        # What bears the name of a body that ended may be its successor's.
        alike = alike or any(phrase in one.inherited for phrase in versions)
        if alike or (other and any(_slip(phrase, n) for phrase in versions for n in names)):
            yield one.agency


def _alike(one: _Body, other: _Body) -> bool:
    if one.sort != other.sort or one.sort not in ("unit", "department"):
        return False
    if one.sort == "unit":
        return _stem(one.name) == _stem(other.name)
    if _stem(one.name) == _stem(other.name):
        return True
    shorter, longer = sorted((one.name, other.name), key=len)
    # Abbreviations keep the order of characters: 财金局 of 财政金融局.
    return shorter[0] == longer[0] and len(shorter) >= 3 and _is_subsequence(shorter, longer)


def _stem(name: str) -> str:
    return re.sub(r"(?:委员会|办公室|街道|苏木|[局厅委办镇乡])$", "", name)


def _slip(one: str, other: str) -> bool:
    """Whether two names differ by characters dropped or doubled only."""
    shorter, longer = sorted((one, other), key=len)
    return (
        len(shorter) >= 5
        and 1 <= len(longer) - len(shorter) <= 2
        and _is_subsequence(shorter, longer)
    )


def _is_subsequence(part: str, whole: str) -> bool:
    rest = iter(whole)
    return all(char in rest for char in part)
