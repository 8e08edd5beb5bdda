"""Pages a second of the whole pipeline (guard, robots.txt, WARC, database) and of bare Scrapy.

    python benchmarks/throughput.py [--hosts 200] [--reports 20] [--rounds 3] [--processes 1 2]
    python benchmarks/throughput.py --memory 5000 10000 20000

Both fetch the same pages of the same local server, one request at a time per host, without delay. Bare
Scrapy is one process; a crawl is measured with each of ``--processes``: one as well, and as many as
``[crawl] processes`` has where nobody changes it. They take turns, the best of the rounds counts. Target: a
crawl as installed reaches at least 60 %. Beside it stands the processor time that a page takes, which other
work on the machine changes less. The memory of a crawling process is sampled; its growth over the second
half of the pages is told. ``--memory`` crawls alone, once, in one process, and tells the memory at numbers
of pages.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests" / "crawler")]

from crawling import make_archive  # noqa: E402

from archive.settings import CrawlSettings  # noqa: E402

INSTALLED = CrawlSettings().processes
_CRAWL = (
    "import sys; from pathlib import Path; from archive.folder import Archive; "
    "from crawler.run import crawl; print(crawl(Archive.open(Path(sys.argv[1]))).requests)"
)
_BARE = """
import json, sys
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
class Bare(Spider):
    name = "bare"
    async def start(self):
        for url in json.load(open(sys.argv[1])):
            yield Request(url, callback=self.parse, dont_filter=True)
    def parse(self, response):
        response.css("a::attr(href)").getall()
process = AsyncCrawlerProcess({
    "CONCURRENT_REQUESTS": 64, "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "DOWNLOAD_DELAY": 0,
    "ROBOTSTXT_OBEY": False, "LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False,
})
process.crawl(Bare)
process.start()
"""
_TEXT = "<p>" + "依法依规做好政府信息公开工作。" * 400 + "</p>"
_TABLES = "<table><tr><td>第二十条第（一）项</td><td>本年新收</td><td>予以公开</td><td>结果维持</td></tr></table>"


class _Web(BaseHTTPRequestHandler):
    """A proxy that answers for every host: a home page, a column of reports, the reports."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    reports = 20
    pages = 0

    def do_GET(self) -> None:
        host, path = urlsplit(self.path).hostname or "", urlsplit(self.path).path
        body = self.page(host, path)
        type(self).pages += 1
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def page(self, host: str, path: str) -> bytes:
        if path == "/":
            return b'<html><body><a href="/nb/">' + "政府信息公开年报</a></body></html>".encode()
        if path == "/nb/":
            rows = "".join(
                f'<li><a href="/r{n}.html">{host}局{2004 + n}年政府信息公开工作年度报告</a><span>{2005 + n}-01-20</span></li>'
                for n in range(self.reports)
            )
            head = "<html><head><title>政府信息公开年报</title></head><body>"
            return f"{head}<a href='/zn/'>政府信息公开指南</a><a href='/zd/'>政府信息公开制度</a><ul>{rows}</ul></body></html>".encode()
        if path.startswith("/r"):
            # No two pages alike, or the archive would store one.
            title = f"{host}局{path}政府信息公开工作年度报告"
            return f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{_TABLES}{_TEXT}</body></html>".encode()
        return b""

    def log_message(self, format: str, *args: object) -> None:
        pass


def _memory(pid: int) -> int:
    """Resident kilobytes of the crawling process below ``pid``."""
    sizes = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        except OSError:
            continue
        if int(fields.get("PPid", 0)) == pid:
            sizes.append(int(fields.get("VmRSS", "0 kB").split()[0]))
    return max(sizes, default=0)


def ours(
    folder: Path, hosts: list[str], processes: int
) -> tuple[int, float, list[tuple[int, int]]]:
    """Requests and seconds of a crawl, and the memory of its largest process by pages answered."""
    os.environ["GONGKAI_CRAWL__PROCESSES"] = str(processes)
    make_archive(folder, [{"name": h, "home_url": f"http://{h}/"} for h in hosts])
    started, before = time.monotonic(), _Web.pages
    process = subprocess.Popen(
        [sys.executable, "-c", _CRAWL, str(folder)], stdout=subprocess.PIPE, text=True
    )
    samples = []
    while process.poll() is None:
        time.sleep(0.5)
        samples.append((_Web.pages - before, _memory(process.pid)))
    seconds = time.monotonic() - started
    assert process.stdout is not None
    return int(process.stdout.read()), seconds, samples


def bare(folder: Path, hosts: list[str], reports: int) -> tuple[int, float]:
    """The same pages by Scrapy alone."""
    paths = ["/robots.txt", "/", "/nb/", *(f"/r{n}.html" for n in range(reports))]
    urls = [f"http://{host}{path}" for path in paths for host in hosts]
    plan = folder / "urls.json"
    plan.write_text(json.dumps(urls))
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", _BARE, str(plan)], check=True)
    return len(urls), time.monotonic() - started


def _told(samples: list[tuple[int, int]], marks: list[int]) -> None:
    """The most memory up to each number of pages."""
    for mark in marks:
        reached = [memory for count, memory in samples if count <= mark * 1.01]
        print(f"memory up to {mark} pages: {max(reached, default=0) // 1024} MB at most")


def _cpu() -> float:
    """Seconds of processor time that finished children took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--reports", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, nargs="+", default=sorted({1, INSTALLED}))
    parser.add_argument("--memory", type=int, nargs="+", metavar="PAGES")
    options = parser.parse_args()
    if options.memory:
        options.hosts = -(-max(options.memory) // (options.reports + 3))
    _Web.reports = options.reports
    hosts = [f"h{n}.gov.test" for n in range(options.hosts)]
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Web)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    proxy = f"http://127.0.0.1:{server.server_address[1]}"
    os.environ.update(dict.fromkeys(("http_proxy", "HTTP_PROXY"), proxy))
    os.environ["PYTHONPATH"] = str(REPOSITORY)
    settings = {"OFFICIAL_DOMAINS": ".gov.test", "DELAY": "0"}
    os.environ.update({f"GONGKAI_CRAWL__{name}": value for name, value in settings.items()})
    if options.memory:
        with tempfile.TemporaryDirectory(prefix="gongkai-memory-") as folder:
            made, seconds, samples = ours(Path(folder) / "archive", hosts, 1)
        print(f"gongkai: {made} pages in {seconds:.1f} s, {made / seconds:.0f} a second")
        _told(samples, sorted(options.memory))
        return 0
    with tempfile.TemporaryDirectory(prefix="gongkai-throughput-") as folder:
        return _in_turns(Path(folder), hosts, options)


def _in_turns(folder: Path, hosts: list[str], options: argparse.Namespace) -> int:
    """Bare Scrapy and the crawls, one after the other; 0 where the crawl as installed reaches the target."""
    best_bare, least_bare = 0.0, math.inf
    best: dict[int, float] = {}
    least: dict[int, float] = {}
    for number in range(options.rounds):
        cpu = _cpu()
        pages, seconds = bare(folder, hosts, options.reports)
        best_bare, least_bare = (
            max(best_bare, pages / seconds),
            min(least_bare, (_cpu() - cpu) / pages),
        )
        print(f"bare Scrapy: {pages} pages in {seconds:.1f} s, {pages / seconds:.0f} a second")
        for processes in options.processes:
            cpu = _cpu()
            made, seconds, samples = ours(folder / f"archive{number}-{processes}", hosts, processes)
            best[processes] = max(best.get(processes, 0.0), made / seconds)
            least[processes] = min(least.get(processes, math.inf), (_cpu() - cpu) / made)
            print(
                f"{processes} processes: {made} pages in {seconds:.1f} s, {made / seconds:.0f} a second"
            )
            half = [memory for count, memory in samples if count >= made / 2 and memory]
            if half:
                print(
                    f"memory: {half[0] // 1024} MB at the half, {max(half) // 1024} MB at most after it"
                )
    print(
        f"bare Scrapy: {best_bare:.0f} pages a second, {1000 * least_bare:.1f} ms of processor time a page"
    )
    for processes in options.processes:
        print(
            f"{processes} processes: {best[processes]:.0f} pages a second, {best[processes] / best_bare:.0%} of "
            f"bare Scrapy; {1000 * least[processes]:.1f} ms of processor time a page"
        )
    return 0 if best.get(INSTALLED, 0.0) >= 0.6 * best_bare else 1


if __name__ == "__main__":
    sys.exit(main())
