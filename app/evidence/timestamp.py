"""Time-stamps on seals (RFC 3161): asked for, and believed only when all of it holds.

What is kept is the authority's whole response in DER. Its imprint is the SHA-256 of the
seal's file, so that `openssl ts -verify -data seal.json` checks it as well.
"""

import http.client
import ssl
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509.oid import NameOID
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from app.config.timestamping import TimestampSettings
from app.domain.errors import ConfigurationInvalid, EnvironmentFault
from app.domain.ids import Sha256
from app.domain.seal import NO_STAMP, StampFinding, StampState

MOST_BYTES = 64 << 10
_SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"
_CHUNK_BYTES = 4096


class TimestampUnavailable(EnvironmentFault):
    """The authority gives no answer now; it is worth trying again."""


class TimestampRefused(EnvironmentFault):
    """What came is no time-stamp of what was asked for, or of nobody trusted."""


class StampTrust:
    """Whose time-stamps are believed: the certificates of a CA file."""

    def __init__(self, roots: Sequence[x509.Certificate]) -> None:
        """Take the roots."""
        self._roots = list(roots)

    @classmethod
    def of_file(cls, path: Path) -> "StampTrust":
        """Read a PEM file; raises ConfigurationInvalid."""
        try:
            return cls(x509.load_pem_x509_certificates(path.read_bytes()))
        except (OSError, ValueError):
            raise ConfigurationInvalid(
                f"The file {path} holds no certificate of a time-stamping authority. "
                "Ask the authority for its CA in PEM."
            ) from None

    def verify(
        self, response: bytes, seal_sha256: Sha256, nonce: int | None = None
    ) -> StampFinding:
        """Return what a sound response says; raises TimestampRefused."""
        decoded = _decoded(response)
        _require_imprint(decoded, seal_sha256)
        builder = VerifierBuilder(roots=list(self._roots), nonce=nonce)
        try:
            builder.build().verify(decoded, bytes.fromhex(seal_sha256))
        except (VerificationError, ValueError) as error:
            raise TimestampRefused(
                f"The time-stamp is not to be believed ({error}). Check the address "
                "of the authority and its CA file."
            ) from None
        return StampFinding(
            state=StampState.HOLDS,
            at=decoded.tst_info.gen_time,
            authority=_signer(decoded),
        )


def look_at_stamps(
    responses: Sequence[bytes],
    seal_sha256: Sha256,
    trust: StampTrust | None,
    *,
    expected: bool,
) -> StampFinding:
    """Return what the stamps of a seal say; one that holds is enough.

    Without `trust` only their imprint can be looked at.
    """
    if not responses:
        return StampFinding(state=StampState.WAITING) if expected else NO_STAMP
    found = [_look(response, seal_sha256, trust) for response in responses]
    order = (StampState.HOLDS, StampState.UNCHECKED, StampState.WRONG)
    return min(found, key=lambda finding: order.index(finding.state))


class TimestampAuthority:
    """Asks one authority over HTTP; no proxy, no redirect, no more than 64 KiB."""

    def __init__(self, settings: TimestampSettings) -> None:
        """Read the CA; raises ConfigurationInvalid."""
        self._url = urlsplit(settings.url)
        self._timeout_s = settings.timeout_s
        self._trust = StampTrust.of_file(Path(settings.ca_file))

    def stamp(self, seal: bytes, seal_sha256: Sha256) -> bytes:
        """Return a response over a seal, checked in full.

        Raises TimestampUnavailable or TimestampRefused.
        """
        request = (
            TimestampRequestBuilder()
            .data(seal)
            .hash_algorithm(HashAlgorithm.SHA256)
            .nonce(nonce=True)
            .cert_request(cert_request=True)
            .build()
        )
        response = self._exchange(request.as_bytes())
        self._trust.verify(response, seal_sha256, request.nonce)
        return response

    def _exchange(self, query: bytes) -> bytes:
        connection = self._connection()
        deadline_s = time.monotonic() + self._timeout_s
        path = self._url.path or "/"
        target = f"{path}?{self._url.query}" if self._url.query else path
        headers = {"Content-Type": _QUERY, "Accept": _REPLY}
        try:
            connection.request("POST", target, body=query, headers=headers)
            return _answer(connection.getresponse(), deadline_s)
        except (OSError, http.client.HTTPException):
            raise self._unavailable() from None
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host = self._url.hostname or ""
        if self._url.scheme == "http":
            return http.client.HTTPConnection(
                host, self._url.port, timeout=self._timeout_s
            )
        return http.client.HTTPSConnection(
            host,
            self._url.port,
            timeout=self._timeout_s,
            context=ssl.create_default_context(),
        )

    def _unavailable(self) -> TimestampUnavailable:
        return TimestampUnavailable(
            f"The time-stamping authority {self._url.hostname} does not answer. "
            "It will be asked again."
        )


def _answer(reply: http.client.HTTPResponse, deadline_s: float) -> bytes:
    if reply.status >= http.client.INTERNAL_SERVER_ERROR:
        raise http.client.HTTPException(reply.reason)
    kind = reply.headers.get_content_type()
    if reply.status != http.client.OK or kind != _REPLY:
        raise TimestampRefused(
            f"The time-stamping authority answered with HTTP {reply.status} and no "
            "time-stamp. Check its address."
        )
    parts = bytearray()
    while chunk := reply.read1(_CHUNK_BYTES):
        parts += chunk
        if len(parts) > MOST_BYTES:
            raise TimestampRefused(
                "The time-stamping authority sent more than a time-stamp has. "
                "Check its address."
            )
        if time.monotonic() > deadline_s:
            raise TimeoutError
    return bytes(parts)


def _decoded(response: bytes) -> TimeStampResponse:
    try:
        decoded = decode_timestamp_response(response)
        _ = decoded.tst_info
    except ValueError:
        raise TimestampRefused(
            "What the time-stamping authority sent is no time-stamp. Check its address."
        ) from None
    return decoded


def _require_imprint(decoded: TimeStampResponse, seal_sha256: Sha256) -> None:
    imprint = decoded.tst_info.message_imprint
    if imprint.hash_algorithm != _SHA256 or imprint.message.hex() != seal_sha256:
        raise TimestampRefused(
            "The time-stamp is of another file. Do not rely on it, and have the "
            "case checked."
        )


def _look(
    response: bytes, seal_sha256: Sha256, trust: StampTrust | None
) -> StampFinding:
    try:
        if trust is not None:
            return trust.verify(response, seal_sha256)
        decoded = _decoded(response)
        _require_imprint(decoded, seal_sha256)
    except TimestampRefused:
        return StampFinding(state=StampState.WRONG)
    at: datetime = decoded.tst_info.gen_time
    return StampFinding(state=StampState.UNCHECKED, at=at)


def _signer(decoded: TimeStampResponse) -> str:
    """Return the name of who signed; empty where the certificate has none."""
    infos = [(i.issuer, i.serial_number) for i in decoded.signed_data.signer_infos]
    for der in decoded.signed_data.certificates:
        certificate = x509.load_der_x509_certificate(der)
        if (certificate.issuer, certificate.serial_number) in infos:
            names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
            return str(names[0].value) if names else ""
    return ""
