"""VSB 博达 (site guide §4.8): a file for each column, and further pages that count **down**.

Of eleven pages the second is ``xxgknb/10.htm`` and the last ``xxgknb/1.htm``; the page's own next link
knows. Addresses of pages change their meaning with every new row and identify nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.pages import Page, join
from crawler.platforms.base import Ask, Platform, Stated
from crawler.platforms.generic import next_link

_ARTICLE = re.compile(r"/info/\d+/\d+\.htm")
_MARKS = re.compile(r"vsb_content|class=[\"']?p_(?:pages|next|no)\b")
_OF = re.compile(r"(?<![\d/])\d{1,4}\s*/\s*(\d{1,4})(?![\d/])")


class Vsb(Platform):
    """Lists with the pager of classes ``p_…``."""

    name = "vsb"

    def recognise(self, page: Page) -> bool:
        """By the classes of the pager or of the text, or by the names of the articles."""
        links = sum(bool(_ARTICLE.search(link.url)) for link in page.links)
        return links >= 2 or bool(_MARKS.search(page.text))

    def stated(self, page: Page) -> Stated:
        """Rows and pages from the pager (共52条, 1/11)."""
        said = super().stated(page)
        words = " ".join(page.selector.xpath("//*[contains(@class,'p_pages')]//text()").getall())
        found = _OF.search(words[:2000])
        return Stated(said.rows, int(found[1])) if found else said

    def following(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The next link of the pager; where it is a script's, the name it would have."""
        href = last.selector.xpath("(//*[contains(@class,'p_next')]//a/@href)[1]").get()
        url = (join(last.base, href) if href else None) or next_link(last)
        if url is not None:
            return [Ask(url, linked=True)] if url != last.url else []
        pages = self.stated(first).pages
        if pages is None or number > pages:
            return []
        return [Ask(f"{re.sub(r'/?(?:[.]html?)?$', '', first.url)}/{pages - number + 1}.htm")]
