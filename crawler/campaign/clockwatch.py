"""Whether the clock of the machine jumped: what is dated wrongly would accuse somebody wrongly."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.clock import china_text

TOLERANCE = timedelta(minutes=10)
SETTLE = timedelta(hours=1)
"""So long nothing is visited after a jump, for the clock to be set right by whoever set it wrong."""


def elapsed() -> float:
    """Seconds since the machine was started, sleep included; no setting of the clock changes it."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(slots=True)
class ClockWatch:
    """Compares the clock with the time that passed, from one look to the next."""

    _now: datetime | None = None
    _elapsed: float = 0.0
    _jumped_at: float | None = None
    _sentence: str = ""

    def look(self, now: datetime, passed: float) -> str | None:
        """Why nothing should be visited now; ``passed`` is :func:`elapsed`. None if all is well."""
        if self._now is not None:
            expected = self._now + timedelta(seconds=passed - self._elapsed)
            if abs(now - expected) > TOLERANCE:
                way = "forward" if now > expected else "back"
                self._jumped_at = passed
                self._sentence = (
                    f"the clock jumped {way} from {china_text(expected)} to {china_text(now)}; "
                    "nothing is visited for an hour: see that it is right"
                )
        self._now, self._elapsed = now, passed
        if self._jumped_at is None:
            return None
        if passed - self._jumped_at >= SETTLE.total_seconds():
            self._jumped_at = None
            return None
        return self._sentence
