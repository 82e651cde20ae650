"""Who runs PostgreSQL: it refuses root, and its files belong to nobody else."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from installer.bootstrap import SetupFailed
from installer.server.doing import Doing

_PACKAGED = "postgres"
_OWN = "atalaya-db"
_PRIVATE = 0o700


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the operating system; `switch` when we are root and it is not."""

    name: str
    uid: int
    gid: int

    @property
    def switch(self) -> bool:
        """Whether programs have to be started in its name."""
        return self.uid != os.geteuid()

    def own(self, path: Path, mode: int) -> None:
        """Give it a file or folder."""
        path.chmod(mode)
        if self.switch:
            os.chown(path, self.uid, self.gid)


def own_name() -> str:
    """Return the name of whoever runs this."""
    return pwd.getpwuid(os.geteuid()).pw_name


def service_account(doing: Doing, wanted: str | None) -> Account | None:
    """Return the account, made where it has to be; None where a dry run makes none."""
    if os.geteuid() != 0:
        if wanted not in (None, own_name()):
            raise SetupFailed("Only root can run PostgreSQL as somebody else.")
        return _known(own_name())
    name = wanted or (_PACKAGED if _known(_PACKAGED) else _OWN)
    found = _known(name)
    if found is None and doing.change(f"make the account {name}", lambda: _add(name)):
        found = _known(name)
    if found is not None and found.uid == 0:
        raise SetupFailed("PostgreSQL refuses root. Name another account: --run-as")
    return found


def _known(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name, entry.pw_uid, entry.pw_gid)


def _add(name: str) -> None:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", name]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        raise SetupFailed(
            f"The account {name} could not be made. Make it, or name another: --run-as"
        ) from None


def make_folder(doing: Doing, path: Path, account: Account | None, mode: int) -> None:
    """Make a folder with its owner and mode, or mend them; None is whoever runs this.

    A folder that others may pass through but not list keeps root at the top.
    """

    def make() -> None:
        path.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        path.chmod(mode)
        if account is not None:
            account.own(path, mode)

    uid = os.geteuid() if account is None else account.uid
    if not path.exists():
        doing.change(f"make the folder {path}", make)
        return
    status = path.stat()
    if (status.st_mode & 0o777, status.st_uid) != (mode, uid):
        doing.change(f"mend the owner and rights of {path}", make)
