"""Readers: bytes of one format in, :class:`~extract.document.Document` out."""
