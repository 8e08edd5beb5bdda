"""Write a migration from the difference between the models and the last migration.

``python -m archive.database.migrations.revise "what changes"``
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from archive.database.session import engine
from archive.database.upgrading import upgrade


def main(message: str) -> None:
    """Write the next migration with ``message`` as its title."""
    folder = Path(__file__).parent
    config = Config()
    config.set_main_option("script_location", str(folder))
    with tempfile.TemporaryDirectory() as scratch:
        url = f"sqlite:///{scratch}/empty.sqlite"
        upgrade(url)
        with engine(url).begin() as connection:
            config.attributes["connection"] = connection
            existing = len(list((folder / "versions").glob("[0-9]*.py")))
            command.revision(config, message, autogenerate=True, rev_id=f"{existing + 1:04d}")


if __name__ == "__main__":
    main(sys.argv[1])
