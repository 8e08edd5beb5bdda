"""What is known of the certificates of hosts: all are read, and what is wrong with theirs is noted."""

from __future__ import annotations

import contextlib
import socketserver
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from crawling import make_archive, set_environment, verdicts
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from rawweb import answer
from sqlalchemy import select

from archive import display
from archive.database.models import Capture, Run
from archive.fixity import verify
from archive.folder import Archive
from crawler.run import crawl

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
COLUMN = (
    "<html><head><title>政府信息公开年报</title></head><body><ul>"
    "<li><a href='/1.html'>2024年政府信息公开工作年度报告</a><span>2025-01-20</span></li>"
    "<li><a href='/2.html'>2023年政府信息公开工作年度报告</a><span>2024-01-20</span></li>"
    "</ul></body></html>"
)
PAGES = {
    "/": "<html><body><a href='/nb/'>政府信息公开年报</a></body></html>",
    "/nb/": COLUMN,
    "/1.html": "<html><body><h1>示例局2024年政府信息公开工作年度报告</h1></body></html>",
    "/2.html": "<html><body><h1>示例局2023年政府信息公开工作年度报告</h1></body></html>",
}
EXPECTED = {
    "good": "verified",
    "expired": "certificate has expired",
    "other": "hostname mismatch",
    "alone": "self-signed certificate",
    "incomplete": "unable to get local issuer certificate",
}

Signed = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def certificate(
    name: str, by: Signed | None, *, authority: bool = False, until: datetime = NOW + DAY
) -> Signed:
    """A certificate for ``name`` signed ``by`` another, or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, signing = (by[0].subject, by[1]) if by else (subject, key)
    made = (
        x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(NOW - 30 * DAY)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    )
    return made.sign(signing, hashes.SHA256()), key


def context(folder: Path, leaf: Signed, *chain: Signed) -> ssl.SSLContext:
    """What a server shows: its certificate and those that it sends along."""
    path = folder / f"{leaf[0].serial_number}.pem"
    none = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    pem = serialization.Encoding.PEM
    parts = [leaf[1].private_bytes(pem, form, none)]
    path.write_bytes(b"".join(parts + [one[0].public_bytes(pem) for one in (leaf, *chain)]))
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(path)
    return made


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, contexts: dict[str, ssl.SSLContext]) -> None:
        super().__init__(("127.0.0.1", 0), Tunnel)
        self.contexts = contexts


class Tunnel(socketserver.StreamRequestHandler):
    """A proxy that opens tunnels, and is itself what they lead to."""

    timeout = 10
    server: Server

    def handle(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            _method, target, _version = self.rfile.readline().decode("latin-1").split(" ", 2)
            while self.rfile.readline().strip():
                pass
            self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            host = target.split(":")[0]
            with self.server.contexts[host].wrap_socket(self.request, server_side=True) as secure:
                asked = secure.makefile("rb")
                path = asked.readline().decode("latin-1").split(" ")[1]
                while asked.readline().strip():
                    pass
                page = PAGES.get(path)
                secure.sendall(answer(page or "none", 200 if page else 404))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("certificates")
    root = certificate("Root", None, authority=True)
    middle = certificate("Middle", root, authority=True)
    trusted = folder / "trusted.pem"
    trusted.write_bytes(root[0].public_bytes(serialization.Encoding.PEM))
    shown = {
        "good": (certificate("good.gov.test", middle), middle),
        "expired": (certificate("expired.gov.test", middle, until=NOW - DAY), middle),
        "other": (certificate("elsewhere.gov.test", middle), middle),
        "alone": (certificate("alone.gov.test", None),),
        "incomplete": (certificate("incomplete.gov.test", middle),),
    }

    contexts = {f"{name}.gov.test": context(folder, *some) for name, some in shown.items()}

    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        Server(contexts) as server,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        set_environment(monkeypatch, f"http://127.0.0.1:{server.server_address[1]}", retries=0)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        monkeypatch.setenv("SSL_CERT_DIR", str(folder / "none"))
        register = [
            {"name": f"示例{name}局", "home_url": f"https://{name}.gov.test/"} for name in shown
        ]
        made = Archive.open(make_archive(folder / "archive", register).path)
        assert crawl(made).finished
        yield made
        server.shutdown()


def test_no_site_is_refused_for_its_certificate(archive: Archive) -> None:
    assert verdicts(archive) == {f"{name}.gov.test": ("complete", None) for name in EXPECTED}


def test_every_exchange_says_whether_the_certificate_verified(archive: Archive) -> None:
    with archive.reader() as session:
        noted = {
            (capture.url.split("/")[2].split(".")[0], capture.certificate)
            for capture in session.scalars(select(Capture))
        }
    assert noted == set(EXPECTED.items())
    assert list(verify(archive)) == []


def test_the_summary_counts_hosts_by_it(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    with archive.reader() as session:
        summary = session.scalars(select(Run.summary)).one()
    assert summary["certificates"] == dict.fromkeys(EXPECTED.values(), 1)
    display.crawl_summary(summary)
    said = capsys.readouterr().err
    assert "hosts whose certificate does not verify: " in said
    assert "1 (certificate has expired)" in said
    assert "(verified)" not in said
