"""Which release of Gongkai this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def release() -> str:
    """The version of the installed package, ``0`` where it runs without being installed."""
    try:
        return version("gongkai")
    except PackageNotFoundError:
        return "0"
