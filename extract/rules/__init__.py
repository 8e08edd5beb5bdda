"""Rules that judge a single report; importing this package registers them all."""

from extract.rules import identity_rules, narrative, structure, tables
from extract.rules.registry import RULES, Rule, Subject, judge

__all__ = [
    "RULES",
    "Rule",
    "Subject",
    "identity_rules",
    "judge",
    "narrative",
    "structure",
    "tables",
]
