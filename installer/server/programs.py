"""Finds PostgreSQL, or has the system's package manager install it, and runs it."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from installer.bootstrap import SetupFailed
from installer.server.account import Account
from installer.server.doing import Doing

MINIMUM = 16
_PACKAGED = Path("/usr/lib/postgresql")
_CLUSTER_DEFAULTS = Path("/etc/postgresql-common/createcluster.d")
# Adds PostgreSQL's own packages to those of the system; the system ships it.
_OWN_REPOSITORY = Path("/usr/share/postgresql-common/pgdg/apt.postgresql.org.sh")
_OWN_SOURCES = Path("/etc/apt/sources.list.d/pgdg.sources")
_MISSING = (
    f"PostgreSQL {MINIMUM} or newer is needed. It is not among this system's packages, "
    "and PostgreSQL's own could not be reached. Install it by other means, and name "
    "the folder of its programs: --bin /path/to/bin"
)


@dataclass(frozen=True, slots=True)
class Programs:
    """The folder of `initdb` and `pg_ctl`, and the version that is in it."""

    folder: Path
    major: int

    @classmethod
    def at(cls, folder: Path) -> "Programs":
        """Adopt a folder; SetupFailed when its PostgreSQL is too old, or is none."""
        folder = folder.resolve()
        for name in ("postgres", "initdb", "pg_ctl"):
            if not os.access(folder / name, os.X_OK):
                raise SetupFailed(f"There is no program {name} in {folder}.")
        major = _major(folder)
        if major < MINIMUM:
            raise SetupFailed(
                f"{folder} holds PostgreSQL {major}; {MINIMUM} or newer is needed."
            )
        return cls(folder, major)

    def environment(self) -> dict[str, str]:
        """Return what these programs need to know beside their own defaults."""
        return environment_of(self.folder)

    def run(
        self, account: Account, program: str, *arguments: str, timeout_s: float = 90.0
    ) -> tuple[int, str]:
        """Run one in the name of the account; return exit code and what it said."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_"))}
        switch = account.switch
        # A file, not a pipe: the server would keep a pipe open.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [str(self.folder / program), *arguments],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=timeout_s,
                cwd="/",
                env=kept | self.environment(),
                user=account.uid if switch else None,
                group=account.gid if switch else None,
                extra_groups=[] if switch else None,
            )
            output.seek(0)
            return done.returncode, output.read().decode(errors="replace")


def environment_of(folder: Path) -> dict[str, str]:
    """Return the environment of a build: one that was moved finds its libraries."""
    libraries = folder.parent / "lib"
    moved = any(libraries.glob("libpq.so*"))
    return {"LC_ALL": "C"} | ({"LD_LIBRARY_PATH": str(libraries)} if moved else {})


def find_programs(doing: Doing, given: Path | None) -> Programs | None:
    """Return the programs, installed where they have to be; None in a dry run."""
    if given is not None:
        return Programs.at(given)
    found = _newest_packaged()
    if found is not None:
        return found
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise SetupFailed(
            f"PostgreSQL {MINIMUM} or newer is needed. Run this as root on Debian or "
            "Ubuntu, or name the folder of its programs: --bin /path/to/bin"
        )
    if not doing.change("install PostgreSQL from packages", install_packages):
        return None
    found = _newest_packaged()
    if found is None:
        raise SetupFailed(_MISSING)
    return found


def install_packages() -> None:
    """Install the newest PostgreSQL; SetupFailed where no package is new enough."""
    _apt("update", "-q", required=False)
    package = _candidate()
    if package is None:
        _apt("install", "--yes", "--no-install-recommends", "postgresql-common")
        package = _from_own_repository()
    if package is None:
        raise SetupFailed(_MISSING)
    with _no_cluster_of_its_own():
        _apt("install", "--yes", "--no-install-recommends", package)


def _from_own_repository() -> str | None:
    """Add PostgreSQL's own packages; where they give none, leave apt as it was."""
    known = _OWN_SOURCES.exists()
    if _OWN_REPOSITORY.exists():
        subprocess.run([str(_OWN_REPOSITORY), "-y"], check=False)
    package = _candidate()
    if package is None and not known and _OWN_SOURCES.exists():
        _OWN_SOURCES.unlink()
        _apt("update", "-q", required=False)
    return package


@contextmanager
def _no_cluster_of_its_own() -> Iterator[None]:
    """The package would make and start a server that nobody asked for, on our port."""
    _CLUSTER_DEFAULTS.mkdir(mode=0o755, parents=True, exist_ok=True)
    told = _CLUSTER_DEFAULTS / "atalaya.conf"
    told.write_text("create_main_cluster = false\n", encoding="ascii")
    try:
        yield
    finally:
        told.unlink()


def _apt(*arguments: str, required: bool = True) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", *arguments]
    if subprocess.run(command, check=False, env=environment).returncode and required:
        raise SetupFailed(f"This failed, and says why above: {' '.join(command)}")


def _candidate() -> str | None:
    """Return the package of the newest PostgreSQL that apt knows of."""
    names = subprocess.run(
        ["apt-cache", "pkgnames", "postgresql-"],
        check=False,
        capture_output=True,
        text=True,
    )
    found = re.findall(r"^postgresql-(\d+)$", names.stdout, re.MULTILINE)
    majors = [int(each) for each in found if int(each) >= MINIMUM]
    return f"postgresql-{max(majors)}" if majors else None


def _newest_packaged() -> Programs | None:
    folders = {
        int(path.name): path / "bin"
        for path in _PACKAGED.glob("*")
        if path.name.isdecimal() and (path / "bin" / "initdb").exists()
    }
    newest = max(folders, default=0)
    return Programs(folders[newest], newest) if newest >= MINIMUM else None


def _major(folder: Path) -> int:
    shown = subprocess.run(
        [str(folder / "postgres"), "--version"],
        check=False,
        capture_output=True,
        text=True,
        env=environment_of(folder),
    )
    version = re.search(r"\(PostgreSQL\) (\d+)", shown.stdout)
    if version is None:
        raise SetupFailed(
            f"{folder}/postgres does not start: {shown.stderr.strip()[:300]}"
        )
    return int(version[1])
