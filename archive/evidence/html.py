"""The summary as one HTML page that needs nothing else: no script, no other file, no address that is called."""

from __future__ import annotations

from importlib import resources

from jinja2 import Environment, StrictUndefined

from archive.evidence.claims import Claims
from archive.evidence.summary import Heading, Paragraph, Table, blocks, title


def page(claims: Claims) -> str:
    """The summary of ``claims``. Whatever pages said is text in it and never markup."""
    source = resources.files("archive.evidence").joinpath("summary.html.j2").read_text("utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    kinds = {Heading: "heading", Paragraph: "paragraph", Table: "table"}
    parts = [(kinds[type(block)], block) for block in blocks(claims)]
    return environment.from_string(source).render(title=title(claims), parts=parts) + "\n"
