"""Undo ``Content-Encoding`` within a limit: a few kilobytes of gzip can hold gigabytes."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import brotli
from backports import zstd

MAX_CODINGS = 4
"""More layers than any server has a reason for."""

_GZIP, _ZLIB, _RAW_DEFLATE = 31, 15, -15


class UndecodableBody(ValueError):
    """The body is not what its ``Content-Encoding`` says, is cut off, or is larger than allowed."""


def decode(body: bytes, codings: Sequence[str], limit: int) -> bytes:
    """``body`` without its content codings, at most ``limit`` bytes of it.

    ``codings`` are the values of ``Content-Encoding`` in the order in which they were applied.
    Raises :class:`UndecodableBody` for an unknown coding, damaged or cut data, or a larger result.
    """
    names = [name.strip().lower() for value in codings for name in value.split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if len(names) > MAX_CODINGS:
        raise UndecodableBody(f"{len(names)} content codings")
    sizes = []
    for name in reversed(names):
        body = _decode_one(body, name, limit)
        sizes.append(len(body))
    # So that the size of the result is limit enough to decode the same body again.
    if sizes and max(sizes) > len(body):
        raise UndecodableBody("a layer that is larger than what it holds")
    return body


def _decode_one(body: bytes, name: str, limit: int) -> bytes:
    try:
        if name in ("gzip", "x-gzip"):
            return _members(body, limit)
        if name == "deflate":
            # RFC 9110 means the zlib format; some servers send the bare stream.
            try:
                return _inflate(body, _ZLIB, limit)[0]
            except zlib.error:
                return _inflate(body, _RAW_DEFLATE, limit)[0]
        if name == "br":
            return _brotli(body, limit)
        if name == "zstd":
            return _zstd(body, limit)
    except (zlib.error, brotli.error, zstd.ZstdError, EOFError) as error:
        raise UndecodableBody(f"damaged {name}: {error}") from None
    raise UndecodableBody(f"unknown content coding {name!r}")


def _inflate(body: bytes, window: int, limit: int) -> tuple[bytes, bytes]:
    """The data of one stream and the bytes after it."""
    inflater = zlib.decompressobj(window)
    data = inflater.decompress(body, limit + 1)
    if len(data) > limit:
        raise UndecodableBody(f"more than {limit} bytes after decoding")
    if not inflater.eof:
        raise UndecodableBody("cut off")
    return data, inflater.unused_data


def _members(body: bytes, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while body:
        data, body = _inflate(body, _GZIP, limit - size)
        parts.append(data)
        size += len(data)
        if not body.startswith(b"\x1f\x8b"):
            break  # what follows the last member is padding, as for every browser
    return b"".join(parts)


def _brotli(body: bytes, limit: int) -> bytes:
    stream = brotli.Decompressor()
    data = bytearray(stream.process(body, output_buffer_limit=limit + 1))
    while not stream.is_finished():
        more = stream.process(b"", output_buffer_limit=limit + 1)
        data += more
        if len(data) > limit:
            raise UndecodableBody(f"more than {limit} bytes after decoding")
        if not more and stream.can_accept_more_data():
            raise UndecodableBody("cut off")
    if len(data) > limit:
        raise UndecodableBody(f"more than {limit} bytes after decoding")
    return bytes(data)


def _zstd(body: bytes, limit: int) -> bytes:
    # RFC 9659 bounds the window of the web's zstd at 8 MB; a larger one only asks for memory.
    stream = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: 23})
    data = stream.decompress(body, max_length=limit + 1)
    if len(data) > limit:
        raise UndecodableBody(f"more than {limit} bytes after decoding")
    if not stream.eof:
        raise UndecodableBody("cut off")
    return data
