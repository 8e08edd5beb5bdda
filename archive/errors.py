"""The exceptions of the archive, in one tree: what a user can cause or must know, in one line.

``status`` is the exit status of the command line (contract §1).
"""

from __future__ import annotations


class GongkaiError(Exception):
    """Base of all errors whose message is meant for the user."""

    status = 1


class UsageError(GongkaiError):
    """What was asked for cannot be done as asked; the message says what to do instead."""

    status = 2


class JobError(GongkaiError):
    """The job ran and something failed; the message says what, and what became of the rest."""

    status = 1
