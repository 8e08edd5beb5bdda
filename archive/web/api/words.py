"""The parameters that several routes have, and the shape of a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from archive.agencies.kinds import KINDS
from archive.audit.duty import FIRST_YEAR
from archive.audit.status import Status
from archive.reports import FORMS, UNREAD
from extract.record import Status as ParseStatuses

FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/jsonl": {"schema": {"type": "string"}},
        },
        "headers": {
            "Link": {
                "description": 'The address of the next page, with rel="next".',
                "schema": {"type": "string"},
            }
        },
    }
}
"""What a list may be besides a page."""

STATUSES = tuple(status.value for status in Status)
PARSE_STATUSES = (*(status.value for status in ParseStatuses), UNREAD)
NO_NUL = r"^[^\x00]*$"
"""Texts that every database takes."""

Item = TypeVar("Item", bound=BaseModel)


class Page(BaseModel, Generic[Item]):
    """A page of a list; ``next`` is the cursor of the page after, null on the last."""

    items: list[Item]
    next: str | None


class Grows(BaseModel):
    """An object that may get further keys; none is ever renamed."""

    model_config = ConfigDict(extra="allow")


def _known(name: str, values: Iterable[str]) -> AfterValidator:
    known = list(values)

    def check(value: str | None) -> str | None:
        if value is not None and value not in known:
            said = f"there is no such {name}; there are {', '.join(known)}"
            raise PydanticCustomError("unknown", "{said}", {"said": said})
        return value

    return AfterValidator(check)


def _enum(values: Iterable[str]) -> dict[str, Any]:
    return {"enum": list(values)}


Id = Annotated[int, Path(ge=1, le=2**31 - 1, description="Number of an agency.", examples=[1])]
YearPath = Annotated[
    int, Path(ge=FIRST_YEAR, le=2100, description="The year reported on.", examples=[2024])
]
Scope = Annotated[
    str,
    Path(
        pattern="^[a-z_]{1,30}$",
        description="What the report covers: organ, region, ….",
        examples=["organ"],
    ),
]
Year = Annotated[
    int, Query(ge=FIRST_YEAR, le=2100, description="The year reported on.", examples=[2024])
]
AnyYear = Annotated[
    Annotated[int, Field(ge=FIRST_YEAR, le=2100)] | SkipJsonSchema[None],
    Query(description="Only this year reported on."),
]
AnyId = Annotated[
    Annotated[int, Field(ge=1, le=2**31 - 1)] | SkipJsonSchema[None],
    Query(description="Of this agency, by its number."),
]
Division = Annotated[
    Annotated[str, Field(pattern="^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9})$")] | SkipJsonSchema[None],
    Query(description="Only this division, by its code, and all below it.", examples=["3208"]),
]
Kind = Annotated[
    str | SkipJsonSchema[None],
    _known("kind", KINDS),
    Query(json_schema_extra=_enum(KINDS), description="Only agencies of this kind."),
]
AuditStatus = Annotated[
    str | SkipJsonSchema[None],
    _known("status", STATUSES),
    Query(json_schema_extra=_enum(STATUSES), description="Only reports with this status."),
]
ParseStatus = Annotated[
    str | SkipJsonSchema[None],
    _known("status", PARSE_STATUSES),
    Query(json_schema_extra=_enum(PARSE_STATUSES), description="Only read with this certainty."),
]
Form = Annotated[
    str | SkipJsonSchema[None],
    _known("form", FORMS),
    Query(json_schema_extra=_enum(FORMS), description="Only on this form."),
]
Rule = Annotated[
    Annotated[str, Field(pattern="^[A-Z][A-Z0-9]{0,3}-[0-9]{2}$")] | SkipJsonSchema[None],
    Query(description="Only where this rule failed.", examples=["T3-01"]),
]
Words = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]
Text = Annotated[
    Words | SkipJsonSchema[None],
    Query(
        description="Words with spaces between them; all must stand in one section.",
        examples=["培训"],
    ),
]
Name = Annotated[
    Annotated[str, Field(max_length=200, pattern=NO_NUL)] | SkipJsonSchema[None],
    Query(description="Only names that contain this.", examples=["教育局"]),
]
