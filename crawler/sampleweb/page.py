"""The frame round every page: national meta tags, navigation and footer (site guide §2)."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from crawler.sampleweb.publications import Portal, Publication

NOTICE = "本站是 Gongkai 项目为演示和测试制作的样例网站，不是官方网站；除五个乡镇2024年度报告的数字外，内容均为虚构。"


def meta(pairs: Iterable[tuple[str, str]]) -> str:
    """Meta tags, one a line."""
    return "\n".join(f'<meta name="{name}" content="{escape(value)}">' for name, value in pairs)


def site_tags(portal: Portal) -> list[tuple[str, str]]:
    """The tags that every page of a site carries."""
    return [
        ("SiteName", portal.name),
        ("SiteDomain", portal.host),
        ("SiteIDCode", portal.site_code),
    ]


def column_tags(name: str, kind: str) -> list[tuple[str, str]]:
    """The tags of a column page."""
    return [
        ("ColumnName", name),
        ("ColumnDescription", f"{name}栏目"),
        ("ColumnKeywords", name),
        ("ColumnType", kind),
    ]


def content_tags(publication: Publication, column: str, kind: str) -> list[tuple[str, str]]:
    """The tags of a content page."""
    return [
        ("ColumnName", column),
        ("ColumnType", kind),
        ("ArticleTitle", publication.title),
        ("PubDate", publication.shown.strftime("%Y-%m-%d %H:%M")),
        ("ContentSource", publication.source),
    ]


def link(address: str, text: str, **attributes: str) -> str:
    """An anchor."""
    more = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f'<a href="{escape(address)}"{more}>{escape(text)}</a>'


def document(
    portal: Portal,
    title: str,
    tags: Iterable[tuple[str, str]],
    navigation: str,
    main: str,
    head: str = "",
) -> str:
    """A whole page."""
    mistake = (
        "https://zfwzgl.www.gov.cn/exposure/jiucuo.html"
        f"?site_code={portal.site_code}&url=http%3A%2F%2F{portal.host}%2F"
    )
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
{meta([*site_tags(portal), *tags])}
<style>
body{{font:16px/1.8 sans-serif;max-width:1000px;margin:auto;color:#222}}
header{{background:#a5281f;color:#fff;padding:12px 20px}}
nav a{{margin-right:1.2em}} footer{{border-top:2px solid #a5281f;font-size:13px;margin-top:2em}}
table{{border-collapse:collapse;width:100%;font-size:14px}} td,th{{border:1px solid #444;padding:3px}}
li span{{float:right;color:#888}}
</style>
{head}</head>
<body>
<header><h2>{escape(portal.name)}</h2></header>
<nav>{navigation}</nav>
{main}
<footer>
<p>主办单位：{escape(portal.organiser)} &nbsp; 网站标识码：{portal.site_code}
&nbsp; {link(mistake, "我为政府网站找错", target="_blank")} &nbsp; {link("/", "返回首页")}</p>
<p>{NOTICE}</p>
</footer>
</body>
</html>
"""
