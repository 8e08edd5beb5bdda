"""The families of sites, in the order in which they are tried: marks of a program before names of files."""

from __future__ import annotations

from crawler.pages import Page
from crawler.platforms.aspnet import AspNet
from crawler.platforms.base import Ask, Fetch, Part, Platform, Row, Stated
from crawler.platforms.catalogue import Catalogue
from crawler.platforms.epoint import Epoint
from crawler.platforms.eportal import Eportal
from crawler.platforms.generic import Generic
from crawler.platforms.gkmlpt import Gkmlpt
from crawler.platforms.hanweb import Hanweb
from crawler.platforms.hebei import Hebei
from crawler.platforms.igs import Igs
from crawler.platforms.jpaas import Jpaas
from crawler.platforms.jsp import Jsp
from crawler.platforms.lonsun import Lonsun
from crawler.platforms.nfcms import Nfcms
from crawler.platforms.openness import Openness
from crawler.platforms.trs import Trs
from crawler.platforms.truecms import TrueCms
from crawler.platforms.ucap import Ucap
from crawler.platforms.vsb import Vsb
from crawler.platforms.was import Was

PLATFORMS: tuple[Platform, ...] = (
    TrueCms(),
    Hanweb(),
    Catalogue(),
    Jpaas(),
    Gkmlpt(),
    Epoint(),
    Lonsun(),
    Openness(),
    Hebei(),
    Eportal(),
    AspNet(),
    Jsp(),
    Igs(),
    Was(),
    Ucap(),
    Vsb(),
    Nfcms(),
    Trs(),
    Generic(),
)

__all__ = ["PLATFORMS", "Ask", "Fetch", "Part", "Platform", "Row", "Stated", "platform_of"]


def platform_of(page: Page) -> Platform:
    """The platform of a list, told by the page; :class:`Generic` reads whatever is left."""
    return next(platform for platform in PLATFORMS if platform.recognise(page))
