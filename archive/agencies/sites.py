"""The national database of government sites, as an operator downloaded it: a CSV file of sites.

Each row has the identification code of a site (网站标识码), the organ that runs it, its name and its address.
The code begins with that of a division, so a row joins an address, an organ and a division.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import clock
from archive.agencies.csvfile import RegisterError
from archive.agencies.lineage import joined
from archive.agencies.matching import Register
from archive.agencies.proposals import Proposals, government_of, proposal
from archive.database.models import Agency, Site
from archive.divisions import current, division
from archive.hosts import OfficialHosts, host_of, site_key
from archive.resolution import Resolution, resolve
from extract.characters import squeeze
from extract.counting import counted
from extract.sniff import decode

ORIGIN = "national database of sites"

_COLUMNS = ("code", "organ", "site name", "address")
_HEADS: Mapping[str, str] = {
    "code": "code",
    "网站标识码": "code",
    "标识码": "code",
    "organ": "organ",
    "主办单位": "organ",
    "网站主办单位": "organ",
    "主办单位名称": "organ",
    "sitename": "site name",
    "name": "site name",
    "网站名称": "site name",
    "address": "address",
    "url": "address",
    "网址": "address",
    "首页网址": "address",
    "网站网址": "address",
    "网站首页网址": "address",
}
_CODE = re.compile(r"\d{10}|bm\d{8}", re.ASCII)
_SITE_WORDS = re.compile(r"(?:(?<!人民)政府)?(?:官方|门户|政务|信息)*(?:网站|网|官网)$")
_MAX_BYTES = 200_000_000


@dataclass(slots=True)
class SitesReport:
    """What an import did; ``problems`` are (line, message) of rows that were left out or kept with a doubt."""

    sites: int = 0
    addressed: int = 0
    added: int = 0
    proposed: int = 0
    skipped: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    code: str
    organ: str
    name: str
    url: str


class _BadRowError(ValueError):
    """Why a row cannot go in."""


def import_sites(session: Session, path: Path, hosts: OfficialHosts) -> SitesReport:
    """Merge a list of sites with the register.

    The columns are told by their heads (code, organ, site name, address; 网站标识码, 主办单位, 网站名称,
    网址), or stand in this order without heads; UTF-8, GBK and UTF-16 are told apart. An agency of the
    register that has no address gets that of its site. An organ that the register lacks comes in as a
    candidate where code and name agree on what it is; what is not certain becomes a proposal. An address
    that the register has is never replaced. The caller commits.

    Raises :class:`RegisterError` if the file cannot be read.
    """
    report = SitesReport()
    merge = _Merge(session, report, hosts)
    for row in _rows(path, report):
        try:
            merge.take(row)
        except _BadRowError as error:
            report.problems.append((row.line, f"{error}; the row is left out"))
            report.skipped += 1
    session.flush()
    report.proposed = merge.proposals.made
    report.problems.sort()
    return report


def _rows(path: Path, report: SitesReport) -> Iterator[_Row]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise RegisterError(f"{path} is larger than {_MAX_BYTES // 1_000_000} MB")
        data = path.read_bytes()
    except OSError as error:
        raise RegisterError(f"cannot read {path}: {error.strerror or error}") from None
    text, doubt = decode(data)
    if doubt or "\x00" in text:
        raise RegisterError(
            f"{path} is no text in UTF-8 or GBK; save it as CSV and import it again"
        )
    reader = csv.reader(io.StringIO(text, newline=""))
    columns: dict[str, int] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if columns is None:
                columns, is_head = _columns(path, cells)
                if is_head:
                    continue
            padded = [*cells, *[""] * (max(columns.values()) + 1 - len(cells))]
            cell = {name: squeeze(padded[index]) for name, index in columns.items()}
            yield _Row(
                reader.line_num,
                # Spreadsheets keep such codes as text with a quote or a tab before them.
                cell["code"].strip("'\"=").lower(),
                cell["organ"],
                cell.get("site name", ""),
                padded[columns["address"]].strip(),
            )
    except csv.Error as error:
        raise RegisterError(f"{path}, line {reader.line_num}: not valid CSV ({error})") from None
    if columns is None:
        raise RegisterError(f"{path} is empty")


def _columns(path: Path, cells: list[str]) -> tuple[dict[str, int], bool]:
    named: dict[str, int] = {}
    for index, cell in enumerate(cells):
        name = _HEADS.get(squeeze(cell).lower())
        if name:
            named.setdefault(name, index)
    if not named:
        if len(cells) < len(_COLUMNS):
            raise RegisterError(
                f"{path} has {counted(len(cells), 'column')} without heads; expected are {', '.join(_COLUMNS)}"
            )
        return {name: index for index, name in enumerate(_COLUMNS)}, False
    missing = [name for name in ("code", "organ", "address") if name not in named]
    if missing:
        raise RegisterError(f"{path} has no column for: {', '.join(missing)}")
    return named, True


class _Merge:
    """The register and the known sites, while rows come in."""

    def __init__(self, session: Session, report: SitesReport, hosts: OfficialHosts) -> None:
        self._session = session
        self._report = report
        self._hosts = hosts
        self._sites = {site.key: site for site in session.scalars(select(Site))}
        self._register = Register(session)
        self._lying: dict[str, list[Agency]] = {}
        for agency in session.scalars(select(Agency).order_by(Agency.id)):
            self._lying.setdefault(agency.division_code, []).append(agency)
        self.proposals = Proposals(session)

    def take(self, row: _Row) -> None:
        url = self._checked(row)
        code = ""
        if row.code.isdecimal():
            code = current(row.code[:6])
            if division(code) is None:
                self._report.problems.append(
                    (row.line, f"no division of the gazetteer has the code {row.code[:6]}")
                )
                code = ""
        if not self._site(row, url, code):
            return
        bodies = [body for body in self._bodies(row, code) if body.agency]
        for body in bodies:
            self._merge(row, url, body)
        if not bodies and code:
            self.proposals.make(
                proposal(
                    "agency",
                    row.organ,
                    "",
                    None,
                    f"{ORIGIN}: runs {row.name or 'a site'} ({row.code}); "
                    "the gazetteer does not tell which body it is",
                    home_url=url,
                    evidence_url=url,
                )
            )

    def _checked(self, row: _Row) -> str:
        if not _CODE.fullmatch(row.code):
            raise _BadRowError(f"{row.code[:20]!r} is no identification code of ten characters")
        if not 2 <= len(row.organ) <= 200 or len(row.name) > 200:
            raise _BadRowError("no organ" if not row.organ else "a name of an impossible length")
        url = row.url if "://" in row.url else f"http://{row.url}"
        if not site_key(url) or len(url) > 2000 or re.search(r"\s", url):
            raise _BadRowError(f"{row.url[:80]!r} is no address")
        copied = self._hosts.copied_from(url)
        if copied:
            raise _BadRowError(f"{host_of(url)} is a copy of {copied}")
        return url

    def _site(self, row: _Row, url: str, code: str) -> bool:
        """Keep the site; false if it contradicts what is known, which a person must settle."""
        key = site_key(url)
        known = self._sites.get(key)
        if known is None:
            known = Site(
                key=key,
                url=url,
                code=row.code,
                division_code=code,
                organ=row.organ,
                name=row.name,
                origin=ORIGIN,
            )
            self._session.add(known)
            self._sites[key] = known
            self._report.sites += 1
        elif known.division_code and code and known.division_code != code:
            self.proposals.make(
                proposal(
                    "site",
                    key,
                    code,
                    None,
                    f"{ORIGIN} has it with {row.code}, but it is known as {known.code} "
                    f"({known.division_code}; {known.origin})",
                    home_url=url,
                    evidence_url=url,
                )
            )
            return False
        elif ORIGIN not in known.origin.split("; "):
            known.organ, known.name = row.organ, row.name
            known.origin = joined(known.origin, ORIGIN)
            self._report.sites += 1
        return True

    def _bodies(self, row: _Row, code: str) -> Iterator[Resolution]:
        """The organ, and the government whose portal it runs: usually its office does that."""
        organ = resolve(row.organ, division=code or None)
        if organ.status == "resolved":
            yield organ
        owner = squeeze(_SITE_WORDS.sub("", row.name))
        if owner and owner != row.organ and organ.kind == "gov_office":
            found = resolve(owner, division=code or None)
            same = found.division_code == organ.division_code
            if found.status == "resolved" and found.kind == "region_gov" and same:
                yield found

    def _merge(self, row: _Row, url: str, body: Resolution) -> None:
        assert body.agency is not None
        code = body.division_code or ""
        there = [*self._lying.get(code, ()), *self._lying.get("", ())]
        match = self._register.match(body.agency, among=there)
        agency = match.agency
        if agency is None and not match.candidates:
            agency = Agency(
                name=body.agency,
                kind=body.kind,
                division_code=code,
                home_url=url,
                parent=government_of(self._session, code),
                standing="candidate",
                origin=f"{ORIGIN} ({row.code}, {clock.china_day(clock.now())})",
            )
            self._session.add(agency)
            self._session.flush()
            self._lying.setdefault(code, []).append(agency)
            self._report.added += 1
        elif agency is None:
            names = ", ".join(one.name for one in match.candidates[:3])
            self.proposals.make(
                proposal(
                    "agency",
                    body.agency,
                    code,
                    None,
                    f"{ORIGIN}: runs {row.name or 'a site'} ({row.code}); "
                    f"it may be another name of {names}",
                    kind=body.kind,
                    home_url=url,
                    evidence_url=url,
                )
            )
        elif agency.home_url is None:
            agency.home_url = url
            agency.origin = joined(agency.origin, f"address: {ORIGIN} ({row.code})")
            self._report.addressed += 1
        elif site_key(agency.home_url) != site_key(url):
            self.proposals.make(
                proposal(
                    "address",
                    agency.name,
                    agency.division_code,
                    None,
                    f"{ORIGIN} ({row.code}); the register has {agency.home_url}",
                    kind=agency.kind,
                    home_url=url,
                    evidence_url=url,
                )
            )
