"""What can be followed over the years: figures, sums of figures, and rates with their denominators.

A figure keeps its key as long as it keeps its meaning (:mod:`extract.forms.dictionary`), so two forms are
comparable exactly where they have the same key. What is derived here says for each form which cells it is
made of; a form that does not have them has no value, and never a nought.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from archive.errors import UsageError
from extract.forms.dictionary import (
    APPLICANTS,
    ENGLISH,
    F2019_KEYS,
    F2021_KEYS,
    FIGURE_KEYS,
    OTHER_TOTAL,
    REQUEST_ROWS_2019,
    REQUEST_ROWS_2021,
    RESULTS,
    Entry,
    column_name,
    english,
)

Cells = Mapping[str, tuple[str, ...]]
"""For each form the keys of the cells to add up."""

_FORMS = {"f2019": F2019_KEYS, "f2021": F2021_KEYS}
_MEANING = {
    "denied_total": "refused on any ground",
    "unable_total": "could not be provided, for any reason",
    "not_processed_total": "not processed, for any reason",
    "other_total": "closed otherwise (three rows in f2021, one in f2019)",
    "legal_person_total": "from legal persons and other organisations",
}
_LEGAL_PERSONS = tuple(column.key for column in APPLICANTS[1:-1])


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure, a sum of figures, or a rate (then with a ``denominator``).

    ``addable`` is false where agencies print different units.
    """

    key: str
    about: str
    numerator: Cells
    denominator: Cells | None = None
    addable: bool = True

    @property
    def forms(self) -> frozenset[str]:
        """The forms that have all the cells."""
        return frozenset(self.numerator).intersection(self.denominator or self.numerator)

    @property
    def keys(self) -> frozenset[str]:
        """The cells that it is made of, whatever the form."""
        return frozenset(
            key
            for part in (self.numerator, self.denominator or {})
            for keys in part.values()
            for key in keys
        )


def measure(name: str) -> Measure:
    """The measure called ``name``: a key of the data dictionary (also as the name of a column), a sum
    of a group such as ``requests.denied_total.total``, or a rate such as ``grant_rate`` or, for one sort
    of applicants, ``grant_rate.natural_person``.

    Raises :class:`~archive.errors.UsageError` for anything else, with the names most like it.
    """
    found = _MEASURES.get(name) or _MEASURES.get(_BY_COLUMN.get(name, ""))
    if found is None:
        like = difflib.get_close_matches(name, list(_MEASURES), n=3)
        hint = f"; did you mean {' or '.join(like)}?" if like else ""
        raise UsageError(f"there is no figure {name!r}{hint}; see docs/data-dictionary.md")
    return found


def names() -> tuple[str, ...]:
    """The names of all measures that are derived, not printed."""
    return tuple(key for key in _MEASURES if key not in _PRINTED)


def _rows(prefix: str, form: str) -> tuple[str, ...]:
    """The rows of table 三 of a form that make up a group: ``denied`` and the like."""
    entries: tuple[Entry, ...] = REQUEST_ROWS_2021 if form == "f2021" else REQUEST_ROWS_2019
    if prefix == "other" and form == "f2019":
        return (OTHER_TOTAL.key,)
    return tuple(entry.key for entry in entries if entry.key.split(".")[0] == prefix)


def _requests(rows: Mapping[str, tuple[str, ...]], columns: tuple[str, ...]) -> Cells:
    return {
        form: tuple(f"requests.{row}.{column}" for row in keys for column in columns)
        for form, keys in rows.items()
    }


def _build() -> dict[str, Measure]:
    made: dict[str, Measure] = {}

    def add(key: str, about: str, top: Cells, bottom: Cells | None = None) -> None:
        made[key] = Measure(key, about, top, bottom, key != "art20_9.procurement.amount")

    for key in FIGURE_KEYS:
        add(key, english(key), {form: (key,) for form, keys in _FORMS.items() if key in keys})
    singles = {entry.key for entry in (*REQUEST_ROWS_2021, OTHER_TOTAL)}
    groups = dict.fromkeys(entry.key.split(".")[0] for entry in RESULTS if "." in entry.key)
    rows = {
        row: {form: (row,) for form, keys in _FORMS.items() if f"requests.{row}.total" in keys}
        for row in singles
    } | {f"{group}_total": {form: _rows(group, form) for form in _FORMS} for group in groups}
    columns: dict[str, tuple[str, ...]] = {column.key: (column.key,) for column in APPLICANTS}
    columns["legal_person_total"] = _LEGAL_PERSONS
    for row, by_form in rows.items():
        for column, parts in columns.items():
            key = f"requests.{row}.{column}"
            # The single row 其他处理 of f2019 and the three rows of f2021 are one measure.
            if key not in made or row == "other_total":
                add(
                    key,
                    f"{_MEANING.get(row) or ENGLISH[row]}, {_MEANING.get(column) or ENGLISH[column]}",
                    _requests(by_form, parts),
                )
    positive = dict.fromkeys(_FORMS, ("granted", "partially_granted"))
    processed = dict.fromkeys(_FORMS, ("processed_total",))
    rates = {
        "grant_rate": (positive, "granted in full or in part, of all requests closed"),
        "denial_rate": (rows["denied_total"], "refused, of all requests closed"),
        "not_held_share": (rows["unable.not_held"], "not held by the agency, of all closed"),
    }
    for rate, (top, about) in rates.items():
        for column, parts in columns.items():
            key = rate if column == "total" else f"{rate}.{column}"
            add(key, about, _requests(top, parts), _requests(processed, parts))
    for rate, tables in {
        "review_reversal_rate": ("review",),
        "litigation_reversal_rate": ("litigation_direct", "litigation_after_review"),
    }.items():
        corrected = tuple(f"{table}.corrected" for table in tables)
        decided = tuple(
            f"{t}.{outcome}" for t in tables for outcome in ("upheld", "corrected", "other")
        )
        about = "the agency's decision changed or found unlawful, of all cases decided"
        add(rate, about, dict.fromkeys(_FORMS, corrected), dict.fromkeys(_FORMS, decided))
    return made


_MEASURES = _build()
_PRINTED = frozenset(FIGURE_KEYS)
_BY_COLUMN = {column_name(key): key for key in _MEASURES}
