"""The tables of an export: their fields with types and descriptions, as ``datapackage.json`` has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from extract.forms.dictionary import FIGURE_KEYS, column_name, english, is_decimal, label

Type = Literal["string", "integer", "number", "boolean", "date", "datetime"]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its name, its type in the words of Frictionless Table Schema, and what it says."""

    name: str
    type: Type
    description: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the name of its file, what it holds, its columns and those that tell its rows apart."""

    name: str
    description: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]


_AGENCY = (
    Field("agency", "string", "Official name of the agency in the register."),
    Field("division_code", "string", "Statistical code of its division, 2 to 9 digits, or empty."),
)
_KIND = Field("kind", "string", "Kind of the agency, such as local_dept or region_gov.")
_REPORT = (
    Field("year", "integer", "The year reported on."),
    Field("scope", "string", "What the report speaks for: organ, region, …"),
)
_SOURCE = (
    Field("version", "integer", "Number of the version, the latest one of the report."),
    Field("url", "string", "Address of the page on which the report stands."),
    Field("document_url", "string", "Address of the document that was read: page or attachment."),
    Field("media_type", "string", "Media type of the document as the server sent it."),
    Field("sha256", "string", "Digest of the document; its bytes are in the WARC files."),
    Field("form", "string", "Form of the tables: f2021, f2019, …"),
    Field(
        "parse_status",
        "string",
        "Certainty of the reading: ok (no cell is wrong), suspect (doubtful cells are left empty), "
        "failed, not_a_report; empty while the document is not read.",
    ),
    Field("extractor", "string", "Version of the extractor that read the document."),
    Field("displayed_date", "date", "Earliest date that page or list shows for this version."),
    Field(
        "first_seen", "datetime", "When the report was first seen by the archive, in any version."
    ),
    Field("last_seen", "datetime", "When this version was last seen."),
)


def _figure(key: str) -> Field:
    return Field(
        column_name(key),
        "number" if is_decimal(key) else "integer",
        f"{label(key)}: {english(key)}",
    )


FIGURES_WIDE = Table(
    "figures_wide",
    "One row a report (its latest version), one column a cell of the form. An empty cell is not zero: "
    "it is blank, not on the form, doubtful or unread; figures_long tells which. Corrections by people "
    "are applied.",
    (
        *_AGENCY,
        _KIND,
        *_REPORT,
        Field("title", "string", "Title of the report as lists show it."),
        *_SOURCE,
        Field("versions", "integer", "How many versions the archive has."),
        *map(_figure, FIGURE_KEYS),
    ),
    ("agency", "division_code", "year", "scope"),
)
FIGURES_LONG = Table(
    "figures_long",
    "One row a cell of a report's form, with what is printed and where it stands in the document.",
    (
        *_AGENCY,
        _KIND,
        *_REPORT,
        Field("key", "string", "Key of the cell in the data dictionary."),
        Field(
            "value", "number", "The number: as read, or as corrected; empty unless it is certain."
        ),
        Field(
            "state",
            "string",
            "What is printed: number, blank, not_applicable, text, unreadable; unread where only a "
            "person gave the value.",
        ),
        Field("raw", "string", "The text of the cell as printed."),
        Field("doubtful", "boolean", "Whether the cell may be misread; then value is empty."),
        Field("corrected", "boolean", "Whether value is what a person said; see the table people."),
        Field("page", "integer", "Page of the document, from 1; empty for pages of the web."),
        Field("place", "string", "Box on the page in points from its top left, or table and row."),
        *_SOURCE,
    ),
    ("agency", "division_code", "year", "scope", "key"),
)
AGENCIES = Table(
    "agencies",
    "The register of agencies that owe a report.",
    (
        Field("name", "string", "Official name."),
        *_AGENCY[1:],
        _KIND,
        Field("home_url", "string", "Address of its site."),
        Field("annual_report_url", "string", "Address of its column of annual reports, if given."),
        Field("aliases", "string", "Other names, separated by semicolons."),
        Field("parent", "string", "Name of its superior."),
        Field("since", "integer", "First year it existed, if known."),
        Field("until", "integer", "Last year it existed, if known."),
        Field("standing", "string", "confirmed, or candidate: not known yet to owe a report."),
        Field("origin", "string", "Where the entry came from."),
    ),
    ("name", "division_code"),
)
ABSENT = Table(
    "absent",
    "Reports of the exported years of which the archive has no document, with the reason. Only the "
    "status missing says that a report was not published; unknown and blocked say that we do not know.",
    (
        *_AGENCY,
        _KIND,
        *_REPORT,
        Field("status", "string", "missing, unknown, blocked, not_due, exempt, …"),
        Field("due", "date", "The day by which the report is due."),
        Field("due_basis", "string", "statutory or customary."),
        Field("last_absent", "datetime", "Last full reading of the place without the report."),
        Field("reason", "string", "The reason in a sentence."),
        Field("url", "string", "Address under which the report is listed, if it is."),
    ),
    ("agency", "division_code", "year", "scope"),
)
FINDINGS = Table(
    "findings",
    "What the rules say of the latest version of each report.",
    (
        *_AGENCY,
        *_REPORT,
        Field("version", "integer", "Number of the version."),
        Field("sha256", "string", "Digest of the document."),
        Field("rule", "string", "The rule."),
        Field("verdict", "string", "fail, pass_with_note, not_assessable, parse_suspect."),
        Field("severity", "string", "error, warn or info."),
        Field("cells", "string", "Keys of the cells it rests on, separated by semicolons."),
        Field("judged", "string", "By a person: confirmed, dismissed, reopened; else empty."),
        Field("message", "string", "The finding in English."),
        Field("message_zh", "string", "The finding in Chinese."),
    ),
    (),
)
PEOPLE = Table(
    "people",
    "Corrections of cells and verdicts on findings, undone ones too.",
    (
        Field("id", "string", "c and a number for a correction, v for a verdict."),
        *_AGENCY,
        *_REPORT,
        Field("what", "string", "Key of the cell, or the rule."),
        Field("cells", "string", "Keys of the cells it is about, separated by semicolons."),
        Field("printed", "string", "The cell as printed when it was corrected."),
        Field("said", "string", "The value it should have, or the verdict."),
        Field("state", "string", "holds, replaced, reopened, gone or undone."),
        Field("reason", "string", "Why."),
        Field("person", "string", "Who."),
        Field("made_at", "datetime", "When."),
        Field("undone_at", "datetime", "When it was undone, if it was."),
        Field("undone_by", "string", "By whom."),
    ),
    ("id",),
)
DICTIONARY = Table(
    "dictionary",
    "The data dictionary: every cell of the forms.",
    (
        Field("key", "string", "The key; it never changes its meaning."),
        Field("column", "string", "The key as a column of figures_wide."),
        Field("label", "string", "Row and column as printed on the form."),
        Field("meaning", "string", "What it counts, in English."),
        Field("type", "string", "integer (a count) or number (money)."),
        Field("f2021", "boolean", "Whether the form for 2021 and later has it."),
        Field("f2019", "boolean", "Whether the form for 2019 and 2020 has it."),
    ),
    ("key",),
)
TABLES = (FIGURES_WIDE, FIGURES_LONG, AGENCIES, ABSENT, FINDINGS, PEOPLE, DICTIONARY)
