"""Which body a name means, on the built-in gazetteer alone.

A name is read as a chain of places, each below the one before, and the words for the body at its
end: 渠县 + 涌兴镇 + 人民政府. All readings are made, in every form in which places are written; one
body left is an answer, two are ambiguous, and what the gazetteer does not know stays unknown. A
report under the wrong name would accuse one agency and clear another, so nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from archive import departments
from archive.divisions import TOWNSHIP_KINDS, Division, current, division
from archive.divisions.names import (
    Form,
    hosts,
    is_below,
    longest,
    lookup,
    names_superior,
    official_place,
    simplified,
    superiors,
)
from extract.characters import squeeze

Status = Literal["resolved", "ambiguous", "unknown"]
ResolvedBy = Literal["title", "unique_name", "division", "site"]

_LENGTH = 80
_GOVERNMENT = re.compile(r"^(?:人民政府|政府|行政公署|行署)?$")
_OFFICE = re.compile(r"^(?:人民政府|政府|府|行政公署|行署)(?P<word>办公厅|办公室|办)$")
_SUBDISTRICT_OFFICE = re.compile(r"^(?:街道)?(?:办事处|办)?$")
_COMMITTEE = re.compile(r"^(?:管委会|管理委员会)?$")
_GENERIC = re.compile(
    r"^(?:我|本)?(?P<level>自治区|省|市|州|盟|地区|县|区|旗|镇|乡|街道|苏木)(?P<tail>.*)$"
)
_BRACKETS = re.compile(r"[(\[〔【〈<](?P<inner>[^()\[\]〔〕【】〈〉<>]*)[)\]〕】〉>]")
_PLACE_END = re.compile(r"(?:[省市州盟县区旗镇乡]|街道|苏木)$")
_SITE_CODE = re.compile(r"(?P<division>\d{6})\d{4}", re.ASCII)


class Body(NamedTuple):
    """A body that a name may mean: official full name, deepest known code, kind of contract §2."""

    agency: str
    division_code: str
    kind: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """Which body a name means.

    ``agency``, ``division_code``, ``kind`` and ``resolved_by`` are None unless ``status`` is ``resolved``.
    ``resolved_by``: ``title`` (the name says the place), ``unique_name`` (a township named alone, and
    no other bears the name), ``division`` or ``site`` (what was given beside the name decided).
    ``candidates`` are the bodies it may mean where it is not resolved.
    """

    status: Status
    agency: str | None = None
    division_code: str | None = None
    kind: str | None = None
    resolved_by: ResolvedBy | None = None
    candidates: tuple[Body, ...] = ()
    reasons: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The shape of contract §1."""
        return {
            "status": self.status,
            "agency": self.agency,
            "division_code": self.division_code,
            "kind": self.kind,
            "resolved_by": self.resolved_by,
            "candidates": [body._asdict() for body in self.candidates],
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a name. ``places`` is how many places the name itself states; ``usual`` whether
    the words for the body are known ones; ``weak`` marks what the table cannot settle alone.
    """

    body: Body
    place: Division
    places: int
    usual: bool = True
    weak: str = ""
    until: int | None = None

    @property
    def states_place(self) -> bool:
        """Whether the name says the county or what is above it; a bare township does not."""
        return self.places > (1 if self.place.kind in TOWNSHIP_KINDS else 0)


@dataclass(frozen=True, slots=True)
class _Context:
    """What is known beside the name: codes of divisions it belongs to, and what told them."""

    codes: tuple[str, ...]
    by: ResolvedBy

    def fits(self, place: Division) -> bool:
        return any(
            place.code.startswith(code) or (len(place.code) < 9 and code.startswith(place.code))
            for code in self.codes
        )

    def contains(self, place: Division) -> bool:
        return any(place.code.startswith(code) for code in self.codes)


def resolve(
    name: str, *, site: str | None = None, division: str | None = None, year: int | None = None
) -> Resolution:
    """Which body ``name`` means.

    ``division`` is the code of a division it belongs to: the name may then leave the place out (教育局,
    市教育局, 涌兴镇, 我镇). ``site`` is the address it stands at, whose host name may spell a place in
    pinyin, or the site's ten-digit identification code (网站标识码), which begins with a division's.
    ``year`` is the year it was used: former names only count up to the change. Never raises for any
    ``name``; a code that is none is said in ``reasons``.
    """
    text = squeeze(name).strip("《》“”\"'·,，.。:：、-—_")
    if not text or len(text) > _LENGTH:
        return Resolution("unknown", reasons=("no name" if not text else "too long for a name",))
    context, problem = _context(site, division)
    if problem:
        return Resolution("unknown", reasons=(problem,))
    readings: list[_Reading] = []
    for spelling in spellings(text):
        readings = [*_explicit(spelling), *(_implied(spelling, context) if context else ())]
        if readings:
            break
    return _decide(_in_time(readings, year), context)


def _context(site: str | None, code: str | None) -> tuple[_Context | None, str]:
    if code is not None:
        now = current(code)
        if division(now) is None:
            return None, f"no division has the code {code}"
        return _Context((now,), "division"), ""
    codes = site_divisions(site) if site else ()
    return (_Context(codes, "site") if codes else None), ""


def site_divisions(site: str) -> tuple[str, ...]:
    """Codes of the divisions that a site's address or identification code points to; often none."""
    identification = _SITE_CODE.fullmatch(site.strip())
    if identification:
        code = current(identification["division"])
        return (code,) if division(code) else ()
    try:
        host = urlsplit(site if "//" in site else f"//{site}").hostname or ""
    except ValueError:
        return ()
    *labels, last, _country = ("", "", *host.lower().rstrip(".").split("."))
    if last != "gov":
        # www.quxian.gov.cn.example.com is a copy on another host.
        return ()
    for label in labels:
        codes = hosts().get(label)
        if codes:
            return codes
    return ()


def spellings(text: str) -> Iterator[str]:
    """The name as it stands, then in simplified script, without brackets, and by the name in brackets."""
    outer = _BRACKETS.sub("", text)
    versions = [text, outer]
    inner = _BRACKETS.search(text)
    if inner and inner["inner"] and _PLACE_END.search(text[: inner.start()]):
        # 高新区(新市区)人民政府 bears two names; the second may be the one of the division.
        versions.append(inner["inner"] + text[inner.end() :])
    seen: set[str] = set()
    for version in (spelling for v in versions for spelling in (v, simplified(v))):
        if version and version not in seen:
            seen.add(version)
            yield version


def _explicit(text: str) -> Iterator[_Reading]:
    """Readings of a name that states its place."""
    service, rest = departments.without_service(text)
    chains = list(_chains(rest))
    extended = {chain[:-1] for chain, _ in chains}
    for chain, tail in chains:
        reading = _read(chain, tail, service)
        # Where the name goes on with a place, 北京市 + 东城区某某局 is no reading.
        if reading and (reading.usual or chain not in extended):
            yield reading
    if text.endswith("办事处") and not text.endswith(("街道办事处", "地区办事处")):
        # 金沙办事处 for 金沙街道办事处.
        for chain, tail in _chains(text[:-3] + "街道办事处"):
            reading = _read(chain, tail, "")
            if reading and chain[-1].division.kind == "subdistrict":
                yield reading


def _chains(text: str, above: tuple[Form, ...] = ()) -> Iterator[tuple[tuple[Form, ...], str]]:
    """Every way to read places from the left, each below the one before, with the rest of the text."""
    for length in range(2, min(len(text), longest()) + 1):
        for form in lookup(text[:length]):
            if above and not is_below(form.division, above[-1].division):
                continue
            chain = (*above, form)
            yield chain, text[length:]
            if form.division.kind not in TOWNSHIP_KINDS and length < len(text):
                yield from _chains(text[length:], chain)


def _read(chain: Sequence[Form], tail: str, service: str) -> _Reading | None:
    last = chain[-1]
    place = last.division
    if last.short and not tail:
        return None
    found = _body(place, tail, service)
    if found is None:
        return None
    body, usual = found
    until = next((form.until for form in chain if form.until), None)
    return _Reading(body, place, len(chain), usual, _weakness(chain, tail), until)


def _weakness(chain: Sequence[Form], tail: str) -> str:
    """Why a reading does not suffice alone, although nothing else fits."""
    place = chain[-1].division
    if place.kind == "zone" and len(chain) == 1 and not names_superior(place):
        return "zones of this name may exist that the table does not list"
    if len(chain) == 1 and chain[0].short and not _GOVERNMENT.match(tail) and len(place.code) == 6:
        return "a county named without 县 or 市"
    return ""


def _body(place: Division, tail: str, service: str = "") -> tuple[Body, bool] | None:
    """The body with the words ``tail`` at ``place``, and whether it is a usual one; None if there is none."""
    where = official_place(place)
    if place.kind in TOWNSHIP_KINDS:
        if place.kind != "subdistrict":
            fits = _GOVERNMENT.match(tail)
            return (government(place), True) if fits else None
        return (government(place), True) if _SUBDISTRICT_OFFICE.match(tail) else None
    if place.kind == "zone":
        if _COMMITTEE.match(tail):
            return government(place), True
    elif not service:
        if _GOVERNMENT.match(tail):
            return government(place), True
        matched = _OFFICE.match(tail)
        if matched:
            return office(place, matched["word"]), True
    if not departments.is_department(tail):
        return None
    full = departments.full_name(tail)
    kind = "vertical" if departments.is_vertical(full) else "local_dept"
    return Body(service + where + full, place.code, kind), departments.is_usual(tail)


def government(place: Division) -> Body:
    """The government of a division, or what stands in its place: office, commission or committee."""
    where = official_place(place)
    if place.kind == "subdistrict":
        ending = (
            "" if where.endswith("办事处") else "道办事处" if where.endswith("街") else "办事处"
        )
        return Body(where + ending, place.code, "subdistrict")
    if place.kind in TOWNSHIP_KINDS:
        return Body(where + "人民政府", place.code, "township_gov")
    if place.kind == "zone":
        ending = "" if where.endswith(("委员会", "管委会")) else "管理委员会"
        return Body(where + ending, place.code, "zone")
    return Body(where + _government_word(place), place.code, "region_gov")


def office(place: Division, word: str = "") -> Body:
    """The general office of a government; ``word`` is what it was called: 办公厅 in provinces and large cities."""
    usual = "办公厅" if len(place.code) == 2 else "办公室"
    ending = word if word in ("办公厅", "办公室") else usual
    return Body(official_place(place) + _government_word(place) + ending, place.code, "gov_office")


def _government_word(place: Division) -> str:
    # Leagues and areas are no level of government: a province's administrative office governs them.
    agency = len(place.code) == 4 and place.name.endswith(("盟", "地区"))
    return "行政公署" if agency else "人民政府"


def _implied(text: str, context: _Context) -> Iterator[_Reading]:
    """Readings of a name that leaves its place to the context: 市教育局, 教育局, 我镇, 政府办公室."""
    for code in context.codes:
        here = division(code)
        if here is None:
            continue
        possible: list[tuple[Division | None, str]] = [(here, text)]
        generic = _GENERIC.match(text)
        if generic:
            possible.append((_nearest(here, generic["level"]), generic["tail"]))
        for place, tail in possible:
            found = _body(place, tail) if place else None
            if place and found:
                yield _Reading(found[0], place, 0, found[1])


def _nearest(here: Division, level: str) -> Division | None:
    """``here`` or the nearest division above it that is called a ``level``: 市 of a county is its city."""
    for place in (here, *reversed(superiors(here))):
        if place.name.endswith(level) and (level != "区" or not place.name.endswith("自治区")):
            return place
    return None


def _in_time(readings: list[_Reading], year: int | None) -> list[_Reading]:
    """Readings by a former name only count before the change, or where nothing bears the name today."""
    today = [reading for reading in readings if reading.until is None]
    return [
        reading
        for reading in readings
        if reading.until is None or not today or (year is not None and year < reading.until)
    ]


def _decide(readings: list[_Reading], context: _Context | None) -> Resolution:
    if any(reading.usual for reading in readings):
        # 吉林市 + 场监管局 is no reading where 吉林 + 市场监管局 is one.
        readings = [reading for reading in readings if reading.usual]
    if context is not None:
        within = [reading for reading in readings if context.contains(reading.place)]
        fitting = within or [reading for reading in readings if context.fits(reading.place)]
        if not fitting and context.by == "site":
            # Sites carry other places' reports, so against its own site a name that says its place stands.
            fitting = [reading for reading in readings if reading.states_place]
        if readings and not fitting:
            return _open(readings, "what bears this name lies elsewhere than the place given")
        readings = fitting
    bodies = {reading.body.division_code + reading.body.kind for reading in readings}
    if not readings:
        return Resolution("unknown", reasons=("no place of the gazetteer and body in this name",))
    if len(bodies) > 1:
        return _open(readings, f"{len(bodies)} bodies bear this name")
    best = max(readings, key=lambda reading: (reading.places, not reading.weak))
    if best.weak and context is None:
        return _open(readings, best.weak)
    return _resolved(best, context)


def _resolved(reading: _Reading, context: _Context | None) -> Resolution:
    body, place = reading.body, reading.place
    reasons: list[str] = []
    by: ResolvedBy = "title"
    if not reading.states_place:
        by = context.by if context else "unique_name"
    if not place.coded:
        reasons.append("its own nine-digit code is not known: the code is that of the county")
    if reading.until:
        reasons.append(f"a former name, until {reading.until}")
    if by == "unique_name":
        reasons.append("only one division bears this name")
    return Resolution(
        "resolved", body.agency, body.division_code, body.kind, by, reasons=tuple(reasons)
    )


def _open(readings: Iterable[_Reading], reason: str) -> Resolution:
    bodies = sorted({reading.body for reading in readings}, key=lambda body: body.division_code)
    return Resolution("ambiguous", candidates=tuple(bodies), reasons=(reason,))
