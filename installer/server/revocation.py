"""Certificates that are taken back: the authority's list of them, kept for the server.

The list lies beside the authority's key and is copied to where PostgreSQL reads it. It
is signed anew with each certificate that is taken back. It ends with the authority: a
list that ends earlier would lock everybody out on that day.
"""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from db import address
from db.shared_server import setting_of, settings_loaded_at
from installer.bootstrap import SetupFailed
from installer.server.account import Account
from installer.server.authority import Authority
from installer.server.doing import Doing
from installer.server.files import keep_text, write
from installer.server.site import ServerSite

LIST = "ca.crl"
_ISSUED = "issued"
_OPEN = 0o644
_SKEW = timedelta(hours=1)
_RELOADS_WITHIN_S, _LOOK_EVERY_S = 10.0, 0.02


def keep_list(
    doing: Doing,
    authority: Authority,
    site: ServerSite,
    account: Account,
    now: datetime,
) -> bool:
    """Have the server's copy say what the authority's list says; tell whether it does.

    One of an authority that was moved away is replaced by an empty one. What the copy
    alone names, where the authority came from an older backup, comes back to the list.
    """
    own, copy = _lists(authority, site)
    if own is not None and copy is None:
        known = own
    else:
        known = _signed(authority, _entries(own, copy), now)
        doing.change(
            "write the list of certificates that are taken back",
            lambda: write(site.authority / LIST, _pem(known), _OPEN),
        )
    what = "give the server the list of certificates that are taken back"
    return keep_text(doing, what, site.tls / LIST, _pem(known), _OPEN, account)


def remember(folder: Path, certificate: Path) -> None:
    """Keep a copy of what was certified, so that it can be taken back by its name."""
    issued = folder / _ISSUED
    issued.mkdir(mode=0o700, exist_ok=True)
    made = x509.load_pem_x509_certificate(certificate.read_bytes())
    copy = issued / f"{certificate.stem}-{made.serial_number:x}.crt"
    write(copy, certificate.read_text("ascii"), _OPEN)


def issued_to(folder: Path, name: str) -> list[x509.Certificate]:
    """Return what was certified for a name and is kept here."""
    found = [
        x509.load_pem_x509_certificate(path.read_bytes())
        for path in sorted((folder / _ISSUED).glob("*.crt"))
    ]
    return [each for each in found if _name_of(each) == name]


def certificate_in(path: Path, name: str) -> x509.Certificate:
    """Read one of a name; SetupFailed when it is of another, or none."""
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
    except ValueError:
        raise SetupFailed(f"{path} is no certificate.") from None
    if _name_of(found) != name:
        raise SetupFailed(f"{path} is of {_name_of(found)!r}, not of {name!r}.")
    return found


def revoke(
    authority: Authority,
    site: ServerSite,
    certificates: Iterable[x509.Certificate],
    now: datetime,
) -> int:
    """Take certificates back, for the next login on; return how many were new.

    Raises SetupFailed for one that this authority never made.
    """
    taken = {e.serial_number: e for e in _entries(*_lists(authority, site))}
    before = len(taken)
    for each in certificates:
        _require_ours(authority, each)
        taken.setdefault(each.serial_number, _entry(each, now))
    fresh = _pem(_signed(authority, taken.values(), now))
    write(site.authority / LIST, fresh, _OPEN)
    owner = site.tls.stat()
    account = Account("", owner.st_uid, owner.st_gid)
    write(site.tls / LIST, fresh, _OPEN, account)
    return len(taken) - before


def have_it_read(site: ServerSite) -> None:
    """Have the running server read the list, and wait until it has read its files.

    SetupFailed where it is not set to look at the list: one of a release before.
    """
    dsn = site.admin_dsn("postgres")
    if setting_of(dsn, "ssl_crl_file") != str(site.tls / LIST):
        raise SetupFailed(
            "The list is written, but the server does not look at it. Run the setup of "
            "the server again: until then nobody is refused by it."
        )
    before = settings_loaded_at(dsn)
    with address.connect(address.parse(dsn)) as connection:
        connection.execute("SELECT pg_catalog.pg_reload_conf()")
    deadline = time.monotonic() + _RELOADS_WITHIN_S
    while settings_loaded_at(dsn) == before:
        if time.monotonic() > deadline:
            raise SetupFailed("The server did not read the list; its log says why.")
        time.sleep(_LOOK_EVERY_S)


_List = x509.CertificateRevocationList


def _lists(authority: Authority, site: ServerSite) -> tuple[_List | None, _List | None]:
    """Return the authority's list, and the server's where it names more.

    It does when the authority's comes from an older backup.
    """
    own = _known(authority, site.authority)
    try:
        copy = _known(authority, site.tls)
    except SetupFailed:
        # It is only a copy, and is written again.
        return own, None
    known = {each.serial_number for each in own or ()}
    more = any(each.serial_number not in known for each in copy or ())
    return own, copy if more else None


def _entries(*lists: _List | None) -> list[x509.RevokedCertificate]:
    """Return each certificate that one of the lists names, once."""
    named = {e.serial_number: e for each in lists for e in each or ()}
    return list(named.values())


def _known(authority: Authority, folder: Path) -> x509.CertificateRevocationList | None:
    try:
        there = x509.load_pem_x509_crl((folder / LIST).read_bytes())
    except FileNotFoundError:
        return None
    except ValueError:
        raise SetupFailed(
            f"The list {folder / LIST} cannot be read. Restore it from a backup; "
            "without it certificates that were taken back would serve again."
        ) from None
    ours = there.is_signature_valid(authority.key.public_key())
    return there if ours else None


def _signed(
    authority: Authority,
    taken: Iterable[x509.RevokedCertificate],
    now: datetime,
) -> x509.CertificateRevocationList:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(now - _SKEW)
        .next_update(authority.certificate.not_valid_after_utc)
    )
    for each in taken:
        builder = builder.add_revoked_certificate(each)
    return builder.sign(authority.key, hashes.SHA256())


def _entry(certificate: x509.Certificate, now: datetime) -> x509.RevokedCertificate:
    return (
        x509.RevokedCertificateBuilder()
        .serial_number(certificate.serial_number)
        .revocation_date(now)
        .build()
    )


def _require_ours(authority: Authority, certificate: x509.Certificate) -> None:
    try:
        certificate.verify_directly_issued_by(authority.certificate)
    except (ValueError, TypeError, InvalidSignature):
        raise SetupFailed(
            "This certificate is of another authority; this one cannot take it back."
        ) from None


def _name_of(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


def _pem(revoked: x509.CertificateRevocationList) -> str:
    return revoked.public_bytes(serialization.Encoding.PEM).decode("ascii")
