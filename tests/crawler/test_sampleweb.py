"""The sample web as a client behind its proxy meets it."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime

import pytest
import requests

from crawler.sampleweb import PortInUse, SampleWeb
from crawler.sampleweb.plan import moment

TRS = "http://www.shili.gov.test/zwgk/zfxxgk/zfxxgknb/"
HANWEB = "http://www.yanshi.shili.gov.test/col/col2014/index.html"
DATAPROXY = "http://www.yanshi.shili.gov.test/module/web/jpage/dataproxy.jsp"
TITLES = re.compile(r'title="([^"]+)"')


class Client:
    """A session behind the proxy of a running web."""

    def __init__(self, web: SampleWeb) -> None:
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.proxies = {"http": web.proxy_url, "https": web.proxy_url}

    def __call__(self, url: str, method: str = "GET", **options: object) -> requests.Response:
        options.setdefault("allow_redirects", False)
        return self.session.request(method, url, timeout=10, **options)


@pytest.fixture
def web() -> Iterator[SampleWeb]:
    with SampleWeb(moment("2025-04-09 10:00")) as web:
        yield web


@pytest.fixture
def get(web: SampleWeb) -> Iterator[Client]:
    client = Client(web)
    yield client
    client.session.close()


def test_a_report_can_be_reached_from_the_home_page_by_its_anchors(get: Client) -> None:
    url = "http://www.quxian.gov.test/"
    for text in ("政务公开", "政府信息公开", "政府信息公开年报"):
        page = get(url).text
        target = re.search(rf'<a href="([^"]+)"[^>]*>{text}</a>', page)
        assert target, f"{url} has no link {text}"
        url = requests.compat.urljoin(url, target[1])
    row = re.search(r'<a href="([^"]+)" title="渠县涌兴镇2024年[^"]+"', get(url).text)
    assert row
    article = get(requests.compat.urljoin(url, row[1])).text
    assert (
        '<meta name="ArticleTitle" content="渠县涌兴镇2024年政府信息公开工作年度报告">' in article
    )
    assert '<meta name="PubDate" content="2025-01-16 10:31">' in article
    assert '<meta name="SiteIDCode" content="5117250001">' in article


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("http://www.zongyang.gov.test/zfxxgk/", "政府信息公开年报"),
        ("http://www.fuyuan.gov.test/zfxxgk/", "政府信息公开工作年度报告"),
        ("http://www.dancheng.gov.test/col/col2010/index.html", "政府信息公开年报"),
        ("http://www.yecheng.gov.test/zwgk/zfxxgk/", "政府信息公开年报"),
    ],
)
def test_the_column_stands_among_its_national_neighbours(
    get: Client, column: str, text: str
) -> None:
    page = get(column).text
    for name in ("政府信息公开指南", "政府信息公开制度", "法定主动公开内容", text, "依申请公开"):
        assert re.search(rf"<a [^>]*>{name}</a>", page), name


def test_the_clock_hides_the_future(web: SampleWeb, get: Client) -> None:
    article = f"{TRS}202502/t20250218_93072.html"
    web.clock = moment("2025-02-18 16:51")
    assert "示例市教育局2024年" not in get(TRS).text
    assert get(article).status_code == 404
    web.clock = moment("2025-02-18 16:52")
    assert "示例市教育局2024年" in get(TRS).text
    assert get(article).status_code == 200


def test_a_report_is_replaced_without_a_word(web: SampleWeb, get: Client) -> None:
    url = "http://www.yanshi.shili.gov.test/art/2025/1/17/art_2014_93152.html"
    web.clock = moment("2025-02-20 10:00")
    before = get(url)
    web.clock = moment("2025-03-01 10:00")
    after = get(url, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert before.text != after.text
    assert before.text.split("<div")[0] == after.text.split("<div")[0]


def test_an_unchanged_page_is_not_sent_again(get: Client) -> None:
    first = get(TRS)
    assert first.headers["Last-Modified"] == "Tue, 25 Mar 2025 03:20:00 GMT"
    for headers in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        again = get(TRS, headers=headers)
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["ETag"] == first.headers["ETag"]


def test_a_page_changed_since_is_sent_again(web: SampleWeb, get: Client) -> None:
    web.clock = moment("2025-02-18 10:00")
    first = get(TRS)
    web.clock = moment("2025-02-19 10:00")
    for name, header in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        assert get(TRS, headers={name: first.headers[header]}).status_code == 200
    assert get(TRS, headers={"If-Modified-Since": "yesterday"}).status_code == 200


def test_compressed_and_plain_answers_say_the_same(get: Client) -> None:
    plain = get(TRS, headers={"Accept-Encoding": "identity"})
    packed = get(TRS, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"])
    assert int(plain.headers["Content-Length"]) == len(plain.content)
    assert packed.content == plain.content


def test_head_tells_what_get_would_send(get: Client) -> None:
    head = get(TRS, "HEAD", headers={"Accept-Encoding": "identity"})
    assert head.content == b""
    whole = get(TRS, headers={"Accept-Encoding": "identity"})
    assert head.headers["Content-Length"] == str(len(whole.content))


def test_what_is_not_there_is_not_found(get: Client) -> None:
    assert get("http://www.shili.gov.test/nothing.html").status_code == 404
    assert get(TRS + "index_9.html").status_code == 404
    assert get("http://nobody.gov.test/").status_code == 502
    assert get(TRS.rstrip("/")).headers["Location"] == TRS
    assert get(TRS, "POST").status_code == 405


def test_nothing_is_forwarded(get: Client) -> None:
    assert get("http://www.gov.cn/").status_code == 403
    with pytest.raises(requests.exceptions.ProxyError):
        get("https://www.shili.gov.test/")


def test_robots_txt_stands_on_every_host_that_answers(get: Client) -> None:
    for host in ("www.shili.gov.test", "www.dancheng.gov.test", "wjw.shili.gov.test"):
        robots = get(f"http://{host}/robots.txt")
        assert robots.headers["Content-Type"].startswith("text/plain")
        assert "Disallow: /admin/" in robots.text


@pytest.mark.parametrize(
    ("column", "second", "pager"),
    [
        (TRS, "index_1.html", r'createPageHTML\(3, 0, "index", "html"\)'),
        (
            "http://swj.shili.gov.test/zwgk/zfxxgk/zfxxgknb/",
            "index_2.html",
            r"createPageHTML\('paging',2,1,'index','html',2\)",
        ),
        ("http://wjw.shili.gov.test/zfxxgk/xxgknb/", "index_2.html", 'href="index_2.html"'),
    ],
)
def test_lists_run_over_pages(get: Client, column: str, second: str, pager: str) -> None:
    first = get(column)
    assert re.search(pager, first.text)
    following = get(column + second)
    assert following.status_code == 200
    rows = re.compile(r"(\d{4})年政府信息公开工作年度报告</a>|title=\"[^\"]*?(\d{4})年政府信息")
    assert rows.search(first.text)
    assert rows.search(following.text)
    assert get(column + "index.html").text == first.text


def test_a_row_shows_less_than_its_title_attribute(get: Client) -> None:
    row = re.search(
        r'title="(示例市人民政府办公室2024年[^"]+)"[^>]*>([^<]+)\.\.\.</a>', get(TRS).text
    )
    assert row
    assert row[1].startswith(row[2])
    assert len(row[1]) > len(row[2])


def test_the_hanweb_program_answers_only_with_the_column_as_referrer(get: Client) -> None:
    following = re.search(r'<nextgroup><!\[CDATA\[<a href="([^"]+)"', get(HANWEB).text)
    assert following
    url = requests.compat.urljoin(HANWEB, following[1])
    assert get(url).status_code == 404
    assert get(url, headers={"Referer": TRS}).status_code == 404
    answer = get(url, headers={"Referer": HANWEB})
    assert answer.headers["Content-Type"].startswith("text/xml")
    assert "演示县教育局2022年" in answer.text
    assert "<nextgroup>" not in answer.text


def test_the_rows_of_a_hanweb_column_are_complete_and_none_stands_twice(get: Client) -> None:
    first = get(HANWEB).text
    total = re.search(r"<totalrecord>(\d+)</totalrecord>", first)
    assert total
    rows = TITLES.findall(first)
    form = {"columnid": "2014", "startrecord": len(rows) + 1, "endrecord": int(total[1])}
    rest = get(DATAPROXY, "POST", data=form, headers={"Referer": HANWEB}).text
    rows += TITLES.findall(rest)
    assert len(rows) == len(set(rows)) == int(total[1])
    assert "/art/" not in re.sub(r"<script.*?</script>", "", first, flags=re.DOTALL)


def test_a_backdated_report_shows_the_earlier_date(web: SampleWeb, get: Client) -> None:
    web.clock = moment("2025-02-10 09:00")
    assert "演示县试验镇2024年" not in get(HANWEB).text
    web.clock = moment("2025-02-13 09:00")
    row = re.search(r"演示县试验镇2024年.*?<span>\[([\d-]+)\]", get(HANWEB).text)
    assert row
    assert row[1] == "2025-01-23"


def test_the_site_that_is_down_closes_the_connection(web: SampleWeb, get: Client) -> None:
    with pytest.raises(requests.exceptions.ConnectionError):
        get("http://qxj.shili.gov.test/robots.txt")
    assert web.log[-1].status is None


def test_the_challenge_sets_a_cookie_by_script_everywhere(get: Client) -> None:
    for path in ("/", "/robots.txt"):
        answer = get(f"http://shuiwu.shili.gov.test{path}")
        assert answer.status_code == 521
        assert "__jsl_clearance_s" in answer.text
        assert "__jsluid_s" in answer.headers["Set-Cookie"]


def test_the_log_tells_every_request_in_order(web: SampleWeb, get: Client) -> None:
    get(TRS + "?x=1")
    get(TRS + "none.html")
    first, second = web.log
    assert (first.host, first.method, first.path, first.status) == (
        "www.shili.gov.test",
        "GET",
        "/zwgk/zfxxgk/zfxxgknb/?x=1",
        200,
    )
    assert second.status == 404
    assert first.at == web.clock
    assert first.started <= first.finished <= second.started <= second.finished


def _raw(web: SampleWeb, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", web.port), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return answer


def test_a_request_with_a_host_header_only_is_understood(web: SampleWeb) -> None:
    answer = _raw(
        web, b"GET /robots.txt HTTP/1.1\r\nHost: www.shili.gov.test\r\nConnection: close\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"Disallow" in answer


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", b"400"),
        (b"GET http://[bad/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"400"),
        (
            b"POST / HTTP/1.1\r\nHost: www.shili.gov.test\r\nContent-Length: 99999999\r\n\r\n",
            b"413",
        ),
        (b"POST / HTTP/1.1\r\nHost: www.shili.gov.test\r\nContent-Length: x\r\n\r\n", b"400"),
        (b"CONNECT www.shili.gov.test:443 HTTP/1.1\r\n\r\n", b"405"),
    ],
)
def test_odd_requests_are_refused_and_the_web_goes_on(
    web: SampleWeb, get: Client, request_: bytes, status: bytes
) -> None:
    assert _raw(web, request_).split(b" ", 2)[1] == status
    assert get(TRS).status_code == 200


def test_the_clock_wants_an_offset() -> None:
    with pytest.raises(ValueError, match="offset"):
        SampleWeb(datetime(2025, 1, 1))


def test_a_port_in_use_is_one_clear_error(web: SampleWeb) -> None:
    with pytest.raises(PortInUse, match=f"port {web.port} is in use"), SampleWeb(port=web.port):
        pass
    run = subprocess.run(
        [sys.executable, "-m", "crawler.sampleweb", "--port", str(web.port)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 1
    assert run.stderr.strip().splitlines() == [
        f"error: port {web.port} is in use; choose another one, or 0 for any free port"
    ]


def test_a_wrong_time_is_wrong_usage() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "crawler.sampleweb", "--now", "tomorrow"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 2
    assert "'tomorrow' is no time" in run.stderr
    assert "Traceback" not in run.stderr
