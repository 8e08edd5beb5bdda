"""What the rules say of a report, seen from outside: the findings of its record."""

import pytest
import reports
from reports import ONE, findings, received

from extract.document import Origin
from extract.reading import read
from extract.record import Verdict
from extract.rules import RULES


def test_a_clean_report_has_no_failing_finding():
    page = reports.as_html(
        reports.tables(reports.zeros()),
        prose={0: ONE.format("未收到政府信息公开申请。")},
    )
    failures = [f for f in read(page, Origin()).findings if f.verdict is Verdict.FAIL]
    assert {f.rule for f in failures} == {"ST-10", "ST-11"}


def test_every_finding_is_of_a_known_rule_and_speaks_both_languages():
    values = reports.zeros() | {"art20_1.rules.issued": "3", "review.total": "4"}
    record = read(
        reports.as_html(reports.tables(values), title="某县2023年政府信息公开年报"), Origin()
    )
    assert {f.rule for f in record.findings} >= {"T2-02", "T2-03", "T4-01", "ID-02", "ST-10"}
    for found in record.findings:
        assert found.rule in RULES
        assert set(found.cells) <= set(values)
        assert found.message.endswith(".")
        assert any("\u4e00" <= char <= "\u9fff" for char in found.message_zh)


@pytest.mark.parametrize("number", [1, 5, 6])
def test_an_absent_section_is_an_error(number):
    (found,) = findings("ST-01", prose={number - 1: reports.MISSING})
    assert found.severity == "error"
    assert "一二三四五六"[number - 1] in found.message


@pytest.mark.parametrize(
    ("text", "count", "fails"),
    [
        ("共收到政府信息公开申请12件。", 12, False),
        ("收到网上申请9件，共受理政府信息公开申请12件。", 12, False),
        ("全年新收政府信息公开申请11件。", 12, True),
        ("未收到依申请公开申请。", 0, False),
        ("收到领导信箱来信158件。", 12, False),
    ],
)
def test_requests_in_words_against_the_table(text, count, fails):
    assert bool(findings("NV-01", values=received(count), prose={0: ONE.format(text)})) == fails


@pytest.mark.parametrize(
    "text",
    ["2024年未收到政府信息公开申请。", "没有接到公众、法人或其他组织要求公开政府信息的申请。"],
)
def test_none_received_in_words_but_some_in_the_table(text):
    (found,) = findings("NV-09", values=received(5), prose={0: ONE.format(text)})
    assert found.severity == "error"
    assert "5" in found.message


@pytest.mark.parametrize(
    "text",
    [
        "没有被申请行政复议的情况。",
        "本级单位也没有需向县级申请公开的信息。",
        "无论何种申请均依法办理。",
    ],
)
def test_false_friends_of_none_received(text):
    assert not findings("NV-09", values=received(5), prose={0: ONE.format(text)})


def test_received_with_carried_in_is_accepted_with_a_note():
    values = {
        "requests.received_new.natural_person": "5",
        "requests.received_new.total": "5",
        "requests.carried_in.natural_person": "2",
        "requests.carried_in.total": "2",
        "requests.granted.natural_person": "7",
        "requests.granted.total": "7",
        "requests.processed_total.natural_person": "7",
        "requests.processed_total.total": "7",
    }
    (found,) = findings("NV-01", values=values, prose={0: ONE.format("共收到申请7件。")})
    assert found.verdict is Verdict.PASS_WITH_NOTE


def test_outcomes_in_words_against_the_tables():
    text = "收到申请5件，答复6件，结转下年度继续办理1件。行政复议2件，行政诉讼3件。"
    options = {"values": received(5), "prose": {0: ONE.format(text)}}
    assert findings("NV-03", **options)
    assert findings("NV-04", **options)
    assert len(findings("NV-07", **options)) == 2


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("T2-01", {"art20_5.licences.decisions": "-3"}),
        ("T2-01", {"art20_5.licences.decisions": "2.5"}),
        ("T2-02", {"art20_1.normative.issued": "2", "art20_1.normative.in_force": "1"}),
        ("T2-04", {"art20_8.admin_fees.amount_10k": "251000"}),
        (
            "T3-07",
            received(30)
            | {
                "requests.granted.natural_person": "0",
                "requests.granted.total": "0",
                "requests.other.other.natural_person": "30",
                "requests.other.other.total": "30",
            },
        ),
        ("T4-05", {"review.upheld": "9", "review.total": "9"}),
        ("T3-04", {"requests.granted.research": "-1"}),
    ],
)
def test_rules_on_numbers(rule, values):
    assert findings(rule, values=values)
    assert not findings(rule)


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("T2-06", {"art20_1.rules.disclosed_new": "3", "art20_1.rules.disclosed_total": "2"}),
        ("T2-07", {"art20_5.licences.items_prev": "3", "art20_5.licences.items_change": "-4"}),
        ("ST-06", {}),
    ],
)
def test_rules_on_the_old_form(rule, values):
    assert findings(rule, values=values, form="f2019")


@pytest.mark.parametrize("title", ["某县某镇2024年政府信息公开年报", "某县2024年政府信息公开年报"])
def test_townships_and_counties_make_no_rules(title):
    values = {"art20_1.rules.issued": "2", "art20_1.rules.in_force": "2"}
    (found,) = findings("T2-03", values=values, title=title)
    assert found.severity == "error"
    assert not findings("T2-03", values=values, title="某市人民政府2024年政府信息公开年报")


@pytest.mark.parametrize(
    ("rule", "options"),
    [
        ("ST-02", {"prose": {0: "全年工作平稳。"}}),
        ("ST-03", {"title": "某县某镇人民政府2024年政府信息公开年报"}),
        (
            "ST-07",
            {"opening": "根据《中华人民共和国政府信息公开条例》（国务院令第七十一号）编制。"},
        ),
        ("ST-07", {"opening": "根据国办函【2020】109号编制。"}),
        ("ST-08", {"prose": {5: "无"}}),
        ("ST-09", {"prose": {4: "无。"}}),
        ("ST-09", {"prose": {4: "公开不够全面，将改进。"}}),
        ("ST-13", {"prose": {0: "[bookmark: _GoBack]全年"}}),
        ("ST-15", {"prose": {0: "全年通过网站主动公开信息。"}}),
        ("ID-03", {"opening": "本报告数据统计期限为2024年1月1日至2024年11月30日。"}),
    ],
)
def test_rules_on_the_text(rule, options):
    assert findings(rule, **options)


TOWN = "某县某镇人民政府2024年政府信息公开年报"


def test_numbers_of_another_magnitude_are_a_note_on_the_scope():
    key = "art20_6.penalties.decisions"
    (found,) = findings("T2-05", values={key: "10001"}, title=TOWN)
    assert (found.verdict, found.severity) == (Verdict.PASS_WITH_NOTE, "info")
    assert not findings("T2-05", values={key: "9999"}, title=TOWN)
    # Counties, and the traffic police of a county, take so many.
    assert not findings("T2-05", values={key: "10001"}, title="某县人民政府2024年政府信息公开年报")
    assert not findings("T2-05", values={key: "10001"}, title="某县公安局2024年政府信息公开年报")


@pytest.mark.parametrize(
    ("previous", "change", "decisions", "noted"),
    [
        ("10", "+2", "12", True),
        ("10", "-2", "12", False),
        ("0", "0", "0", False),
        ("10", "", "10", False),
    ],
)
def test_decisions_that_are_the_number_of_items(previous, change, decisions, noted):
    row = "art20_5.licences"
    values = {
        f"{row}.items_prev": previous,
        f"{row}.items_change": change,
        f"{row}.decisions": decisions,
    }
    found = findings("T2-08", values=values, form="f2019")
    # It may be a coincidence: never more than a note.
    assert [f.verdict for f in found] == [Verdict.PASS_WITH_NOTE] * noted


def test_every_rule_that_one_document_can_answer_is_there():
    expected = {
        *("ID-02", "ID-03", "ID-04", "ID-05"),
        *(f"ST-{n:02}" for n in range(1, 17)),
        *(f"T2-{n:02}" for n in range(1, 9)),
        *(f"T3-{n:02}" for n in range(1, 10) if n != 8),  # T3-08 needs two years
        *(f"T4-{n:02}" for n in range(1, 6)),
        *(f"S14-{n:02}" for n in range(1, 7)),
        *(f"NV-{n:02}" for n in range(1, 16)),
    }
    assert set(RULES) == expected
