"""Read a document: bytes in, :class:`~extract.record.Record` out.

A pure function of the bytes and of what is known about their origin: no database, no network, no
clock. So everything in an archive can be read again whenever reading gets better, and each record
names the version of the extractor that made it.
"""

VERSION = "0.1.0"
"""Version of the extractor. Raise it whenever a record of the same bytes may come out different."""
