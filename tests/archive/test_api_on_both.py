"""The JSON API on both databases: cursors follow the order that the database has."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest
from serving import serving

from archive.database.models import Agency, Run
from archive.folder import Archive
from archive.web.app import create_app

# Databases order letters, signs and Chinese each in their own way.
NAMES = ("乙局", "一局", "阿局", "a局", "A局", "é局", "_局", "（筹）局", "1局", "10局", "局", "'局")


@pytest.mark.parametrize(
    "address", ["/agencies", "/audit?year=2024", "/audit?year=2024&status=unknown"]
)
def test_a_cursor_loses_nobody(on_both: Archive, address: str) -> None:
    with on_both.session() as session:
        session.add_all(
            Agency(name=name, division_code=code, kind="local_dept", origin="test")
            for name in NAMES
            for code in ("", "32", "3208")
        )
        # Who crawled in 2025 asked for the reports for 2024.
        session.add(
            Run(command="crawl", state="finished", started_at=datetime(2025, 4, 1, tzinfo=UTC))
        )
        session.commit()
    on_both.settings.web.requests_per_minute = 0
    with (
        serving(create_app(on_both)) as base,
        httpx.Client(base_url=f"{base}/api/v1", trust_env=False) as client,
    ):
        whole = client.get(httpx.URL(address).copy_add_param("limit", "500"))
        assert whole.status_code == 200, whole.text
        seen = []
        following: httpx.URL | None = httpx.URL(address).copy_add_param("limit", "5")
        while following is not None:
            answer = client.get(following)
            seen += answer.json()["items"]
            link = answer.links.get("next")
            following = httpx.URL(f"{base}{link['url']}") if link else None
        assert seen == whole.json()["items"]
        assert len(seen) == 3 * len(NAMES)
        lines = client.get(httpx.URL(address).copy_add_param("format", "jsonl"))
        assert len(lines.text.splitlines()) == len(seen)
        names = client.get("/agencies", params={"name": "_"}).json()["items"]
        assert {one["name"] for one in names} == {"_局"}
    on_both.close()
