"""The promises of discovery, held against a nation of imitated sites; ``benchmarks/discovery.py`` takes a
larger one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from govweb.families import FAMILIES
from govweb.nation import build

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
from discovery import Measured, measure

NATION = build(len(FAMILIES) + 3)
"""Every family once, and every state of a site."""


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measured]:
    before = dict(os.environ)
    try:
        yield measure(NATION, tmp_path_factory.mktemp("nation"))
    finally:
        os.environ.clear()
        os.environ.update(before)


def test_the_nation_has_every_family_and_every_trouble() -> None:
    hosts = " ".join(body.home for body in NATION.bodies)
    assert all(f".{family.name}." in hosts for family in FAMILIES)
    states = {body.state for body in NATION.bodies}
    assert states == {"", "hub", "broken", "mute", "modest", "down", "blocked", "forbidden"}
    assert any(2024 not in body.published for body in NATION.bodies if body.seen)


def test_what_can_be_reached_is_found_and_nothing_else(measured: Measured) -> None:
    assert measured.recall >= 0.99, measured.missed
    assert measured.precision >= 0.995, measured.invented
    assert measured.named_right >= 0.995
    assert measured.visible > 700


def test_nobody_is_accused_who_published_in_time_or_could_not_be_read(measured: Measured) -> None:
    assert measured.accused == []
    # And it is no silence about everybody: who is late or absent is told.
    assert measured.proven["missing"] >= 5
    assert measured.proven["late"] >= 5


def test_sites_are_respected(measured: Measured) -> None:
    assert measured.robots == []
    assert measured.unofficial == []
    assert measured.at_once == []


def test_the_second_crawl_asks_for_little(measured: Measured) -> None:
    assert measured.above_allowance <= 0
    assert measured.requests_again < measured.requests_first
