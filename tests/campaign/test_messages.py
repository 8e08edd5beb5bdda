"""Messages: to a real mail server and a real web server on this machine, each thing once."""

from __future__ import annotations

import hashlib
import hmac
import json
import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from archive import messages
from archive.audit import reasons
from archive.database.messages import Message
from archive.database.models import Agency, Place, Run, Visit
from archive.database.status_history import StatusChange
from archive.folder import Archive
from archive.settings import SettingsError, load
from crawler.sampleweb.plan import moment

NOW = moment("2025-02-01 01:00")
REASON = reasons.appeared_late(moment("2025-02-01 00:30"), moment("2025-02-18 09:00"))


class MailServer(socketserver.ThreadingTCPServer):
    """As much of RFC 5321 as a client needs; ``answer`` is what it says to a message."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.answer = b"250 taken"
        super().__init__(("127.0.0.1", 0), _MailHandler)


class _MailHandler(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.wfile.write(b"220 mail.test\r\n")
        while line := self.rfile.readline():
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                data = b""
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    data += line
                if self.server.answer.startswith(b"250"):
                    self.server.mails.append(data)
                self.wfile.write(self.server.answer + b"\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


class WebServer(ThreadingHTTPServer):
    """Keeps what is posted; ``status`` is what it answers."""

    def __init__(self) -> None:
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        super().__init__(("127.0.0.1", 0), _WebHandler)


class _WebHandler(BaseHTTPRequestHandler):
    server: WebServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.status == 200:
            self.server.posts.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


class World:
    """An archive whose messages go to the two servers."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.at(NOW)
        self.archive = Archive.create(folder / "archive")

    def at(self, now: Any) -> None:
        self._monkeypatch.setenv("GONGKAI_NOW", now.isoformat())

    def change(
        self,
        name: str,
        old: str | None,
        new: str,
        division: str = "340722",
        reason: reasons.Said = REASON,
    ) -> None:
        """A verdict that became another one."""
        with self.archive.session() as session:
            agency = session.scalar(select(Agency).filter_by(name=name))
            if agency is None:
                agency = Agency(name=name, kind="local_dept", division_code=division)
                session.add(agency)
                place = Place(url=f"http://{division}.gov.test/{name}", host="gov.test")
                place.agencies = [agency]
                session.add(place)
                session.flush()
            for row in session.scalars(select(StatusChange).filter_by(agency_id=agency.id)):
                row.until = NOW
            session.add(
                StatusChange(
                    agency=agency,
                    year=2024,
                    scope="organ",
                    at=NOW,
                    old=old,
                    new=new,
                    due=moment("2025-01-31 00:00").date(),
                    due_basis="statutory",
                    days_late=18 if new == "late" else None,
                    reason=reason.en,
                    reason_zh=reason.zh,
                    cause="visit",
                    program="0",
                    clock_set=True,
                    digest=hashlib.sha256(f"{name}{old}{new}".encode()).hexdigest(),
                )
            )
            session.commit()

    def read_in_full(self, name: str, *days: str) -> None:
        """Complete visits of the place of an agency."""
        with self.archive.session() as session:
            run = Run(command="crawl", started_at=NOW)
            session.add(run)
            session.flush()
            place = session.scalars(select(Place).where(Place.url.endswith(name))).one()
            for day in days:
                at = moment(day)
                session.add(
                    Visit(
                        run_id=run.id,
                        place=place,
                        started_at=at,
                        finished_at=at,
                        verdict="complete",
                    )
                )
            session.commit()

    def tell(self, **run: Any) -> list[str]:
        return messages.after(self.archive, run, [])

    def sent(self) -> list[Message]:
        with self.archive.reader() as session:
            return list(session.scalars(select(Message).where(Message.sent_at.is_not(None))))


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mail: MailServer, web: WebServer
) -> World:
    settings = {
        "EMAIL_TO": "office@example.org,press@example.org",
        "EMAIL_FROM": "gongkai@example.org",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": mail.server_address[1],
        "WEBHOOK": f"http://127.0.0.1:{web.server_address[1]}/hook?a=1",
        "WEBHOOK_SECRET": "a secret of the hook",
        "WEBHOOK_PRIVATE": "true",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"GONGKAI_NOTIFY__{name}", str(value))
    made = World(tmp_path, monkeypatch)
    messages.begin(made.archive)
    return made


def test_a_digest_by_division_goes_to_every_channel_once(
    world: World, mail: MailServer, web: WebServer
) -> None:
    world.change("枞阳县教育局", "not_due", "late")
    world.change("示例市财政局", "not_due", "on_time", division="990100")
    assert world.tell() == []
    assert world.tell() == []
    (raw,) = mail.mails
    letter = message_from_bytes(raw, policy=policy.default)
    assert letter["To"] == "office@example.org, press@example.org"
    assert "状态变化2项" in letter["Subject"]
    body = letter.get_body()
    assert body is not None
    text = body.get_content()
    assert "【枞阳县 340722】\n· 枞阳县教育局 2024年度：未到期 → 逾期公布（18天）" in text
    assert text.index("340722") < text.index("990100")
    assert "时钟为人为设定" in text
    ((headers, body_bytes),) = web.posts
    posted = json.loads(body_bytes)
    assert [item["new"] for item in posted["items"]] == ["late", "on_time"]
    expected = hmac.new(b"a secret of the hook", body_bytes, hashlib.sha256).hexdigest()
    assert headers["X-Gongkai-Signature"] == expected


def test_a_reason_is_told_in_both_languages_on_a_line_each(world: World, mail: MailServer) -> None:
    world.change("枞阳县教育局", "not_due", "late")
    title = "教育局\n【伪造的标题】" + "长" * 5000
    world.change("枞阳县财政局", "not_due", "unknown", reason=reasons.untold(title, None))
    world.tell()
    body = message_from_bytes(mail.mails[0], policy=policy.default).get_body()
    assert body is not None
    lines = body.get_content().splitlines()
    at = lines.index("· 枞阳县教育局 2024年度：未到期 → 逾期公布（18天），期限2025-01-31")
    assert lines[at + 1 : at + 3] == [
        "  理由：2025-02-01 00:30 查阅时尚无此报告，2025-02-18 09:00 首次查见",
        "  Reason: not there on 2025-02-01 00:30, first seen on 2025-02-18 09:00",
    ]
    assert "  理由：有一份可能就是该报告，尚不能辨明：教育局 【伪造的标题】长" in body.get_content()
    assert max(map(len, lines)) < 450


def test_a_message_spells_out_so_much_and_counts_the_rest(world: World, mail: MailServer) -> None:
    messages.after(world.archive, {}, [f"problem {number}" for number in range(303)])
    body = message_from_bytes(mail.mails[0], policy=policy.default).get_body()
    assert body is not None
    lines = body.get_content().splitlines()
    assert sum(line.startswith("· ") for line in lines) == 300
    assert "……另有3项，见 gongkai audit" in lines


def test_who_did_not_take_it_is_asked_again_later_and_alone(
    world: World, mail: MailServer, web: WebServer
) -> None:
    mail.answer = b"451 try later"
    world.change("枞阳县教育局", "not_due", "late")
    (problem,) = world.tell()
    assert "office@example.org" in problem
    assert "451" in problem
    assert len(web.posts) == 1
    mail.answer = b"250 taken"
    assert world.tell() == []
    assert mail.mails == []  # not yet
    world.at(NOW + timedelta(minutes=6))
    assert world.tell() == []
    assert len(mail.mails) == len(web.posts) == 1
    assert len(world.sent()) == 2


def test_missing_is_told_only_when_two_days_have_shown_it(world: World, mail: MailServer) -> None:
    world.change("枞阳县教育局", "not_due", "missing")
    world.read_in_full("枞阳县教育局", "2025-02-01 00:30", "2025-02-01 00:40")
    world.tell()
    assert mail.mails == []
    world.read_in_full("枞阳县教育局", "2025-02-02 09:00")
    world.at(moment("2025-02-02 09:10"))
    world.tell()
    assert len(mail.mails) == 1


def test_a_verdict_that_was_taken_back_meanwhile_is_not_told(
    world: World, mail: MailServer
) -> None:
    world.change("枞阳县教育局", "not_due", "unknown")
    world.change("枞阳县教育局", "unknown", "on_time_claimed")
    world.tell()
    (raw,) = mail.mails
    letter = message_from_bytes(raw, policy=policy.default).get_body()
    assert letter is not None
    assert "自称按时公布" in letter.get_content()
    assert "→ 无法判断" not in letter.get_content()


def test_a_failed_run_is_told_and_the_same_problem_once_a_day(
    world: World, mail: MailServer
) -> None:
    run = {"run": 4, "started_at": NOW.isoformat(), "state": "failed", "places": 3}
    world.tell(**run, problems=["the crawl was ended after 12 hours"])
    messages.after(world.archive, {}, ["the disk is full"])
    messages.after(world.archive, {}, ["the disk is full"])
    world.at(NOW + timedelta(days=1))
    messages.after(world.archive, {}, ["the disk is full"])
    assert len(mail.mails) == 3


def test_a_private_address_is_refused_unless_allowed(
    world: World, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_NOTIFY__WEBHOOK_PRIVATE", "false")
    archive = Archive.open(world.archive.path)
    (problem,) = messages.after(archive, {}, ["something"])
    assert "private address" in problem
    assert "webhook_private" in problem
    assert web.posts == []


# The library's own, on Python 3.11.
@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
def test_services_of_apprise_are_told(
    world: World, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("apprise")
    monkeypatch.setenv("GONGKAI_NOTIFY__WEBHOOK", "")
    monkeypatch.setenv("GONGKAI_NOTIFY__EMAIL_TO", "")
    port = web.server_address[1]
    monkeypatch.setenv("GONGKAI_NOTIFY__APPRISE", f"json://user:secret@127.0.0.1:{port}/x")
    archive = Archive.open(world.archive.path)
    assert messages.after(archive, {}, ["something is wrong"]) == []
    assert "something is wrong" in json.loads(web.posts[0][1])["message"]
    web.status = 500
    (problem,) = messages.after(archive, {}, ["something else"])
    assert "secret" not in problem


def test_e_mail_without_a_sender_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_NOTIFY__EMAIL_TO", "a@example.org")
    with pytest.raises(SettingsError, match="email_from"):
        load(tmp_path)
