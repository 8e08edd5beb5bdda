"""The exceptions of the extractor, in one tree."""


class ExtractionError(Exception):
    """A document could not be read; the message says what is wrong with it, in a sentence.

    ``remedy`` says what whoever wants it read can do, where that is the same for all of a kind.
    """

    remedy = ""


class UnknownFormat(ExtractionError):
    """The bytes are none of the formats that are read."""


class OutdatedFormat(UnknownFormat):
    """A Word document of a version before those that are read."""


class DamagedDocument(ExtractionError):
    """The format is known, the file is cut off or broken."""

    remedy = "Download it again; if it stays so, ask the agency for another copy."


class LimitExceeded(ExtractionError):
    """The document is larger, deeper or slower than is allowed."""


class Locked(ExtractionError):
    """The document needs a password or a key."""

    remedy = "Ask the agency for a copy that is not locked."
