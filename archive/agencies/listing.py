"""List the register, and find the agency a person means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from archive.database.models import Agency, AgencyAlias
from archive.divisions import current
from extract.characters import squeeze

_LONGEST_CODE = 9


def listing(
    session: Session, *, division: str | None = None, kind: str | None = None
) -> Iterator[Agency]:
    """The agencies in the order of codes and names, one by one.

    ``division`` keeps those of a division and of everything below it; a code of former days stands for
    today's. ``kind`` is one of contract §2.
    """
    query = (
        select(Agency)
        .options(selectinload(Agency.aliases), joinedload(Agency.parent))
        .order_by(Agency.division_code, Agency.name)
    )
    query = query.where(within(division))
    if kind:
        query = query.where(Agency.kind == kind)
    return iter(session.scalars(query.execution_options(yield_per=200)))


def within(division: str | None) -> ColumnElement[bool]:
    """The condition that an agency is of a division or of one below it; none for None or ''.

    Codes are digits, so a division is a range of them, which an index answers on every database; LIKE
    does not.
    """
    if not division:
        return true()
    code = current(division)
    return Agency.division_code.between(code, code.ljust(_LONGEST_CODE, "9"))


def as_row(agency: Agency) -> dict[str, Any]:
    """An agency in the columns of contract §2, as it can be imported again, with its standing and where the
    facts about it came from; None for what is not known.
    """
    return {
        "name": agency.name,
        "kind": agency.kind,
        "division_code": agency.division_code or None,
        "home_url": agency.home_url,
        "annual_report_url": agency.annual_report_url,
        "aliases": ";".join(alias.name for alias in agency.aliases) or None,
        "parent": agency.parent.name if agency.parent else None,
        "since": agency.since,
        "until": agency.until,
        "standing": agency.standing,
        "duty_from": agency.duty_from,
        "origin": agency.origin,
    }


def find(session: Session, text: str) -> Agency | list[Agency]:
    """The agency that ``text`` names: by full name, else by alias, else by a part of the name.

    A division code after the name tells agencies of one name apart. Returns a list where not exactly one
    fits: empty, or all that do.
    """
    name, _, code = text.strip().rpartition(" ")
    coded = bool(name) and code.isascii() and code.isdigit()
    wanted = squeeze(name if coded else text)
    if not wanted:
        return []
    there = Agency.division_code == code if coded else true()
    part = Agency.name.contains(wanted, autoescape=True)
    alias = Agency.aliases.any(AgencyAlias.name == wanted)
    for condition in (Agency.name == wanted, alias, part):
        found = session.scalars(
            select(Agency).where(condition, there).order_by(Agency.division_code, Agency.name)
        ).all()
        if found:
            return found[0] if len(found) == 1 else list(found)
    return []
