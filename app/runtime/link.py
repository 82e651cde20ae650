"""The desktop's link to its engine: starts it, watches it, restarts it, shows it."""

import contextlib
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from app.domain.camera import EngineStatus
from app.domain.clock import NS_PER_S, Clock
from app.domain.ids import CameraId
from app.domain.overlay import PreviewFrame
from app.runtime.control import ControlClient, connect, sweep_control_files
from app.runtime.engine import EXIT_ALREADY_RUNNING, EXIT_FAULT, FAULT_FILE
from app.runtime.gallery import Gallery
from app.runtime.restart_policy import RestartPolicy
from app.runtime.segment import sweep
from app.runtime.status_codec import StatusReport, decode_report

_log = logging.getLogger(__name__)
_STARTING = "The engine is starting…"
_RESTARTING = "The engine stopped unexpectedly; restarting…"
_LOOPING = (
    "The engine keeps stopping and is restarted ever more slowly. "
    "Its log says why; call whoever looks after this computer."
)
_POLL_S = 0.1
_HUNG_AFTER_NS = 10 * NS_PER_S
_FRESH_NS = 4 * NS_PER_S
# The engine ends within 3 s, or by itself after 6 s; killed it would lose a case.
_STOP_WITHIN_S = 7.0
_BROKEN = (OSError, EOFError, ValueError, KeyError, TypeError)


class ProcessEngineLink:
    """Implements `app.ports.EngineLink` over a process of this user.

    An engine that already runs in `run_dir` is used, and left running at the end.
    Otherwise `command` is started, with `--follow PID` appended, so that it ends
    with this process however that ends. One thread does it all; every public call
    returns at once.
    """

    def __init__(self, command: Sequence[str], run_dir: Path, clock: Clock) -> None:
        """Start supervising."""
        self._command = [*command, "--follow", str(os.getpid())]
        self._run_dir = run_dir
        self._clock = clock
        self._lock = threading.Lock()
        self._report: StatusReport | None = None
        self._reported_ns = 0
        self._message = _STARTING
        self._wanted_sizes: dict[CameraId, tuple[int, int]] = {}
        self._sent_sizes: dict[CameraId, tuple[int, int]] = {}
        self._gallery = Gallery(run_dir, clock)
        self._process: subprocess.Popen[bytes] | None = None
        self._restarts = RestartPolicy()
        self._closing = threading.Event()
        self._thread = threading.Thread(
            target=self._supervise, name="engine-link", daemon=True
        )
        self._thread.start()

    def status(self) -> EngineStatus | None:
        """Return what the engine said within the last seconds, else None."""
        with self._lock:
            age_ns = self._clock.monotonic_ns() - self._reported_ns
            if self._report is None or age_ns > _FRESH_NS:
                return None
            return self._report.status

    def message(self) -> str:
        """Return a sentence on what is wrong, empty when all is well."""
        with self._lock:
            return self._message

    @property
    def engine_pid(self) -> int | None:
        """Process id of the engine that this link started, None while there is none."""
        process = self._process
        return None if process is None else process.pid

    def frame(self, camera_id: CameraId) -> PreviewFrame | None:
        """Return the newest picture: the same object until there is a newer one."""
        return self._gallery.frame(camera_id)

    def request_size(self, camera_id: CameraId, width_px: int, height_px: int) -> None:
        """Remember the wish; it reaches the engine within a fraction of a second."""
        with self._lock:
            self._wanted_sizes[camera_id] = (width_px, height_px)

    def close(self) -> None:
        """Stop the engine that this link started, within 3 s."""
        self._closing.set()
        self._thread.join(_STOP_WITHIN_S + 1.0)
        self._gallery.close()

    def _supervise(self) -> None:
        while not self._closing.is_set():
            try:
                self._one_engine()
            except Exception:  # noqa: BLE001 - supervision must outlive its own bugs
                _log.exception("supervising the engine failed")
            self._forget_engine()
            if not self._closing.is_set():
                self._closing.wait(self._restarts.next_s())
        self._end_process()

    def _one_engine(self) -> None:
        """Live with one engine until it is gone or this link closes."""
        client = self._connected()
        if client is None:
            return
        try:
            self._listen(client)
            if self._closing.is_set() and self._process is not None:
                client.stop()
        except _BROKEN as error:
            _log.warning("the engine is gone: %s", error)
        finally:
            client.close()

    def _connected(self) -> ControlClient | None:
        with contextlib.suppress(OSError):
            return connect(self._run_dir)
        self._spawn()
        while not self._closing.wait(_POLL_S):
            with contextlib.suppress(OSError):
                return connect(self._run_dir)
            if self._process is None or self._process.poll() is not None:
                return None
        return None

    def _spawn(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        error_output = self._run_dir / "engine.err"
        descriptor = os.open(error_output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as errors:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0)
                if sys.platform == "win32"
                else 0,
            )

    def _listen(self, client: ControlClient) -> None:
        self._sent_sizes.clear()
        heard_ns = self._clock.monotonic_ns()
        while not self._closing.is_set():
            data = client.receive(_POLL_S)
            now_ns = self._clock.monotonic_ns()
            if data is not None:
                heard_ns = now_ns
                self._take(decode_report(data), now_ns)
            elif now_ns - heard_ns > _HUNG_AFTER_NS:
                _log.error("the engine does not answer; it is killed")
                self._kill()
                return
            self._send_sizes(client)

    def _take(self, report: StatusReport, now_ns: int) -> None:
        self._gallery.hang(report.segments)
        self._restarts.reported(now_ns / NS_PER_S)
        with self._lock:
            self._report, self._reported_ns = report, now_ns
            self._message = report.message

    def _send_sizes(self, client: ControlClient) -> None:
        with self._lock:
            wanted = dict(self._wanted_sizes)
        for camera_id, size in wanted.items():
            if self._sent_sizes.get(camera_id) != size:
                client.request_size(camera_id, *size)
                self._sent_sizes[camera_id] = size

    def _forget_engine(self) -> None:
        if self._closing.is_set():
            return
        self._gallery.hang({})
        code = self._reaped()
        now_s = self._clock.monotonic_ns() / NS_PER_S
        if code is not None:
            self._restarts.died(now_s)
        with self._lock:
            self._report = None
            self._message = self._explanation(code, now_s)

    def _reaped(self) -> int | None:
        """Return the exit code of a dead engine after cleaning up behind it."""
        if self._process is None:
            return None
        try:
            code = self._process.wait(_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._kill()
            code = self._process.wait()
        self._process = None
        if code != EXIT_ALREADY_RUNNING:
            sweep(self._run_dir)
            sweep_control_files(self._run_dir)
        level = logging.INFO if self._closing.is_set() else logging.WARNING
        _log.log(level, "the engine ended with code %s", code)
        return code

    def _explanation(self, code: int | None, now_s: float) -> str:
        if code is None:
            return _STARTING
        if code != EXIT_FAULT and self._restarts.looping(now_s):
            return _LOOPING
        with contextlib.suppress(OSError):
            return (self._run_dir / FAULT_FILE).read_text(encoding="utf-8")
        return _RESTARTING

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def _end_process(self) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._kill()
        self._reaped()
