"""Rules that judge a single report; importing this package registers them all."""

from extract.rules import (
    content,
    identity_rules,
    narrative,
    statistics,
    structure,
    table_two,
    tables,
    wording,
)
from extract.rules.registry import RULES, Rule, Subject, judge

__all__ = [
    "RULES",
    "Rule",
    "Subject",
    "content",
    "identity_rules",
    "judge",
    "narrative",
    "statistics",
    "structure",
    "table_two",
    "tables",
    "wording",
]
