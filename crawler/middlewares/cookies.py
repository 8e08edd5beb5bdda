"""Cookies as ordinary visitors have them, and the list of public suffixes without fetching it.

Some sites set a cookie and redirect to the same address; an ordinary cookie jar passes. Scrapy asks
``tldextract`` which domains are public, and that one would download the list at first use.
"""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares import cookies
from tldextract import TLDExtract

_bundled = TLDExtract(
    cache_dir=None,
    suffix_list_urls=(),
    fallback_to_snapshot=True,
    include_psl_private_domains=True,
)


class OfflineCookiesMiddleware(cookies.CookiesMiddleware):
    """Scrapy's middleware with the list that comes with the package."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Replace the module's extractor, which has no setting of its own."""
        cookies._split_domain = _bundled
        return super().from_crawler(crawler)
