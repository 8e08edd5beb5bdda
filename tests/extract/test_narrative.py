"""What the sentences of a report say, found where they say it; and what only sounds like it."""

import json
import time
from decimal import Decimal

import pytest
import reports
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.document import Document, Origin, Paragraph, Position
from extract.narrative import find_statements
from extract.prose import Prose
from extract.reading import read
from extract.record import State, Status
from extract.rules import RULES
from extract.sections import find_passages, whole_text


def told(*lines, section="一、总体情况"):
    """Fact and bounds of every statement in these paragraphs."""
    return [(s.fact, s.low, s.high) for s in statements(*lines, section=section)]


def statements(*lines, section="一、总体情况"):
    blocks = tuple(
        Paragraph(text, Position(path=str(n))) for n, text in enumerate((section, *lines))
    )
    return find_statements(find_passages(Document("text/html", blocks)))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("全市共受理政府信息公开申请3119件。", [("received", 3119, 3119)]),
        ("新收申请12宗。", [("received", 12, 12)]),
        ("共收到依申请公开0件。", [("received", 0, 0)]),
        ("收到5件政府信息公开申请。", [("received", 5, 5)]),
        ("共收到政府信息公开申请四十二件。", [("received", 42, 42)]),
        ("未收到政府信息公开申请。", [("received", 0, 0)]),
        ("没有接到公众、法人或其他组织要求公开政府信息的申请。", [("received", 0, 0)]),
        (
            "收到申请8件，上年结转783件，办结788件，结转下年2件。",
            [
                ("received", 8, 8),
                ("carried_in", 783, 783),
                ("processed", 788, 788),
                ("carried_out", 2, 2),
            ],
        ),
        (
            "受理申请10件，答复8件（含上年度结转申请3件，另有5件顺延到下年度答复）。",
            [
                ("received", 10, 10),
                ("processed", 8, 8),
                ("carried_in", 3, 3),
                ("carried_out", 5, 5),
            ],
        ),
        ("全年接收公民、法人和其他组织提出的政府信息公开申请12件。", [("received", 12, 12)]),
        ("全年未接到信息公开申请，未收到行政许可申请。", [("received", 0, 0)]),
        (
            "本年新增政府信息公开申请5件，办结政府信息公开申请4件。",
            [("received", 5, 5), ("processed", 4, 4)],
        ),
        (
            "收到申请5件，办结3件结转下年2件。",
            [("received", 5, 5), ("processed", 3, 3), ("carried_out", 2, 2)],
        ),
        ("收到申请5件，另有2件转至2025年办理。", [("received", 5, 5), ("carried_out", 2, 2)]),
        (
            "答复申请3件，其中2件予以公开，1件不予公开。",
            [("processed", 3, 3), ("granted", 2, 2), ("denied", 1, 1)],
        ),
        ("2023年结转申请4件。", [("carried_in", 4, 4)]),
        (
            "办理申请，其中予以公开3件，部分公开2件，不予公开1件，无法提供4件，不予处理5件，其他处理6件。",
            [
                ("granted", 3, 3),
                ("partially_granted", 2, 2),
                ("denied", 1, 1),
                ("unable", 4, 4),
                ("not_processed", 5, 5),
                ("other_total", 6, 6),
            ],
        ),
        (
            "答复申请，公开及部分公开258件，占33.9%。",
            [
                ("granted_or_partial", 258, 258),
                ("granted_or_partial_share", Decimal("33.9"), Decimal("33.9")),
            ],
        ),
        (
            "政府信息公开行政复议6件，其中结果维持3件，结果纠正2件，尚未审结1件；行政诉讼1件，结果维持1件。",
            [
                ("review", 6, 6),
                ("review_upheld", 3, 3),
                ("review_corrected", 2, 2),
                ("review_pending", 1, 1),
                ("litigation", 1, 1),
                ("litigation_upheld", 1, 1),
            ],
        ),
        (
            "没有因政府信息公开被申请行政复议、提起行政诉讼的情况。",
            [("litigation", 0, 0), ("review", 0, 0)],
        ),
        (
            "制发行政规范性文件3件，废止行政规范性文件1件。",
            [("normative_issued", 3, 3), ("normative_repealed", 1, 1)],
        ),
        ("未制定和发布行政规范性文件。", [("normative_issued", 0, 0)]),
        ("作出行政处罚决定25件。", [("penalties", 25, 25)]),
        (
            "通过网站主动公开信息5500余条。",
            [("disclosed", 5500, 5599), ("disclosed_website", 5500, 5599)],
        ),
        ("通过政务新媒体发布信息71条。", [("disclosed_new_media", 71, 71)]),
        ("未收取信息处理费。", [("fee_yuan", 0, 0)]),
        ("收取信息处理费0.37万元。", [("fee_yuan", 3700, 3700)]),
        ("通过网络申请9件。", [("received_by_channel.online", 9, 9)]),
    ],
)
def test_facts(sentence, expected):
    assert told(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "收到领导信箱来信158件。",
        "收到网上申请公开留言9件。",
        "按时办结率100%。",
        "答复群众来信12件。",
        "办理人大建议和政协提案45件。",
        "无论何种申请均依法办理。",
        "本级单位也没有需向县级申请公开的信息。",
        "收到申请后，迅速启动处理程序。",
        "经行政复议后提起诉讼的，依法应诉。",
        "未经复议直接起诉。",
        "组织学习《行政复议法》3次，答复12345热线工单300件。",
        "公开行政许可信息30件。",
        "制发政策文件6件，公文20件。",
        "收取行政事业性收费3000元。",
        "主动公开市政府规章13件，主动公开行政规范性文件42件。",
        "在法定主动公开内容下的统计信息中公开12项指标。",
        "全年未收到行政许可申请。",
        "公开信息4件予以公开的建议提案。",
        "因本机关不掌握等无法提供申请信息3件。",
        "第二十条第（一）项规定的申请。",
    ],
)
def test_false_friends(sentence):
    assert told(sentence) == []


def test_a_challenge_counted_among_the_requests_is_none_of_its_own():
    assert told("收到信息公开申请28件，其中，行政复议1件。") == [("received", 28, 28)]


def test_none_is_not_said_by_a_report_that_counts():
    said = told("全年收到政府信息公开申请3件，其他渠道未收到政府信息公开申请。")
    assert said == [("received", 3, 3)]


def test_a_page_break_inside_a_list_hides_no_item():
    said = told(
        "主动公开信息312条：其中，政策文件100条；民生类信息65条；维护基层两化和其他领域信息",
        "147条。",
    )
    assert said == [("disclosed", 312, 312), *(("disclosed_part", n, n) for n in (100, 65, 147))]


def test_only_the_fee_is_read_outside_the_first_section():
    said = told("全年收到申请3件，收取信息处理费40元。", section="六、其他需要报告的事项")
    assert said == [("fee_yuan", 40, 40)]


def test_a_statement_says_where_it_stands():
    page = reports.as_html(
        reports.tables(reports.zeros()),
        prose={0: "网站主动公开信息。</p><p>全年收 到政府信息公開申请 １２ 件 ，办结"},
    )
    record = read(page, Origin())
    (said,) = [s for s in record.narrative if s.fact == "received"]
    text = next(s.text for s in record.sections if s.number == said.section)
    assert said.text == "全年收 到政府信息公開申请 １２ 件"
    assert text[said.offset :].startswith(said.text)
    assert said.position.path == "paragraph 5"
    (printed,) = [
        s for s in json.loads(json.dumps(record.to_json()))["narrative"] if s["fact"] == "received"
    ]
    assert printed == {
        "fact": "received",
        "value": 12,
        "low": 12,
        "high": 12,
        "unit": "件",
        "text": said.text,
        "section": 1,
        "offset": said.offset,
        "page": None,
        "path": "paragraph 5",
    }


WORDS = st.sampled_from(
    [
        "申请",
        "收到",
        "结转",
        "３５",
        "件",
        " ",
        "\u3000",
        "\n",
        "，",
        "。",
        "①",
        "㈠",
        "…",
        "余",
        "万",
        "公開",
        "\u200b",
        "ﬁ",
    ]
)


@settings(max_examples=150)
@given(st.lists(WORDS, max_size=40).map("".join))
def test_every_place_in_plain_text_is_a_place_in_the_print(text):
    prose = Prose(text)
    for start in range(len(prose.plain)):
        offset, printed = prose.printed(start, len(prose.plain))
        assert text[offset:].startswith(printed)
    for said in statements(*(line for line in text.split("\n") if line.strip())):
        assert said.low <= said.high
        assert said.text


OLD = (
    "一、概述",
    "我局认真执行条例，编制本报告。",
    "二、主动公开政府信息情况",
    "2011年主动公开政府信息1200条，自条例施行以来累计主动公开政府信息4300条。",
    "三、依申请公开办理情况",
    "收到政府信息公开申请15件，其中当面申请6件，网上申请9件。答复15件，同意公开10件，信息不存在3件。接受咨询230人次。",
    "四、收费和减免情况",
    "收取检索费、复制费120元。",
    "七、行政复议和行政诉讼情况",
    "因政府信息公开发生行政复议1件。",
)


def old_report(lines=OLD, year=2011):
    title = f"某县水务局{year}年政府信息公开年度报告"
    return read("\n\n".join((title, *lines)).encode(), Origin())


def test_a_report_without_a_form_keeps_its_outline_and_names_its_numbers():
    record = old_report()
    assert (record.form, record.year, record.cells) == ("free", 2011, ())
    assert [(s.number, s.title) for s in record.sections][-2:] == [
        (4, "收费和减免情况"),
        (7, "行政复议和行政诉讼情况"),
    ]
    assert [(s.fact, s.value) for s in record.narrative] == [
        ("free.disclosed", 1200),
        ("free.disclosed_cumulative", 4300),
        ("free.requests", 15),
        ("free.requests_by_channel.in_person", 6),
        ("free.requests_by_channel.online", 9),
        ("free.answered", 15),
        ("free.granted", 10),
        ("free.not_exist", 3),
        ("free.consultations", 230),
        ("free.fees_yuan", 120),
        ("free.review", 1),
    ]


def test_what_no_form_proves_is_never_called_ok():
    record = old_report()
    assert record.parse.status is Status.SUSPECT
    assert "no form" in record.parse.reasons[0]


def test_a_report_without_form_and_headings_is_still_read():
    record = old_report(["全年收到政府信息公开申请15件。"])
    assert [(s.fact, s.section) for s in record.narrative] == [("free.requests", 0)]


def test_a_local_sheet_is_no_table_of_a_later_form():
    labels = [
        "当面申请数",
        "同意公开答复数",
        "同意部分公开答复数",
        "涉及国家秘密数",
        "信息不存在数",
        "重复申请数",
    ]
    rows = "".join(
        f"<tr><td>{label}</td><td>条</td><td>{n}</td></tr>" for n, label in enumerate(labels)
    )
    title = "某县水务局2011年政府信息公开年度报告"
    page = f"<h1>{title}</h1><p>一、概述</p><p>收到政府信息公开申请15件。</p><table>{rows}</table>"
    record = read(page.encode(), Origin())
    assert (record.form, record.cells, record.parse.status) == ("free", (), Status.SUSPECT)
    assert [(s.fact, s.value) for s in record.narrative] == [("free.requests", 15)]


def test_a_report_that_should_have_the_table_of_2014_and_has_none_failed():
    record = old_report(year=2016)
    assert record.parse.status is Status.FAILED
    assert ("received", 15) in [(s.fact, s.value) for s in record.narrative]


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "一",
        "1,111",
        "收到",
        "收到申请",
        "主动公开信息1条其中2条",
        "答复申请1件，占9%，",
        "未收到公开",
        "行政复议1件维持",
        "{{",
        "ab",
        "2023年",
        "公开党",
        "无行政复议",
        "\n",
        "（",
    ],
)
def test_endless_texts_cost_little(piece):
    text = piece * (60_000 // len(piece))
    page = reports.as_html(reports.tables(reports.zeros()), prose={0: text, 4: text})
    start = time.process_time()
    record = read(page, Origin())
    assert time.process_time() - start < 4
    assert not any("extractor failed" in reason for reason in record.parse.reasons)


PIECES = st.sampled_from(
    [
        "全县",
        "本机关",
        "2024年",
        "2023年",
        "收到",
        "申请",
        "12件",
        "0件",
        "近3万条",
        "上年结转",
        "办结",
        "予以公开",
        "部分公开",
        "占33.9%",
        "行政复议",
        "均获维持",
        "未发生",
        "行政诉讼",
        "主动公开",
        "信息",
        "其中",
        "5条",
        "信息处理费",
        "40元",
        "规章",
        "制发",
        "，",
        "、",
        "。",
        "；",
        "（一）",
        "党费",
        "考核",
        "结果",
        "{{",
        "国务院令第7号",
        "各部门",
    ]
)
CELLS = st.sampled_from(["0", "7", "-1", "1.5", "", "-", "无", "九", "3万元", "12(注)", "9" * 15])


@settings(max_examples=40)
@given(
    words=st.lists(PIECES, max_size=60).map("".join),
    last=st.lists(PIECES, max_size=20).map("".join),
    cells=st.lists(CELLS, min_size=40, max_size=40),
    form=st.sampled_from(["f2021", "f2019"]),
    title=st.sampled_from(
        ["某县人民政府{}年政府信息公开年报", "某镇{}年政府信息公开年报", "政府信息公开工作年度报告"]
    ),
    year=st.sampled_from([2010, 2016, 2019, 2023, 2024]),
)
def test_no_words_and_no_cells_stop_the_reading(words, last, cells, form, title, year):
    keys = list(reports.zeros(form))
    values = reports.zeros(form) | dict(zip(keys[::5], cells, strict=False))
    page = reports.as_html(
        reports.tables(values, form), title=title.format(year), prose={0: words, 4: last, 5: last}
    )
    record = read(page, Origin())
    assert not any("extractor failed" in reason for reason in record.parse.reasons)
    for cell in record.cells:
        assert cell.raw == values[cell.key] or cell.state is State.UNREADABLE
    json.dumps(record.to_json())
    for found in record.findings:
        assert found.rule in RULES
        assert found.message
        assert found.message_zh
        assert set(found.cells) <= set(values)


def of_2024(sentence):
    blocks = tuple(Paragraph(text, Position()) for text in ("一、总体情况", sentence))
    passages = find_passages(Document("text/html", blocks))
    return [(s.fact, s.low) for s in find_statements(passages, year=2024)]


@pytest.mark.parametrize(
    "sentence",
    [
        "收到政府信息公开申请比上年增加3件。",
        "收到政府信息公开申请较去年减少了3件。",
        "比去年少收到政府信息公开申请3件。",
        "比2023年收到的申请12件增加3件。",
        "收到政府信息公开申请由上年的12件增至15件。",
        "去年同期收到政府信息公开申请12件。",
        "2023年，全局工作有序，收到政府信息公开申请12件。",
        "2023年全年收到政府信息公开申请12件。",
        "前三季度收到政府信息公开申请9件。",
        "上半年，收到政府信息公开申请9件，答复9件。",
        "截至10月底，收到政府信息公开申请9件。",
        "1-10月收到政府信息公开申请9件。",
        "近三年共收到政府信息公开申请120件。",
        "自2008年以来累计收到政府信息公开申请1200件。",
        "平均每月收到政府信息公开申请3件。",
        "预计收到政府信息公开申请20件。",
        "第三季度未收到政府信息公开申请。",
        "收到低保申请30件。",
        "收到上级转办政府信息公开申请3件。",
        "全年办理行政复议300件，其中涉及政府信息公开5件。",
        "主动公开信息较上年增加100条。",
        "下一步，计划主动公开信息120条。",
        "拟制定行政规范性文件3件。",
        "2023年制发行政规范性文件5件。",
        "作出行政处罚决定较去年下降30件。",
        "全年作出行政许可、行政处罚决定共1230件。",
        "全局共发生行政复议10件、行政诉讼5件，均与政府信息公开无关。",
        "依法减免信息处理费200元。",
        "信息处理费收取标准为每件100元。",
        "收取信息处理费较上年减少200元。",
    ],
)
def test_what_is_told_of_another_time_is_no_fact_of_the_year(sentence):
    assert of_2024(sentence) == []


@pytest.mark.parametrize(
    "before",
    [
        "",
        "2024年，",
        "2024年以来，全局",
        "今年以来",
        "2024年1月1日至12月31日，",
        "截至12月底，共",
        "与去年相比，",
        "较2023年有所上升，",
        "上年结转2件，",
        "2023年度结转2件，新",
        "2023年收到3件，本年度",
        "落实《2023年政务公开工作要点》，",
        "针对2023年存在的不足，",
        "较好完成任务，",
        "同比增长15%，",
    ],
)
def test_a_fact_of_the_year_beside_another_time(before):
    found = [
        fact for fact in of_2024(f"{before}收到政府信息公开申请15件。") if fact[0] == "received"
    ]
    assert found == [("received", 15)]


def test_what_was_disclosed_so_far_is_a_fact_of_reports_without_a_form():
    blocks = (Paragraph("自2008年5月以来，累计主动公开政府信息1200条。", Position()),)
    passage = whole_text(Document("text/html", blocks))
    found = find_statements((passage,), everywhere=True, free=True, year=2012)
    assert [(s.fact, s.value) for s in found] == [("free.disclosed_cumulative", 1200)]
