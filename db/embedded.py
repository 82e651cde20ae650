"""The PostgreSQL server that a workstation without a site server brings along.

It listens on 127.0.0.1 alone, and every connection proves its password by SCRAM.
Layout below the data directory: `cluster/` belongs to PostgreSQL, `superuser.secret`
and `port` to us, `start.lock` keeps two starts apart.
"""

import logging
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from psycopg.conninfo import make_conninfo

from app.domain.errors import DatabaseUnavailable, EnvironmentFault, StorageFull
from db import binaries
from db.file_lock import exclusive

_log = logging.getLogger(__name__)

HOST = "127.0.0.1"
SUPERUSER = "postgres"
DATABASE = "atalaya"
_START_TIMEOUT_S = 60
_PORT_ATTEMPTS = 5
_ORPHANS_LEAVE_S = 10.0
_LOG_LIMIT_BYTES = 8_000_000
_SETTINGS = {
    "listen_addresses": HOST,
    # TCP with SCRAM works alike on all systems; a socket file has a length limit.
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "scram_iterations": "100000",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "fsync": "on",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "lc_messages": "C",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "3",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": "10000",
    "autovacuum_naptime": "1min",
}


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A running server; `started_here` is false when it was found running.

    Whoever started it stops it; the others leave it alone.
    """

    data_dir: Path
    port: int
    started_here: bool
    _password: str = field(repr=False)

    @classmethod
    def start(cls, data_dir: Path, port: int | None = None) -> "EmbeddedServer":
        """Return the running server of `data_dir`, made and started as needed.

        Without `port` the last one is used if it is free, else any free one. Raises
        StorageFull, AlreadyRunning or DatabaseUnavailable.
        """
        data_dir = data_dir.resolve()
        try:
            data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            binaries.let_through(binaries.binary_folder())
            binaries.let_through(data_dir)
            with exclusive(data_dir / "start.lock", _START_TIMEOUT_S):
                return cls._start_locked(data_dir, port)
        except OSError as error:
            raise _storage_fault(data_dir, error) from error

    @classmethod
    def _start_locked(cls, data_dir: Path, port: int | None) -> "EmbeddedServer":
        cluster = data_dir / "cluster"
        if not (cluster / "PG_VERSION").exists():
            _make_cluster(data_dir)
        password = (data_dir / "superuser.secret").read_text("ascii")
        running = _running_port(cluster)
        if running is not None:
            return cls(data_dir, running, False, password)
        return cls(data_dir, _start_postmaster(data_dir, port), True, password)

    def dsn(self, login: str, password: str, database: str = DATABASE) -> str:
        """Return the address of the database for `login`; it holds the password."""
        return make_conninfo(
            host=HOST, port=self.port, dbname=database, user=login, password=password
        )

    @property
    def address(self) -> str:
        """The address for people to log in to, without any secret."""
        return self.address_of(DATABASE)

    def address_of(self, database: str) -> str:
        """Return the address of one of its databases, without any secret."""
        return f"postgresql://{HOST}:{self.port}/{database}"

    @property
    def log(self) -> Path:
        """Where it says what it refused, and to whom."""
        return self.data_dir / "cluster" / "server.log"

    @property
    def hba(self) -> Path:
        """Where it reads who may connect."""
        return self.data_dir / "cluster" / "pg_hba.conf"

    @property
    def superuser_dsn(self) -> str:
        """The address for provisioning; it holds the superuser's password."""
        return self.dsn(SUPERUSER, self._password)

    def stop(self) -> None:
        """Stop the server within seconds; a server that is down already is no error."""
        cluster = self.data_dir / "cluster"
        with exclusive(self.data_dir / "start.lock", _START_TIMEOUT_S):
            for mode in ("fast", "immediate"):
                if _running_port(cluster) is None:
                    return
                _pg_ctl("stop", "-D", str(cluster), "-m", mode, "-t", "20")
            if _running_port(cluster) is not None:
                raise DatabaseUnavailable(
                    f"The built-in database in {self.data_dir} does not stop."
                )


def _make_cluster(data_dir: Path) -> None:
    """Make the cluster aside and move it in place, so that none is ever half made."""
    aside = data_dir / "cluster.new"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700)
    binaries.hand_over(aside)
    password = secrets.token_urlsafe(32)
    with tempfile.TemporaryDirectory(dir=data_dir) as folder:
        binaries.hand_over(Path(folder))
        password_file = Path(folder) / "password"
        _write_secret(password_file, password)
        binaries.hand_over(password_file)
        _initdb(data_dir, aside, password_file)
    _write_secret(data_dir / "superuser.secret", password)
    if (data_dir / "cluster").exists():
        (data_dir / "cluster").rmdir()
    aside.rename(data_dir / "cluster")


def _initdb(data_dir: Path, cluster: Path, password_file: Path) -> None:
    settings = [f"--set={name}={value}" for name, value in _SETTINGS.items()]
    with tempfile.TemporaryFile() as output:
        done = binaries.run(
            "initdb",
            f"--pgdata={cluster}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--lc-collate=C",
            "--lc-ctype=C",
            *settings,
            timeout_s=_START_TIMEOUT_S,
            output=output,
        )
        output.seek(0)
        said = output.read().decode(errors="replace")
    if done.returncode != 0:
        raise _start_fault(data_dir, said)


def _write_secret(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _running_port(cluster: Path) -> int | None:
    """Return the port of the live server of this cluster; drop a stale pid file."""
    pid_file = cluster / "postmaster.pid"
    try:
        lines = pid_file.read_text().splitlines()
        pid, port = int(lines[0]), int(lines[3])
    except (FileNotFoundError, ValueError, IndexError):
        return None
    if _is_postmaster(pid, cluster):
        return port
    # The number may belong to another program by now, and PostgreSQL would not start.
    pid_file.unlink(missing_ok=True)
    return None


def _is_postmaster(pid: int, cluster: Path) -> bool:
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return "postgres" in process.name() and str(cluster) in process.cmdline()
    except psutil.Error:
        return False


def _start_postmaster(data_dir: Path, port: int | None) -> int:
    cluster = data_dir / "cluster"
    log = cluster / "server.log"
    if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
        log.replace(cluster / "server.log.1")
    deadline = time.monotonic() + _ORPHANS_LEAVE_S
    attempts = 0
    while True:
        attempts += 1
        chosen = port or _free_port(data_dir if attempts == 1 else None)
        said = _try_start(cluster, log, chosen)
        if said is None:
            (data_dir / "port").write_text(str(chosen))
            return chosen
        taken = "Address already in use" in said and port is None
        # After a SIGKILL the backends of the old server need a moment to notice.
        orphans = "shared memory block" in said and time.monotonic() < deadline
        if not orphans and not (taken and attempts < _PORT_ATTEMPTS):
            raise _start_fault(data_dir, said)
        time.sleep(0.1)


def _try_start(cluster: Path, log: Path, port: int) -> str | None:
    """Return None when the server is up, else what it said."""
    offset = log.stat().st_size if log.exists() else 0
    arguments = ["-D", str(cluster), "-l", str(log), "-o", f"-p {port}"]
    code, said = _pg_ctl("start", *arguments, "-t", str(_START_TIMEOUT_S))
    if code == 0:
        return None
    if not log.exists():
        return said
    with log.open("rb") as file:
        file.seek(offset)
        return said + file.read().decode(errors="replace")


def _pg_ctl(verb: str, *arguments: str) -> tuple[int, str]:
    # A file, not a pipe: on Windows the server would keep the pipe open.
    with tempfile.TemporaryFile() as output:
        try:
            done = binaries.run(
                "pg_ctl",
                verb,
                "-w",
                *arguments,
                timeout_s=_START_TIMEOUT_S + 5,
                output=output,
            )
        except subprocess.TimeoutExpired:
            return 1, "pg_ctl did not end"
        output.seek(0)
        return done.returncode, output.read().decode(errors="replace")


def _free_port(remembered_in: Path | None) -> int:
    if remembered_in is not None:
        try:
            last = int((remembered_in / "port").read_text())
            return _bind(last)
        except (OSError, ValueError):
            _log.debug("no last port, or it is taken")
    return _bind(0)


def _bind(port: int) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
        bound: int = probe.getsockname()[1]
        return bound


def _storage_fault(data_dir: Path, error: OSError) -> EnvironmentFault:
    import errno

    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _disk_full(data_dir)
    return DatabaseUnavailable(
        f"The folder {data_dir} of the built-in database cannot be used "
        f"({error.strerror or type(error).__name__}). Check its owner and its disk."
    )


def _disk_full(data_dir: Path) -> EnvironmentFault:
    return StorageFull(
        f"There is no room left on the disk of {data_dir}. Free some space and "
        "start Atalaya again."
    )


def _start_fault(data_dir: Path, said: str) -> EnvironmentFault:
    """Make a plain sentence of what PostgreSQL said; the log keeps its own words."""
    _log.error("the built-in database did not start:\n%s", said[-4000:])
    if "No space left on device" in said or "Disk quota exceeded" in said:
        return _disk_full(data_dir)
    log = data_dir / "cluster" / "server.log"
    if "Address already in use" in said:
        return DatabaseUnavailable(
            "The port of the built-in database is taken by another program. "
            "Choose another port or close that program."
        )
    if "Permission denied" in said or "wrong ownership" in said:
        return DatabaseUnavailable(
            f"The built-in database may not read its folder {data_dir}. "
            "Check who owns it."
        )
    if "initialized by PostgreSQL version" in said:
        return DatabaseUnavailable(
            f"The database in {data_dir} was made by another version of PostgreSQL. "
            "Move it with a backup of that version."
        )
    return DatabaseUnavailable(
        f"The built-in database in {data_dir} does not start; its data may be damaged. "
        f"Restore a backup, or read {log} for the cause."
    )
