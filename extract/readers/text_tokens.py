"""A second, independent reading of texts: one run of tokens, no rows."""

from __future__ import annotations

import re

from extract.document import Document
from extract.errors import LimitExceeded
from extract.readers.text import MAX_BYTES, ORNAMENT, check_size
from extract.readers.tokens import table_of
from extract.sniff import TEXT, decode

_RULE = re.compile(r"-{3,}")


def read_text_tokens(data: bytes, content_type: str | None = None) -> Document:
    """The tables of a text as unaligned rows, without paragraphs. Raises :class:`LimitExceeded`."""
    if len(data) > MAX_BYTES:
        raise LimitExceeded(f"The text has {len(data)} bytes; at most {MAX_BYTES} are read.")
    text, _ = decode(data, content_type)
    check_size(text)
    fields = (token.strip() for token in re.split(r"[\t\n\r\f]+", ORNAMENT.sub("", text)))
    return Document(TEXT, table_of(f for f in fields if f and not _RULE.fullmatch(f)))
