"""A Chinese reader of proposals for the register meets no English among their reasons."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from archive.agencies.reason_words import in_chinese

_WORDS = re.compile(r"[A-Za-z]{3,} [A-Za-z]{2,}")
NATIONAL = "national database of sites"


@pytest.mark.parametrize(
    ("reason", "kept"),
    [
        (
            "the page shows the identification code 3401040001, but it is known as 3402 (3402; seed)",
            "3402",
        ),
        (
            "the page shows the identification code 3401040001, but the agencies that publish there lie in 34, 35",
            "34, 35",
        ),
        ("its site shows the identification code 3401040001", "3401040001"),
        ("a 2024 report at http://a.gov.test/ names it; 3 bodies are called so", "3 个"),
        (
            "a report at http://a.gov.test/ names it; the gazetteer does not know its place",
            "http://a.gov.test/",
        ),
        (
            "stands on a list of organs as 教育局; it may be another name of 示例市教育局",
            "示例市教育局",
        ),
        ("a list of organs links it there as 教育局", "教育局"),
        (f"{NATIONAL}: runs a site (3401); the gazetteer does not tell which body it is", "3401"),
        (f"{NATIONAL}: runs 示例网 (3401); it may be another name of 示例局", "示例局"),
        (f"{NATIONAL} has it with 3401, but it is known as 3402 (3402; gazetteer)", "3402"),
        (f"{NATIONAL} (3401); the register has http://a.gov.test/", "http://a.gov.test/"),
    ],
)
def test_each_reason_has_its_chinese(reason: str, kept: str) -> None:
    said = in_chinese(reason)
    assert kept in said
    assert not _WORDS.search(said)


def test_what_has_no_form_stays() -> None:
    assert in_chinese("见附件") == "见附件"


def test_each_reason_that_is_written_is_known_here() -> None:
    known = Path(__file__).read_text(encoding="utf-8")
    agencies = Path(__file__).parents[2] / "archive" / "agencies"
    found = 0
    for path in agencies.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "proposal"):
                continue
            reason = node.args[4]
            parts = reason.values if isinstance(reason, ast.JoinedStr) else [reason]
            words = [str(p.value).strip(" (;") for p in parts if isinstance(p, ast.Constant)]
            found += 1
            for part in filter(None, words):
                assert part in known, part
    assert found > 5
