"""Files that are written only where their content is another."""

import os
import tempfile
from pathlib import Path

from installer.server.account import Account
from installer.server.doing import Doing


def content_of(path: Path) -> str | None:
    """Return the text of a file, None where there is none."""
    try:
        # Folders of the service's account are not to be trusted by root: no links.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, encoding="utf-8") as file:
        return file.read()


def write(path: Path, text: str, mode: int, account: Account | None = None) -> None:
    """Put a file in its place whole; nobody else ever reads it half written."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    arriving = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(handle, mode)
            if account is not None and account.switch:
                os.fchown(handle, account.uid, account.gid)
        arriving.replace(path)
    finally:
        arriving.unlink(missing_ok=True)


def keep_text(
    doing: Doing, what: str, path: Path, text: str, mode: int, account: Account | None
) -> bool:
    """Write a file if it says something else; return whether it did."""
    if content_of(path) == text:
        return False
    doing.change(what, lambda: write(path, text, mode, account))
    return True
