"""Which shared server this workstation uses: imported once, from a file.

The file holds no secret: the server's address, and the certificate of the site's
authority, by which the server proves who it is.
"""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from cryptography import x509

from app.config.paths import Paths
from app.config.private_file import write_private
from app.domain.errors import ConfigurationInvalid, DatabaseUnavailable

_FORMAT = "atalaya-server/1"
_LONGEST = 100_000
_HOST = re.compile(r"[A-Za-z0-9:][A-Za-z0-9.:-]{0,252}")
_DATABASE = re.compile(r"[a-z][a-z0-9_]{0,40}")
_CERTIFICATE = "-----BEGIN CERTIFICATE-----"
_NOT_ONE = "This is no connection file of an Atalaya server. Ask for it once more."


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerBundle:
    """A shared server: where it is, and whose certificate it shows (PEM)."""

    host: str
    port: int
    database: str
    ca_certificate: str

    @classmethod
    def from_text(cls, text: str) -> "ServerBundle":
        """Read a connection file; ConfigurationInvalid when it is none."""
        try:
            read = json.loads(text) if len(text) <= _LONGEST else None
        except ValueError:
            read = None
        if not isinstance(read, dict) or read.pop("format", None) != _FORMAT:
            raise ConfigurationInvalid(_NOT_ONE)
        try:
            made = cls(**{**read, "port": int(read["port"])})
            made._check()
        except (KeyError, TypeError, ValueError, x509.ExtensionNotFound):
            raise ConfigurationInvalid(_NOT_ONE) from None
        return made

    def _check(self) -> None:
        """Raise TypeError or ValueError for what no server is."""
        if not 1 <= self.port <= 65535:
            raise ValueError("port")
        if not _HOST.fullmatch(self.host) or not _DATABASE.fullmatch(self.database):
            raise ValueError("address")
        if not self.ca_certificate.startswith(_CERTIFICATE):
            raise ValueError("certificate")
        found = x509.load_pem_x509_certificates(self.ca_certificate.encode("ascii"))
        for each in found:
            extension = each.extensions.get_extension_for_class(x509.BasicConstraints)
            if not extension.value.ca:
                raise ValueError("authority")

    def to_text(self) -> str:
        """Return the connection file."""
        return json.dumps({"format": _FORMAT, **asdict(self)}, indent=2) + "\n"

    def address(self, ca_file: Path) -> str:
        """Return the address, with the authority's certificate lying in `ca_file`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (
            f"postgresql://{host}:{self.port}/{self.database}?sslmode=verify-full"
            f"&channel_binding=require&sslrootcert={quote(str(ca_file), safe='/')}"
        )


def use_server(paths: Paths, bundle: ServerBundle) -> str:
    """Keep a server as this workstation's own from now on; return its address."""
    folder = paths.server
    _replace(folder / "ca.crt", bundle.ca_certificate)
    _replace(folder / "server.json", bundle.to_text())
    return bundle.address(folder / "ca.crt")


def forget_server(paths: Paths) -> bool:
    """Go back to the built-in database; return whether another was used."""
    path = paths.server / "server.json"
    used = path.exists()
    path.unlink(missing_ok=True)
    return used


def chosen_server(paths: Paths) -> str | None:
    """Return the address of the server that was imported, None without one.

    Raises ConfigurationInvalid when what was imported cannot be read any more.
    """
    path = paths.server / "server.json"
    if not path.exists():
        return None
    try:
        bundle = ServerBundle.from_text(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, ConfigurationInvalid):
        raise ConfigurationInvalid(
            f"The file {path}, which says what server is used, cannot be read. Import "
            "the connection file again: python main.py db use-server FILE"
        ) from None
    return bundle.address(path.with_name("ca.crt"))


def mark_moved(paths: Paths, to: str) -> None:
    """Write down that the built-in database lives on elsewhere; `to` has no secret."""
    _replace(_mark(paths), json.dumps({"moved_to": to}) + "\n")


def require_not_moved(paths: Paths) -> None:
    """Raise DatabaseUnavailable when the built-in database was moved to a server."""
    if not _mark(paths).exists():
        return
    try:
        to = json.loads(_mark(paths).read_text(encoding="utf-8"))["moved_to"]
    except (ValueError, TypeError, KeyError):
        to = "?"
    raise DatabaseUnavailable(
        f"The database of this computer was moved to {to}. Import the connection file "
        "of that server: python main.py db use-server FILE"
    )


def _mark(paths: Paths) -> Path:
    return paths.database / "moved.json"


def _replace(path: Path, text: str) -> None:
    write_private(path, text.encode())
