"""A server that was started has read what the first reader would wait for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from archive.agencies import Register
from archive.database.models import Agency
from archive.folder import Archive
from archive.web.context import reading
from archive.web.reading_ahead import read_ahead


def test_the_names_of_the_register_are_read_once(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "archive")
    with archive.session() as session:
        session.add(Agency(name="渠县水务局", kind="local_dept", division_code="511725"))
        session.commit()
    asked: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        asked.append(" ".join(statement.split()))

    names = "SELECT agency.id, agency.name FROM agency"
    event.listen(Engine, "before_cursor_execute", note)
    try:
        read_ahead(archive)
        assert asked.count(names) == 1
        with reading(archive) as session:
            assert Register(session).match_official("渠县水务局").agency is not None
        assert asked.count(names) == 1
    finally:
        event.remove(Engine, "before_cursor_execute", note)
