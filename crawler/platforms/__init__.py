"""The families of sites, in the order in which they are tried."""

from __future__ import annotations

from crawler.pages import Page
from crawler.platforms.base import Ask, Platform, Row, Stated
from crawler.platforms.generic import Generic
from crawler.platforms.hanweb import Hanweb
from crawler.platforms.trs import Trs

PLATFORMS: tuple[Platform, ...] = (Hanweb(), Trs(), Generic())

__all__ = ["PLATFORMS", "Ask", "Platform", "Row", "Stated", "platform_of"]


def platform_of(page: Page) -> Platform:
    """The platform of a list, told by the page; :class:`Generic` reads whatever is left."""
    return next(platform for platform in PLATFORMS if platform.recognise(page))
