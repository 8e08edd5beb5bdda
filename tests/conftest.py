"""What tests of the whole product share."""

from __future__ import annotations

from pathlib import Path

import pytest
from commandline import ROOT, Gongkai, runner
from hypothesis import settings

# Speed is measured in benchmarks/; on a busy machine any test may be slow.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def samples() -> Path:
    """The folder of real reports, which is beside the project and not a part of it."""
    folder = ROOT.parent / "shared" / "samples"
    if not folder.is_dir():
        pytest.skip("the real reports are not here")
    return folder


@pytest.fixture
def gongkai(tmp_path: Path) -> Gongkai:
    """Run ``gongkai`` with an archive in ``tmp_path``; ``web`` and ``now`` set the world it sees."""
    return runner(tmp_path / "archive")
