"""Progress on a terminal: one bar for a long job, on stderr, and nothing in a pipe."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class Bar:
    """A bar that is told how far the job is."""

    def __init__(self, shown: Progress, title: str) -> None:
        self._shown = shown
        self._task = shown.add_task(title, total=None, note="")

    def update(self, done: int, total: int, note: str = "") -> None:
        """``done`` of ``total``, and what is worth a glance."""
        self._shown.update(self._task, completed=done, total=total or 1, note=note)


@contextlib.contextmanager
def bar(title: str) -> Iterator[Bar]:
    """Show a bar with ``title`` while the block runs."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}", style="dim"),
    )
    with Progress(*columns, console=console, disable=not sys.stderr.isatty()) as shown:
        yield Bar(shown, title)
