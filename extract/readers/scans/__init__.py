"""Scans: pages that are pictures. The grid is found in the picture, words are recognised and dropped into it.

    picture ─► turned straight ─► ruling lines          (lines)
                               └► words with boxes      (recognition)
    both ─► PageMarks ─► the geometry of every paged format (extract.tables) ─► Document   (reader)

Needs the packages of the ``ocr`` extra; :func:`is_available` tells whether they are there.
"""

from extract.readers.scans.availability import EXTRA, is_available

__all__ = ["EXTRA", "is_available"]
