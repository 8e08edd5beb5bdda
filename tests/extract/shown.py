"""Reports with one cell of which something else is seen than its text says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from reports import balanced

from extract.document import Origin
from extract.reading import read
from extract.record import Status

KEY = "art20_1.normative.issued"
"""No sum of the form holds with this cell, so nothing else would tell."""


def figures(shown: str) -> dict[str, str]:
    """The values of a report, ``shown`` under the key."""
    return balanced([3, 1, 4, 1, 5, 9, 2, 6]) | {KEY: shown}


def certain_value(data: bytes) -> object:
    """The value under the key, None where it is not certain."""
    record = read(data, Origin())
    value = record.values()[KEY]
    return None if KEY in record.parse.suspect_cells else value


def certain(data: bytes) -> bool:
    """Whether a number is presented as certain under the key."""
    return certain_value(data) is not None


def plain(data: bytes) -> object:
    """The value under the key of a file in which nothing may be doubtful."""
    record = read(data, Origin())
    assert record.parse.status is Status.OK, record.parse.reasons
    return record.values()[KEY]


def as_old_words(files: dict[str, bytes], folder: Path) -> dict[str, bytes]:
    """Word files as Word 97 files, by their names."""
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice (soffice) makes the Word 97 files")
    for name, content in files.items():
        (folder / f"{name}.docx").write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [soffice, profile, "--headless", "--convert-to", "doc:MS Word 97", "--outdir", folder]
    subprocess.run(
        [*command, *sorted(folder.glob("*.docx"))], check=True, capture_output=True, timeout=120
    )
    return {path.stem: path.read_bytes() for path in folder.glob("*.doc")}
