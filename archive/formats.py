"""Lists as users want them: a table to look at, CSV, JSON, JSON Lines.

The same words on every command. Text from the network is made harmless where a program might take
it for more: a spreadsheet formula in CSV, a control sequence on a terminal.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import IO, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

Row = dict[str, Any]


class Format(StrEnum):
    """The formats of contract §1."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"


class ExportFormat(StrEnum):
    """The formats of ``gongkai export``."""

    CSV = "csv"
    PARQUET = "parquet"
    XLSX = "xlsx"
    JSONL = "jsonl"


# Spreadsheets take these, and their full-width forms, for the beginning of a formula.
_FORMULA = tuple("=+-@\t\r＝＋－＠")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def default() -> Format:
    """A table on a terminal, CSV in a pipe or file."""
    return Format.TABLE if sys.stdout.isatty() else Format.CSV


def write(
    rows: Iterable[Row],
    format: Format | None,
    *,
    columns: Sequence[str],
    csv_columns: Sequence[str] | None = None,
    stream: IO[str] | None = None,
) -> int:
    """Write ``rows`` and return their number; rows are taken one by one, except for a table.

    ``columns`` are shown in the table and, unless ``csv_columns`` names others, in CSV. JSON has the
    whole rows.
    """
    stream = stream or sys.stdout
    match format or default():
        case Format.TABLE:
            return _table(rows, columns, stream)
        case Format.CSV:
            return _csv(rows, csv_columns or columns, stream)
        case Format.JSONL:
            return _json_lines(rows, stream)
        case Format.JSON:
            return _json(rows, stream)


def harmless(value: Any) -> str:
    """``value`` as a CSV cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    # csv leaves a lone carriage return unquoted, and readers take it for the end of the row.
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.startswith(_FORMULA) else text


def plain(value: Any) -> str:
    """``value`` as one line of terminal text, without control characters."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{key} {count}" for key, count in value.items())
    return _CONTROL.sub("", " ".join(str(value).split()))


def _table(rows: Iterable[Row], columns: Sequence[str], stream: IO[str]) -> int:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold")
    number = 0
    for row in rows:
        # Text, not str: a title with [brackets] is no markup.
        table.add_row(*(Text(plain(row.get(column))) for column in columns))
        number += 1
    wide = None if stream.isatty() else 200
    Console(file=stream, width=wide, highlight=False).print(table)
    return number


def _csv(rows: Iterable[Row], columns: Sequence[str], stream: IO[str]) -> int:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    number = 0
    for row in rows:
        writer.writerow([harmless(row.get(column)) for column in columns])
        number += 1
    return number


def _json_lines(rows: Iterable[Row], stream: IO[str]) -> int:
    number = 0
    for row in rows:
        stream.write(json.dumps(row, ensure_ascii=False) + "\n")
        number += 1
    return number


def _json(rows: Iterable[Row], stream: IO[str]) -> int:
    number = 0
    stream.write("[")
    for row in rows:
        stream.write(",\n " if number else "\n ")
        stream.write(json.dumps(row, ensure_ascii=False))
        number += 1
    stream.write("\n]\n" if number else "]\n")
    return number
