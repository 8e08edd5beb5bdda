"""A small government web on a local port: real HTTP, a clock, real and plainly invented agencies.

``gongkai demo`` and the tests crawl it. The five townships are real and stand here with the true
figures of their 2024 reports, in our words and files; whoever misbehaves belongs to 示例市, a city
that does not exist.
"""

from pathlib import Path

from crawler.sampleweb.server import PortInUse, SampleWeb, Visit

AGENCIES_CSV = Path(__file__).with_name("agencies.csv")
"""The register of the sample agencies."""

__all__ = ["AGENCIES_CSV", "PortInUse", "SampleWeb", "Visit"]
