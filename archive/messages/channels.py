"""The ways a message goes out: e-mail, a webhook, and the services of the apprise library."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import json
import smtplib
import socket
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from archive import clock
from archive.errors import JobError
from archive.settings import NotifySettings

_SECONDS = 20.0


class ChannelError(JobError):
    """A message could not be sent; the sentence says why, and has no secret in it."""


class Channel(Protocol):
    """A way a message goes out."""

    def send(self, subject: str, body: str, content: Mapping[str, Any]) -> None:
        """Send a message; raises :class:`ChannelError` if it was not taken."""


def channels(settings: NotifySettings) -> dict[str, Channel]:
    """The channels of the settings, by a name that has no secret in it."""
    found: dict[str, Channel] = {}
    if settings.email_to:
        found[f"e-mail to {settings.email_to[0]}"[:100]] = Email(settings)
    if settings.webhook:
        found[f"the webhook at {urlsplit(settings.webhook).hostname}"[:100]] = Webhook(settings)
    for url in settings.apprise:
        scheme = url.partition("://")[0][:30]
        mark = hashlib.sha256(url.encode()).hexdigest()[:8]
        found[f"{scheme} ({mark})"] = Apprise(url)
    return found


class Email:
    """One e-mail to all who are to be told."""

    def __init__(self, settings: NotifySettings) -> None:
        self._settings = settings

    def send(self, subject: str, body: str, content: Mapping[str, Any]) -> None:
        """Hand the message to the mail server. Its id is made of its content, so that twice is once."""
        s = self._settings
        mail = EmailMessage()
        mail["Subject"] = subject
        mail["From"] = s.email_from
        mail["To"] = ", ".join(s.email_to)
        mail["Date"] = format_datetime(clock.now())
        mail["Message-ID"] = f"<{content['key']}@gongkai.invalid>"
        mail.set_content(body)
        context = ssl.create_default_context()
        try:
            kind = smtplib.SMTP_SSL if s.smtp_security == "tls" else smtplib.SMTP
            more: dict[str, Any] = {"context": context} if s.smtp_security == "tls" else {}
            with kind(s.smtp_host, s.smtp_port, timeout=_SECONDS, **more) as server:
                if s.smtp_security == "starttls":
                    server.starttls(context=context)
                if s.smtp_user:
                    server.login(s.smtp_user, s.smtp_password)
                refused = server.send_message(mail)
        except (OSError, smtplib.SMTPException) as error:
            where = f"{s.smtp_host}:{s.smtp_port}"
            raise ChannelError(f"the mail server {where} says: {_line(error)}") from None
        if refused:
            raise ChannelError(f"the mail server refuses {', '.join(refused)}")


class Webhook:
    """A POST of JSON, without following where the answer points to."""

    def __init__(self, settings: NotifySettings) -> None:
        self._settings = settings

    def send(self, subject: str, body: str, content: Mapping[str, Any]) -> None:
        """Post the message; any answer of the 200s means that it was taken."""
        parts = urlsplit(self._settings.webhook)
        host = parts.hostname or ""
        data = json.dumps({**content, "text": body}, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "gongkai",
            "Idempotency-Key": str(content["key"]),
        }
        if self._settings.webhook_secret:
            secret = self._settings.webhook_secret.encode()
            headers["X-Gongkai-Signature"] = hmac.new(secret, data, hashlib.sha256).hexdigest()
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
            connection = http.client.HTTPConnection(host, port, timeout=_SECONDS)
            # What was checked is what is connected: a name may resolve to something else the next time.
            made = socket.create_connection((self._address(host, port), port), _SECONDS)
            if parts.scheme == "https":
                made = ssl.create_default_context().wrap_socket(made, server_hostname=host)
            connection.sock = made
            try:
                connection.request("POST", path, data, headers)
                status = connection.getresponse().status
            finally:
                connection.close()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ChannelError(f"{host}: {_line(error)}") from None
        if not 200 <= status < 300:
            raise ChannelError(f"{host} answers with status {status}")

    def _address(self, host: str, port: int) -> str:
        found = {
            str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        }
        if not self._settings.webhook_private and not all(map(_is_public, found)):
            raise ChannelError(
                f"{host} is a private address; allow it with [notify] webhook_private = true"
            )
        return min(found, key=lambda address: (":" in address, address))


class Apprise:
    """A service of the apprise library."""

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, subject: str, body: str, content: Mapping[str, Any]) -> None:
        """Hand the message to the library, which says yes or no."""
        try:
            import apprise
        except ImportError:
            raise ChannelError("install gongkai[notify] to send it") from None
        service = apprise.Apprise()
        if not service.add(self._url):
            raise ChannelError("its address in [notify] apprise is not one that apprise knows")
        if not service.notify(title=subject, body=body):
            raise ChannelError("the service did not take it")


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    return bool((mapped or ip).is_global) and not ip.is_multicast


def _line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]
