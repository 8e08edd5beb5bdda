"""What programs behind a list answer: JSON or JSONP, taken apart without trust in its shape."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from archive.clock import china_day
from crawler.pages import Page, join, parse_day
from crawler.platforms.base import Row

MAX_ROWS = 2000
"""Rows of one answer; programs send a few hundred at most."""
_CALLBACK = re.compile(r"[\w$.]{1,100}\s*\(")
_SECONDS = 10**11
"""Numbers above are milliseconds: as seconds they would be three thousand years away."""


def decoded(page: Page) -> Any:
    """The data of a JSON or JSONP answer; None for everything else."""
    return parsed(page.text)


def parsed(text: str) -> Any:
    """The data of a text in JSON or JSONP, None if it is not; deep nesting is no data either."""
    text = text.strip()
    call = _CALLBACK.match(text)
    if call:
        text = text[call.end() :].rstrip("); \r\n\t")
    if not text.startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def dig(data: Any, *names: str) -> Any:
    """The value below the names, None where there is none. Texts that hold JSON are opened."""
    for name in names:
        if isinstance(data, str):
            data = parsed(data)
        if not isinstance(data, dict):
            return None
        data = data.get(name)
    return data


def number(value: Any) -> int | None:
    """A count, given as a number or in digits."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return int(value) if re.fullmatch(r"\d{1,9}", str(value)) else None


def rows_of(
    records: Any, base: str, urls: Iterable[str], titles: Iterable[str], days: Iterable[str]
) -> list[Row]:
    """Rows from a list of records; of each group of field names the first with a value counts."""
    found = []
    for record in records[:MAX_ROWS] if isinstance(records, list) else ():
        url = join(base, str(_first(record, urls)))
        title = re.sub(r"<[^>]{0,200}>", "", str(_first(record, titles))).strip()
        if url and title:
            found.append(Row(url, title[:300], _day(_first(record, days))))
    return found


def _first(record: Any, names: Iterable[str]) -> Any:
    if not isinstance(record, dict):
        return ""
    return next((record[name] for name in names if record.get(name)), "")


def _day(value: Any) -> date | None:
    stamp = int(value) if re.fullmatch(r"\d{9,13}", str(value)) else None
    if stamp is None:
        return parse_day(str(value)[:40])
    return china_day(datetime.fromtimestamp(stamp // (1000 if stamp > _SECONDS else 1), UTC))
