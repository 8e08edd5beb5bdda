"""The words of the page of an agency: Chinese, English."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "agency.compare": ("与其他机关比较", "Compare with other agencies"),
}
