"""A Chinese reader meets no English among the reasons of a doubtful reading."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.doubt_words import in_chinese
from extract.document import Origin
from extract.reading import read

EXTRACT = Path(__file__).parents[2] / "extract"
_ENGLISH = re.compile(r"[A-Za-z]{3,}[ ,][A-Za-z]{2,}")
_WHYS = re.compile(r"(?:is|has|stands|could be|belongs|does not) [a-z]")
_WHY_OF = {"doubt", "lose", "setdefault", "_doubt"}


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (v.value if isinstance(v, ast.Constant) else "7" for v in node.values)
        return "".join(map(str, parts))
    return None


def _strings(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr | ast.JoinedStr)
        for inner in ast.iter_child_nodes(node)
        if isinstance(inner, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and id(node) not in silent and (text := _text(node)):
            yield text


WHYS = sorted(
    {
        text
        for path in [
            *(EXTRACT / "forms").glob("*.py"),
            EXTRACT / "reading.py",
            EXTRACT / "belonging.py",
        ]
        for text in _strings(path)
        if _WHYS.match(text) and "\n" not in text and not text.startswith("is_")
    }
)


@pytest.mark.parametrize("why", WHYS)
def test_each_doubt_about_a_cell_has_its_chinese(why: str) -> None:
    said = in_chinese(f"requests.received_new.total, review.upheld and 3 more cells: {why}.")
    assert said.startswith("“一、本年新收政府信息公开申请数量 / 总计”")
    assert "等5格" in said
    assert "未能确认" not in said.removesuffix("其中有字符未能确认。")
    assert not _ENGLISH.search(said)


def test_there_are_doubts_to_tell() -> None:
    assert len(WHYS) > 15


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "文件是空的"),
        ("<p>通知</p>".encode(), "没有找到年度报告的标题"),
        (b"%PDF-1.4 cut", "重新下载"),
        (b"PK\x03\x04 broken", "重新下载"),
        (b"Rar!\x1a\x07\x00", "压缩包"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
    ],
    ids=["empty", "notice", "pdf", "zip", "rar", "picture"],
)
def test_what_cannot_be_read_is_told_in_chinese(data: bytes, words: str) -> None:
    (reason,) = read(data, Origin()).parse.reasons
    assert words in in_chinese(reason)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            "The number 99 at table 1, row 7, column 2 belongs to no cell of the form.",
            "数字99（第1个表格第7行第2列）不属于规定格式的任何一格。",
        ),
        ("page 3: the text of 2 table cells is not certain", "第3页有2个单元格的文字未能确认。"),
        ("Whatever nobody foresaw.", "未能确切读取。"),
    ],
    ids=["left-over", "page", "unforeseen"],
)
def test_what_a_sentence_names_is_kept(reason: str, said: str) -> None:
    assert in_chinese(reason) == said
