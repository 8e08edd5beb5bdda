"""A report as its page shows it: figures with what is known of each, and where they stand in the document."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from archive import corrections, history
from archive.database.models import Correction, Finding, Report, ReportVersion
from archive.doubt_words import in_chinese
from archive.standing import Standing
from archive.web.documents.copies import anchor
from archive.web.documents.pictures import has_pages, may_hold_pages
from archive.web.form_tables import FormTable, tables
from extract.forms.dictionary import english, label
from extract.forms.statistics_2014 import S2014_LABELS

_FAR = 20_000.0
_LEAST_SIDE = 8.0
"""Points: a dash or an empty cell is to be hit with a finger as well."""
_VERDICTS = ("fail", "parse_suspect", "pass_with_note", "not_assessable")
_SEVERITIES = ("error", "warn", "info")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure stands: on a page, or at an anchor of the copy; ``said`` tells it in words."""

    said: str
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell of the form.

    ``text`` is what is shown, ``printed`` what stands in the document. ``suspect`` tells that it may be
    misread, ``correction`` what a person said instead.
    """

    key: str
    label: str
    english: str
    state: str
    text: str
    printed: str
    suspect: bool
    place: Place | None
    correction: Correction | None = None

    @property
    def certainty(self) -> str:
        """The word for it: ``corrected``, ``suspect``, or the state of the cell."""
        if self.correction is not None:
            return "corrected"
        return "suspect" if self.suspect else self.state


@dataclass(frozen=True, slots=True)
class ReportView:
    """What the page of a report needs, for one of its versions."""

    report: Report
    version: ReportVersion
    record: dict[str, Any] | None
    status: str
    """``ok``, ``suspect``, ``failed``, ``not_a_report``, or ``unread``."""
    figures: dict[str, Figure]
    tables: list[FormTable]
    findings: Sequence[Finding]
    entries: Sequence[Mapping[str, Any]]
    """What people said of the report, as :func:`archive.corrections.listing` gives it."""
    media_type: str | None

    @property
    def latest(self) -> bool:
        """Whether this is the newest version."""
        return self.version is self.report.versions[-1]

    @property
    def paged(self) -> bool:
        """Whether the document is shown page by page."""
        return has_pages(self.media_type or "") or self.of_pictures

    @property
    def of_pictures(self) -> bool:
        """Whether its pages are the pictures that stand in it, beside words that are no page."""
        pages = self.record["source"]["pages"] if self.record else None
        read = may_hold_pages(self.media_type or "") and pages
        return bool(self.version.capture.parts or read)

    @property
    def address(self) -> str:
        """The address of the report's page, for all time."""
        return f"/reports/{self.report.agency_id}/{self.report.year}/{self.report.scope}"

    @property
    def version_address(self) -> str:
        """The address of this version's page."""
        return f"{self.address}/versions/{self.version.number}"

    def marks(self, page: int) -> Iterator[Figure]:
        """The figures on a page that have a box there."""
        for figure in self.figures.values():
            place = figure.place
            if place is not None and place.page == page and place.box is not None:
                yield figure

    def doubtful(self) -> Iterator[Figure]:
        """The figures that may be misread."""
        return (one for one in self.figures.values() if one.certainty == "suspect")

    def reasons(self, lang: str) -> list[str]:
        """Why the reading is doubtful or failed, in the language of the page."""
        said: list[str] = self.record["parse"]["reasons"] if self.record else []
        return [in_chinese(reason) for reason in said] if lang == "zh" else said

    def operands(self, finding: Finding) -> tuple[list[Figure], list[Figure]]:
        """The figures that a finding rests on: those that say something, and the zeros."""
        found = [self.figures[key] for key in finding.cells if key in self.figures]
        zeros = [one for one in found if (one.certainty, one.text) == ("number", "0")]
        return [one for one in found if one not in zeros], zeros

    def links(self, here: str) -> dict[str, tuple[str, str]]:
        """For the copy: address and label of the figure at each path, on the page ``here``."""
        cells = self.record["cells"] if self.record else ()
        return {
            cell["path"]: (f"{here}#f-{cell['key']}", name_of(cell["key"]))
            for cell in cells
            if cell.get("path")
        }


def view(session: Session, report: Report, version: ReportVersion) -> ReportView:
    """Everything that the page of ``version`` shows."""
    record = history.record(session, version)
    standing = Standing(session, report).corrections(version, record)
    suspects = set(record["parse"].get("suspect_cells", ())) if record else set()
    # Where nothing was read with certainty no cell is certain.
    doubted = record is not None and record["parse"]["status"] not in ("ok", "suspect")
    cells = record["cells"] if record else ()
    figures = {
        cell["key"]: _figure(cell, doubted or cell["key"] in suspects, standing.get(cell["key"]))
        for cell in cells
    }
    for key, correction in standing.items():
        figures.setdefault(key, _unread(key, correction))
    form = record["form"] if record else None
    return ReportView(
        report=report,
        version=version,
        record=record,
        status=record["parse"]["status"] if record else "unread",
        figures=figures,
        tables=tables(form, figures) if figures else [],
        findings=sorted(
            (finding for finding in version.findings if finding.verdict != "pass"),
            key=_weight,
        ),
        entries=list(
            corrections.listing(
                session, agency_id=report.agency_id, year=report.year, scope=report.scope
            )
        ),
        media_type=record["source"]["media_type"] if record else version.media_type,
    )


def _weight(finding: Finding) -> tuple[int, int, str]:
    """The gravest first."""
    return (
        _VERDICTS.index(finding.verdict) if finding.verdict in _VERDICTS else len(_VERDICTS),
        _SEVERITIES.index(finding.severity) if finding.severity in _SEVERITIES else 9,
        finding.rule,
    )


def _figure(cell: Mapping[str, Any], suspect: bool, correction: Correction | None) -> Figure:
    key = cell["key"]
    text = _number(cell["value"]) if cell["state"] == "number" else cell["raw"]
    return Figure(
        key=key,
        label=name_of(key),
        english=english_of(key),
        state=cell["state"],
        text=corrections.said(correction.value) if correction else text,
        printed=cell["raw"],
        suspect=suspect,
        place=_place(cell),
        correction=correction,
    )


def _unread(key: str, correction: Correction) -> Figure:
    """A cell that the reading lacks and a person supplied."""
    text = corrections.said(correction.value)
    return Figure(
        key, name_of(key), english_of(key), "unreadable", text, "", False, None, correction
    )


def name_of(key: str) -> str:
    """Row and column of a cell as printed on its form."""
    return S2014_LABELS.get(key.removeprefix("s2014.")) or label(key)


def english_of(key: str) -> str:
    """What a cell counts, in English; the key itself for a key of no form."""
    try:
        return english(key)
    except (KeyError, StopIteration):
        return key


def _number(value: Any) -> str:
    return f"{Decimal(str(value)).normalize():f}"


def _place(cell: Mapping[str, Any]) -> Place | None:
    page, path = cell.get("page"), cell.get("path")
    if page is not None:
        return Place(said=f"{page}", page=page, box=_box(cell.get("bbox")))
    if path:
        return Place(said=path, anchor=anchor(path))
    return None


def _box(box: Any) -> tuple[float, float, float, float] | None:
    """Left, top, width and height to draw, with a little room around; None for what is no box."""
    if (
        not box
        or len(box) != 4
        or not all(math.isfinite(edge) and abs(edge) < _FAR for edge in box)
    ):
        return None
    x0, top, x1, bottom = box
    width, height = max(x1 - x0, 0.0), max(bottom - top, 0.0)
    more_x, more_y = (max(2.0, (_LEAST_SIDE - side) / 2) for side in (width, height))
    return (
        round(x0 - more_x, 1),
        round(top - more_y, 1),
        round(width + 2 * more_x, 1),
        round(height + 2 * more_y, 1),
    )
