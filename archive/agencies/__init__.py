"""The register of agencies that owe a report: fill it, list it, find in it, match names with it."""

from archive.agencies.csvfile import ImportReport, RegisterError, import_csv
from archive.agencies.listing import as_row, find, listing, within
from archive.agencies.matching import Match, Register
from archive.agencies.seeding import seed

__all__ = [
    "ImportReport",
    "Match",
    "Register",
    "RegisterError",
    "as_row",
    "find",
    "import_csv",
    "listing",
    "seed",
    "within",
]
