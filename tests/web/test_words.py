"""Every text of the pages is there in both languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import archive.web
from archive.web import refusal_words
from archive.web.context import WORDS

REFUSING = {
    "HTTPException",
    "Refused",
    "Gone",
    "Busy",
    "Locked",
    "DamagedDocument",
    "LimitExceeded",
}
TEMPLATES = Path(archive.web.__path__[0]) / "templates"


def test_every_text_of_a_template_is_in_the_catalogue() -> None:
    asked = {
        key
        for path in TEMPLATES.glob("*.html")
        for key in re.findall(
            r"""\bt\(["']([a-z0-9_.]+[a-z0-9])["'][,)]""", path.read_text("utf-8")
        )
    }
    assert len(asked) > 80
    assert asked <= set(WORDS)


def test_both_languages_take_the_same_values() -> None:
    for key, pair in WORDS.items():
        fields = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in pair]
        assert fields[0] == fields[1], key
        assert all(text.strip() for text in pair), key


def test_every_word_is_used() -> None:
    folder = Path(archive.web.__path__[0])
    files = [path for path in folder.rglob("*.py") if not path.name.endswith("_words.py")]
    text = "".join(path.read_text("utf-8") for path in (*files, *TEMPLATES.glob("*.html")))
    # Some are put together: "status." ~ status.
    begun = set(re.findall(r"""["']([a-z0-9_.]+\.)["'] ~|f["']([a-z0-9_.]+\.)\{""", text))
    starts = tuple(one for pair in begun for one in pair if one)
    assert [key for key in WORDS if key not in text and not key.startswith(starts)] == []


def test_what_a_page_refuses_is_said_in_chinese_too() -> None:
    folder = Path(archive.web.__path__[0])
    said = {
        sentence
        for path in (*folder.glob("*.py"), *folder.joinpath("documents").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in REFUSING
        for sentence in filter(None, map(_sentence, node.args))
    }
    assert len(said) > 25
    assert [one for one in said if not refusal_words.chinese(one)] == []
    assert (
        refusal_words.chinese("the archive tells of 2020 to 2024")
        == "档案中有 2020 至 2024 年度的记录。"
    )
    assert refusal_words.chinese("somebody else's sentence") is None


def _sentence(node: ast.expr) -> str | None:
    """What stands in a string, with a number for each inserted value."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values
        )
    return None
