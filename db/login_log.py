"""Failed and successful logins, as PostgreSQL's own log tells them.

A client chooses its user and database name, up to 63 bytes each and with new lines in
them, and the log repeats both: a whole line can be forged. The one by which a
connection is received cannot, because no name is long enough for it. So a failure
counts for the address that was noted there for the same process: whoever forges one has
caused no more than what failing from that address would.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_HEAD = r"^[-0-9]{10} [0-9:.]{12} \S+ \[(?P<pid>[0-9]+)\] "
_RECEIVED = re.compile(
    _HEAD + r"00000 \[unknown\]@\[unknown\] \S+ LOG:  connection received: "
    r"host=(?P<host>\S+)(?: port=[0-9]{1,5})?$"
)
_OF_SOMEBODY = r"(?P<login>[a-z0-9_.]+)@(?P<database>[^@\s]+) (?P<address>\S+) "
_FAILED = re.compile(
    _HEAD + "28P01 " + _OF_SOMEBODY + "FATAL:  password authentication failed for user "
    r'"(?P=login)"$'
)
_LET_IN = re.compile(
    _HEAD + "00000 " + _OF_SOMEBODY + "LOG:  connection authenticated: "
    r'identity="(?P=login)" method=scram-sha-256 \('
)
_MOST_PROCESSES = 5000
_CHUNK_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class LoginTry:
    """Somebody proved a password, or did not. `address` as PostgreSQL writes it."""

    login: str
    address: str
    failed: bool


class LoginLog:
    """Reads lines in their order; knows which process serves which address."""

    def __init__(self) -> None:
        """Know of no connection yet."""
        self._addresses: OrderedDict[str, str] = OrderedDict()

    def tries(self, lines: Iterable[str]) -> Iterator[LoginTry]:
        """Yield the logins among these lines, without those that may be forged."""
        for line in lines:
            received = _RECEIVED.match(line)
            if received:
                self._note(received["pid"], received["host"])
                continue
            failed = _FAILED.match(line)
            found = failed or _LET_IN.match(line)
            if found and self._addresses.get(found["pid"]) == found["address"]:
                yield LoginTry(found["login"], found["address"], failed is not None)

    def _note(self, pid: str, address: str) -> None:
        self._addresses[pid] = address
        self._addresses.move_to_end(pid)
        if len(self._addresses) > _MOST_PROCESSES:
            self._addresses.popitem(last=False)


class LogTail:
    """Gives what a log has grown by; follows one that was begun anew.

    A folder stands for all `*.log` files in it: a collector may begin one each day.
    """

    def __init__(self, path: Path) -> None:
        """Begin at the end of what there is."""
        self._path = path
        self._files = {each: _Tail(each, size) for each, _, size in self._found()}

    def lines(self) -> list[str]:
        """Return the whole lines since the last look, without their ends."""
        read: list[str] = []
        for path, _, _ in sorted(self._found(), key=lambda each: each[1]):
            read += self._files.setdefault(path, _Tail(path, 0)).lines()
        return read

    def _found(self) -> Iterator[tuple[Path, int, int]]:
        """Yield what there is, when it was written to in ns, and its size in bytes."""
        folder = self._path.is_dir()
        for path in self._path.glob("*.log") if folder else (self._path,):
            with suppress(FileNotFoundError):
                status = path.stat()
                yield path, status.st_mtime_ns, status.st_size


@dataclass(slots=True)
class _Tail:
    path: Path
    at: int
    rest: bytes = b""

    def lines(self) -> list[str]:
        try:
            size = self.path.stat().st_size
            if size < self.at:
                self.at, self.rest = 0, b""
            with self.path.open("rb") as file:
                file.seek(self.at)
                read = file.read(_CHUNK_BYTES)
        except FileNotFoundError:
            return []
        self.at += len(read)
        *whole, self.rest = (self.rest + read).split(b"\n")
        self.rest = self.rest[-_CHUNK_BYTES:]
        return [line.decode(errors="replace").rstrip("\r") for line in whole]
