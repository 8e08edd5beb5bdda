"""Reviewing in the browser: only who may, only from our forms, and kept as the command line keeps it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import html
from reported import GRANTED, UNEVEN, Reported, make
from serving import serving
from sqlalchemy import select

from archive import clock
from archive.database.models import Agency, AgencyProposal
from archive.settings import SettingsError, WebSettings, load
from archive.web.app import create_app
from archive.web.reviewers import COOKIE, Reviewers, from_here

PASSWORD = "korrekt & streng"
PERSON = "王校对"


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    return make(tmp_path_factory.mktemp("reported"))


Serve = Callable[..., httpx.Client]


@pytest.fixture
def serve(reported: Reported) -> Iterator[Serve]:
    """Serve the archive with these settings of ``[web]``."""
    with ExitStack() as stack:

        def start(**settings: Any) -> httpx.Client:
            reported.archive.settings.web = WebSettings(**settings)
            app = create_app(reported.archive)
            stack.callback(app.state.showing.confined.close)
            base = stack.enter_context(serving(app))
            return stack.enter_context(httpx.Client(base_url=base, trust_env=False))

        yield start
    reported.archive.settings.web = WebSettings()


def _signed_in(client: httpx.Client) -> httpx.Client:
    answer = client.post("/review/sign-in", data={"name": PERSON, "password": PASSWORD})
    assert answer.status_code == 303
    return client


def _form(client: httpx.Client, address: str, where: str) -> dict[str, str]:
    """The hidden fields of a form of a page."""
    page = html.document_fromstring(client.get(address).text)
    form = page.xpath(where)[0]
    return {
        field.get("name"): field.get("value") for field in form.xpath(".//input[@type='hidden']")
    }


def _correction(**changes: str) -> dict[str, str]:
    return {"key": GRANTED, "value": "5", "reason": "附件为 5"} | changes


def _people(reported: Reported) -> list[dict[str, Any]]:
    path = reported.archive.path / "people.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_without_a_password_the_pages_only_show(serve: Serve, reported: Reported) -> None:
    client = serve()
    page = client.get("/review")
    assert page.status_code == 200
    assert "<form" not in page.text.partition("<main")[2]
    assert client.get("/review/sign-in").status_code == 404
    address = reported.address(UNEVEN)
    for path in (
        "/review/sign-in",
        "/review/proposals",
        "/review/entries/c1/undo",
        f"{address}/corrections",
        f"{address}/verdicts",
    ):
        assert client.post(path, data=_correction()).status_code == 404
    assert "corrections" not in client.get(address).text


def test_nothing_is_changed_by_who_is_not_known_or_not_from_our_form(
    serve: Serve, reported: Reported
) -> None:
    client = serve(password=PASSWORD)
    with httpx.Client(base_url=client.base_url, trust_env=False) as stranger:
        _nobody_else_may(client, stranger, reported)


def _nobody_else_may(client: httpx.Client, other: httpx.Client, reported: Reported) -> None:
    address = reported.address(UNEVEN)
    before = len(_people(reported))
    fields = _correction(sha256=reported.sha256(UNEVEN))
    assert client.post(f"{address}/corrections", data=fields).status_code == 403
    _signed_in(client)
    for attempt in ({}, {"token": ""}, {"token": "0" * 64}):
        assert client.post(f"{address}/corrections", data=fields | attempt).status_code == 403
    token = _form(client, address, "//form[@id='correct']")["token"]
    for headers in (
        {"origin": "http://evil.test"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ):
        answer = client.post(
            f"{address}/corrections", data=fields | {"token": token}, headers=headers
        )
        assert answer.status_code == 403
    assert other.post(f"{address}/corrections", data=fields | {"token": token}).status_code == 403
    cookie = client.cookies[COOKIE]
    body, _, signature = cookie.partition(".")
    for forged in (f"{body}.{'0' * 64}", f"x{body}.{signature}", "", "..", "é"):
        headers = {"cookie": f"{COOKIE}={forged}".encode()}
        answer = other.post(
            f"{address}/corrections", data=fields | {"token": token}, headers=headers
        )
        assert answer.status_code == 403
    assert len(_people(reported)) == before


def test_a_correction_is_kept_with_who_when_and_why_and_can_be_undone(
    serve: Serve, reported: Reported
) -> None:
    client = _signed_in(serve(password=PASSWORD))
    address = reported.address(UNEVEN)
    hidden = _form(client, address, "//form[@id='correct']")
    answer = client.post(f"{address}/corrections", data=_correction(**hidden))
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{address}#f-{GRANTED}"
    kept = _people(reported)[-1]
    assert (kept["entry"], kept["person"], kept["reason"]) == ("correction", PERSON, "附件为 5")
    page = html.document_fromstring(client.get(address).text)
    (figure,) = page.xpath("//a[@id=$id]", id=f"f-{GRANTED}")
    assert figure.text_content() == "5"
    assert figure.get("data-printed") == "6"
    assert "is-corrected" in figure.getparent().get("class")
    # A finding rests on what is printed, whatever a person said of it since.
    operands = page.xpath("//a[contains(@class, 'operand')][@href=$to]", to=f"#f-{GRANTED}")
    assert operands
    assert all("6)" in operand.text_content() for operand in operands)
    undone = client.post(f"/review/entries/c{kept['id']}/undo", data=hidden)
    assert undone.status_code == 303
    assert (_people(reported)[-1]["entry"], _people(reported)[-1]["person"]) == ("undo", PERSON)


def test_a_verdict_is_on_one_finding(serve: Serve, reported: Reported) -> None:
    client = _signed_in(serve(password=PASSWORD))
    address = reported.address(UNEVEN)
    hidden = _form(client, address, "//li[contains(@class, 'severity-error')]//form")
    fields = hidden | {"verdict": "dismissed", "reason": "附件另有说明"}
    assert client.post(f"{address}/verdicts", data=fields).status_code == 303
    kept = _people(reported)[-1]
    assert [kept["rule"], kept["cells"]] == json.loads(hidden["finding"])
    assert kept["person"] == PERSON
    page = html.document_fromstring(client.get(address).text)
    assert len(page.xpath("//li[contains(@class, 'judged-dismissed')]")) == 1
    client.post(f"/review/entries/v{kept['id']}/undo", data=hidden)


def test_what_cannot_be_done_is_said(serve: Serve, reported: Reported) -> None:
    client = _signed_in(serve(password=PASSWORD))
    address = reported.address(UNEVEN)
    hidden = _form(client, address, "//form[@id='correct']")
    for status, changes in (
        (422, {"value": "many"}),
        (422, {"key": "no.such.cell"}),
        (422, {"reason": " "}),
        (422, {"reason": "x" * 5000}),
        (409, {"sha256": "0" * 64}),
        (422, {"sha256": "../../etc"}),
    ):
        answer = client.post(f"{address}/corrections", data=_correction(**(hidden | changes)))
        assert answer.status_code == status, changes
        assert "Traceback" not in answer.text
    large = client.post(f"{address}/corrections", data=_correction(**hidden, more="x" * 200_000))
    assert large.status_code == 413
    for finding in ("", "{}", "[1,2]", '["T3-01"]', "[" * 5000):
        fields = hidden | {"verdict": "confirmed", "reason": "r", "finding": finding}
        assert client.post(f"{address}/verdicts", data=fields).status_code == 422


def test_proposals_are_accepted_and_rejected(serve: Serve, reported: Reported) -> None:
    with reported.archive.session() as session:
        for name in ("示例市<i>新</i>局", "示例市旧局"):
            session.add(
                AgencyProposal(
                    what="agency", name=name, kind="local_dept", division_code="", reason="seen",
                    proposed_at=clock.now(),
                )
            )  # fmt: skip
        session.commit()
        numbers = list(session.scalars(select(AgencyProposal.id).order_by(AgencyProposal.id)))
    client = _signed_in(serve(password=PASSWORD))
    page = client.get("/review")
    assert "<i>新" not in page.text
    hidden = _form(client, "/review", "//form[@action='/review/proposals']")
    for number, decision in zip(numbers, ("accept", "reject"), strict=True):
        fields = hidden | {"number": str(number), "decision": decision}
        assert client.post("/review/proposals", data=fields).status_code == 303
    fields = hidden | {"number": str(numbers[0]), "decision": "accept"}
    assert client.post("/review/proposals", data=fields).status_code == 422
    with reported.archive.reader() as session:
        assert session.scalar(select(Agency).filter_by(name="示例市<i>新</i>局")) is not None
        assert session.scalar(select(Agency).filter_by(name="示例市旧局")) is None
        decided = {p.name: (p.state, p.decided_by) for p in session.scalars(select(AgencyProposal))}
    assert decided["示例市旧局"] == ("rejected", PERSON)
    told = [entry for entry in _people(reported) if entry["entry"].startswith("agency")]
    assert any(entry.get("name") == "示例市<i>新</i>局" for entry in told)


def test_the_password_cannot_be_guessed_quickly(serve: Serve) -> None:
    client = serve(password=PASSWORD)
    answers = [
        client.post("/review/sign-in", data={"name": "x", "password": f"guess {n}"}).status_code
        for n in range(8)
    ]
    assert answers[0] == 403
    assert answers[-1] == 429
    right = client.post("/review/sign-in", data={"name": "x", "password": PASSWORD})
    assert right.status_code == 429


def test_the_cookie_is_for_us_alone(serve: Serve) -> None:
    client = serve(password=PASSWORD)
    answer = client.post("/review/sign-in", data={"name": PERSON, "password": PASSWORD})
    flags = answer.headers["set-cookie"].lower()
    assert "httponly" in flags
    assert "samesite=strict" in flags
    assert PASSWORD not in flags


def test_single_sign_on_is_believed_from_its_proxy_only() -> None:
    reviewers = Reviewers(WebSettings(user_header="X-Remote-User", trusted_proxies=["10.0.0.1"]))
    headers = {"x-remote-user": "王".encode().decode("latin-1")}
    person = reviewers.person(headers, {}, "10.0.0.1")
    assert person is not None
    assert person.name == "王"
    assert reviewers.genuine(person, person.token)
    for client in ("10.0.0.2", "127.0.0.1", None):
        assert reviewers.person(headers, {}, client) is None
    assert reviewers.person({"x-remote-user": ""}, {}, "10.0.0.1") is None
    assert reviewers.person({"x-remote-user": "a\x1b[31m"}, {}, "10.0.0.1") is None


def test_a_session_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    reviewers = Reviewers(WebSettings(password=PASSWORD))
    cookie = reviewers.sign_in(PERSON, PASSWORD)
    assert cookie is not None
    assert reviewers.person({}, {COOKIE: cookie}, None) is not None
    assert Reviewers(WebSettings(password=PASSWORD)).person({}, {COOKIE: cookie}, None) is None
    monkeypatch.setattr("archive.web.reviewers.time.time", lambda: 1e12)
    assert reviewers.person({}, {COOKIE: cookie}, None) is None


def test_without_a_password_nobody_signs_in_with_an_empty_one() -> None:
    assert Reviewers(WebSettings()).sign_in(PERSON, "") is None


def test_a_password_that_is_too_short_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gongkai.toml").write_text('[web]\npassword = "short"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"web\.password"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({}, True),
        ({"origin": "http://a.test", "host": "a.test"}, True),
        ({"origin": "http://a.test:81", "host": "a.test"}, False),
        ({"origin": "null", "host": "a.test"}, False),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
    ],
)
def test_forms_from_elsewhere_are_told(headers: dict[str, str], ours: bool) -> None:
    assert from_here(headers) is ours
