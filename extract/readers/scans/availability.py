"""Whether text in pictures can be recognised here."""

from __future__ import annotations

import functools
from importlib.util import find_spec

EXTRA = "pip install 'gongkai[ocr]'"
"""What installs the packages."""


@functools.cache
def is_available() -> bool:
    """Whether the packages of the ``ocr`` extra are installed; none of them is imported for it."""
    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime", "cv2"))
