"""Record without end, one or several at once, saying each capture that is stored; the test kills this process.

Arguments: the archive's folder, the number of the run, the part, the seed.
"""

import random
import signal
import sys
from pathlib import Path

from exchanges import page

from archive.captures import Recorder
from archive.folder import Archive

# Where the tests run in the background of a shell, this signal is ignored by their children too.
signal.signal(signal.SIGINT, signal.default_int_handler)
archive = Archive.open(Path(sys.argv[1]))
chance = random.Random(int(sys.argv[4]))
with Recorder(archive, int(sys.argv[2]), int(sys.argv[3])) as recorder:
    for at in range(1_000_000):
        bodies = [
            chance.randbytes(chance.choice([10, 1000, 30_000, 500_000]))
            for _ in range(chance.choice([1, 1, 2, 9]))
        ]
        url = f"http://part{sys.argv[3]}.gov.cn/"
        for number in recorder.record_all([page(body, at=at, url=url) for body in bodies]):
            print(number, flush=True)
