"""Every text of the pages is there in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import archive.web
from archive.web.context import WORDS

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
