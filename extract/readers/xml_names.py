"""Names in the XML of office documents, whatever the namespace they were written in."""

from __future__ import annotations

from lxml import etree


def local_name(element: etree._Element | None) -> str:
    """The name of an element without its namespace; empty for none, a comment and an instruction."""
    tag = element.tag if element is not None else None
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: etree._Element, name: str) -> str | None:
    """The value of the attribute of that name in any namespace."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None
