"""A crawl that is killed at random moments, and the one that goes on, against an undisturbed one.

    python benchmarks/kills.py [--times 20] [--seed 1]

Each time a new archive; the crawl is killed with SIGKILL after a random number of requests, sometimes
twice, then run to its end. What was seen, the verdicts and every stored byte must be as if nothing had
happened.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests" / "crawler")]

from crawling import DAY, Seen, make_archive, sample_register, sightings, verdicts  # noqa: E402

from archive.fixity import verify  # noqa: E402
from archive.folder import Archive  # noqa: E402
from crawler.run import crawl  # noqa: E402
from crawler.sampleweb import SampleWeb  # noqa: E402

_CRAWL = (
    "import sys; from pathlib import Path; from archive.folder import Archive; "
    "from crawler.run import crawl; crawl(Archive.open(Path(sys.argv[1])))"
)

State = tuple[set[Seen], dict[str, tuple[str, str | None]]]


def state_of(archive: Archive) -> State:
    """What an archive says in the end."""
    return sightings(archive), dict(verdicts(archive))


def undisturbed(folder: Path) -> tuple[State, int]:
    """The state after a crawl that nobody disturbs, and its requests."""
    with SampleWeb(clock=DAY) as web:
        _environment(web.proxy_url, 0)
        archive = Archive.open(make_archive(folder, sample_register()).path)
        crawl(archive)
        return state_of(archive), len(web.log)


def killed(folder: Path, moments: list[int]) -> State:
    """The state after a crawl that is killed when the web has answered so many requests, each time anew."""
    with SampleWeb(clock=DAY) as web:
        archive = Archive.open(make_archive(folder, sample_register()).path)
        for moment in moments:
            _environment(web.proxy_url, 0.02)
            before = len(web.log)
            process = subprocess.Popen([sys.executable, "-c", _CRAWL, str(folder)], cwd=REPOSITORY)
            while len(web.log) - before < moment and process.poll() is None:
                time.sleep(0.005)
            process.kill()
            process.wait()
            time.sleep(0.5)
        _environment(web.proxy_url, 0)
        crawl(archive)
    damage = list(verify(archive))
    if damage:
        raise SystemExit(f"the archive is damaged: {damage[0]}")
    return state_of(archive)


def _environment(proxy: str, delay: float) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        os.environ[name] = proxy
    os.environ["GONGKAI_NOW"] = DAY.isoformat()
    settings = {"OFFICIAL_DOMAINS": ".gov.test", "DELAY": str(delay)}
    os.environ.update({f"GONGKAI_CRAWL__{name}": value for name, value in settings.items()})


def main() -> int:
    """Kill, resume, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    different = 0
    with tempfile.TemporaryDirectory(prefix="gongkai-kills-") as folder:
        expected, requests = undisturbed(Path(folder) / "calm")
        for number in range(options.times):
            moments = [chance.randrange(1, requests) for _ in range(1 + number % 4 // 3)]
            same = killed(Path(folder) / f"killed-{number}", moments) == expected
            different += not same
            print(f"killed after {moments}: {'same' if same else 'DIFFERENT'}", flush=True)
    print(f"{options.times - different} of {options.times} ended in the same state")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
