"""The documentation page of the views, made from their definitions.

``python -m archive.database.views_page > docs/views.md``
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from archive.database.views import VIEWS, View
from extract.forms.dictionary import FIGURE_KEYS, column_name

_CELLS = frozenset(map(column_name, FIGURE_KEYS))


def page() -> str:
    """The page as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Views"
    yield ""
    yield (
        "Made by `python -m archive.database.views_page` from `archive/database/views.py`; do not edit."
    )
    yield ""
    yield (
        "What `gongkai sql` and any other SQL client may rely on, the same on SQLite and PostgreSQL. "
        "Columns are added, never renamed; the tables under the views may change."
    )
    yield ""
    yield (
        "**Latest version.** A report that was replaced has several versions. The latest one is the one "
        "with the highest number: what the agency showed when we last saw the report. `reports`, "
        "`figures_wide`, `figures_long` and `findings` show the latest version only, so every report "
        "counts once; `versions` has them all."
    )
    yield ""
    yield (
        "**Certainty.** Figures of readings that are not `ok` may lack cells: those in doubt are left "
        "out. Where sums matter, add `WHERE parse_status = 'ok' AND document_year = year AND names_agency = 1`, or use "
        "`gongkai series`, which does, and says how many reports a sum covers."
    )
    yield ""
    yield (
        "**Types.** On SQLite times are text such as `2025-02-01T01:00:00Z` and days text such as "
        "`2025-02-01`; on PostgreSQL they have types of their own, which `gongkai sql` prints alike."
    )
    for view in VIEWS:
        yield from _view(view)


def _view(view: View) -> Iterator[str]:
    yield ""
    yield f"## {view.name}"
    yield ""
    yield view.about
    yield ""
    yield "| column | meaning |"
    yield "|---|---|"
    for name, (_, meaning) in view.columns.items():
        if name not in _CELLS:
            yield f"| `{name}` | {meaning} |"
    if set(view.columns) >= _CELLS:
        yield (
            f"| {len(_CELLS)} columns such as `requests_received_new_total` | the cells of the forms: "
            "a key of the [data dictionary](data-dictionary.md) with `_` for `.` |"
        )


if __name__ == "__main__":
    sys.stdout.write(page())
