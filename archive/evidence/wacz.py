"""The records of an evidence folder as WACZ 1.1.1: a zip that replayweb.page and pywb open as it is."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.evidence.exchanges import Exchange
from archive.records import iso
from extract import VERSION

_WACZ_VERSION = "1.1.1"
_PAGES = {"format": "json-pages-1.0", "id": "pages", "title": "Pages"}


def write(
    path: Path, warc: Path, pages: Iterable[tuple[Exchange, str]], title: str, now: datetime
) -> None:
    """Write the WACZ of ``warc``; ``pages`` are those to begin with, each with its title."""
    files = {
        f"archive/{warc.name}": warc.read_bytes(),
        "indexes/index.cdx": _index(warc),
        "pages/pages.jsonl": _page_list(pages),
    }
    resources = [
        {
            "name": Path(name).name,
            "path": name,
            "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
            "bytes": len(data),
        }
        for name, data in files.items()
    ]
    package = _json(
        {
            "profile": "data-package",
            "wacz_version": _WACZ_VERSION,
            "title": title,
            "created": iso(now),
            "software": f"Gongkai {VERSION}",
            "resources": resources,
        }
    )
    digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(package).hexdigest()}"}
    files |= {"datapackage.json": package, "datapackage-digest.json": _json(digest)}
    with zipfile.ZipFile(path, "x") as target:
        for name, data in files.items():
            # Readers fetch single records out of the zip, so nothing is compressed.
            target.writestr(_entry(name, now), data, zipfile.ZIP_STORED)


def _entry(name: str, now: datetime) -> zipfile.ZipInfo:
    at = now.astimezone(UTC)
    return zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))


def _index(warc: Path) -> bytes:
    # It brings a tenth of the memory of a server along, and few ask for evidence.
    from cdxj_indexer.main import CDXJIndexer

    lines = io.StringIO()
    CDXJIndexer(lines, [str(warc)], sort=True, post_append=True).process_all()
    return lines.getvalue().encode()


def _page_list(pages: Iterable[tuple[Exchange, str]]) -> bytes:
    lines: list[dict[str, Any]] = [_PAGES]
    for number, (exchange, title) in enumerate(pages, 1):
        lines.append(
            {
                "id": str(number),
                "url": exchange.url,
                "ts": exchange.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "title": title,
            }
        )
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"
