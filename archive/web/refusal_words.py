"""What the program says where it cannot do or show something, in Chinese.

These sentences are raised deep below the pages, and the API and the command line say them in English; so they
are looked up by what they say. What is not here, or comes from elsewhere, stays English and is marked so.
"""

from __future__ import annotations

import re

_CHINESE = {
    "the register has no such agency": "名录中没有这个机关。",
    "nothing is known of such a report": "没有关于该报告的任何记录。",
    "other evidence is being written at the moment; try again soon": "正在生成其他证据包，请稍后再试。",
    "too many requests from this address, which others may share; ask again in {} s": (
        "来自该地址的请求太多（他人可能与您共用同一地址），请在 {} 秒后再试。"
    ),
    "report: AGENCY/YEAR/SCOPE, as in the address of its page": "report 应为“机关编号/年度/范围”，与报告页面的地址相同。",
    "status: one of {}": "status 只能是：{}。",
    "no document of the archive has this digest": "档案中没有摘要相同的文件。",
    "the index has no capture at this place": "此处没有存档记录。",
    "the archive has no such report": "档案中没有这份报告。",
    "the report has no such version": "该报告没有这一版本。",
    "the document is not read yet": "文件尚未读取。",
    "the archive tells of {} to {}": "档案中有 {} 至 {} 年度的记录。",
    "the form comes from another site": "表单来自其他网站。",
    "the form is too long": "表单内容太长。",
    "sign in first": "请先登录。",
    "the form is not ours, or the session is over; open the page again": "表单已失效或登录已过期，请重新打开页面。",
    "too many attempts; try again later": "尝试次数太多，请稍后再试。",
    "the document has changed since the page was opened; look again and then decide": (
        "页面打开之后文件有了新版本，请重新查看后再判断。"
    ),
    "the form names no finding": "表单没有指明核查发现。",
    "{} has no letter, digit or character to look for": "{} 中没有可供检索的文字。",
    "the document has {} bytes, too many to be shown": "文件有 {} 字节，太大，无法显示。",
    "the stored document cannot be read: {}": "存储的文件无法读取：{}",
    "too many documents are being drawn at the moment; try again soon": "正在绘制的文件太多，请稍后再试。",
    "drawing it took more than {} seconds": "绘制超过 {} 秒。",
    "drawing it takes more memory or time than is allowed": "绘制所需的内存或时间超过限度。",
    "the copy of the document is too long to be shown": "文件的副本太长，无法显示。",
    "the page has {} bytes, too many to be shown": "网页有 {} 字节，太大，无法显示。",
    "the PDF is locked with a password": "该 PDF 设有口令。",
    "the PDF is broken": "该 PDF 已损坏。",
    "page {} of the PDF is broken": "该 PDF 第 {} 页已损坏。",
    "page {} has an impossible size": "第 {} 页的尺寸不可能。",
    "the document has no page {}": "文件没有第 {} 页。",
    "the file has more than {} pictures": "文件中的图片超过 {} 幅。",
    "the document holds no pictures of pages": "文件中没有页面图片。",
    "the picture is too large to be shown": "图片太大，无法显示。",
    "the picture is broken": "图片已损坏。",
    "the page holds too many marks to be drawn": "页面内容太多，无法绘制。",
}
_PATTERNS = [
    (re.compile(re.escape(english).replace(r"\{\}", "(.+)"), re.DOTALL), chinese)
    for english, chinese in _CHINESE.items()
]


def chinese(sentence: str) -> str | None:
    """The Chinese for a sentence of the program; None if it is none of these."""
    for pattern, said in _PATTERNS:
        if match := pattern.fullmatch(sentence):
            return said.format(*match.groups())
    return None
