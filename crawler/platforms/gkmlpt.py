"""gkmlpt, the common disclosure catalogue of 广东 (site guide §4.6): a tree in a script, lists as JSON.

The page of the annual reports shows none without its script. The tree in ``window._CONFIG`` tells the
number of the column, or the address where it really stands. Pages 0 and 1 of a list are the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from crawler.links import is_column_name
from crawler.pages import Page, join
from crawler.platforms.answers import decoded, dig, number, rows_of
from crawler.platforms.base import Ask, Fetch, Part, Platform, Row, Stated
from crawler.platforms.query import at_page

_TREE = re.compile(r"[\"']?\bTREE[\"']?\s*:\s*(?=\[)")
_SID = re.compile(r"[\"']?\bSID[\"']?\s*:\s*[\"']?(\d{1,12})")
_ROOT = re.compile(r"^(https?://[^/]+(?:/[^/?#]+){0,3}?/gkmlpt)(?:/|$)")
_SHORT_NAMES = frozenset({"年报", "年度报告", "公开年报", "工作年报"})
MAX_NODES = 5000


class Gkmlpt(Platform):
    """Lists of the catalogue."""

    name = "gkmlpt"

    def recognise(self, page: Page) -> bool:
        """By an answer of its program, or by the tree."""
        return _articles(page) is not None or ("_CONFIG" in page.text and bool(_tree(page)))

    def rows(self, page: Page) -> list[Row]:
        """The articles of an answer; a page of the catalogue has none."""
        days = ("display_publish_time", "first_publish_time", "create_time", "created_at", "date")
        return rows_of(_articles(page), page.base, ("url", "post_url"), ("title",), days)

    def stated(self, page: Page) -> Stated:
        """``total``."""
        return Stated(number(dig(decoded(page), "total")))

    def says_empty(self, page: Page) -> bool:
        """A total of zero."""
        return self.stated(page).rows == 0

    async def parts(self, page: Page, fetch: Fetch) -> Sequence[Part]:
        """The lists of the node named after the annual reports, and of its years."""
        root, sid = _ROOT.match(page.url), _SID.search(page.text)
        found = []
        for node in _nodes(_tree(page)):
            name = str(node.get("name", "")).strip()
            if not (is_column_name(name) or name in _SHORT_NAMES):
                continue
            for one in (node, *_nodes(node.get("children"))):
                jump = join(page.base, str(one.get("jump_url") or ""))
                key = number(one.get("id"))
                if jump:
                    url = jump
                elif root and sid and key is not None:
                    url = f"{root[1]}/api/all/{key}?page=1&sid={sid[1]}"
                else:
                    continue
                found.append(Part(Ask(url), "" if one is node else str(one.get("name", ""))))
        return found

    def following(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The next page of the program, until its total is read."""
        total = self.stated(first).rows
        if _articles(first) is None or (total is not None and read >= total):
            return []
        return self.beyond(first, last, number, read)

    def beyond(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The next page of the program."""
        return [Ask(at_page(first.url, "page", number))] if _articles(first) is not None else []


def _articles(page: Page) -> list[Any] | None:
    articles = dig(decoded(page), "articles")
    return articles if isinstance(articles, list) else None


def _tree(page: Page) -> Any:
    found = _TREE.search(page.text)
    if not found:
        return None
    try:
        return json.JSONDecoder().raw_decode(page.text, found.end())[0]
    except (ValueError, RecursionError):
        return None


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every node of a tree, parents first."""
    waiting = list(tree) if isinstance(tree, list) else []
    for _ in range(MAX_NODES):
        if not waiting:
            return
        node = waiting.pop(0)
        if isinstance(node, dict):
            yield node
            children = node.get("children")
            waiting += children if isinstance(children, list) else []
