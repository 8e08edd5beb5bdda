"""The plan of a crawl: which places to visit, parted by site among processes.

Hosts of one site (``www.x.gov.cn``, ``swj.x.gov.cn``) go to one process and are visited one after the
other, since they are often one machine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import clock
from archive.database.models import Agency, Place, Run, Visit

RESUME = timedelta(hours=24)
"""For so long a run that was stopped is continued by one with the same arguments."""

Groups = list[list[int]]
"""Ids of places, a list for each site."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The places of each process, and how many were visited by the run that is continued."""

    parts: list[Groups]
    done_before: int

    @property
    def places(self) -> list[int]:
        """All places to visit."""
        return [place for groups in self.parts for group in groups for place in group]


def make(
    session: Session,
    arguments: dict[str, Any],
    *,
    agency_ids: Collection[int] | None,
    division: str | None,
    processes: int,
    domains: Sequence[str],
    place_ids: Collection[int] | None = None,
) -> Plan:
    """Plan a crawl of the places of the chosen agencies (None: of all), or of those in ``place_ids``.

    Who names places knows which were visited, so that no earlier run is continued.
    """
    query = select(Place.id, Place.host).join(Place.agencies).distinct().order_by(Place.id)
    if agency_ids is not None:
        query = query.where(Agency.id.in_(agency_ids))
    if division is not None:
        query = query.where(Agency.division_code.startswith(division, autoescape=True))
    chosen = session.execute(query).all()
    if place_ids is not None:
        wanted = frozenset(place_ids)
        chosen = [row for row in chosen if row.id in wanted]
    done = _done(session, arguments) if place_ids is None else set[int]()
    sites: dict[str, list[int]] = defaultdict(list)
    for place_id, host in chosen:
        if place_id not in done:
            sites[site_of(host, domains)].append(place_id)
    parts: list[Groups] = [[] for _ in range(min(processes, len(sites)))]
    for group in sorted(sites.values(), key=len, reverse=True):
        min(parts, key=lambda part: sum(map(len, part))).append(group)
    return Plan(parts, sum(place_id in done for place_id, _host in chosen))


def site_of(host: str, domains: Sequence[str]) -> str:
    """What hosts of one owner share: the part below the official domain (``x.gov.cn``)."""
    for domain in domains:
        suffix = f".{domain.lstrip('.')}"
        if host.endswith(suffix):
            return host[: -len(suffix)].rpartition(".")[2] + suffix
    return host


def _done(session: Session, arguments: dict[str, Any]) -> set[int]:
    """Places that were visited by the latest runs, as long as these were stopped and asked the same."""
    done: set[int] = set()
    runs = session.scalars(select(Run).filter_by(command="crawl").order_by(Run.id.desc()).limit(50))
    for run in runs:
        recent = clock.now() - run.started_at < RESUME
        if run.state == "finished" or run.arguments != arguments or not recent:
            break
        visited = select(Visit.place_id).where(
            Visit.run_id == run.id, Visit.finished_at.is_not(None)
        )
        done.update(session.scalars(visited))
    return done
