"""The real samples read in full."""

from pathlib import Path

import pytest

from extract.document import Origin
from extract.forms.dictionary import F2021_KEYS
from extract.reading import read
from extract.record import Status, Verdict

SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples"
pytestmark = pytest.mark.skipif(not SAMPLES.exists(), reason="the sample reports are not here")

AGENCIES = {
    "quxian-yongxing": "渠县涌兴镇",
    "zongyang-jinshe": "金社镇",
    "yecheng-heyuan": "叶城县河园镇人民政府",
    "dancheng-qiuqu": "秋渠乡",
    "fuyuan-hanconggou": "寒葱沟镇",
}


@pytest.mark.parametrize("name", sorted(AGENCIES))
def test_township_reports(name):
    path = SAMPLES / f"{name}-2024.txt"
    record = read(path.read_bytes(), Origin(path.name))
    assert record.parse.status is Status.OK, record.parse.reasons
    assert tuple(record.values()) == F2021_KEYS
    expected = {"art20_5.licences.decisions": 14} if name == "zongyang-jinshe" else {}
    assert {k: v for k, v in record.values().items() if v != 0} == expected
    assert (record.agency.name, record.agency.resolved_by) == (AGENCIES[name], "title")
    assert (record.year, record.scope, record.form) == (2024, "organ", "f2021")
    assert [section.number for section in record.sections] == [1, 2, 3, 4, 5, 6]
    failures = [f for f in record.findings if f.verdict is Verdict.FAIL]
    assert not [
        f for f in failures if f.rule.startswith(("T2", "T3", "T4", "NV", "ST-01", "ST-04"))
    ]


def test_the_signature_is_read():
    record = read((SAMPLES / "yecheng-heyuan-2024.txt").read_bytes(), Origin())
    assert record.dates.signed == "2025-01-20"


def test_a_wrong_decree_is_found():
    record = read((SAMPLES / "quxian-yongxing-2024.txt").read_bytes(), Origin())
    assert any(f.rule == "ST-07" and "第七十一号" in f.message for f in record.findings)
    assert record.dates.period == ("2024-01-01", "2024-12-31")
