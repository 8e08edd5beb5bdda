"""No spider, platform or middleware lowers what the settings promise to sites."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

import crawler
from archive.settings import CrawlSettings
from crawler import settings as ours

ROOT = Path(crawler.__file__).parent
SOURCES = [
    path
    for path in ROOT.rglob("*.py")
    if "sampleweb" not in path.parts and path != ROOT / "settings.py"
]
PROMISES = re.compile(
    r"ROBOTSTXT_OBEY|CONCURRENT_REQUESTS|DOWNLOAD_(?:DELAY|TIMEOUT|MAXSIZE|HANDLERS|SLOTS)|custom_settings"
    r"|RETRY_|REDIRECT_|TELNET|REMOTE_CONTROL|AUTOTHROTTLE|_ENABLED"
)


def _settings(crawl: CrawlSettings | None = None) -> Settings:
    settings = Settings()
    settings.setmodule(ours, priority="project")
    settings.update(ours.for_archive(crawl or CrawlSettings(), Path("x.log")), priority="cmdline")
    return settings


def test_settings_promise_respect() -> None:
    settings = _settings()
    assert settings.getbool("ROBOTSTXT_OBEY")
    assert settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") == 1
    assert settings.getfloat("DOWNLOAD_DELAY") >= 1
    assert settings.getfloat("DOWNLOAD_DELAY_JITTER") == 0
    assert settings.getint("DOWNLOAD_MAXSIZE") <= 50_000_000
    assert settings.getfloat("DOWNLOAD_TIMEOUT") <= 60
    assert not settings.getbool("TELNETCONSOLE_ENABLED")
    assert not settings.getbool("REMOTE_CONTROL_ENABLED")
    handlers = settings.get_component_dict_with_base("DOWNLOAD_HANDLERS") if hasattr(
        settings, "get_component_dict_with_base"
    ) else {**settings["DOWNLOAD_HANDLERS_BASE"], **settings["DOWNLOAD_HANDLERS"]}  # fmt: skip
    assert {scheme for scheme, handler in handlers.items() if handler} == {"http", "https"}


def test_contact_is_in_the_user_agent_and_cannot_break_the_header() -> None:
    agent = _settings(CrawlSettings(contact="me@example.org\r\nX: y 我"))["USER_AGENT"]
    assert "me@example.org" in agent
    assert agent.isascii()
    assert agent.isprintable()


def test_every_spider_loads_and_sets_nothing_of_its_own() -> None:
    loader = SpiderLoader.from_settings(_settings())
    assert sorted(loader.list()) == ["annual_reports", "one_document"]
    for name in loader.list():
        spider = loader.load(name)
        assert not spider.custom_settings
        for attribute in ("download_delay", "max_concurrent_requests", "handle_httpstatus_list"):
            assert not hasattr(spider, attribute)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_code_sets_what_the_settings_promise(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        targets = node.targets if isinstance(node, ast.Assign) else []
        for target in targets:
            assert not PROMISES.search(ast.unparse(target)), ast.unparse(node)
        if isinstance(node, ast.keyword):
            assert node.arg != "custom_settings"
        if isinstance(node, ast.Dict):
            keys = [k.value for k in node.keys if isinstance(k, ast.Constant)]
            assert not any(PROMISES.search(str(key)) for key in keys), ast.unparse(node)
            # What a request may say for itself that would go round the guards.
            assert not {"dont_retry", "download_slot", "download_delay", "proxy"} & set(keys)
            if "dont_obey_robotstxt" in keys:
                assert path.name == "robots.py"
