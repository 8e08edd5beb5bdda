"""Numbers as sentences write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.quantities import chinese_number, find_quantities


@pytest.mark.parametrize(
    ("printed", "low", "high", "unit"),
    [
        ("5500余条", 5500, 5599, "条"),
        ("20余万条", 200_000, 299_999, "条"),
        ("1.2万余件", 12_000, 12_999, "件"),
        ("257余条", 257, 266, "条"),
        ("四十余条", 40, 49, "条"),
        ("30多件", 30, 39, "件"),
        ("超600条", 600, 699, "条"),
        ("600条以上", 600, 699, "条"),
        ("近20万件", 100_000, 200_000, "件"),
        ("约1100件", 1000, 1200, "件"),
        ("约9826条", 9825, 9827, "条"),
    ],
)
def test_approximate_words_make_an_interval(printed, low, high, unit):
    (found,) = find_quantities(f"共公开{printed}信息")
    assert (found.value, found.low, found.high, found.unit) == (None, low, high, unit)


@pytest.mark.parametrize(
    ("printed", "value", "unit"),
    [
        ("12件", 12, "件"),
        ("5,500条", 5500, "条"),
        ("10.2万条", 102_000, "条"),
        ("0.37万元", 3700, "元"),
        ("3940元", 3940, "元"),
        ("33.9%", Decimal("33.9"), "%"),
        ("四十二起", 42, "起"),
        ("一百零三宗", 103, "宗"),
        ("两万三千人次", 23_000, "人次"),
        ("零件", 0, "件"),
    ],
)
def test_exact_numbers(printed, value, unit):
    (found,) = find_quantities(f"共有{printed}。")
    assert (found.value, found.low, found.high, found.unit) == (value, value, value, unit)


@pytest.mark.parametrize(
    "text",
    [
        "第二十条第（一）项",
        "国务院令第711号",
        "2024年1月1日",
        "一条龙服务",
        "高效办成一件事",
        "十四五规划",
        "12345热线",
    ],
)
def test_what_is_no_quantity(text):
    assert not list(find_quantities(text))


def spell(number):
    """A number below 100 000 as people spell it."""
    digits, out, zero = "零一二三四五六七八九", "", False
    for step, name in ((10_000, "万"), (1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, step)
        if digit:
            out += ("零" if zero and out else "") + digits[digit] + name
        zero = not digit
    return out or "零"


@given(st.integers(0, 99_999))
def test_chinese_numerals_come_back(number):
    assert chinese_number(spell(number)) == number
