"""Messages: who wants to know is told of runs, and of each verdict that became another, once.

What is to be said is found in the archive's own tables (:mod:`.news`), put into a message for each channel
in one transaction with the note that it was said (:mod:`.outbox`), and sent by the channels
(:mod:`.channels`) until each has taken it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archive import clock
from archive.folder import Archive
from archive.messages import news, outbox
from archive.messages.channels import channels


def begin(archive: Archive) -> None:
    """Remember from when on changes are news; call it before the first work whose changes are to be told."""
    if channels(archive.settings.notify):
        with archive.session() as session:
            outbox.baseline(session)
            session.commit()


def after(archive: Archive, run: dict[str, Any], problems: Sequence[str]) -> list[str]:
    """Tell what is new: ``run`` is the summary of a run (empty: there was none), ``problems`` those of the
    service. Sends what waits as well; returns what could not be sent, a sentence each.
    """
    ways = channels(archive.settings.notify)
    if not ways:
        return []
    with archive.session() as session:
        since = outbox.baseline(session)
        items = [
            *news.of_run(run, archive.settings.notify.runs),
            *news.of_problems(problems, clock.now()),
            *news.of_verdicts(session, since),
        ]
        outbox.put(session, items, list(ways))
        session.commit()
    return outbox.deliver(archive, ways)
