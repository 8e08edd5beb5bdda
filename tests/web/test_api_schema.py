"""The API answers as its description says, whatever it is asked: fuzzed by Schemathesis on a real port."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from reported import GRANTED, YEAR, make
from serving import serving

from archive.search import update
from archive.web.app import create_app

# Values that exist, so that not all answers are refusals.
CONFIGURATION = f"""
[dictionaries]
agencies.values = [1, 2, 3, 4, 5, 6, 7]
years.values = [{YEAR}]
scopes.values = ["organ"]
keys.values = ["{GRANTED}", "grant_rate"]
rules.values = ["T3-01", "T3-02"]
[parameters]
"path.agency_id" = {{ dictionary = "agencies", probability = 0.8 }}
"path.year" = {{ dictionary = "years", probability = 0.8 }}
"path.scope" = {{ dictionary = "scopes", probability = 0.8 }}
"query.year" = {{ dictionary = "years", probability = 0.5 }}
"query.key" = {{ dictionary = "keys", probability = 0.5 }}
"query.finding" = {{ dictionary = "rules", probability = 0.5 }}
"""
SECONDS = 12


def test_every_answer_is_as_described(tmp_path: Path) -> None:
    archive = make(tmp_path).archive
    archive.settings.web.requests_per_minute = 0
    with archive.session() as session:
        update(session, ())
        session.commit()
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)
    with serving(create_app(archive)) as base:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "--no-color", "run"),
                f"{base}/api/v1/openapi.json",
                *("--max-time", str(SECONDS), "--max-examples", "5", "--continue-on-failure"),
                # Words without a letter, or a cursor of nobody, cannot be described as wrong.
                *("--checks", "all", "--exclude-checks", "positive_data_acceptance"),
            ],
            cwd=tmp_path,
            env={"NO_PROXY": "127.0.0.1", "PATH": "", "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    ((generated, passed),) = re.findall(r"(\d+) generated, (\d+) passed", done.stdout)
    assert int(generated) == int(passed) > 60
