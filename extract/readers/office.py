"""LibreOffice for what no reader of ours reads: Rich Text Format, Word 95 and older, damaged Word files.

It is used when it is installed, and never for a file that our own readers read. It runs with a
profile that is thrown away, without macros, links and network, and not for long.
"""

from __future__ import annotations

import functools
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from extract.document import Document
from extract.errors import DamagedDocument, ExtractionError, LimitExceeded, UnknownFormat
from extract.readers.docx import read_docx

MAX_BYTES = 60_000_000
SECONDS = 60.0
RICH_TEXT = "Rich Text Format"
WORD_97 = "MS Word 97"
WORD_95 = "MS Word 95"
WORD_6 = "MS WinWord 6"
_STARTED_FIRST_TIME = 81
"""LibreOffice made its profile and wants to be started again."""

# A proxy where nobody listens keeps it from the network where namespaces are not to be had.
_SETTINGS = {
    "/org.openoffice.Office.Common/Security/Scripting": {
        "DisableMacrosExecution": "true",
        "MacroSecurityLevel": "3",
        "BlockUntrustedRefererLinks": "true",
        "DisableActiveContent": "true",
    },
    "/org.openoffice.Office.Writer/Content/Update": {"Link": "0"},
    "/org.openoffice.Inet/Settings": {
        "ooInetProxyType": "2",
        "ooInetHTTPProxyName": "127.0.0.1",
        "ooInetHTTPProxyPort": "9",
        "ooInetHTTPSProxyName": "127.0.0.1",
        "ooInetHTTPSProxyPort": "9",
    },
}


def program() -> Path | None:
    """The program to run, None where LibreOffice is not installed.

    The one that does the work, not the one that starts it: a limit must hit the process itself.
    """
    found = shutil.which("soffice")
    if found is None:
        return None
    start = Path(found).resolve()
    work = start.with_name("soffice.bin")
    return work if work.exists() else start


def read_by_office(data: bytes, filters: tuple[str, ...]) -> Document:
    """Convert with the first of the import ``filters`` that works, and read the result.

    :raises UnknownFormat: if LibreOffice is not installed; :raises DamagedDocument: if it cannot read
        the file; :raises LimitExceeded: if the file is too large or takes too long.
    """
    soffice = program()
    if soffice is None:
        raise UnknownFormat("LibreOffice, which could convert the file, is not installed.")
    if len(data) > MAX_BYTES:
        raise LimitExceeded(f"The file has {len(data)} bytes; at most {MAX_BYTES} are converted.")
    failed: ExtractionError | None = None
    for name in filters:
        try:
            document = read_docx(_converted(soffice, data, name))
        except DamagedDocument as error:
            failed = error
        else:
            return replace(document, metadata={**document.metadata, "converted_by": "LibreOffice"})
    raise failed or DamagedDocument("LibreOffice cannot read the file.")


def _converted(soffice: Path, data: bytes, import_filter: str) -> bytes:
    """The file as docx."""
    with tempfile.TemporaryDirectory(prefix="gongkai-office-") as name:
        folder = Path(name)
        profile = folder / "profile" / "user"
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(_registry(), encoding="utf-8")
        source, target = folder / "document", folder / "out" / "document.docx"
        source.write_bytes(data)
        command = [
            *_without_network(),
            str(soffice),
            f"-env:UserInstallation={profile.parent.as_uri()}",
            "--headless",
            "--norestore",
            "--nolockcheck",
            f"--infilter={import_filter}",
            "--convert-to",
            "docx:MS Word 2007 XML",
            "--outdir",
            str(target.parent),
            str(source),
        ]
        environment = {"PATH": "/usr/bin:/bin", "HOME": name, "TMPDIR": name, "LANG": "C.UTF-8"}
        for _ in range(2):
            try:
                done = subprocess.run(  # noqa: S603 (fixed words and our own path)
                    command, env=environment, cwd=folder, capture_output=True, timeout=SECONDS
                )
            except subprocess.TimeoutExpired as error:
                raise LimitExceeded(f"Converting takes more than {SECONDS:g} seconds.") from error
            except OSError as error:
                raise UnknownFormat("LibreOffice cannot be started.") from error
            if done.returncode != _STARTED_FIRST_TIME:
                break
        if not target.is_file():
            raise DamagedDocument("LibreOffice cannot read the file.")
        return target.read_bytes()


def _registry() -> str:
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for path, properties in _SETTINGS.items()
        for name, value in properties.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{items}</oor:items>'
    )


@functools.cache
def _without_network() -> tuple[str, ...]:
    """What to put before a command so that it has no network, where the system allows it."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    prefix = (unshare, "--map-root-user", "--net", "--")
    try:
        tried = subprocess.run([*prefix, "true"], capture_output=True, timeout=10)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return prefix if tried.returncode == 0 else ()
