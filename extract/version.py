"""The version of the extractor, named in every record: raised when reading or rules change."""

from typing import Final

EXTRACTOR: Final = "0.1.0"
