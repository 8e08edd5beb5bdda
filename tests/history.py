"""Tell a story to an archive: visits of places and what they showed, on given days."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from archive.clock import CHINA
from archive.database.models import Agency, Capture, Place, Run, Sighting, Visit


def at(day: str, hour: int = 10) -> datetime:
    """``2025-02-01`` at ``hour`` in China."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=CHINA)


class History:
    """Writes the facts that a crawl would have recorded."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.places: dict[str, Place] = {}

    def agency(
        self, name: str, kind: str = "local_dept", at: str = "http://a.gov.test/", **more: object
    ) -> Agency:
        agency = Agency(name=name, kind=kind, **more)
        place = self.places.get(at) or Place(url=at, host="a.gov.test")
        self.places[at] = place
        place.agencies.append(agency)
        self.session.add_all([place, agency])
        self.session.flush()
        return agency

    def visit(
        self,
        day: str,
        *seen: Sighting,
        place: str = "http://a.gov.test/",
        verdict: str = "complete",
        kind: str | None = None,
        reason: str = "",
    ) -> Visit:
        """A visit on ``day`` that saw these reports; its list page and documents are captures."""
        run = Run(command="crawl", started_at=at(day), state="finished")
        visit = Visit(
            run=run,
            place=self.places[place],
            started_at=at(day),
            finished_at=at(day, 11),
            verdict=verdict,
            kind=kind,
            reason=reason,
            pages=1,
            rows=len(seen) + 1,
        )
        self.session.add(visit)
        self.session.flush()
        listing = self._capture(visit, f"{place}nb/", "list", "ab" * 32)
        self.session.add(listing)
        for sighting in seen:
            document = self._capture(visit, sighting.url, "article", "cd" * 32)
            sighting.visit, sighting.document, sighting.seen_at = visit, document, at(day, 10)
            sighting.list_url = listing.url
            self.session.add(sighting)
        self.session.flush()
        return visit

    def _capture(self, visit: Visit, url: str, purpose: str, sha256: str) -> Capture:
        status = {"blocked": 521, "down": 502}.get(visit.verdict, 200)
        return Capture(
            run_id=visit.run_id,
            visit=visit,
            url=url,
            purpose=purpose,
            fetched_at=visit.started_at,
            http_status=status,
            sha256=sha256,
            warc="one.warc.gz",
            offset=0,
        )


def report(
    agency: Agency | None, year: int = 2024, displayed: str | None = None, name: str | None = None
) -> Sighting:
    """A row of a list that shows a report."""
    return Sighting(
        url=f"http://a.gov.test/nb/{agency.id if agency else 0}-{year}.html",
        title=f"{name or (agency.name if agency else '')}{year}年政府信息公开工作年度报告",
        agency_name=name or (agency.name if agency else None),
        agency=agency,
        year=year,
        displayed_date=date.fromisoformat(displayed) if displayed else None,
    )
