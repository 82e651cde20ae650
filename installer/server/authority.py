"""The site's own certificate authority, and what it certifies.

Keys are on the curve P-256 and signed with SHA-256: what libpq binds SCRAM to. The
authority's key never leaves its folder; a certificate is renewed by asking again.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from installer.bootstrap import SetupFailed
from installer.server.account import Account
from installer.server.doing import Doing
from installer.server.files import write
from installer.server.site import is_address

_CA_LASTS = timedelta(days=20 * 365)
_LASTS = timedelta(days=397)
_RENEW_BEFORE = timedelta(days=60)
# Clocks of workstations may be a little behind.
_SKEW = timedelta(hours=1)
_SECRET, _OPEN = 0o600, 0o644
_Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Authority:
    """Key and certificate of the authority."""

    key: _Key
    certificate: x509.Certificate

    @property
    def pem(self) -> str:
        """The certificate, which is no secret."""
        return _pem(self.certificate)


def authority_in(doing: Doing, folder: Path, now: datetime) -> Authority | None:
    """Return the authority, made where there is none; None in a dry run without."""
    key_path, path = folder / "ca.key", folder / "ca.crt"
    if not key_path.exists() and not path.exists():
        made = doing.change(
            "make the site's certificate authority", lambda: _make(folder, now)
        )
        if not made:
            return None
    try:
        key = serialization.load_pem_private_key(key_path.read_bytes(), None)
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        raise SetupFailed(
            f"The authority in {folder} cannot be read. Restore ca.key and ca.crt from "
            "a backup; without them every workstation needs a new connection file."
        ) from None
    if not isinstance(key, _Key) or key.public_key() != certificate.public_key():
        raise SetupFailed(f"ca.key and ca.crt in {folder} do not belong together.")
    _require_secret(key_path)
    return Authority(key, certificate)


def keep_server_certificate(
    doing: Doing,
    authority: Authority,
    folder: Path,
    hosts: Sequence[str],
    account: Account,
    now: datetime,
    *,
    renew: bool = False,
) -> bool:
    """Certify the server where it has to be; return whether it was."""
    why = "as asked" if renew else _why_renew(authority, folder, hosts, now)
    if why is None:
        return False

    def make() -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        names = [_san(host) for host in hosts]
        usage = ExtendedKeyUsageOID.SERVER_AUTH
        signed = _signed(authority, key, hosts[0], usage, now, names)
        write(folder / "server.key", _key_pem(key), _SECRET, account)
        write(folder / "server.crt", _pem(signed), _OPEN, account)
        write(folder / "ca.crt", authority.pem, _OPEN, account)

    doing.change(f"certify the server for {', '.join(hosts)} ({why})", make)
    return True


def certify_client(
    authority: Authority, name: str, folder: Path, now: datetime
) -> None:
    """Write NAME.key and NAME.crt: for a person's login, or for a workstation."""
    key = ec.generate_private_key(ec.SECP256R1())
    usage = ExtendedKeyUsageOID.CLIENT_AUTH
    signed = _signed(authority, key, name, usage, now, [])
    write(folder / f"{name}.key", _key_pem(key), _SECRET)
    write(folder / f"{name}.crt", _pem(signed), _OPEN)


def _make(folder: Path, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"Atalaya site authority {now:%Y-%m-%d}")
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        _begun(name, name, key, now, _CA_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    write(folder / "ca.key", _key_pem(key), _SECRET)
    write(folder / "ca.crt", _pem(certificate), _OPEN)


def _begun(
    subject: x509.Name, issuer: x509.Name, key: _Key, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    identity = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + lasts)
        .add_extension(identity, critical=False)
    )


def _signed(
    authority: Authority,
    key: _Key,
    name: str,
    usage: x509.ObjectIdentifier,
    now: datetime,
    names: list[x509.GeneralName],
) -> x509.Certificate:
    lasts = min(_LASTS, authority.certificate.not_valid_after_utc - now)
    if lasts <= _RENEW_BEFORE:
        raise SetupFailed(
            "The site's authority is about to end. Move its folder away, run this "
            "again, and hand every workstation the new connection file."
        )
    issuer = authority.certificate
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(
        authority.key.public_key()
    )
    builder = (
        _begun(_name(name), issuer.subject, key, now, lasts)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(above, critical=False)
    )
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName(names), critical=False
        )
    return builder.sign(authority.key, hashes.SHA256())


def _why_renew(
    authority: Authority, folder: Path, hosts: Sequence[str], now: datetime
) -> str | None:
    try:
        there = x509.load_pem_x509_certificate((folder / "server.crt").read_bytes())
        key = serialization.load_pem_private_key(
            (folder / "server.key").read_bytes(), None
        )
        above = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
    except FileNotFoundError:
        return "the first time"
    except ValueError:
        return "the files were damaged"
    if not isinstance(key, _Key) or key.public_key() != there.public_key():
        return "key and certificate differed"
    try:
        there.verify_directly_issued_by(authority.certificate)
    except (ValueError, TypeError, InvalidSignature):
        return "it was of another authority"
    if above != authority.certificate:
        return "it was of another authority"
    if _hosts_of(there) != set(map(_plain, hosts)):
        return "other names"
    if there.not_valid_after_utc - now < _RENEW_BEFORE:
        return f"it ended on {there.not_valid_after_utc:%Y-%m-%d}"
    return None


def _hosts_of(certificate: x509.Certificate) -> set[str]:
    names = certificate.extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    ).value
    addresses = names.get_values_for_type(x509.IPAddress)
    return {*names.get_values_for_type(x509.DNSName), *map(str, addresses)}


def _plain(host: str) -> str:
    """Return an address in the one form that a certificate gives back."""
    return str(ipaddress.ip_address(host)) if is_address(host) else host


def _san(host: str) -> x509.GeneralName:
    if is_address(host):
        return x509.IPAddress(ipaddress.ip_address(host))
    return x509.DNSName(host)


def _name(text: str) -> x509.Name:
    # A common name has 64 characters at most; the names that count stand beside it.
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")


def _key_pem(key: _Key) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode("ascii")


def _require_secret(path: Path) -> None:
    if path.stat().st_mode & 0o077:
        raise SetupFailed(
            f"Others may read the authority's key {path}. Whoever did can stand in for "
            "the server: move the folder away and run this again for a new one."
        )
