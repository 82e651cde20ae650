"""What a shared server shall be, and where its things lie."""

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from installer.bootstrap import SetupFailed

SUPERUSER = "postgres"
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_DATABASE = re.compile(r"[a-z][a-z0-9_]{0,40}")
_ACCOUNT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
_SPECIAL = re.compile(r"[\s\"'%$\\]")
# What the kernel takes as the name of a socket, less the file's own.
_LONGEST_SOCKET_FOLDER = 90


class ClientCertificates(StrEnum):
    """Whether a password is enough to log in."""

    NONE = "none"
    WORKSTATION = "workstation"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSite:
    """A server as it was asked for.

    `hosts` are its names and addresses in the certificate; workstations use the first.
    """

    hosts: tuple[str, ...]
    data_dir: Path
    port: int = 5432
    listen: str = "*"
    database: str = "atalaya"
    networks: tuple[str, ...] = ("samenet",)
    client_certificates: ClientCertificates = ClientCertificates.NONE
    max_connections: int = 200
    monitor_user: str | None = None

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own folder."""
        return self.data_dir / "cluster"

    @property
    def authority(self) -> Path:
        """The keys that only whoever runs this may read."""
        return self.data_dir / "authority"

    @property
    def tls(self) -> Path:
        """Key and certificate of the server, and the authority's certificate."""
        return self.data_dir / "tls"

    @property
    def sockets(self) -> Path:
        """Where the administrator comes in, from this machine alone."""
        return self.data_dir / "run"

    @property
    def bundle(self) -> Path:
        """The file that workstations import."""
        return self.data_dir / "connect" / "atalaya-server.json"

    def admin_dsn(self, database: str | None = None) -> str:
        """Return the superuser's address; the socket asks who we are, no password."""
        return (
            f"host='{self.sockets}' port={self.port} user={SUPERUSER} "
            f"dbname={database or self.database}"
        )

    def check(self) -> None:
        """Raise SetupFailed for what cannot be meant."""
        if not self.hosts:
            raise SetupFailed("Name the server as workstations shall call it: --host")
        for host in self.hosts:
            if not is_address(host) and not _NAME.fullmatch(host):
                raise SetupFailed(f"{host!r} is neither a host name nor an address.")
        for network in self.networks:
            _check_network(network)
        if not _DATABASE.fullmatch(self.database):
            raise SetupFailed("A database is named with small letters and digits.")
        if not 1 <= self.port <= 65535:
            raise SetupFailed("A port is a number from 1 to 65535.")
        if self.monitor_user is not None and not is_account(self.monitor_user):
            raise SetupFailed(f"{self.monitor_user!r} is no name of an account.")
        if len(str(self.sockets)) > _LONGEST_SOCKET_FOLDER or not is_plain(
            self.data_dir
        ):
            raise SetupFailed(
                f"The path {self.data_dir} is too long, or has spaces, quotes or signs "
                "that systemd takes for its own. Choose another with --data."
            )


def is_plain(path: Path) -> bool:
    """Tell whether a path can stand in a unit of systemd and in an address as it is."""
    return not _SPECIAL.search(str(path))


def is_account(name: str) -> bool:
    """Tell whether an account can be called so; a file of access rules holds it."""
    return _ACCOUNT.fullmatch(name) is not None


def is_address(host: str) -> bool:
    """Tell whether this is an IP address rather than a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _check_network(network: str) -> None:
    if network in ("samenet", "samehost"):
        return
    try:
        parsed = ipaddress.ip_network(network)
    except ValueError:
        raise SetupFailed(
            f"{network!r} is no network. It looks like 10.1.2.0/24, or say samenet."
        ) from None
    if parsed.prefixlen == 0:
        raise SetupFailed("All the world is no network. Name those of the site.")
