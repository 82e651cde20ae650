"""A real time-stamping authority for a test: `openssl ts` behind a loopback server."""

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Answer = tuple[int, str, bytes]
"""HTTP status, content type, body."""
_REPLY = "application/timestamp-reply"
_CONFIG = """
[tsa]
default_tsa = authority
[authority]
serial = {folder}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@dataclass(slots=True)
class Authority:
    """Certificates in `folder`; `reply` answers a query as the real thing does."""

    folder: Path
    url: str = ""
    asked: list[bytes] = field(default_factory=list)
    answer: Callable[[bytes], Answer] | None = None
    """What a test lets the server answer instead."""

    @property
    def ca_file(self) -> Path:
        """The root that its answers lead to."""
        return self.folder / "ca.pem"

    def reply(self, query: bytes) -> bytes:
        """Return the response of `openssl ts`."""
        (self.folder / "query.tsq").write_bytes(query)
        command = [
            *("openssl", "ts", "-reply", "-config", "tsa.cnf", "-section", "authority"),
            *("-queryfile", "query.tsq", "-signer", "tsa.pem", "-inkey", "tsa.key"),
            *("-out", "reply.tsr"),
        ]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "reply.tsr").read_bytes()

    def respond(self, query: bytes) -> Answer:
        """Return what the server says to a query."""
        self.asked.append(query)
        if self.answer is not None:
            return self.answer(query)
        return 200, _REPLY, self.reply(query)


def make_authority(folder: Path, *, may_stamp: bool = True) -> Authority:
    """Make a CA and an authority below it; skips where openssl is not installed."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed; it is the authority of these tests")
    folder.mkdir()
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate("Test root", root_key, None, root_key, may_stamp=None)
    leaf = _certificate("Test TSA", key, root, root_key, may_stamp=may_stamp)
    (folder / "ca.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (folder / "tsa.pem").write_bytes(leaf.public_bytes(Encoding.PEM))
    (folder / "tsa.key").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))
    return Authority(folder)


@contextmanager
def served(authority: Authority) -> Iterator[Authority]:
    """Serve an authority on the loopback interface for the length of a block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            status, kind, body = authority.respond(query)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            if status == 302:
                self.send_header("Location", f"{authority.url}/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    authority.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield authority
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    may_stamp: bool | None,
) -> x509.Certificate:
    """Return a certificate; `may_stamp` is None for a root."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.BasicConstraints(ca=may_stamp is None, path_length=None), True
        )
    )
    if may_stamp is not None:
        use = ExtendedKeyUsageOID.TIME_STAMPING
        other = ExtendedKeyUsageOID.CODE_SIGNING
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([use] if may_stamp else [use, other]), may_stamp
        )
    return builder.sign(issuer_key, hashes.SHA256())
