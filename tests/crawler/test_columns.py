"""Columns in all their forms, read over HTTP: what is complete, and what must not be called so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from crawling import DAY, make_archive, set_environment, verdicts
from rawweb import Asked, Host, RawWeb, Write, answer
from sqlalchemy import select

from archive.database.models import Capture, Place, Sighting, Visit
from archive.folder import Archive
from crawler.run import crawl

HOME = '<html><body><a href="/zfxxgk/">政府信息公开</a><a href="/nb/">政府信息公开年报</a></body></html>'
NEIGHBOURS = "<a href='/zn/'>政府信息公开指南</a><a href='/zd/'>政府信息公开制度</a>"
TABLE = (
    "<table><tr><td>第二十条第（一）项</td><td>本年新收</td><td>予以公开</td><td>结果维持</td></tr></table>"
    + "正文" * 300
)


def column(*rows: str, more: str = "", title: str = "政府信息公开年报") -> str:
    """A page of the column."""
    return (
        f"<html><head><title>{title}_示例</title></head><body>{NEIGHBOURS}"
        f"<ul>{''.join(rows)}</ul>{more}</body></html>"
    )


def row(year: int, address: str = "", agency: str = "示例局") -> str:
    """A row of a list."""
    address = address or f"/nb/{year}01/t{year}0120_{year}{len(agency)}.html"
    return (
        f'<li><a href="{address}">{agency}{year}年政府信息公开工作年度报告</a>'
        f"<span>{year + 1}-01-20</span></li>"
    )


def article(title: str, body: str = TABLE, day: str = "2025-01-25 10:00") -> str:
    """An article with national meta tags."""
    return (
        f'<html><head><meta name="ArticleTitle" content="{title}"><meta name="PubDate" '
        f'content="{day}"></head><body>{body}</body></html>'
    )


def site(pages: Mapping[str, str | bytes]) -> Host:
    """A host of fixed pages; articles that nobody wrote hold a report."""

    def host(asked: Asked, write: Write) -> None:
        known = {"/": HOME} | dict(pages)
        if asked.path in known:
            page = known[asked.path]
            write(page if isinstance(page, bytes) and page.startswith(b"HTTP") else answer(page))
        elif "/t20" in asked.path or asked.path.startswith("/art/"):
            write(answer(article("示例局政府信息公开工作年度报告")))
        else:
            write(answer("not here", 404))

    return host


def trs(call: str, **pages: str) -> Host:
    """A TRS column whose first page makes ``call``."""
    first = column(row(2024), row(2023), more=f"<script>{call}</script>")
    return site({"/nb/": first} | {f"/nb/{k.replace('__', '.')}": v for k, v in pages.items()})


FOUR = [row(year) for year in (2024, 2023, 2022, 2021)]
OLDER = column(row(2022), row(2021))
OLDEST = column(row(2020), row(2019))
STUB = '<html><head><meta http-equiv="refresh" content="0;url=./"></head></html>'


def store(years: list[int], total: int, group: str = "") -> str:
    """A ``<datastore>`` of Hanweb."""
    nextgroup = f'<nextgroup><![CDATA[<a href="{group}"></a>]]></nextgroup>' if group else ""
    records = "".join(
        f"<record><![CDATA[{row(y, f'/art/{y}/1/2/art_1_{y}.html')}]]></record>" for y in years
    )
    return (
        f"<datastore>{nextgroup}<totalrecord>{total}</totalrecord><perpage>1</perpage>"
        f"<recordset>{records}</recordset></datastore>"
    )  # fmt: skip


GROUP = "/module/web/jpage/dataproxy.jsp?page=1&webid=3&columnid=14&unitid=8"


def hanweb(obeys: str) -> Host:
    """A Hanweb column of five rows, three on its page, whose program obeys one way of asking."""
    years = [2024, 2023, 2022, 2021, 2020]

    def host(asked: Asked, write: Write) -> None:
        query = {k: v[0] for k, v in parse_qs(urlsplit(f"?{asked.query}").query).items()}
        if asked.path == "/nb/":
            first = f'<script type="text/xml">{store(years[:3], 5, GROUP)}</script>'
            write(answer(column(more=first)))
        elif asked.path.endswith("dataproxy.jsp"):
            known = asked.headers.get("referer", "").endswith("/nb/")
            if not known or (obeys == "get" and asked.method == "POST"):
                write(answer("Not Found", 404))
            elif obeys == "nothing":
                write(answer(store([], 5)))
            elif "startrecord" in query and obeys == "records":
                start = int(query["startrecord"]) - 1
                write(answer(store(years[start : start + 3], 5)))
            else:
                start = int(query.get("page", 0)) * 3
                write(answer(store(years[start : start + 3], 5)))
        else:
            site({})(asked, write)

    return host


HOSTS: dict[str, Host] = {
    "trs0": trs(
        'createPageHTML(3, 0, "index", "html")', index_1__html=OLDER, index_2__html=OLDEST
    ),
    "trs1": trs(
        "createPageHTML('paging',3,1,'index','html',6)", index_2__html=OLDER, index_3__html=OLDEST
    ),
    "trsshtml": trs(
        'createPageHTML(2,0,"index","shtml","black2",4)', index_1__shtml=OLDER
    ),
    "trscount": trs("var countPage = 2;//共几页", index_1__html=OLDER),
    "trsset": trs('$(".p").pagination("setPage",1,2)', index_2__html=OLDER),
    "trsshort": trs('createPageHTML(4,0,"index","html")', index_1__html=OLDER),
    "trsstub": trs('createPageHTML(3,0,"index","html")', index_1__html=OLDER, index_2__html=STUB),
    "trslying": trs(
        'createPageHTML(3,1,"index","html")', index_1__html=OLDER, index_2__html=OLDEST
    ),
    "trslost": trs('createPageHTML(2,0,"index","html")'),
    "trsbroken": site(
        {
            "/nb/": column(row(2024), more='<script>createPageHTML(2,0,"index","html")</script>'),
            "/nb/index_1.html": answer("error", 500),
        }
    ),
    "trsrows": trs('createPageHTML(2,0,"index","html","b",30)', index_1__html=OLDER),
    "understated": site(
        {
            "/nb/": column(*FOUR[:3], more='<script>createPageHTML(1,0,"index","html")</script>'),
            "/nb/index_1.html": column(row(2021), row(2020), row(2019)),
            "/nb/index_2.html": column(row(2018)),
        }
    ),
    "understatedrows": site(
        {
            "/nb/": column(row(2024), row(2023), row(2025), more="共3条记录 第1页/共1页"),
            "/nb/index_1.html": column(row(2022), row(2021)),
        }
    ),
    "boxpager": site({"/nb/": column(*FOUR, more='<div class="page" id="page"></div>')}),
    "filepager": site({"/nb/": column(*FOUR, more='<script src="/js/fenye.min.js"></script>')}),
    "callpager": site({"/nb/": column(*FOUR, more="<script>gotoPage(1, 6)</script>")}),
    "linkpager": site({"/nb/": column(*FOUR, more="<a href='javascript:void(0)'>下一页</a>")}),
    "more": site(
        {
            "/nb/": column(row(2024), row(2023), more='<a href="/nb/all/">更多&gt;&gt;</a>'),
            "/nb/all/": column(row(2024), row(2023), row(2022), row(2021)),
        }
    ),
    "pictures": site(
        {
            "/nb/": column(row(2024), row(2023), row(2022)),
            "/nb/202401/t20240120_20243.html": article(
                "示例局2024年政府信息公开工作年度报告",
                '<div class="TRS_Editor"><p>见图</p>' + "".join(f'<img src="./W0202501200{n}.jpg">' for n in range(3)) + "</div>",
            ),
            "/nb/202301/t20230120_20233.html": article(
                "示例局2023年政府信息公开工作年度报告", '<div id="zoom"><img src="/up/2023.png"></div>'
            ),
            "/nb/202201/t20220120_20223.html": article(
                "示例局2022年政府信息公开工作年度报告",
                '<a href="/up/2022.pdf">2022年年度报告.pdf</a><a href="/up/2022.docx">2022年年度报告.docx</a>'
                '<a href="/up/t.pdf">附件：统计表</a>',
            ),
            **{f"/nb/202401/W0202501200{n}.jpg": b"\xff\xd8\xff\xe0 page %d" % n for n in range(3)},
            "/up/2023.png": b"\x89PNG\r\n\x1a\n page",
            "/up/2022.pdf": b"%PDF-1.4 report",
            "/up/2022.docx": b"PK\x03\x04 word/document.xml",
            "/up/t.pdf": b"%PDF-1.4 tables",
        }
    ),
    "yearpages": site(
        {
            "/nb/": column(more='<a href="/nb/y.jsp?area=1133&fbtime=2024">2024年</a><a href="/nb/y.jsp?area=1133&fbtime=2023">2023年</a>'),
            "/nb/y.jsp": f"<html><title>政府信息公开年报</title><body>{NEIGHBOURS}{TABLE}</body></html>",
        }
    ),
    "unitfiles": site(
        {
            "/nb/": column(more='<a href="/nb/2024/">2024年度</a>'),
            "/nb/2024/": column(
                *(f'<li><a href="/wzxxgknb/2025/{code}.pdf">{name}</a></li>' for code, name in (("0101", "教育局"), ("0102", "民政局"), ("0103", "水务局")))
            ),
            **{f"/wzxxgknb/2025/{code}.pdf": b"%PDF-1.4 " + code.encode() for code in ("0101", "0102", "0103")},
        }
    ),
    "sibling": site(
        {
            "/": '<html><body><a href="/public/column/17?type=2&nav=1">政府信息公开指南</a></body></html>',
            "/public/column/17": column(row(2024), row(2023)),
        }
    ),
    "sitemap": site(
        {
            "/": "<html><body>欢迎</body></html>",
            "/sitemap.xml": "<urlset><url><loc>http://sitemap.gov.test/a/b/</loc></url><url><loc>http://sitemap.gov.test/zwgk/zfxxgknb/</loc></url></urlset>",
            "/zwgk/zfxxgknb/": column(row(2024), row(2023)),
        }
    ),
    "thtml": site(
        {
            "/": '<html><body><a href="/ndbg.thtml?id=14198">政府信息公开年报</a></body></html>',
            "/ndbg.thtml": column(row(2024, "/news.thtml?id=1"), row(2023, "/news.thtml?id=2")),
            "/news.thtml": article("示例局政府信息公开工作年度报告"),
        }
    ),
    "was": site(
        {
            "/": '<html><body><a href="/was5/web/search?channelid=278090">政府信息公开年报</a></body></html>',
            "/was5/web/search": column(row(2024), row(2023), more="共2条记录"),
        }
    ),
    "elsewhere": site(
        {"/nb/": column(row(2024, "http://mirror.example.com/2024.html"), row(2023))}
    ),
    "hanwebrecords": hanweb("records"),
    "hanwebpage": hanweb("page"),
    "hanwebget": hanweb("get"),
    "hanwebnothing": hanweb("nothing"),
    "vsb": site(
        {
            "/nb/": column(row(2024), more='<span class="p_next"><a href="/nb/2.htm">下页</a></span>'),
            "/nb/2.htm": column(row(2023), more='<a href="1.htm">下页</a>'),
            "/nb/1.htm": column(row(2022), more="<a>下页</a>"),
        }
    ),
    "numbered": site(
        {"/nb/": column(row(2024), more="第1页/共2页"), "/nb/index_2.html": column(row(2023))}
    ),
    "fewer": site({"/nb/": column(row(2024), more="共20条记录")}),
    "ajax": site({"/nb/": column(row(2024), more="<button>加载更多</button>")}),
    "script": site(
        {
            "/nb/": column(
                *(row(year) for year in range(2012, 2024)),
                more="<a href='javascript:go(2)'>下一页</a>",
            )
        }
    ),
    "ornament": site({"/nb/": column(row(2024), more="<a href='#'>下一页</a>")}),
    "years": site(
        {
            "/nb/": column(more='<a href="/nb/y24/">2024年</a><a href="/nb/y23/">2023年度</a>'),
            "/nb/y24/": column(
                '<li><a href="/nb/y24/t20250101_1.html">教育局</a><span>2025-01-20</span></li>',
                '<li><a href="/nb/y24/t20250101_2.html">民政局</a><span>2025-01-21</span></li>',
                more='<a href="/nb/y23/">2023年度</a>',
            ),
            "/nb/y23/": column(row(2023)),
        }
    ),
    "tabs": site(
        {
            "/nb/": STUB.replace("./", "/nb/24/"),
            "/nb/24/": column(row(2024), more='<a href="/nb/23/">2023年</a><a href="./">2024年</a>'),
            "/nb/23/": column(row(2023), more='<a href="./">2023年</a><a href="/nb/24/">2024年</a>'),
        }
    ),
    "past": site(
        {
            "/nb/": column(row(2024), row(2023), more='<a href="/zwgk/old/">往年年报</a>'),
            "/zwgk/old/": column(row(2022), row(2021), more='<a href="2020/">以往</a>'),
            "/zwgk/old/2020/": column(row(2020)),
        }
    ),
    "pastlost": site({"/nb/": column(row(2024), more='<a href="/zwgk/old/">历年年报</a>')}),
    "pastfar": site(
        {"/nb/": column(row(2024), more='<a href="http://old.example.com/">往年政府信息公开年报</a>')}
    ),
    "pastscript": site(
        {"/nb/": column(row(2024), more='<a href="javascript:old()">往年政府信息公开工作报告</a>')}
    ),
    "yearlost": site({"/nb/": column(row(2024), more='<a href="/nb/y23/">2023年</a>')}),
    "frame": site({"/nb/": column(more='<iframe src="/inner.html"></iframe>'), "/inner.html": column(row(2024))}),
    "listing": site(
        {
            "/nb/": column('<li><a href="/nb/24/">2024年政府信息公开工作年度报告</a></li>', row(2023)),
            "/nb/24/": column(row(2024, agency="教育局"), row(2024, agency="示例民政局"), title="列表"),
        }
    ),
    "box": site(
        {
            "/": '<html><body><a href="/zfxxgk/">政府信息公开</a></body></html>',
            "/zfxxgk/": column(
                row(2024), row(2023), title="政府信息公开",
                more='<h3 class="title">政府信息公开年报</h3><a href="/zfxxgk/xxgknb/">政府信息公开年报</a>',
            ),
            "/zfxxgk/xxgknb/": column(row(2024), row(2023), row(2022), row(2021)),
        }
    ),
    "weak": site(
        {
            "/": '<html><body><a href="/x/">年报</a></body></html>',
            "/x/": "<html><title>列表</title><body><ul>" + row(2024) + row(2023) + "</ul></body></html>",
        }
    ),
    "lookalikes": site(
        {"/nb/": column('<li><a href="/nb/a.html">2024年法治政府建设年度报告</a><span>2025-01-02</span></li>')}
    ),
    "noanswer": site(
        {
            "/nb/": column(more="<script src='/js/webBuilderCommon.js'></script><script>var categorynum='003'</script>"),
            "/js/webBuilderCommon.js": "var siteInfo = {siteGuid:'7'};",
            "/EWB-FRONT/rest/lightfrontaction/getgovinfolist": '{"custom":{"total":0,"data":[]}}',
        }
    ),
    "refusal": site(
        {
            "/nb/": column(more="<script>fetch('/common/search/0a0b0c0d0e0f')</script>"),
            "/common/search/0a0b0c0d0e0f": '{"code":0,"msg":"暂无数据"}',
        }
    ),
    "itself": site({"/nb/": column(title="政府信息公开年报", more=f"<h1>示例局2024年政府信息公开工作年度报告</h1>{TABLE}")}),
    "oneyear": site({"/nb/": article("示例局2024年政府信息公开工作年度报告")}),
    "gbk": site({"/nb/": column(row(2024), row(2023)).encode("gb18030")}),
    "twins": site(
        {
            "/nb/": column(
                row(2024, "http://twins.gov.test/nb/202501/t20250120_1.html"),
                row(2024, "http://www.twins.gov.test/nb/202501/t20250120_1.html"),
                row(2024, "/nb/202501/t20250120_1_wap.html"),
            )
        }
    ),
    "documents": site(
        {
            "/nb/": column(row(2024), row(2023), row(2022, "/up/2022.pdf"), row(2021), row(2020), row(2019)),
            "/nb/202401/t20240120_20243.html": article("示例局2024年政府信息公开工作年度报告", '<iframe src="/pdfjs/web/viewer.html?file=%2Fup%2F2024.pdf"></iframe>'),
            "/nb/202301/t20230120_20233.html": article("示例局2023年政府信息公开工作年度报告", '<a href="/up/form.xls">表</a><a href="/system/_content/download.jsp?wbfileid=7">附件：报告.docx</a>', "2024-01-10"),
            "/nb/202101/t20210120_20213.html": article("示例局2021年政府信息公开工作年度报告", '<embed src="/up/2021.pdf">'),
            "/nb/202001/t20200120_20203.html": article("示例局2020年政府信息公开工作年度报告", '<a href="/up/one.pdf">一图读懂</a><a href="/up/2020.doc">2020年报告</a>'),
            "/nb/201901/t20190120_20193.html": article("示例局2019年政府信息公开工作年度报告", '<a href="/up/lost.pdf">x</a><a href="/up/2019.zip">x</a>'),
            **{f"/up/{name}": b"%PDF-1.4 " + name.encode() for name in ("2024.pdf", "2022.pdf", "2021.pdf", "one.pdf")},
            "/system/_content/download.jsp": b"PK\x03\x04 word/document.xml",
            "/up/2020.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 word",
            "/up/2019.zip": b"PK\x03\x04 zip",
        }
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    hosts = {f"{name}.gov.test": host for name, host in HOSTS.items()}
    hosts["www.twins.gov.test"] = hosts["twins.gov.test"]
    with pytest.MonkeyPatch.context() as monkeypatch, RawWeb(hosts) as web:
        set_environment(monkeypatch, web.proxy_url, retries=0)
        register = [{"name": name, "home_url": f"http://{name}.gov.test/"} for name in HOSTS]
        made = make_archive(tmp_path_factory.mktemp("columns") / "archive", register)
        made = Archive.open(made.path)
        assert crawl(made).finished
        yield made


def visit_of(archive: Archive, name: str) -> Visit:
    """The visit of a host with its sightings and their documents loaded."""
    with archive.reader() as session:
        visit = session.scalars(
            select(Visit).join(Place).where(Place.host == f"{name}.gov.test")
        ).one()
        for sighting in visit.sightings:
            _ = sighting.document
        return visit


@pytest.mark.parametrize(
    ("name", "platform", "reports"),
    [
        ("trs0", "trs", 6),
        ("trs1", "trs", 6),
        ("trsshtml", "trs", 4),
        ("trscount", "trs", 4),
        ("trsset", "trs", 4),
        ("trsshort", "trs", 4),
        ("trsstub", "trs", 4),
        ("understated", "trs", 7),
        ("understatedrows", "trs", 5),
        ("more", "trs", 4),
        ("pictures", "trs", 3),
        ("yearpages", "generic", 2),
        ("unitfiles", "generic", 3),
        ("sibling", "lonsun", 2),
        ("sitemap", "trs", 2),
        ("thtml", "generic", 2),
        ("was", "was", 2),
        ("hanwebrecords", "hanweb", 5),
        ("hanwebpage", "hanweb", 5),
        ("hanwebget", "hanweb", 5),
        ("vsb", "generic", 3),
        ("numbered", "generic", 2),
        ("ornament", "generic", 1),
        ("years", "generic", 3),
        ("tabs", "trs", 2),
        ("past", "trs", 5),
        ("frame", "generic", 1),
        ("listing", "generic", 3),
        ("box", "trs", 4),
        ("itself", "generic", 1),
        ("gbk", "trs", 2),
        ("twins", "trs", 1),
        ("documents", "trs", 6),
    ],
)
def test_read_in_full(name: str, platform: str, reports: int, archive: Archive) -> None:
    visit = visit_of(archive, name)
    assert (visit.verdict, visit.kind) == ("complete", None), visit.reason
    assert len(visit.sightings) == reports
    if name not in ("vsb", "numbered", "ornament", "tabs", "frame", "listing", "years", "itself"):
        assert visit.platform == platform


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("trslying", "paging"),
        ("trslost", "paging"),
        ("trsbroken", "http_5xx"),
        ("trsrows", "count"),
        ("hanwebnothing", "count"),
        ("fewer", "count"),
        ("ajax", "paging"),
        ("script", "paging"),
        ("yearlost", "http_404"),
        ("pastlost", "http_404"),
        ("pastfar", "unofficial"),
        ("pastscript", "needs_browser"),
        ("weak", "weak"),
        ("boxpager", "paging"),
        ("filepager", "paging"),
        ("callpager", "paging"),
        ("linkpager", "paging"),
        ("elsewhere", "unofficial"),
        ("lookalikes", "no_reports"),
        ("oneyear", "weak"),
        ("noanswer", "no_reports"),
        ("refusal", "needs_browser"),
    ],
)
def test_doubt_is_partial_and_what_was_seen_is_kept(name: str, kind: str, archive: Archive) -> None:
    visit = visit_of(archive, name)
    assert (visit.verdict, visit.kind) == ("partial", kind), visit.reason
    assert bool(visit.sightings) == (name not in ("lookalikes", "noanswer", "refusal"))


def test_a_wrong_total_is_noted(archive: Archive) -> None:
    assert "4 pages stated, 2 exist" in visit_of(archive, "trsshort").reason


def test_the_year_of_a_subcolumn_counts_for_rows_that_name_their_agency_only(
    archive: Archive,
) -> None:
    seen = {(s.agency_name, s.year) for s in visit_of(archive, "years").sightings}
    assert seen == {("教育局", 2024), ("民政局", 2024), ("示例局", 2023)}


def test_the_report_is_found_behind_viewers_downloads_and_rows(archive: Archive) -> None:
    found = {
        s.year: s.document.url if s.document else None
        for s in visit_of(archive, "documents").sightings
    }
    base = "http://documents.gov.test"
    assert found == {
        2024: f"{base}/up/2024.pdf",
        2023: f"{base}/system/_content/download.jsp?wbfileid=7",
        2022: f"{base}/up/2022.pdf",
        2021: f"{base}/up/2021.pdf",
        2020: f"{base}/up/2020.doc",
        2019: f"{base}/up/2019.zip",
    }  # fmt: skip


def test_a_report_in_pictures_or_in_parts_is_archived_whole(archive: Archive) -> None:
    visit = visit_of(archive, "pictures")
    base = "http://pictures.gov.test"
    found = {s.year: s.document.url for s in visit.sightings if s.document}
    assert found == {
        2024: f"{base}/nb/202401/t20240120_20243.html",
        2023: f"{base}/up/2023.png",
        2022: f"{base}/up/2022.pdf",
    }
    with archive.reader() as session:
        had = set(session.scalars(select(Capture.url).filter_by(visit_id=visit.id)))
    assert {f"{base}/nb/202401/W0202501200{n}.jpg" for n in range(3)} <= had
    assert f"{base}/up/t.pdf" in had
    assert f"{base}/up/2022.docx" not in had


def test_a_copy_on_a_host_that_is_not_official_is_no_publication(archive: Archive) -> None:
    assert {s.year for s in visit_of(archive, "elsewhere").sightings} == {2023}


def test_the_earlier_of_two_displayed_dates_counts(archive: Archive) -> None:
    days = {s.year: s.displayed_date for s in visit_of(archive, "documents").sightings}
    assert days[2024] == date(2025, 1, 20)
    assert days[2023] == date(2024, 1, 10)


def test_a_list_that_changed_altogether_is_not_complete_and_a_moved_column_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = {"step": 0}

    def host(asked: Asked, write: Write) -> None:
        columns = [
            {"/nb/": column(row(2023), row(2022))},
            {"/nb/": column(row(2023, agency="某某办事处"), row(2022, agency="某某办事处"))},
            {"/": HOME.replace("/nb/", "/new/"), "/new/": column(row(2024), row(2023), row(2022))},
            {"/": HOME.replace("/nb/", "/new/"), "/new/": column(row(2024), row(2023))},
        ]
        site(columns[state["step"]])(asked, write)

    with RawWeb({"moving.gov.test": host}) as web:
        set_environment(monkeypatch, web.proxy_url, retries=0)
        archive = make_archive(
            tmp_path / "archive", [{"name": "示例局", "home_url": "http://moving.gov.test/"}]
        )
        archive = Archive.open(archive.path)
        ends = []
        for step in range(4):
            state["step"] = step
            summary = crawl(archive)
            ends.append(verdicts(archive, summary.run_id)["moving.gov.test"])
    assert ends == [
        ("complete", None),
        ("partial", "canary"),
        ("complete", None),
        ("complete", None),
    ]
    with archive.reader() as session:
        place = session.scalars(select(Place)).one()
        assert place.recipe["column_url"] == "http://moving.gov.test/new/"
        last = session.scalars(select(Visit).order_by(Visit.id.desc())).first()
        assert last is not None
        assert "1 of 3 reports seen before are gone" in last.reason
        assert session.scalars(select(Sighting).filter_by(year=2024)).first()


def test_a_spent_budget_ends_as_partial_with_what_was_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {"/nb/": column(*(row(year) for year in range(2015, 2025)))}
    with RawWeb({"long.gov.test": site(pages)}) as web:
        set_environment(monkeypatch, web.proxy_url, max_requests_per_place=6)
        archive = make_archive(
            tmp_path / "archive", [{"name": "示例局", "home_url": "http://long.gov.test/"}]
        )
        archive = Archive.open(archive.path)
        crawl(archive)
        assert len(web.log) == 6
    visit = visit_of(archive, "long")
    assert (visit.verdict, visit.kind, visit.requests) == ("partial", "budget", 6)
    assert len(visit.sightings) == 10
    assert sum(sighting.document_id is not None for sighting in visit.sightings) == 3


def test_a_dead_address_in_the_register_leads_back_to_the_home_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RawWeb({"dead.gov.test": site({"/nb/": column(row(2024))})}) as web:
        set_environment(monkeypatch, web.proxy_url)
        agency = {
            "name": "示例局",
            "home_url": "http://dead.gov.test/",
            "annual_report_url": "http://dead.gov.test/old/nb/",
        }
        archive = Archive.open(make_archive(tmp_path / "archive", [agency]).path)
        crawl(archive)
    visit = visit_of(archive, "dead")
    assert (visit.verdict, visit.column_url) == ("complete", "http://dead.gov.test/nb/")


def test_a_server_is_not_believed_for_ever_that_nothing_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def host(asked_for: Asked, write: Write) -> None:
        if asked_for.path == "/r.html":
            conditional = "if-none-match" in asked_for.headers
            asked.append(conditional)
            report = article("示例局2024年政府信息公开工作年度报告")
            headers = {"ETag": '"same"'}
            write(answer("", 304, headers) if conditional else answer(report, headers=headers))
        else:
            site({"/nb/": column(row(2024, "/r.html"), row(2023))})(asked_for, write)

    with RawWeb({"unchanged.gov.test": host}) as web:
        register = [{"name": "示例局", "home_url": "http://unchanged.gov.test/"}]
        path = make_archive(tmp_path / "archive", register).path
        for days in (0, 30, 59, 75, 80):
            set_environment(monkeypatch, web.proxy_url, DAY + timedelta(days=days), retries=0)
            assert crawl(Archive.open(path), year=2024).finished
    assert asked == [False, True, True, False, True]
