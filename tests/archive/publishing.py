"""Publish real documents in an archive: stored as a crawl stores them, read as extract reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any

from history import at
from sqlalchemy import select
from typer.testing import CliRunner

from archive.agencies import import_csv
from archive.captures import Exchange, Recorder
from archive.database.models import Place, Run, Sighting, Visit
from archive.errors import GongkaiError
from archive.extraction import extract
from archive.folder import Archive
from archive.people import keep_register
from crawler import places
from crawler.sampleweb.figures import Figures, all_zero
from crawler.sampleweb.report import Report, to_html
from crawler.sampleweb.wording import Voice
from gongkai import app

NAME = "示例市教育局"
SITE = "http://edu.shili.gov.test/"
GRANTED = "requests.granted.natural_person"
LICENCES = "art20_5.licences.decisions"


def figures(**changes: int) -> Figures:
    """Sound figures: five requests received and granted; ``changes`` name keys with __ for the dot."""
    row = {"natural_person": 5, "total": 5}
    found = all_zero()
    for key in ("received_new", "granted", "processed_total"):
        found |= {f"requests.{key}.{column}": number for column, number in row.items()}
    found[LICENCES] = 83
    return found | {key.replace("__", "."): value for key, value in changes.items()}


def document(
    values: Figures | None = None,
    *,
    name: str = NAME,
    year: int = 2024,
    extra: str = "",
    style: str = "",
) -> bytes:
    """A report as a page; ``extra`` is a sentence of section 一, ``style`` changes only its bytes."""
    title = f"{name}{year}年政府信息公开工作年度报告"
    report = Report(title, Voice(name, "本局"), year, values or figures(), extra=extra)
    return (
        f"<html><head><title>{escape(title)}</title><style>{style}</style></head>"
        f"<body><div>{to_html(report)}</div></body></html>"
    ).encode()


@dataclass
class Publisher:
    """An archive with a register, visits and documents."""

    archive: Archive
    names: tuple[str, ...] = (NAME,)
    site: str = SITE
    seconds: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        path = self.archive.path.parent / "agencies.csv"
        lines = [f"{name},local_dept,{self.site}" for name in self.names]
        path.write_text("name,kind,home_url\n" + "\n".join(lines), encoding="utf-8")
        with self.archive.session() as session:
            import_csv(session, path)
            session.flush()
            places.sync(session)
            session.commit()
        keep_register(self.archive)

    def visit(
        self,
        day: str,
        *documents: bytes | None,
        name: str = NAME,
        year: int = 2024,
        verdict: str = "complete",
        path: str = "nb/2024.html",
    ) -> None:
        """A visit on ``day`` that found these documents; None is a row whose document was not fetched."""
        with self.archive.session() as session:
            place = session.scalars(select(Place).where(Place.url == self.site)).one()
            run = Run(
                command="crawl", started_at=at(day), state="finished", finished_at=at(day, 11)
            )
            visit = Visit(run=run, place=place, started_at=at(day))
            session.add(visit)
            session.commit()
            numbers = run.id, visit.id
        with Recorder(self.archive, numbers[0]) as recorder:
            captured = [self._fetch(recorder, day, numbers[1], path, body) for body in documents]
            with self.archive.session() as session:
                visit = session.get_one(Visit, numbers[1])
                visit.finished_at, visit.verdict = at(day, 11), verdict
                for capture_id in captured:
                    visit.sightings.append(
                        Sighting(
                            seen_at=at(day),
                            url=f"{self.site}{path}",
                            title=f"{name}{year}年政府信息公开工作年度报告",
                            agency_name=name,
                            year=year,
                            document_id=capture_id,
                        )
                    )
                session.commit()
            recorder.visit(numbers[1])

    def _fetch(
        self, recorder: Recorder, day: str, visit: int, path: str, body: bytes | None
    ) -> int | None:
        if body is None:
            return None
        self.seconds += 1
        return recorder.record(
            Exchange(
                url=f"{self.site}{path}",
                purpose="article",
                fetched_at=at(day) + timedelta(seconds=self.seconds),
                status=200,
                response_headers=(("Content-Type", "text/html; charset=utf-8"),),
                body=body,
                visit_id=visit,
            )
        )

    def read(self) -> dict[str, Any]:
        """Read what is new and bring reports up to date."""
        return extract(self.archive)


def command(archive: Archive, *arguments: object, status: int = 0) -> str:
    """What ``gongkai`` prints, run in this process; for an error the line that it says."""
    words = [str(argument) for argument in arguments]
    done = CliRunner().invoke(app, words, env={"GONGKAI_ARCHIVE": str(archive.path)})
    if isinstance(done.exception, GongkaiError):
        assert done.exception.status == status, done.exception
        return str(done.exception)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == status, done.output
    return done.stdout


def lose_database(archive: Archive) -> Archive:
    """The archive after its database was lost."""
    archive.engine.dispose()
    for path in archive.path.glob("gongkai.sqlite*"):
        path.unlink()
    return Archive.open(archive.path)


def tree(folder: Path) -> Mapping[str, bytes]:
    """Every file below a folder with its content."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
