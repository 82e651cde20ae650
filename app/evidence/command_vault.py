"""Master keys that only an outside command opens: a key service, a token, a server.

The file holds each key as that command wrapped it, and is worth nothing without it. A
key goes to the command, and comes from it, as 64 hexadecimal digits by standard input
and output, never on its command line. What was opened is held in memory: a service must
not be asked for each object. Nor is one that is away: a refusal stands for a while, or
each object of each case would wait for it anew.
"""

import base64
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from app.domain.errors import KeyUnavailable
from app.evidence.master_keys import FileVault, key_of

_WITHIN_S = 30.0
_ENDS_WITHIN_S = 2.0
_REFUSAL_STANDS_S = 15.0
_MOST_BYTES = 1 << 16


class CommandVault:
    """A `KeyVault` whose keys are wrapped and unwrapped by two commands.

    Each is a program with its arguments; no shell reads them. Raises KeyUnavailable
    when one cannot be started, fails, or does not end within `within_s` seconds; what
    opening a key raised is raised again for a while, by the clock `now_s`.
    """

    def __init__(
        self,
        path: Path,
        wrap: Sequence[str],
        unwrap: Sequence[str],
        *,
        within_s: float = _WITHIN_S,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._file = FileVault(path)
        self._wrap, self._unwrap = tuple(wrap), tuple(unwrap)
        self._within_s, self._now_s = within_s, now_s
        self._held: dict[str, bytes] = {}
        self._refused: dict[str, tuple[float, str]] = {}

    def get(self, key_id: str) -> bytes | None:
        """Return a key, opened by the command once."""
        if key_id not in self._held:
            text = self._file.text_of(key_id)
            if text is None:
                return None
            self._held[key_id] = self._asked_for(key_id, text)
        return self._held[key_id]

    def put(self, key_id: str, key: bytes) -> None:
        """Keep a key, once it is sure that it can be opened again."""
        wrapped = self._said(self._wrap, key.hex().encode())
        if self._unwrapped(wrapped) != key.hex():
            raise KeyUnavailable(
                f"The command {self._unwrap[0]} does not open what the other one "
                "wrapped. Check both commands for keys."
            )
        self._held.pop(key_id, None)
        self._refused.pop(key_id, None)
        self._file.put_text(key_id, base64.b64encode(wrapped).decode("ascii"))

    def delete(self, key_id: str) -> None:
        """Forget a key."""
        self._file.delete(key_id)
        self._held.pop(key_id, None)

    def current_id(self) -> str | None:
        """Return the current key; the command is not asked."""
        return self._file.current_id()

    def set_current(self, key_id: str) -> None:
        """Point at a key."""
        self._file.set_current(key_id)

    def _asked_for(self, key_id: str, text: str) -> bytes:
        until_s, why = self._refused.get(key_id, (0.0, ""))
        if why and self._now_s() < until_s:
            raise KeyUnavailable(why)
        try:
            key = self._opened(key_id, text)
        except KeyUnavailable as refusal:
            stands_until_s = self._now_s() + _REFUSAL_STANDS_S
            self._refused[key_id] = (stands_until_s, str(refusal))
            raise
        self._refused.pop(key_id, None)
        return key

    def _opened(self, key_id: str, text: str) -> bytes:
        try:
            wrapped = base64.b64decode(text, validate=True)
        except ValueError:
            wrapped = b""
        return key_of(key_id, self._unwrapped(wrapped))

    def _unwrapped(self, wrapped: bytes) -> str:
        return self._said(self._unwrap, wrapped).decode("ascii", "replace").strip()

    def _said(self, command: Sequence[str], given: bytes) -> bytes:
        program = command[0]
        try:
            said, code = _run(command, given, self._within_s)
        except OSError:
            raise KeyUnavailable(
                f"The command {program}, which opens the master keys, cannot be "
                "started. Check its path and rights."
            ) from None
        except subprocess.TimeoutExpired:
            raise KeyUnavailable(
                f"The command {program}, which opens the master keys, did not end in "
                "time. See whether its service answers."
            ) from None
        if code != 0 or not 0 < len(said) <= _MOST_BYTES:
            raise KeyUnavailable(
                f"The command {program}, which opens the master keys, gave no key "
                f"(exit code {code}). Try it by hand as the engine's account."
            )
        return said


def _run(command: Sequence[str], given: bytes, within_s: float) -> tuple[bytes, int]:
    """Return what a command said, and its exit code.

    One that is late is ended, where that is allowed with all that it started; one that
    may not be ended, such as another account's, is left to itself: nobody waits for it.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # It may say the key; nobody shall read that in a log.
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(given, within_s)
    except BaseException:
        _end(process)
        raise
    return said, process.returncode


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_ENDS_WITHIN_S)
    if os.name == "posix":
        # Elsewhere a thread reads it, for as long as anybody holds its other end.
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
