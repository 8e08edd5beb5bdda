"""Archives for tests: real folders, real SQLite."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.folder import Archive


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.create(tmp_path / "archive")
