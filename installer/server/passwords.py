"""Passwords come from the terminal or a descriptor, never from the command line."""

import getpass
import os
import secrets
from pathlib import Path

from app.domain.errors import WeakPassword
from app.domain.ids import Login
from app.domain.password import require_good
from installer.bootstrap import SetupFailed
from installer.server.files import content_of, write

_BYTES = 18


def ask_password(login: str, descriptor: int | None) -> str:
    """Return the password for a new login: twice from a terminal, else one line."""
    if descriptor is not None:
        with os.fdopen(os.dup(descriptor), encoding="utf-8") as lines:
            password = lines.readline().rstrip("\r\n")
    else:
        password = getpass.getpass(f"Password for the new administrator {login!r}: ")
        if getpass.getpass("The same again: ") != password:
            raise SetupFailed("The two differ. Run the command again.")
    try:
        require_good(Login(login), password)
    except WeakPassword as weak:
        raise SetupFailed(str(weak)) from None
    return password


def engine_password(folder: Path) -> str:
    """Return the password that engines log in with, drawn the first time."""
    path = folder / "engine.password"
    known = content_of(path)
    if known is None:
        known = secrets.token_urlsafe(_BYTES) + "\n"
        write(path, known, 0o600)
    return known.strip()
