"""What a page says of agencies: its site's identification code, and its lists of organs.

A list of organs is a block of links most of which are called like organs: departments, townships, lower
governments. Whether such organs exist is not asked here; a page is read once, and what is known of
its place may change.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urljoin

from lxml import etree

from archive import departments
from archive.agencies.kinds import kind_by_name
from archive.hosts import host_of
from extract.characters import squeeze
from extract.sniff import HTML, decode, sniff

MAX_BYTES = 3_000_000
_MAX_LINKS = 4000
_MAX_LISTS, _MAX_ORGANS = 30, 400
_HEIGHT = 5
_LEAST, _SHARE = 3, 0.6
_SITE_CODE = re.compile(r"\d{10}|bm\d{8}", re.ASCII)
_PRINTED = re.compile(
    r"(?:site_?code=|网站标识码\s*[:：]?\s*)(?P<code>(?:bm\d{8}|\d{10}))(?![\d])", re.ASCII | re.I
)
_NAME = re.compile(r"[^\W\d_a-zA-Z()（）]{2,30}(?:[(（][^\W\d_a-zA-Z()（）]{2,15}[)）])?")

Organ = tuple[str, str]
"""What a link of a list says, and where it leads; the address is empty if nowhere on the web."""


@dataclass(frozen=True, slots=True)
class Study:
    """What a page says. ``site_code`` is None where it shows none, or two that differ."""

    site_code: str | None = None
    lists: list[list[Organ]] = field(default_factory=list)


def study(body: bytes, url: str, content_type: str | None = None) -> Study:
    """Read a page at ``url``; anything that is no page says nothing."""
    if len(body) > MAX_BYTES or sniff(body) != HTML:
        return Study()
    text = decode(body, content_type)[0].replace("\x00", "")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return Study()
    return Study() if root is None else Study(_site_code(root, text), _lists(root, url))


def _site_code(root: etree._Element, text: str) -> str | None:
    codes = {found["code"].lower() for found in _PRINTED.finditer(text)}
    for tag in islice(root.iter("meta"), 200):
        if (tag.get("name") or "").strip().lower() == "siteidcode":
            content = (tag.get("content") or "").strip().lower()
            if _SITE_CODE.fullmatch(content):
                codes.add(content)
    return next(iter(codes)) if len(codes) == 1 else None


def _lists(root: etree._Element, url: str) -> list[list[Organ]]:
    base = next((tag.get("href") or "" for tag in root.iter("base")), "")
    base = _absolute(url, base) or url
    blocks: dict[etree._Element, list[int]] = defaultdict(list)
    organs: list[Organ | None] = []
    for number, tag in enumerate(islice(root.iter("a", "option"), _MAX_LINKS)):
        organs.append(_organ(tag, base))
        for above in islice(tag.iterancestors(), _HEIGHT):
            if above.tag in ("body", "html"):
                break
            blocks[above].append(number)
    taken: set[int] = set()
    found: list[list[Organ]] = []
    # The smallest block round a link is its list; what stands round that is the page.
    for numbers in sorted(blocks.values(), key=len):
        named = [(number, organs[number]) for number in numbers if number not in taken]
        members = {organ[0]: organ for _, organ in named if organ is not None}
        if len(members) >= _LEAST and len(members) >= _SHARE * len(named):
            taken.update(number for number, _ in named)
            found.append(list(members.values())[:_MAX_ORGANS])
    return found[:_MAX_LISTS]


def _organ(tag: etree._Element, base: str) -> Organ | None:
    shown = squeeze("".join(str(part) for part in islice(tag.itertext(), 20))[:200])
    title = squeeze((tag.get("title") or "")[:200])
    cut = re.sub(r"(?:\.{2,}|…+)$", "", shown)
    label = (title if title and title.startswith(cut) else shown).strip(">·•-|[]【】")
    if not _NAME.fullmatch(label):
        return None
    if kind_by_name(label) is None and not departments.is_department(label):
        return None
    return label, _absolute(base, tag.get("href" if tag.tag == "a" else "value") or "")


def _absolute(base: str, href: str) -> str:
    href = href.strip()
    if not href or len(href) > 1000 or href.startswith("#"):
        return ""
    try:
        url = urljoin(base, href).partition("#")[0]
        return url if host_of(url) and not re.search(r"\s", url) else ""
    except ValueError:
        return ""
