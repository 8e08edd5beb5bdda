"""One digit wrong in one cell: it is read as printed, and a rule tells of it wherever a rule can.

The cells of which no identity speaks are listed in docs/extraction.md; the list is proven here.
"""

import random
import re
from pathlib import Path

import pytest
import reports
import test_statistics_2014 as statistics

from extract.document import Origin
from extract.forms.dictionary import ART20_2019, ART20_2021, F2019_KEYS, F2021_KEYS
from extract.forms.statistics_2014 import S2014_KEYS, SUMS_2014
from extract.reading import read
from extract.record import State, Verdict

NUMBERS_ONLY = ("T", "S14")
"""Rules on figures; in these reports the words say nothing of numbers."""


def told(record):
    """The cells of which a rule on figures says that something is wrong, or a row misread."""
    return {
        key
        for found in record.findings
        if found.rule.startswith(NUMBERS_ONLY) and found.verdict is not Verdict.PASS_WITH_NOTE
        for key in found.cells
    }


def uncaught(values, keys, render, chance):
    """Those of ``keys`` whose change by one no rule tells; every other cell stays as it was."""
    silent = set()
    for key in keys:
        changed = values | {key: str(int(values[key]) + chance.choice([1, -1]))}
        record = read(render(changed), Origin())
        printed = {cell.key: (cell.raw, cell.state) for cell in record.cells}
        assert printed == {k: (v, State.NUMBER) for k, v in changed.items()}
        if key not in told(record):
            silent.add(key)
    return silent


@pytest.mark.parametrize(("form", "blind"), [("f2021", ART20_2021), ("f2019", ART20_2019)])
def test_every_cell_of_the_tables(form, blind):
    chance = random.Random(form)
    values = reports.balanced([chance.randint(1, 90) for _ in range(230)], form)
    # Stocks far above what is made in a year, so that a change by one is possible.
    for key in values:
        if key.endswith((".in_force", ".disclosed_total", ".items_prev")):
            values[key] = str(int(values[key]) + 200)
    # The tables of 2019 differ in few rows from those of 2021; some of the rest will do.
    keys = F2021_KEYS if form == "f2021" else (*blind, *chance.sample(F2019_KEYS[22:], 30))
    render = lambda changed: reports.as_html(reports.tables(changed, form))  # noqa: E731
    assert uncaught(values, keys, render, chance) == set(blind)


def test_every_indicator_of_2014():
    chance = random.Random(2014)
    values = statistics.balanced([chance.randint(1, 90) for _ in range(58)])
    for event in ("press_conferences", "online_interviews"):
        values[event] = str(int(values[event]) + 5)

    def render(changed):
        return statistics.page(statistics.drawn({k[6:]: v for k, v in changed.items()}))

    keyed = {f"s2014.{key}": value for key, value in values.items()}
    silent = uncaught(keyed, S2014_KEYS, render, chance)
    alone = set(S2014_KEYS) - {
        f"s2014.{key}" for _, total, parts in SUMS_2014 for key in (total, *parts)
    }
    # Sums that may honestly differ one way are only told the other way.
    assert alone <= silent <= alone | statistics.MAY_DIFFER


def test_the_documentation_lists_what_no_rule_can_catch():
    text = (Path(__file__).parents[2] / "docs" / "extraction.md").read_text("utf-8")
    listed = set(re.findall(r"`(art20_\d\.\w+\.\w+)`", text))
    assert listed == {*ART20_2021, *ART20_2019}


def test_the_number_that_would_put_all_right_is_told_by_the_labels_of_its_cell():
    key = "requests.denied.third_party.business"
    values = reports.balanced([3] * 230)
    record = read(reports.as_html(reports.tables(values | {key: "5"})), Origin())
    [found] = [one for one in record.findings if one.rule == "T3-01"]
    assert "“refused: lawful interests of a third party, from companies” were 3" in found.message
    assert "“（三）不予公开 / 4.保护第三方合法权益 / 商业企业”为3" in found.message_zh
    assert key in found.cells
    for one in record.findings:
        assert not any(cell in one.message + one.message_zh for cell in F2021_KEYS)
