"""Every Scrapy default that we change, with the reason; all else is Scrapy's default.

What a user may set (delay, timeout, sizes, retries, contact) comes from the archive's settings by
:func:`for_archive`. Spiders and platforms set nothing: a contract test holds them to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from archive.release import release
from archive.settings import CrawlSettings

BOT_NAME = "gongkai"
SPIDER_MODULES = ["crawler.spiders"]

# Respect. Scrapy's own defaults are 8 requests at a time per host, no delay, robots.txt ignored.
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "Gongkai"
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY_JITTER = 0.0  # The delay is a floor that was promised; jitter would go below it.
DOWNLOAD_DELAY = 1.0
RETRY_HTTP_CODES = [408, 429, 500, 502, 503, 504, 522, 524]
REDIRECT_MAX_TIMES = 6  # Government sites need two or three; a loop should not cost twenty.

# Many hosts at a time, so that a slow one keeps nobody else waiting.
CONCURRENT_REQUESTS = 64
REACTOR_THREADPOOL_MAXSIZE = 20  # DNS look-ups run in threads.
DNS_TIMEOUT = 20

# Only http and https: a link to file: would read our own disk, with Scrapy's defaults.
DOWNLOAD_HANDLERS = {
    "https": "crawler.certificates.CertificateNotingHandler",
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}
TWISTED_DNS_RESOLVER = "crawler.middlewares.guard.GuardedResolver"

# Many government certificates are expired or incomplete; we only read public pages, and what was
# received is stored with its digest, and with what is wrong with the certificate.
DOWNLOAD_VERIFY_CERTIFICATES = False
DOWNLOAD_FAIL_ON_DATALOSS = True  # Half a page must not pass for a page.

DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",
}

DOWNLOADER_MIDDLEWARES = {
    # A request passes these from top to bottom, its response from bottom to top.
    "crawler.middlewares.guard.GuardMiddleware": 20,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.middlewares.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # The guard decides.
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "crawler.middlewares.patience.PatientRetryMiddleware": 550,
    # Shells are followed by the walk, which must know of them.
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    # Bodies are recorded as received and decoded by the recording.
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "crawler.middlewares.challenges.ChallengeMiddleware": 610,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "crawler.middlewares.cookies.OfflineCookiesMiddleware": 700,
    "crawler.middlewares.conditional.ConditionalMiddleware": 800,
    "crawler.recording.RecordingMiddleware": 950,
    "crawler.middlewares.patience.TurnsMiddleware": 960,
}
METAREFRESH_ENABLED = False

# Nothing that listens on a port or runs code sent to it; nothing that writes files besides ours.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
HTTPCACHE_ENABLED = False
EXTENSIONS = {
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.throttle.AutoThrottle": None,
    "scrapy.extensions.memdebug.MemoryDebugger": None,
}

LOG_LEVEL = "INFO"


def for_archive(crawl: CrawlSettings, log_file: Path, hosts: Iterable[str] = ()) -> dict[str, Any]:
    """The settings that follow from the archive's; put them over those of this module.

    ``hosts`` are official although they lie below no official domain.
    """
    return {
        "USER_AGENT": user_agent(crawl.contact),
        "DOWNLOAD_DELAY": crawl.delay,
        "DOWNLOAD_TIMEOUT": crawl.timeout,
        "DOWNLOAD_MAXSIZE": crawl.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "RETRY_TIMES": crawl.retries,
        "GONGKAI_OFFICIAL_DOMAINS": crawl.official_domains,
        "GONGKAI_OFFICIAL_HOSTS": sorted(hosts),
        "GONGKAI_PRIVATE_ADDRESSES": crawl.private_addresses,
        "LOG_FILE": str(log_file),
    }


def user_agent(contact: str) -> str:
    """Who we are, and whom a site's operator can write to."""
    about = "crawler of government information disclosure reports"
    return f"Gongkai/{release()} ({about}; contact: {sent_contact(contact) or 'not given'})"


def sent_contact(contact: str) -> str:
    """What a header can carry of a contact: no Chinese, no line breaks."""
    return "".join(char for char in contact if " " <= char <= "~").strip()
