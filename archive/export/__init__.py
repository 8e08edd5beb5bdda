"""Bulk export: tables in standard formats with their description, or the documents themselves."""

from archive.export.documents import write_documents
from archive.export.package import write_tables

__all__ = ["write_documents", "write_tables"]
