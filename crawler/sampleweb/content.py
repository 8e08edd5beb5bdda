"""The sites of the sample web, made from the plan of reports, with the noise that real sites have."""

from __future__ import annotations

from functools import cache

from crawler.sampleweb.hanweb import HanwebSite
from crawler.sampleweb.plan import PLANS, YEARS, Plan, moment
from crawler.sampleweb.publications import Attachment, Edition, Portal, Publication
from crawler.sampleweb.refusals import ChallengeSite, DownSite
from crawler.sampleweb.report import to_html
from crawler.sampleweb.static import StaticSite
from crawler.sampleweb.trs import TrsSite
from crawler.sampleweb.web import Site

_LOOKALIKES = {
    "www.shili.gov.test": (
        ("示例市司法局{year}年法治政府建设年度报告", "示例市司法局", "{next}-01-15 09:05"),
        (
            "示例市人民政府门户网站{year}年政府网站工作年度报表",
            "示例市人民政府办公室",
            "{next}-01-20 10:10",
        ),
    ),
    "www.yanshi.shili.gov.test": (
        ("演示县{year}年法治政府建设情况报告", "演示县司法局", "{next}-01-16 10:25"),
        (
            "关于做好{year}年政府信息公开工作年度报告编制工作的通知",
            "演示县人民政府办公室",
            "{next}-01-03 08:50",
        ),
    ),
}
"""Rows of the column that only look like the report: title, source, time."""

_NEWS = (
    ("政务服务大厅{next}年春节期间办公时间的公告", "节前最后一天照常受理，节后首日恢复全部窗口。"),
    ("本网站完成{next}年度无障碍改造", "页面可用键盘操作，图片配有文字。"),
    ("{next}年行政区域内气象灾害防范提示", "请留意预警信息，减少不必要的外出。"),
    ("{year}年国民经济和社会发展统计资料汇编征订", "需要纸质本的单位可来信登记。"),
)


@cache
def sample_sites() -> tuple[Site, ...]:
    """Every site of the sample web."""
    return (
        TrsSite(_portal("www.quxian.gov.test", "渠县人民政府", "5117250001")),
        StaticSite(_portal("www.zongyang.gov.test", "枞阳县人民政府", "3407220001")),
        TrsSite(
            _portal("www.yecheng.gov.test", "叶城县人民政府", "6531260001"),
            first_page=1,
            annual_directory="/xxgk/zfxxgknb_84988/",
        ),
        HanwebSite(_portal("www.dancheng.gov.test", "郸城县人民政府", "4116250001")),
        StaticSite(
            _portal(
                "www.fuyuan.gov.test", "抚远市人民政府", "2308830001", "政府信息公开工作年度报告"
            )
        ),
        TrsSite(_portal("www.shili.gov.test", "示例市人民政府", "9901000001", rows=8)),
        TrsSite(
            _portal("swj.shili.gov.test", "示例市水务局", "9901000014", "信息公开年报", rows=2),
            first_page=1,
        ),
        StaticSite(_portal("wjw.shili.gov.test", "示例市卫生健康委员会", "9901000021", rows=2)),
        HanwebSite(_portal("www.yanshi.shili.gov.test", "演示县人民政府", "9901230001", rows=5)),
        DownSite("qxj.shili.gov.test"),
        ChallengeSite("shuiwu.shili.gov.test"),
    )


def _portal(
    host: str, name: str, site_code: str, annual_name: str = "政府信息公开年报", rows: int = 15
) -> Portal:
    reports = [
        _report(plan, year, 93000 + 10 * number + year - YEARS[0])
        for number, plan in enumerate(PLANS)
        if plan.host == host
        for year in plan.published
    ]
    lookalikes = [
        _note(95000 + 10 * number + year - YEARS[0], year, title, source, "见附表。", time)
        for number, (title, source, time) in enumerate(_LOOKALIKES.get(host, ()))
        for year in YEARS
    ]
    news = [
        _note(
            81000 + 10 * number + year - YEARS[0],
            year,
            title,
            name,
            text,
            f"{{next}}-01-{7 + number:02d} 11:00",
        )
        for number, (title, text) in enumerate(_NEWS)
        for year in YEARS
    ]
    return Portal(
        host,
        name,
        f"{name}办公室" if name.endswith("政府") else name,
        site_code,
        (*reports, *lookalikes),
        tuple(news),
        annual_name,
        rows,
    )


def _report(plan: Plan, year: int, serial: int) -> Publication:
    title, published = plan.title(year), moment(plan.published[year])
    if year in plan.files:
        attachment = Attachment(plan.files[year], title)
        text = f"<p>　　{title}见附件。</p>"
        editions = [Edition(published, text, (attachment,))]
    else:
        editions = [Edition(published, to_html(plan.report(year)))]
        if year in plan.replaced:
            editions.append(
                Edition(moment(plan.replaced[year]), to_html(plan.report(year, edition=1)))
            )
    return Publication(
        serial,
        title,
        plan.agency,
        tuple(editions),
        moment(plan.shown[year]) if year in plan.shown else None,
        year in plan.direct,
    )


def _note(serial: int, year: int, title: str, source: str, text: str, time: str) -> Publication:
    years = {"year": year, "next": year + 1}
    edition = Edition(moment(time.format(**years)), f"<p>　　{text}</p>")
    return Publication(serial, title.format(**years), source, (edition,))
