"""What is to be read: every document of a report that was not, however it came in, and nothing twice."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

from exchanges import MOMENT, begin_run
from sqlalchemy import delete, event, select
from sqlalchemy.orm import Session

from archive.database.models import Capture, Reading, Run, Sighting
from archive.folder import Archive
from archive.waiting import asked, look, settle, waiting
from extract import VERSION


def digest(name: int) -> str:
    return hashlib.sha256(b"%d" % name).hexdigest()


def see(session: Session, run: int, name: int) -> None:
    """A crawl fetches a document and shows where it stood; it may have fetched the same before."""
    capture = Capture(
        run_id=run,
        url=f"http://a.gov.cn/{name}.html",
        purpose="article",
        fetched_at=MOMENT,
        http_status=200,
        sha256=digest(name),
    )
    session.add(Sighting(seen_at=MOMENT, url=capture.url, document=capture))
    session.flush()


def read(session: Session, name: int, recognition: str | None, extractor: str = VERSION) -> None:
    session.merge(
        Reading(
            sha256=digest(name),
            extractor=extractor,
            read_at=MOMENT,
            status="ok",
            recognition=recognition,
            record=b"",
        )
    )
    session.flush()


def end(session: Session, **arguments: object) -> None:
    session.add(Run(command="extract", arguments=arguments, started_at=MOMENT, state="finished"))
    session.flush()


def digests(session: Session, captures: Sequence[int]) -> list[str]:
    return sorted(session.scalars(select(Capture.sha256).where(Capture.id.in_(captures))))


def test_it_is_what_was_seen_and_not_read(on_both: Archive) -> None:
    chance = random.Random(6)
    run = begin_run(on_both)
    seen: set[int] = set()
    readings: dict[tuple[int, str], str | None] = {}
    with on_both.session() as session:
        for step in range(150):
            name, extractor = chance.randrange(40), chance.choice([VERSION, VERSION, "0.0.1"])
            match chance.randrange(5):
                case 0 | 1:
                    see(session, run, name)
                    seen.add(name)
                case 2 | 3 if name in seen:
                    readings[name, extractor] = chance.choice([None, "done", "needed"])
                    read(session, name, readings[name, extractor], extractor)
                case 4:
                    scans = chance.random() < 0.5
                    look(session, scans=scans)
                    settled = {
                        name
                        for (name, by), recognition in readings.items()
                        if by == VERSION and not (scans and recognition == "needed")
                    }
                    found = waiting(session, scans=scans)
                    assert len(found) == len(seen - settled), step
                    assert digests(session, found) == sorted(map(digest, seen - settled)), step
                    if chance.random() < 0.7:
                        settle(session, scans=scans)
                        arguments = asked(scans=scans)
                        # The run before may have been one of another version of the program.
                        end(
                            session, **chance.choice([arguments, arguments, {"extractor": "0.0.1"}])
                        )


def test_a_document_whose_sighting_was_corrected_is_read(archive: Archive) -> None:
    run = begin_run(archive)
    with archive.session() as session:
        see(session, run, 1)
        see(session, run, 2)
        end(session, **asked(scans=False))
        read(session, 1, None)
        settle(session, scans=False)
        session.flush()
        first, second = session.scalars(select(Capture.id).order_by(Capture.id)).all()
        assert list(waiting(session, scans=False)) == [second]
        read(session, 2, None)
        settle(session, scans=False)
        session.execute(delete(Reading).where(Reading.sha256 == digest(1)))
        session.scalars(select(Sighting).filter_by(document_id=second)).one().document_id = first
        session.flush()
        assert list(waiting(session, scans=False)) == [first]


def test_where_nothing_is_new_no_sighting_is_looked_at(archive: Archive) -> None:
    run = begin_run(archive)
    sent: list[str] = []
    with archive.session() as session:
        see(session, run, 1)
        read(session, 1, None)
        look(session, scans=False)
        settle(session, scans=False)
        end(session, **asked(scans=False))
        session.commit()
        event.listen(archive.engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
        look(session, scans=False)
        assert waiting(session, scans=False) == []
    assert sent
    assert not any("sighting" in statement or "INSERT" in statement for statement in sent)
