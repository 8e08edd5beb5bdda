"""The exceptions of the archive, in one tree: what a user can cause or must know, in one line.

``status`` is the exit status of the command line (contract §1).
"""

from __future__ import annotations

import errno


class GongkaiError(Exception):
    """Base of all errors whose message is meant for the user."""

    status = 1


class UsageError(GongkaiError):
    """What was asked for cannot be done as asked; the message says what to do instead."""

    status = 2


_OF_THE_MACHINE = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.EIO,
    errno.EMFILE,
    errno.ENFILE,
}


def of_the_machine(error: Exception) -> str | None:
    """What a full, read-only or broken disk or a lost database did, in one line.

    None for any other exception: that is a defect of the program, and its traceback is needed.
    """
    if isinstance(error, OSError) and error.errno in _OF_THE_MACHINE:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}; what was said to be stored is stored"
    # SQLAlchemy keeps what the driver raised; both drivers have a class of this name for what is no
    # fault of the statement.
    cause = getattr(error, "orig", None) or error
    if "OperationalError" in {kind.__name__ for kind in type(cause).__mro__}:
        said = (str(cause).strip() or "it does not answer").splitlines()[0]
        return f"the database cannot be used: {said}; what was said to be stored is stored"
    return None


class JobError(GongkaiError):
    """The job ran and something failed; the message says what, and what became of the rest."""

    status = 1
