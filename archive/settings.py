"""The settings of an archive: ``gongkai.toml``, overridden by ``GONGKAI_…`` environment variables.

Every setting is described here, once: the commented file that ``gongkai init`` writes and
``gongkai.example.toml`` are made from these descriptions by :func:`render`.
"""

from __future__ import annotations

import json
import os
import textwrap
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from archive.errors import UsageError

FILE_NAME = "gongkai.toml"

_SHORTEST_PASSWORD = 10


class SettingsError(UsageError):
    """A setting that cannot be used; the message names it and says what is expected."""


class CrawlSettings(BaseModel):
    """``[crawl]``: how to visit sites."""

    model_config = ConfigDict(extra="forbid")

    contact: str = Field(
        default="",
        description="Who runs this crawler: an e-mail address or page that is sent with every "
        "request, so that a site's operator can reach you. Set it before you crawl real sites.",
    )
    official_domains: Annotated[list[str], NoDecode] = Field(
        [".gov.cn"],
        description="Only hosts that end in one of these are visited, and only they count as "
        "places of publication. Add the hosts of vertical systems that publish elsewhere.",
    )
    delay: float = Field(
        1.0, ge=0, le=600, description="Seconds between two requests to the same host."
    )
    timeout: float = Field(
        60.0, gt=0, le=3600, description="Seconds a response may take, from request to last byte."
    )
    max_bytes: int = Field(
        50_000_000, ge=10_000, description="Larger responses are cut off and count as failed."
    )
    max_requests_per_place: int = Field(
        400, ge=1, description="Requests one visit of a place may make; more ends it as partial."
    )
    retries: int = Field(
        2, ge=0, le=10, description="How often a request is tried again after a failure."
    )
    processes: int = Field(
        2,
        ge=1,
        le=64,
        description="Crawling processes side by side. A host belongs to one process only.",
    )
    private_addresses: bool = Field(
        False,
        description="Allow addresses of private networks, for a site on your intranet. Otherwise "
        "a name that resolves to one is refused, because a page could send us there.",
    )
    browser: bool = Field(
        False,
        description="Show lists that only scripts fill in Chromium; it makes its requests through the "
        "crawler, with the same care. Needs the extra gongkai[browser].",
    )
    browser_path: str = Field(
        "",
        description="The program of Chromium, such as /usr/bin/chromium. Empty: the one that "
        "Playwright installed.",
    )

    @field_validator("official_domains", mode="before")
    @classmethod
    def _split_domains(cls, value: Any) -> Any:
        return _split(value)

    @field_validator("official_domains")
    @classmethod
    def _check_domains(cls, value: list[str]) -> list[str]:
        domains = [domain.strip().lower() for domain in value]
        if not domains or any(not domain.strip(".") for domain in domains):
            raise ValueError('name at least one domain, such as [".gov.cn"]')
        return domains


class ExtractSettings(BaseModel):
    """``[extract]``: how to read documents."""

    model_config = ConfigDict(extra="forbid")

    processes: int = Field(2, ge=1, le=256, description="Documents read side by side.")
    memory_mb: int = Field(
        3000, ge=500, description="Megabytes of address space one reading process may use."
    )
    seconds: float = Field(
        60.0, gt=0, description="Seconds one document may take before it counts as failed."
    )
    recognise: bool = Field(
        True,
        description="Recognise the characters of scans where the ocr extra is installed: about 10 "
        "seconds a page, read twice.",
    )


class AuditSettings(BaseModel):
    """``[audit]``: how reports are judged."""

    model_config = ConfigDict(extra="forbid")

    local_rules: str = Field(
        "",
        description="A CSV file, relative to this folder, with due dates that places set for their own "
        "bodies; docs/evidence.md tells its columns. Statutory dates stay what they are.",
    )


class QuerySettings(BaseModel):
    """``[query]``: what ``gongkai sql`` may do."""

    model_config = ConfigDict(extra="forbid")

    seconds: float = Field(
        30.0, gt=0, le=86_400, description="Seconds one SQL query may keep the database at work."
    )


class StoreSettings(BaseModel):
    """``[store]``: where finished WARC files are kept."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(
        "",
        description="Where finished WARC files go, such as s3://bucket/prefix (needs the extra "
        "gongkai[s3]). Empty: they stay in the folder warc. Credentials are taken from the environment "
        "(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, …), never from here.",
    )
    endpoint: str = Field(
        "",
        description="Address of the service, where it is not Amazon's: https://minio.example.org.",
    )

    @field_validator("url")
    @classmethod
    def _check_url(cls, value: str) -> str:
        if value and "://" not in value:
            raise ValueError("write an address such as s3://bucket/prefix")
        if "@" in value.partition("://")[2].partition("/")[0]:
            raise ValueError("credentials belong into the environment, not into the address")
        return value


class WebSettings(BaseModel):
    """``[web]``: what ``gongkai serve`` shows and who may change what."""

    model_config = ConfigDict(extra="forbid")

    password: str = Field(
        "",
        repr=False,
        description="Who knows it may correct figures, judge findings and decide proposals in the "
        "browser. Empty: the pages only show. Better given as GONGKAI_WEB__PASSWORD than written here.",
    )
    user_header: str = Field(
        "",
        pattern=r"^[A-Za-z0-9-]*$",
        description="The header in which a proxy with single sign-on names the person, such as "
        "X-Remote-User. Who is named may do what the password allows. The proxy must remove the header "
        "from what browsers send.",
    )
    trusted_proxies: Annotated[list[str], NoDecode] = Field(
        ["127.0.0.1", "::1"],
        description="Addresses of the proxies whose user_header is believed, and that tell in "
        "X-Forwarded-For which client asks.",
    )
    processes: int = Field(
        2,
        ge=1,
        le=64,
        description="Processes that answer side by side. Each counts requests_per_minute for itself.",
    )
    requests_per_minute: int = Field(
        600,
        ge=0,
        description="Requests a minute that one address may make of each costly sort, such as searches "
        "and comparisons. A whole office may stand behind one address: these are 30 people of whom each "
        "asks every three seconds. Audits and series of the API count for five, a whole list and an "
        "evidence folder for fifty, and of pictures of pages there may be twice as many. 0: no limit.",
    )
    cache_mb: int = Field(
        500,
        ge=10,
        description="Megabytes of pictures of pages that are kept in the folder cache, which may be "
        "deleted at any time.",
    )

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split_proxies(cls, value: Any) -> Any:
        return _split(value)

    @field_validator("password")
    @classmethod
    def _check_password(cls, value: str) -> str:
        if value and len(value) < _SHORTEST_PASSWORD:
            raise ValueError(f"a password has {_SHORTEST_PASSWORD} characters or more")
        return value


class ScheduleSettings(BaseModel):
    """``[schedule]``: the yearly campaign of ``gongkai schedule run``."""

    model_config = ConfigDict(extra="forbid")

    first_day: str = Field(
        "01-05",
        pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$",
        description="The day of the year (month-day) on which the campaign for the year before begins.",
    )
    open_hours: float = Field(
        24.0,
        ge=1,
        description="Hours between two visits of a place that still owes reports, before the last days.",
    )
    dense_hours: float = Field(
        12.0, ge=1, description="The same from three days before a due day is over until it is."
    )
    quiet_days: float = Field(
        30.0, ge=1, description="Days between two visits of a place that owes nothing at present."
    )
    tick_seconds: int = Field(
        60, ge=1, le=3600, description="Seconds after which the service looks again what is due."
    )
    crawl_hours: float = Field(
        12.0,
        gt=0,
        description="Hours one crawl may take; it is ended then, and what it left is visited again.",
    )
    extract_hours: float = Field(12.0, gt=0, description="Hours one extraction may take.")
    min_free_mb: int = Field(
        1000,
        ge=0,
        description="Megabytes that must be free on the disk of the archive for a crawl to begin.",
    )
    health_port: int = Field(
        0,
        ge=0,
        le=65535,
        description="The port on which http://127.0.0.1:PORT/healthz tells how the service is; 0 for "
        "none. The file schedule.json in the archive tells the same.",
    )


class NotifySettings(BaseModel):
    """``[notify]``: who is told of runs and of changed statuses."""

    model_config = ConfigDict(extra="forbid")

    runs: Literal["all", "failed", "none"] = Field(
        "failed", description="Which runs are told of: all, failed or none."
    )
    email_to: Annotated[list[str], NoDecode] = Field(
        [], description="Addresses that get messages by e-mail. Empty: no e-mail."
    )
    email_from: str = Field("", description="The sender of the e-mails.")
    smtp_host: str = Field("localhost", description="The mail server.")
    smtp_port: int = Field(
        25, ge=1, le=65535, description="Its port: 25, 465 (tls), 587 (starttls)."
    )
    smtp_security: Literal["none", "starttls", "tls"] = Field(
        "none", description="How the connection is protected: none, starttls or tls."
    )
    smtp_user: str = Field("", description="The account at the mail server, if it wants one.")
    smtp_password: str = Field(
        "",
        repr=False,
        description="Its password. Better given as GONGKAI_NOTIFY__SMTP_PASSWORD than written here.",
    )
    webhook: str = Field(
        "", description="An http(s) address that gets each message as JSON by POST. Empty: none."
    )
    webhook_secret: str = Field(
        "",
        repr=False,
        description="With it, each POST is signed: the header X-Gongkai-Signature has the HMAC-SHA256 "
        "of the body in hexadecimal digits.",
    )
    webhook_private: bool = Field(
        False, description="Allow a webhook on a private address, such as one on your intranet."
    )
    apprise: Annotated[list[str], NoDecode] = Field(
        [],
        repr=False,
        description="Addresses of services in the notation of the apprise library, such as "
        "dingtalk://…, feishu://…, wecombot://…, slack://…; needs the extra gongkai[notify].",
    )

    @field_validator("email_to", "apprise", mode="before")
    @classmethod
    def _split_lists(cls, value: Any) -> Any:
        return _split(value)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.email_to and not self.email_from:
            raise ValueError("email_to needs email_from, the sender of the e-mails")
        if self.webhook and not self.webhook.startswith(("http://", "https://")):
            raise ValueError("webhook is an address that begins with http:// or https://")
        return self


class Settings(BaseSettings):
    """All settings of an archive."""

    model_config = SettingsConfigDict(
        env_prefix="GONGKAI_", env_nested_delimiter="__", extra="forbid"
    )

    database: str = Field(
        "",
        description="Where the index is kept. Empty: the SQLite file gongkai.sqlite in this "
        'folder. PostgreSQL: "postgresql+psycopg://user:password@host/name" '
        "(needs the extra gongkai[postgresql]).",
    )
    crawl: CrawlSettings = Field(default_factory=CrawlSettings)
    extract: ExtractSettings = Field(default_factory=ExtractSettings)
    audit: AuditSettings = Field(default_factory=AuditSettings)
    query: QuerySettings = Field(default_factory=QuerySettings)
    store: StoreSettings = Field(default_factory=StoreSettings)
    web: WebSettings = Field(default_factory=WebSettings)
    schedule: ScheduleSettings = Field(default_factory=ScheduleSettings)
    notify: NotifySettings = Field(default_factory=NotifySettings)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment before file; the file arrives as keyword arguments of :func:`load`."""
        return env_settings, init_settings


def load(folder: Path) -> Settings:
    """Read ``gongkai.toml`` of an archive folder and the environment.

    Raises :class:`SettingsError` with one line that names the setting at fault.
    """
    path = folder / FILE_NAME
    try:
        values = TomlConfigSettingsSource(Settings, path)() if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from None
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        what = "is not a setting" if first["type"] == "extra_forbidden" else first["msg"]
        variable = f"GONGKAI_{'__'.join(map(str, first['loc'])).upper()}"
        where = f"the environment, {variable}" if variable in os.environ else path
        raise SettingsError(f"{where}: {name}: {what[:1].lower()}{what[1:]}") from None


def render(**values: Any) -> str:
    """The commented settings file; ``values`` replace defaults at the top level (``database``)."""
    lines = [
        "# Settings of a Gongkai archive. Each line shows the default; remove the # to change it."
    ]
    lines += ["# Every setting can also be given in the environment: GONGKAI_CRAWL__DELAY=2", ""]
    tables: list[tuple[str, type[BaseModel]]] = []
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            tables.append((name, field.annotation))
            continue
        lines += _describe(field.description or "")
        mark = "" if values.get(name) else "# "
        lines += [f"{mark}{name} = {json.dumps(values.get(name) or field.default)}", ""]
    for name, model in tables:
        lines += [f"[{name}]", ""]
        for key, field in model.model_fields.items():
            lines += _describe(field.description or "")
            lines += [f"# {key} = {json.dumps(field.default, ensure_ascii=False)}", ""]
    return "\n".join(lines).rstrip() + "\n"


def _split(value: Any) -> Any:
    """A list as the environment gives it: JSON, or words with commas between them."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return json.loads(value)
    return [part.strip() for part in value.split(",") if part.strip()]


def _describe(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, 92)]
