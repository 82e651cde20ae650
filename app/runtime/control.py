"""The control socket between an engine and the desktops of the same user.

Messages are JSON in length-prefixed frames, never pickles, over a Unix socket (a named
pipe on Windows) in a folder that only this user may enter; both ends prove that they
can read the key file (HMAC).
"""

import contextlib
import json
import logging
import os
import secrets
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any
from uuid import UUID

from app.domain.ids import CameraId
from app.runtime.status_codec import StatusReport, encode_report

_log = logging.getLogger(__name__)
_ADDRESS_FILE = "engine.json"
_KEY_FILE = "engine.key"
_LONGEST_SOCKET_PATH = 100
_REPORT_INTERVAL_S = 1.0
_POLLS_A_REPORT = 5
_LONGEST_REQUEST_BYTES = 4096
LONGEST_REPORT_BYTES = 4 * 1024 * 1024
_BROKEN = (OSError, EOFError, ValueError)


@dataclass(frozen=True, slots=True)
class ControlHandlers:
    """What a desktop can ask of the engine."""

    report: Callable[[], StatusReport]
    request_size: Callable[[CameraId, int, int], None]
    stop: Callable[[], None]


class ControlServer:
    """The engine's end: reports once a second to everybody who is connected."""

    def __init__(self, run_dir: Path, handlers: ControlHandlers) -> None:
        """Listen, and write where to connect."""
        self._run_dir = run_dir
        self._handlers = handlers
        self._stop = threading.Event()
        self._key = _new_key(run_dir)
        self._folder, self._address = _new_address(run_dir)
        self._listener = Listener(self._address, backlog=16, authkey=self._key)
        _write_private(
            run_dir / _ADDRESS_FILE,
            json.dumps({"pid": os.getpid(), "address": self._address}).encode(),
        )
        self._clients: list[threading.Thread] = []
        self._thread = threading.Thread(
            target=self._accept_all, name="control", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Hang up on everybody and leave no file behind."""
        self._stop.set()
        with contextlib.suppress(*_BROKEN):
            # Wakes `accept`; without a key there is no handshake that could block.
            Client(self._address).close()
        self._thread.join(1.0)
        self._listener.close()
        for client in self._clients:
            client.join(0.5)
        for name in (_ADDRESS_FILE, _KEY_FILE):
            (self._run_dir / name).unlink(missing_ok=True)
        if self._folder is not None:
            self._folder.cleanup()

    def _accept_all(self) -> None:
        while not self._stop.is_set():
            try:
                connection = self._listener.accept()
            except (*_BROKEN, AuthenticationError) as error:
                if not self._stop.is_set():
                    _log.warning("a control connection was refused: %s", error)
                continue
            client = threading.Thread(
                target=self._serve,
                args=(connection,),
                name="control-client",
                daemon=True,
            )
            self._clients = [c for c in self._clients if c.is_alive()] + [client]
            client.start()

    def _serve(self, connection: "Connection[Any, Any]") -> None:
        with contextlib.suppress(*_BROKEN), connection:
            while not self._stop.is_set():
                connection.send_bytes(encode_report(self._handlers.report()))
                if self._asked(connection):
                    self._obey(connection.recv_bytes(_LONGEST_REQUEST_BYTES))

    def _asked(self, connection: "Connection[Any, Any]") -> bool:
        """Wait until the next report is due; return at once when asked, or stopped."""
        for _ in range(_POLLS_A_REPORT):
            if self._stop.is_set():
                return False
            if connection.poll(_REPORT_INTERVAL_S / _POLLS_A_REPORT):
                return True
        return False

    def _obey(self, data: bytes) -> None:
        request: Mapping[str, Any] = json.loads(data)
        match request:
            case {
                "op": "size",
                "camera": str(camera),
                "size": [int(width), int(height)],
            }:
                self._handlers.request_size(CameraId(UUID(camera)), width, height)
            case {"op": "stop"}:
                self._handlers.stop()
            case _:
                _log.warning("an unknown control request was ignored")


class ControlClient:
    """The desktop's end."""

    def __init__(self, connection: "Connection[Any, Any]", pid: int) -> None:
        """Take over an open connection; use `connect`."""
        self._connection = connection
        self._lock = threading.Lock()
        self.pid = pid

    def receive(self, timeout_s: float) -> bytes | None:
        """Return the next report, None when none came in time; OSError when lost."""
        if not self._connection.poll(timeout_s):
            return None
        return self._connection.recv_bytes(LONGEST_REPORT_BYTES)

    def request_size(self, camera_id: CameraId, width_px: int, height_px: int) -> None:
        """Ask for previews of about this size; OSError when the engine is gone."""
        self._send(
            {"op": "size", "camera": str(camera_id), "size": [width_px, height_px]}
        )

    def stop(self) -> None:
        """Ask the engine to end."""
        self._send({"op": "stop"})

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):
            self._connection.close()

    def _send(self, request: Mapping[str, object]) -> None:
        with self._lock:
            self._connection.send_bytes(json.dumps(request).encode())


def connect(run_dir: Path) -> ControlClient:
    """Connect to the engine of `run_dir`; OSError when there is none."""
    try:
        told = json.loads((run_dir / _ADDRESS_FILE).read_bytes())
        key = (run_dir / _KEY_FILE).read_bytes()
        connection = Client(str(told["address"]), authkey=key)
        return ControlClient(connection, int(told["pid"]))
    except (EOFError, ValueError, KeyError, AuthenticationError) as error:
        raise ConnectionRefusedError(f"no engine answers: {error}") from None


def sweep_control_files(run_dir: Path) -> None:
    """Remove what a killed engine left: socket, address and key."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        told = json.loads((run_dir / _ADDRESS_FILE).read_bytes())
        if sys.platform != "win32":
            Path(str(told["address"])).unlink(missing_ok=True)
    for name in (_ADDRESS_FILE, _KEY_FILE):
        (run_dir / name).unlink(missing_ok=True)


def _new_key(run_dir: Path) -> bytes:
    key = secrets.token_bytes(32)
    _write_private(run_dir / _KEY_FILE, key)
    return key


def _new_address(
    run_dir: Path,
) -> "tuple[tempfile.TemporaryDirectory[str] | None, str]":
    if sys.platform == "win32":
        return None, rf"\\.\pipe\atalaya-{secrets.token_hex(8)}"
    path = run_dir / "engine.sock"
    folder = None
    if len(os.fsencode(path)) > _LONGEST_SOCKET_PATH:
        folder = tempfile.TemporaryDirectory(prefix="atalaya-")
        path = Path(folder.name) / "engine.sock"
    path.unlink(missing_ok=True)
    return folder, str(path)


def _write_private(path: Path, data: bytes) -> None:
    """Replace `path` at once, readable by this user only."""
    partial = path.with_suffix(f".{os.getpid()}.new")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    partial.replace(path)
