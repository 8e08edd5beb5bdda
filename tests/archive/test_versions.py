"""A report that is replaced, put back, laid out anew or taken away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publishing import GRANTED, LICENCES, NAME, Publisher, command, document, figures

from archive.folder import Archive
from archive.versions import classify, difference

A = document()
B = document(figures(**{LICENCES.replace(".", "__"): 102}))


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    return Publisher(Archive.create(tmp_path / "archive"))


@pytest.fixture
def show(publisher: Publisher) -> Any:
    def ask(*options: object) -> Any:
        (found,) = json.loads(
            command(publisher.archive, "show", NAME, 2024, *options, "--format", "json")
        )
        return found

    return ask


def test_a_report_that_is_put_back_has_three_versions(publisher: Publisher, show: Any) -> None:
    for day, body in (("2025-01-20", A), ("2025-02-20", B), ("2025-03-20", A)):
        publisher.visit(day, body)
    publisher.read()
    found = show("--versions")
    assert [v["change"] for v in found["versions"]] == ["first", "numbers", "numbers"]
    first, second, third = (version["sha256"] for version in found["versions"])
    assert first == third != second
    assert found["gone_since"] is None


def test_numbers_are_compared_cell_by_cell(publisher: Publisher, show: Any) -> None:
    publisher.visit("2025-01-20", A)
    publisher.visit("2025-02-20", B)
    publisher.read()
    found = show("--diff")
    (cell,) = found["cells"]
    assert (cell["key"], cell["label"]) == (LICENCES, "行政许可 / 处理决定")
    assert (cell["before"]["value"], cell["after"]["value"]) == (83, 102)
    assert found["text"] == []
    (back,) = show("--diff", 2, 1)["cells"]
    assert (back["before"]["value"], back["after"]["value"]) == (102, 83)


def test_text_is_compared_sentence_by_sentence(publisher: Publisher, show: Any) -> None:
    publisher.visit("2025-01-20", document(extra="举办培训三次。"))
    publisher.visit("2025-02-20", document(extra="举办培训九次。"))
    publisher.read()
    found = show("--diff")
    assert (found["change"], found["cells"]) == ("text", [])
    (section,) = found["text"]
    changed = [(line["sign"], line["text"]) for line in section["lines"] if line["sign"] != " "]
    assert changed == [("-", "举办培训三次。"), ("+", "举办培训九次。")]


@pytest.mark.parametrize(
    ("body", "change"),
    [(document(style="p { color: red }"), "bytes"), (document(figures(), extra="甲。"), "text")],
)
def test_the_class_of_a_change(publisher: Publisher, show: Any, body: bytes, change: str) -> None:
    publisher.visit("2025-01-20", A)
    publisher.visit("2025-02-20", body)
    publisher.read()
    assert show("--diff")["change"] == change


def test_a_withdrawn_report_stays_and_is_told(publisher: Publisher, show: Any) -> None:
    publisher.visit("2025-01-20", A)
    publisher.visit("2025-02-20", A)
    publisher.visit("2025-03-01", verdict="partial")
    publisher.read()
    # A column that was not read in full proves nothing.
    assert show("--versions")["gone_since"] is None
    publisher.visit("2025-03-20")
    publisher.visit("2025-04-20")
    found = show("--versions")
    assert found["gone_since"].startswith("2025-03-20")
    assert show()["record"]["parse"]["status"] == "ok"
    table = command(publisher.archive, "show", NAME, 2024, "--versions", "--format", "table")
    assert "no longer there since 2025-03-20 11:00" in table


@pytest.mark.parametrize("still", ["listed", "unclear"])
def test_what_may_still_be_there_is_not_called_gone(
    publisher: Publisher, show: Any, still: str
) -> None:
    publisher.visit("2025-01-20", A)
    publisher.visit("2025-03-20", None, name=NAME if still == "listed" else "某局")
    publisher.read()
    assert show("--versions")["gone_since"] is None


def test_questions_that_cannot_be_answered(publisher: Publisher) -> None:
    publisher.visit("2025-01-20", A)
    publisher.read()
    for options, says in (
        (("--diff",), "one version only"),
        (("--diff", 1, 7), "no version 7"),
        (("--diff", 1), "name two versions"),
        ((1, 2), "name two versions"),
        (("--scope", "region"), "no report"),
    ):
        assert says in command(publisher.archive, "show", NAME, 2024, *options, status=2)


def record(
    numbers: dict[str, int | None], text: str = "", place: str = "table 1"
) -> dict[str, Any]:
    return {
        "sections": [{"number": 1, "title": "一、总体情况", "text": text}],
        "cells": [
            {
                "key": key,
                "value": value,
                "state": "blank" if value is None else "number",
                "raw": "" if value is None else str(value),
                "path": place,
            }
            for key, value in numbers.items()
        ],
    }


RECORDS = st.builds(
    record,
    st.dictionaries(st.sampled_from([GRANTED, LICENCES, "x.y"]), st.none() | st.integers(0, 3)),
    st.lists(st.sampled_from(["甲。", "乙。", "丙 ", "\n", "１．２。", "<b>"]), max_size=8).map(
        "".join
    ),
    st.sampled_from(["table 1", "table 2"]),
)


@given(before=RECORDS, after=RECORDS)
def test_the_difference_says_what_the_class_says(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    found = difference(before, after)
    assert found.change == classify(before, after)
    assert bool(found.cells) == (found.change == "numbers")
    same_text = "".join(before["sections"][0]["text"].split()) == "".join(
        after["sections"][0]["text"].split()
    )
    assert bool(found.text) == (not same_text)
    for change in found.cells:
        assert change.before != change.after
    for section in found.text:
        gone = [text for sign, text in section.lines if sign == "-"]
        new = [text for sign, text in section.lines if sign == "+"]
        assert gone or new
        assert all(text in "".join(before["sections"][0]["text"].split()) for text in gone)
        assert all(text in "".join(after["sections"][0]["text"].split()) for text in new)
