"""The built-in gazetteer: every province, prefecture, county and township of mainland China."""

from archive.divisions.table import (
    TOWNSHIP_KINDS,
    Division,
    Kind,
    ancestors,
    children,
    current,
    division,
    normal_code,
    overrides,
    subtree,
)

__all__ = [
    "TOWNSHIP_KINDS",
    "Division",
    "Kind",
    "ancestors",
    "children",
    "current",
    "division",
    "normal_code",
    "overrides",
    "subtree",
]
