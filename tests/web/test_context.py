"""What a request may do with the database: read, and not for ever."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from archive.folder import Archive
from archive.web import context


def _request(archive: Archive) -> Any:
    return SimpleNamespace(app=SimpleNamespace(state=SimpleNamespace(archive=archive)))


def test_a_request_only_reads_and_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive.create(tmp_path / "archive")
    monkeypatch.setattr(context, "SECONDS", 1)
    opened = context.session_of(_request(archive))
    session = next(opened)
    with pytest.raises(OperationalError, match="readonly"):
        session.execute(text("DELETE FROM agency"))
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    )
    with pytest.raises(OperationalError, match="interrupted"):
        session.execute(text(endless))
    opened.close()
    with archive.session() as writing:
        writing.execute(text("DELETE FROM agency"))
        writing.commit()
