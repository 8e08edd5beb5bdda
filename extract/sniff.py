"""What bytes are, told by content and never by name, and which characters a text is written in."""

from __future__ import annotations

import codecs
import io
import re
import zipfile

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOC = "application/msword"
OFD = "application/ofd"
ZIP = "application/zip"
RAR = "application/vnd.rar"
SEVEN_ZIP = "application/x-7z-compressed"
RTF = "application/rtf"
HTML = "text/html"
MHTML = "multipart/related"
TEXT = "text/plain"
UNKNOWN = "application/octet-stream"

_ARCHIVES = ((b"Rar!\x1a\x07", RAR), (b"7z\xbc\xaf\x27\x1c", SEVEN_ZIP))
_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
PICTURES = (*dict.fromkeys(kind for _, kind in _IMAGES), "image/webp")
_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|table|div|p|meta|title|span|font|ucapcontent)[\s>/]",
    re.IGNORECASE,
)
_MAIL_HEADERS = re.compile(
    rb"(?:(?!content-type:)[\w-]{2,60}:[^\n]{0,1000}\n(?:[ \t]+\S[^\n]{0,1000}\n){0,20}){0,30}+"
    rb"content-type:[ \t\r\n]*multipart/related\b",
    re.IGNORECASE,
)
"""A message of several parts that belong together: a page with its pictures (RFC 2557)."""
_WORD_PART = re.compile(r"word/document\w*\.xml")
_DIRECTORY_ENTRY = b"PK\x01\x02"
_MOST_ENTRIES = 40_000
"""Entries of an archive; to list more takes the library seconds, and nobody packs a report so."""
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE
)
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{2,40})[\"']")
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def sniff(data: bytes) -> str:
    """The media type of ``data``: one of the constants of this module or an image type."""
    head = data[:1024]
    # Containers first: what they hold may stand in them as it is.
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return DOC
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _inside_zip(data)
    if _MAIL_HEADERS.match(data[:8192].lstrip()):
        return MHTML
    for magic, kind in _ARCHIVES:
        if head.startswith(magic):
            return kind
    if b"%PDF-" in head:
        return PDF
    if head.lstrip().startswith(b"{\\rtf"):
        return RTF
    for magic, kind in _IMAGES:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if _MARKUP.search(data[:65536]) or _MARKUP.search(data[:65536].replace(b"\x00", b"")):
        return HTML
    return TEXT if data and _is_text(data) else UNKNOWN


def decode(data: bytes, content_type: str | None = None) -> tuple[str, str | None]:
    """The text of ``data`` and a doubt about its encoding, if there is one.

    Order: byte order mark, valid UTF-8, the header, the meta tag, GB18030. A header that claims
    UTF-8 over bytes that are not is simply wrong, and common. Nothing is dropped silently: bytes
    that fit no encoding become U+FFFD, and the doubt says so.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _lenient(data, encoding)
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        pass
    for name in _declared(data, content_type):
        try:
            return data.decode(name), None
        except (UnicodeDecodeError, LookupError):
            continue
    return _lenient(data, "gb18030")


def _declared(data: bytes, content_type: str | None) -> list[str]:
    names: list[str] = []
    header = _HEADER_CHARSET.search(content_type or "")
    if header:
        names.append(header[1])
    for pattern in (_META_CHARSET, _XML_ENCODING):
        found = pattern.search(data[:8192])
        if found:
            names.append(found[1].decode("ascii"))
    usable: list[str] = []
    for name in names:
        try:
            codec = codecs.lookup(name).name
        except LookupError:
            continue
        # Pages that say GB2312 use the whole of its successor; Latin-1 fits any bytes and proves nothing.
        codec = "gb18030" if codec in {"gb2312", "gbk"} else codec
        if codec in {"gb18030", "big5", "big5hkscs", "cp950", "hz", "shift_jis", "euc_kr"}:
            usable.append(codec)
    return usable


def _lenient(data: bytes, encoding: str) -> tuple[str, str | None]:
    try:
        return data.decode(encoding), None
    except UnicodeDecodeError:
        text = data.decode(encoding, errors="replace")
        return text, f"Some bytes are not valid {encoding}; the characters there are lost."


def _inside_zip(data: bytes) -> str:
    if data.count(_DIRECTORY_ENTRY) > _MOST_ENTRIES:
        return ZIP
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {name.lower() for name in archive.namelist()[:4096]}
    # Broken directories surface as half a dozen exceptions. The one at the end may be cut off; the
    # first local header still tells.
    except Exception:
        office = b"word/" in data[:4096] or b"[Content_Types].xml" in data[:200]
        return DOCX if office else OFD if data[30:37].lower() == b"ofd.xml" else ZIP
    if "ofd.xml" in names:
        return OFD
    return DOCX if any(map(_WORD_PART.fullmatch, names)) else ZIP


def _is_text(data: bytes) -> bool:
    if any(data.startswith(bom) for bom, _ in _BOMS):
        return True
    sample = data[:65536]
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x0b\x1b" for byte in sample)
    if controls > len(sample) // 200:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            sample.decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(sample) - 4:
                continue
        return True
    return False
