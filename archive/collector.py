"""How often Python looks for garbage in the processes of Gongkai.

Rows by the hundred thousand live and die by their reference counts. By default Python looks through them after
every 700 new objects, which took a third of the processor time of an audit of the country; looked for less
often, it took no more memory.
"""

from __future__ import annotations

import gc


def look_seldom() -> None:
    """Let the garbage collector of this process run after more new objects; call it once, at the beginning."""
    gc.set_threshold(50_000, 10, 10)
