"""Write the rows of one table to a file: CSV, JSON Lines, Parquet or XLSX, in constant memory.

The same rows give the same bytes. Text never becomes a formula: in CSV a cell that a spreadsheet would
take for one gets an apostrophe before it, and ends of lines are ``\\n``; in XLSX it is written as a text cell.
"""

from __future__ import annotations

import contextlib
import csv
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from archive.errors import UsageError
from archive.export.schema import Field, Row, Table
from archive.formats import harmless

_LONGEST_CELL = 32_767
"""Characters Excel can keep in a cell."""
_SHEET_ROWS = 1_048_576
"""Rows Excel can keep in a sheet, the header among them."""
_GROUP = 5000
"""Rows of a row group in Parquet."""


class Writer(ABC):
    """Takes the rows of one table."""

    suffix: str
    media_type: str

    def __init__(self, path: Path, table: Table) -> None:
        self.path = path
        self.table = table
        self.rows = 0

    def write(self, rows: Iterable[Row]) -> int:
        """Write all rows and finish the file; returns their number."""
        try:
            for row in rows:
                self.take([row[field.name] for field in self.table.fields])
                self.rows += 1
            self.finish()
        except BaseException:
            # What is closed in the middle is no whole file, but the folder it is in goes too.
            with contextlib.suppress(Exception):
                self.close()
            raise
        return self.rows

    @abstractmethod
    def take(self, cells: list[Any]) -> None:
        """Write one row."""

    def finish(self) -> None:
        """Bring what is left to the file and close it."""
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Close the file."""


class CSVWriter(Writer):
    """UTF-8, commas, a header row; an empty cell is nothing, which is not zero."""

    suffix = "csv"
    media_type = "text/csv"

    def __init__(self, path: Path, table: Table) -> None:
        super().__init__(path, table)
        self._file = path.open("w", encoding="utf-8", newline="")
        self._csv = csv.writer(self._file, lineterminator="\n")
        self._csv.writerow(field.name for field in table.fields)

    def take(self, cells: list[Any]) -> None:
        """Write one row."""
        self._csv.writerow(map(csv_cell, cells))

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class JSONLinesWriter(Writer):
    """An object a line, every field in every object."""

    suffix = "jsonl"
    media_type = "application/jsonl"

    def __init__(self, path: Path, table: Table) -> None:
        super().__init__(path, table)
        self._file = path.open("w", encoding="utf-8", newline="")

    def take(self, cells: list[Any]) -> None:
        """Write one row."""
        names = (field.name for field in self.table.fields)
        row = dict(zip(names, map(_json_value, cells), strict=True))
        self._file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class ParquetWriter(Writer):
    """Apache Parquet, compressed; times are in UTC."""

    suffix = "parquet"
    media_type = "application/vnd.apache.parquet"

    def __init__(self, path: Path, table: Table) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError:
            raise UsageError(
                "Parquet needs pyarrow; install it with: pip install 'gongkai[parquet]'"
            ) from None
        super().__init__(path, table)
        self._arrow = pyarrow
        types = {
            "string": pyarrow.string(),
            "integer": pyarrow.int64(),
            "number": pyarrow.float64(),
            "boolean": pyarrow.bool_(),
            "date": pyarrow.date32(),
            "datetime": pyarrow.timestamp("us", tz="UTC"),
        }
        self._schema = pyarrow.schema([(field.name, types[field.type]) for field in table.fields])
        self._file = pyarrow.parquet.ParquetWriter(path, self._schema, compression="zstd")
        self._waiting: list[list[Any]] = []

    def take(self, cells: list[Any]) -> None:
        """Write one row."""
        self._waiting.append([float(cell) if isinstance(cell, Decimal) else cell for cell in cells])
        if len(self._waiting) >= _GROUP:
            self._flush()

    def finish(self) -> None:
        """Write the last group and close the file."""
        if self._waiting:
            self._flush()
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _flush(self) -> None:
        columns = [
            self._arrow.array(map(_typed(field), column), field_.type)
            for field, field_, column in zip(
                self.table.fields, self._schema, zip(*self._waiting, strict=True), strict=True
            )
        ]
        self._file.write_table(self._arrow.table(columns, schema=self._schema))
        self._waiting.clear()


class XLSXWriter(Writer):
    """Excel; a table with more rows than a sheet holds goes on in further sheets.

    Text longer than a cell holds is cut and ends in ``…``.
    """

    suffix = "xlsx"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def __init__(self, path: Path, table: Table) -> None:
        try:
            import xlsxwriter
        except ImportError:
            raise UsageError(
                "XLSX needs xlsxwriter; install it with: pip install 'gongkai[xlsx]'"
            ) from None
        super().__init__(path, table)
        self._book = xlsxwriter.Workbook(
            str(path), {"constant_memory": True, "tmpdir": str(path.parent)}
        )
        # Without it the file would carry the time of writing.
        self._book.set_properties({"created": datetime(1980, 1, 1)})
        self._head = self._book.add_format({"bold": True})
        self._sheets = 0
        self._line = _SHEET_ROWS

    def take(self, cells: list[Any]) -> None:
        """Write one row."""
        if self._line >= _SHEET_ROWS:
            self._next_sheet()
        for number, cell in enumerate(cells):
            if cell is None:
                continue
            if isinstance(cell, bool):
                self._sheet.write_boolean(self._line, number, cell)
            elif isinstance(cell, int | float | Decimal):
                self._sheet.write_number(self._line, number, float(cell))
            else:
                # Always as text: what begins with = stays what it is, and no address becomes a link.
                self._sheet.write_string(self._line, number, _fitting(_json_value(cell)))
        self._line += 1

    def finish(self) -> None:
        """Close the file, which has a sheet at least."""
        if not self._sheets:
            self._next_sheet()
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._book.close()

    def _next_sheet(self) -> None:
        self._sheets += 1
        name = self.table.name if self._sheets == 1 else f"{self.table.name} {self._sheets}"
        self._sheet = self._book.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        for number, field in enumerate(self.table.fields):
            self._sheet.write_string(0, number, field.name, self._head)
        self._line = 1


def csv_cell(value: Any) -> str:
    """A value as it stands in CSV: decimals exact, times in UTC, no text that may be a formula."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal | float):
        return f"{Decimal(str(value)).normalize():f}"
    if isinstance(value, date):
        return str(_json_value(value))
    return harmless(value)


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return value


def _fitting(text: str) -> str:
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"


def _typed(field: Field) -> Callable[[Any], Any]:
    """What makes a value one of the field: a number that is a whole one is still a float in Parquet."""
    if field.type == "number":
        return lambda value: None if value is None else float(value)
    return lambda value: value
