"""Every reason is said in both languages, and a Chinese reader meets no English sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date, datetime
from inspect import Parameter, getmembers, isfunction, signature
from pathlib import Path
from typing import Any

import pytest
from history import History, report

from archive.audit import reasons
from archive.audit.table import audit
from archive.clock import CHINA
from archive.folder import Archive
from crawler.verdict import BLOCKED

_WORDS = re.compile(r"[A-Za-z]{3,}[ ,][A-Za-z]{2,}")
"""Two English words one after the other; a name or address is one."""
_GIVEN: dict[str, Any] = {
    "datetime": datetime(2025, 2, 3, 10, tzinfo=CHINA),
    "date": date(2025, 2, 3),
    "int": 3,
    "int | None": 3,
    "str": "示例",
    "str | None": "dns",
    "bool": True,
    "Sequence[str]": ["organ", "region"],
    "datetime | None": datetime(2026, 2, 3, 10, tzinfo=CHINA),
    "date | None": date(2025, 2, 3),
}


def _sentences() -> Iterator[tuple[str, reasons.Said]]:
    for name, made in getmembers(reasons, isfunction):
        if made.__module__ != reasons.__name__ or name.startswith("_"):
            continue
        parameters = signature(made).parameters.values()
        given = {one.name: _GIVEN[str(one.annotation)] for one in parameters}
        assert all(one.kind is not Parameter.VAR_POSITIONAL for one in parameters)
        yield name, made(**given)


@pytest.mark.parametrize(("name", "said"), list(_sentences()))
def test_a_reason_has_two_languages(name: str, said: reasons.Said) -> None:
    assert said.en
    assert re.search("[一-鿿]", said.zh)
    assert not _WORDS.search(said.zh)


def test_each_kind_of_failure_has_a_meaning() -> None:
    """The kinds that the crawler gives are those that the sentences explain."""
    given = set(BLOCKED)
    for path in sorted((Path(__file__).parents[2] / "crawler").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node, "func", None)
            called = getattr(name, "id", getattr(name, "attr", ""))
            if isinstance(node, ast.Call) and called in ("Problem", "FetchFailed", "Refusal"):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    given.add(first.value)
    assert len(given) > 15
    unexplained = {
        kind
        for kind in given
        if not re.search("[一-鿿]", reasons.visit("down", kind, "").zh.partition("（")[2])
    }
    assert unexplained == set()


def test_the_audit_says_each_reason_twice(archive: Archive) -> None:
    with archive.session() as session:
        history = History(session)
        late = history.agency("渠县教育局", division_code="511725")
        history.agency("渠县民政局", division_code="511725")
        history.agency("渠县财政局", division_code="511725", at="http://b.gov.test/")
        history.agency("渠县体育局", division_code="511725", since=2030)
        history.visit("2025-01-05", report(late, year=2023))
        history.visit("2025-03-05", report(late, displayed="2025-03-01"))
        reason = "The site keeps us out: it answers with the 加速乐 challenge (521)."
        history.visit(
            "2025-03-05", place="http://b.gov.test/", verdict="blocked", kind="521", reason=reason
        )
        session.flush()
        entries = list(audit(session, 2024))
    assert {entry["status"] for entry in entries} == {"late", "missing", "blocked", "exempt"}
    for entry in entries:
        said = [entry["reason_zh"], *(one["says_zh"] for one in entry["evidence"])]
        assert all(re.search("[一-鿿]", one) and not _WORDS.search(one) for one in said), said
