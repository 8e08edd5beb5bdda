"""Hubs: pages of a superior where the reports of its departments, counties and townships stand, or the
way to them (site guide §1.3).

What a hub shows is a sighting of the subordinate's report. It proves no absence: only the place where a
body publishes does.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from crawler.links import is_kind_of_agency, squeeze
from crawler.pages import Page, link_of
from crawler.platforms.base import Row
from crawler.titles import column_year
from extract.identity import looks_like_agency

FEWEST = 3
"""Bodies side by side that make a hub; fewer are a byline or a trail."""
MAX_ORGANS = 200
_FURNITURE = re.compile(
    r"nav|menu|header|foot|crumb|position|location|friend|yqlj|weizhi|dqwz|banner", re.I
)


def organ_groups(page: Page) -> list[list[Row]]:
    """The lists of links on ``page`` that are called by nothing but the name of a body.

    Links to start pages of sites are left out, and so is what belongs to the frame of every page.
    """
    groups: dict[Any, dict[str, Row]] = {}
    for anchor in page.selector.xpath("//body//a[@href]")[:4000]:
        link = link_of(anchor.root, page.base)
        if link is None:
            continue
        name = squeeze(link.label)
        if not 2 < len(name) <= 30 or is_kind_of_agency(name) or not looks_like_agency(name):
            continue
        parts = urlsplit(link.url)
        if parts.path.count("/") < 2 and not parts.query and not re.search(r"\d", parts.path):
            continue  # Somebody's start page.
        ancestors = list(islice(anchor.root.iterancestors(), 12))
        if any(_is_furniture(node) for node in ancestors):
            continue
        box = next((node for node in ancestors if node.tag in _BOXES), ancestors[0])
        groups.setdefault(box, {}).setdefault(link.url, Row(link.url, link.label))
    rows = [list(group.values())[:MAX_ORGANS] for group in groups.values()]
    return [group for group in rows if len(group) >= FEWEST]


def year_of(page: Page) -> int | None:
    """The year that a page of the column is named after (2024年政府信息公开年报), or None."""
    if "articletitle" in page.meta:
        return None
    h1 = " ".join(page.selector.xpath("(//h1)[1]//text()").getall()[:20])
    names = [page.meta.get("columnname", ""), h1, *re.split(r"[_\-|—–]", page.title)[:1]]
    return next(filter(None, (column_year(squeeze(name)[:60]) for name in names)), None)


_BOXES = frozenset({"ul", "ol", "table", "dl", "section"})


def _is_furniture(node: Any) -> bool:
    if node.tag in ("nav", "header", "footer"):
        return True
    return bool(_FURNITURE.search(f"{node.get('class') or ''} {node.get('id') or ''}"))
