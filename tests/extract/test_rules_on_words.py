"""The rules on words: what they find, and the honest cases they must leave alone."""

import pytest
import reports
from reports import ONE, findings, received

from extract.document import Origin
from extract.reading import read
from extract.record import Verdict

COUNTY = "某县人民政府2024年政府信息公开工作年度报告"
TOWN = "某县金社镇人民政府2024年政府信息公开工作年度报告"


def said(rule, sentence, **options):
    prose = {0: ONE.format(sentence), 5: "没有其他需要报告的事项。"}
    return findings(rule, prose=prose, **options)


def failing(found):
    return [f for f in found if f.verdict is Verdict.FAIL]


def requests(**rows):
    """Figures of natural persons by row, which balance."""
    values = {}
    for row, count in rows.items():
        key = f"requests.{row}".replace("__", ".")
        values |= {f"{key}.natural_person": str(count), f"{key}.total": str(count)}
    return values


CARRIED = requests(received_new=8, carried_in=2, granted=7, processed_total=7, carried_out=3)
REVIEWS = {"review.upheld": "2", "review.pending": "1", "review.total": "3"}


@pytest.mark.parametrize(
    ("rule", "sentence", "values"),
    [
        ("NV-01", "收到政府信息公开申请近200件。", CARRIED),
        ("NV-02", "收到申请8件，上年结转申请5件。", CARRIED),
        ("NV-03", "收到申请8件，答复6件。", CARRIED),
        ("NV-04", "收到申请8件，结转下年度继续办理1件。", CARRIED),
        ("NV-05", "收到申请8件，其中予以公开5件。", CARRIED),
        ("NV-05", "收到申请8件，予以公开及部分公开6件。", CARRIED),
        ("NV-06", "办结申请7件，予以公开5件，占90.5%。", CARRIED),
        ("NV-07", "信息公开行政复议5件。", REVIEWS),
        ("NV-07", "信息公开行政复议0件。", REVIEWS),
        ("NV-08", "信息公开行政复议3件，均获维持。", REVIEWS),
        ("NV-08", "未发生因政府信息公开引起的行政复议。", REVIEWS),
        (
            "NV-08",
            "因信息公开被提起行政诉讼4件，零败诉。",
            {"litigation_direct.corrected": "4", "litigation_direct.total": "4"},
        ),
        ("NV-10", "废止行政规范性文件2件。", {}),
        ("NV-10", "现行有效行政规范性文件12件。", {}),
        ("NV-11", "作出行政处罚决定25件。", {"art20_6.penalties.decisions": "2"}),
        ("NV-12", "主动公开信息30条，其中政策类10条、民生类10条。", {}),
        ("NV-13", "收到申请8件，上年结转783件，办结788件，结转下年2件。", {}),
        ("NV-14", "收取信息处理费800元。", {"art20_8.admin_fees.amount_10k": "0.05"}),
    ],
)
def test_words_that_contradict(rule, sentence, values):
    (found,) = failing(said(rule, sentence, values=values))
    assert found.message.endswith(".")
    assert found.message_zh.endswith("。")


@pytest.mark.parametrize(
    ("rule", "sentence", "values"),
    [
        ("NV-01", "收到政府信息公开申请10余件。", received(12)),
        ("NV-01", "收到政府信息公开申请10件。", CARRIED),  # with what was carried in
        ("NV-01", "通过网络收到申请9件，收到信访件158件。", received(12)),  # channel, other paper
        ("NV-03", "收到申请8件，办结10件。", CARRIED),  # 办理 meaning received and carried in
        ("NV-01", "受理政府信息公开申请7件。", CARRIED),  # not all were accepted
        ("NV-01", "全县共收到政府信息公开申请95件。", CARRIED),  # the table is of one body
        ("NV-03", "收到申请8件，答复5件。", CARRIED),  # without those carried in
        ("NV-03", "收到申请8件，答复群众来信12件。", CARRIED),
        ("NV-05", "收到申请8件，予以公开及部分公开7件。", CARRIED),
        ("NV-05", "收到申请8件，因本机关不掌握等无法提供2件。", CARRIED),  # a leaf
        ("NV-06", "办结申请7件，予以公开7件，占100%。", CARRIED),
        ("NV-06", "办结申请7件，予以公开5件，占50%。", CARRIED),  # of the 10 there were
        ("NV-06", "收到申请300件，予以公开7件，占2.3%。", CARRIED),  # rounded
        ("NV-06", "办结申请7件，予以公开5件，占主动公开总数的2.5%。", CARRIED),  # of another whole
        ("NV-07", "信息公开行政复议2件。", REVIEWS),  # the concluded ones
        ("NV-07", "办理行政诉讼案件52件。", REVIEWS),
        ("NV-08", "信息公开行政复议3件，其中维持2件，尚未审结1件。", REVIEWS),
        ("NV-08", "未发生行政诉讼。", REVIEWS),
        ("NV-10", "制发政策文件6件，公文20件，印发政府文件3件。", {}),
        ("NV-11", "公开行政许可信息30件，公示行政处罚决定12件。", {}),  # disclosed, not decided
        ("NV-11", "作出行政许可决定10余件。", {"art20_5.licences.decisions": "14"}),
        ("NV-12", "主动公开信息30条，其中政策类10条、民生类10条等。", {}),  # illustrative
        ("NV-12", "主动公开信息30条，其中网站30条、微信公众号25条。", {}),  # channels overlap
        ("NV-12", "主动公开信息500余条，其中政策类10条。", {}),
        ("NV-13", "收到申请10件，上年结转2件，办结7件，结转下年3件。", {}),  # 收到 counts both
        ("NV-13", "收到申请8件，上年结转2件，办结7件，结转下年3件。", {}),
        ("NV-13", "收到申请8件，办结700件。", {}),
        ("NV-14", "未收取信息处理费。", {"art20_8.admin_fees.amount_10k": "282.1"}),  # another fee
        ("NV-14", "收取信息处理费800元。", {}),  # not booked there
    ],
)
def test_words_that_agree_or_cannot_be_compared(rule, sentence, values):
    assert not failing(said(rule, sentence, values=values))


def test_words_of_one_body_in_the_report_of_a_county():
    sentence = "县政府本级收到政府信息公开申请17件。"
    (found,) = said("NV-01", sentence, title=COUNTY, values=received(95))
    assert found.verdict is Verdict.PASS_WITH_NOTE
    assert failing(said("NV-01", "收到政府信息公开申请17件。", title=COUNTY, values=received(95)))


def test_the_reverse_of_none_received():
    (found,) = failing(said("NV-01", "全年收到政府信息公开申请6件。"))
    assert "6" in found.message


def test_blank_cells_accuse_no_sentence():
    values = dict.fromkeys(reports.zeros(), "")
    sentence = "收到政府信息公开申请12件，答复申请12件，予以公开9件，行政复议3件，未发生行政诉讼。"
    for rule in ("NV-01", "NV-03", "NV-05", "NV-07", "NV-08"):
        assert not said(rule, sentence, values=values)


def test_a_sum_said_to_be_the_whole_is_a_warning():
    (found,) = said("NV-12", "合计主动公开信息30条，其中政策类10条、民生类10条。")
    assert found.severity == "warn"
    assert "10 + 10 = 20" in found.message


def test_a_fee_collected_and_not_collected():
    prose = {0: ONE.format("收取信息处理费40元。"), 5: "本年度未收取信息处理费。"}
    assert findings("NV-14", prose=prose)


SCOPES = "收到申请，全县共收到政府信息公开申请95件。"


def test_scope_of_words_against_scope_of_figures():
    opening = "本报告数据统计期限为2024年1月1日至2024年12月31日，所列数据为本机关数据。"
    assert failing(said("NV-15", SCOPES, title=COUNTY, opening=opening))
    assert not said("NV-15", SCOPES, title=COUNTY, opening="本报告统计全县数据。")
    # Whom to write to is no scope, and departments have no other.
    assert not said("NV-15", SCOPES, title=COUNTY, opening="如有疑问，请与本机关联系。")
    assert not said("NV-15", SCOPES, opening=opening)


def test_a_table_of_the_office_in_the_report_of_the_county():
    words = SCOPES + "本机关收到政府信息公开申请17件。"
    assert failing(said("NV-15", words, title=COUNTY, values=received(17)))
    assert not said("NV-15", words, title=COUNTY, values=received(95))


@pytest.mark.parametrize(
    ("title", "sentence", "severity"),
    [
        ("贺兰县人民政府2024年政府信息公开年报", "2024年，同心县认真贯彻条例。", "error"),
        ("贺兰县人民政府2024年政府信息公开年报", "2024年，灵武市认真贯彻条例。", "warn"),
        ("某县金社镇2024年政府信息公开年报", "2024年，白柳镇共收到申请0件。", "error"),
        ("某县水务局2024年政府信息公开年报", "2024年，教育局严格落实条例。", "error"),
    ],
)
def test_another_body_speaks(title, sentence, severity):
    (found,) = failing(said("ID-04", sentence, title=title))
    assert found.severity == severity


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        (TOWN, "2024年，某县认真组织检查，要求各单位整改。"),  # the parent
        (TOWN, "2024年，金社镇认真贯彻条例。"),
        (TOWN, "2024年，我镇认真贯彻条例。全镇积极开展培训。"),
        (TOWN, "政务公开专区全面升级。城镇积极建设。"),
        (COUNTY, "各县区认真落实。县委高度重视。"),
        ("科右中旗2024年政府信息公开年报", "2024年，科尔沁右翼中旗认真贯彻条例。"),
        ("某县卫生健康委员会2024年政府信息公开年报", "县委高度重视公开工作。"),
        (COUNTY, "2024年，县教育局认真开展专项检查。"),  # of another kind
    ],
)
def test_no_other_author(title, sentence):
    assert not failing(said("ID-04", sentence, title=title))


def test_a_contact_in_the_county_office_is_no_author():
    opening = "编制本报告。如有疑问，请与某县人民政府办公室联系（地址：人民路1号，电话：1234567）。"
    assert not failing(said("ID-04", "", title=TOWN, opening=opening))


def test_the_author_named_in_the_opening():
    opening = "根据条例，本报告由平乡县人民政府根据有关规定编制。"
    assert failing(said("ID-04", "", title=COUNTY.replace("某县", "寻召县"), opening=opening))


def test_words_of_a_county_in_a_township():
    prose = {4: "一是部分部门和工作人员重视不够，公开不及时。下一步将加强培训，完善制度，" * 3}
    (found,) = findings("ID-04", title=TOWN, prose=prose)
    assert (found.verdict, found.severity) == (Verdict.PASS_WITH_NOTE, "info")
    assert not findings("ID-04", title=COUNTY, prose=prose)


@pytest.mark.parametrize(
    "sentence",
    [
        "2022年，全局共收到政府信息公开申请0件。",
        "公开了2022年部门预算。",
        "深入学习贯彻二十届四中全会精神。",
    ],
)
def test_stale_and_future_labels(sentence):
    assert said("ID-05", sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "2024年，全局共收到政府信息公开申请0件。",
        "较2023年收到的申请增长3件，比2022年公开更多。",
        "公开2024年部门预算和2023年部门决算。",
        "自2008年以来共公开信息4300条。",
        "学习贯彻党的二十大和二十届三中全会精神。",
    ],
)
def test_comparisons_and_accounts_are_no_stale_labels(sentence):
    assert not said("ID-05", sentence)


PAGE_DATE = "<p>发布时间：2025-01-20 10:31 来源：某县</p>"


def test_the_date_of_the_page_dates_the_report():
    page = reports.as_html(reports.tables(reports.zeros()))
    rules = lambda data: {f.rule: f.severity for f in read(data, Origin()).findings}  # noqa: E731
    assert rules(page)["ST-10"] == "warn"
    shown = page.replace(b"<h1>", PAGE_DATE.encode() + b"<h1>")
    assert "ST-10" not in rules(shown)
    meta = page.replace(b"<title>", b'<meta name=PubDate content="2025-01-20"><title>')
    assert "ST-10" not in rules(meta)
    signed = page.replace(b"</body>", b"") + "<p>示例县民政局</p><p>2025年1月20日</p>".encode()
    assert "ST-10" not in rules(signed)
    assert rules(reports.as_docx(reports.tables(reports.zeros())))["ST-10"] == "info"


@pytest.mark.parametrize(
    ("rule", "options", "severity"),
    [
        ("ST-11", {"opening": "现将有关情况报告如下。"}, "info"),
        ("ST-12", {"prose": {0: "全年公开工作平稳，监督保障有力。"}}, "warn"),
        ("ST-12", {"prose": {0: "全年主动公开政府信息0条。"}}, "warn"),
        ("ST-15", {"prose": {0: "无论何种申请，均依法办理。"}}, "warn"),
        ("ST-16", {"prose": {0: "主动公开党员党费缴纳情况。"}}, "info"),
        ("ST-16", {"prose": {4: "信息写作水平不高。" + reports.PROSE[4]}}, "info"),
        ("ST-13", {"prose": {0: "专人负责政府政府信息管理。"}}, "info"),
        ("ST-13", {"prose": {0: "（文字描述）"}}, "warn"),
        ("ST-07", {"opening": "根据《通知》（国办公开办函〔2019〕60号）编制。"}, "warn"),
        (
            "ST-07",
            {
                "opening": "根据《国务院办公厅政府信息公开与政务公开办公室关于印发…的通知》（国令第711号）编制。"
            },
            "warn",
        ),
        ("ST-07", {"opening": "根据条例编制。"}, "info"),
    ],
)
def test_what_a_report_should_tell(rule, options, severity):
    assert [f.severity for f in failing(findings(rule, **options))] == [severity]


@pytest.mark.parametrize(
    ("rule", "options"),
    [
        ("ST-11", {"opening": reports.OPENING + "联系电话：0559-1234567。"}),
        ("ST-12", {"prose": {0: "通过微信公众号发布信息500余条。"}}),
        ("ST-13", {"prose": {0: "某县人民政府政府信息公开指南。"}}),
        ("ST-15", {"prose": {0: "收到网上申请3件。"}}),
        ("ST-16", {"prose": {0: "公开部门预算（含工资福利支出）和惠农补贴发放情况。"}}),
        ("ST-07", {"opening": "根据条例（国令第711号）和《通知》（国办公开办函〔202130号）编制。"}),
        ("ST-14", {}),
    ],
)
def test_what_satisfies(rule, options):
    assert not findings(rule, **options)


def test_the_identity_is_printed_with_the_table():
    drawn = reports.tables(reports.zeros())
    drawn[1].rows[0][0].text = ""
    record = read(reports.as_html(drawn), Origin())
    assert [f.severity for f in record.findings if f.rule == "ST-14"] == ["info"]


@pytest.mark.parametrize(
    ("words", "verdicts"),
    [
        ("工作考核优秀，社会评议满意，未发生责任追究。", []),
        ("无社会评议、责任追究情况；考核结果为合格。", []),
        ("纳入绩效考核体系，建立社会评议制度，明确责任追究机制。", ["fail"] * 3),
        ("（六）工作考核、社会评议和责任追究的结果。认真对待。", ["pass_with_note"] * 3),
    ],
)
def test_results_of_supervision(words, verdicts):
    title = TOWN
    prose = {0: f"主动公开信息12条。{words}"}
    assert [f.verdict for f in findings("ST-03", title=title, prose=prose)] == verdicts
    assert not findings("ST-03", prose=prose)  # a department has no such duty


def test_results_of_supervision_told_in_another_section():
    prose = {0: "全年平稳。", 5: "未收取信息处理费。考核等次为优秀，社会评议满意，无责任追究情形。"}
    assert not findings("ST-03", title=TOWN, prose=prose)
