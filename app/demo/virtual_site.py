"""The virtual junction as cameras on the network, in a process of its own."""

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.config.paths import PROJECT, Paths
from app.domain.clock import SystemClock
from app.domain.errors import EnvironmentFault
from app.ports import Progress
from app.progress import print_progress
from app.runtime.follow import follow
from app.runtime.signals import stop_on_signals
from app.simulator.announce import AnnouncedStreams, Announcement
from app.simulator.scenario import SimulatedCamera, load_bundled
from app.simulator.server import RtspServer
from app.simulator.small_streams import SUFFIX, small_streams

_log = logging.getLogger(__name__)

CAMERA_KEYS = ("junction-front", "junction-rear", "avenue-speed", "avenue-plate")
_START_TIMEOUT_S = 30.0
_POLL_S = 0.05
_STOP_TIMEOUT_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A camera that drops out once: when, and for how long."""

    key: str
    after_s: float
    lasting_s: float

    @classmethod
    def parse(cls, text: str) -> "Outage":
        """Read `CAMERA:AFTER_S:LASTING_S`; EnvironmentFault when it is not that."""
        try:
            key, after, lasting = text.split(":")
            return cls(key=key, after_s=float(after), lasting_s=float(lasting))
        except ValueError:
            raise EnvironmentFault(
                f"{text!r} is no outage. Write it as CAMERA:AFTER_S:LASTING_S, for "
                "example avenue-speed:40:8."
            ) from None

    def __str__(self) -> str:
        """Return the form that `parse` reads."""
        return f"{self.key}:{self.after_s}:{self.lasting_s}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualSite:
    """Cameras that are being served; `epoch` is when their clips began."""

    port: int
    epoch: datetime
    cameras: tuple[SimulatedCamera, ...]


def demo_cameras() -> tuple[SimulatedCamera, ...]:
    """Return the bundled cameras of the demo, in the order of the wall."""
    bundled = {camera.key: camera for camera in load_bundled()}
    return tuple(bundled[key] for key in CAMERA_KEYS)


def served_clips(paths: Paths, progress: Progress) -> dict[str, Path]:
    """Return both streams of each camera of the demo; the small ones are made once."""
    clips = {camera.key: camera.clip for camera in demo_cameras()}
    return clips | small_streams(clips, paths.simulator, progress)


def serve(
    paths: Paths, state: Path | None, outage: str | None, follow_pid: int | None
) -> int:
    """Serve and announce the cameras until a signal, or the end of `follow_pid`."""
    stop = threading.Event()
    stop_on_signals(stop)
    if follow_pid is not None:
        follow(follow_pid, stop.set, stop)
    planned = Outage.parse(outage) if outage else None
    server = RtspServer(served_clips(paths, print_progress), clock=SystemClock())
    announced = [AnnouncedStreams(key, f"{key}/{SUFFIX}") for key in CAMERA_KEYS]
    with closing(server.start()), Announcement(announced, server.port):
        print(f"{len(announced)} cameras, the first at {server.url(CAMERA_KEYS[0])}")
        if state is not None:
            _write_state(state, server)
        if planned is not None:
            _play(planned, server, stop)
        while not stop.wait(1.0):
            pass
    return 0


def _write_state(path: Path, server: RtspServer) -> None:
    document = {"port": server.port, "epoch": server.epoch.isoformat()}
    partial = path.with_suffix(".new")
    partial.write_text(json.dumps(document), encoding="utf-8")
    partial.replace(path)


def _play(outage: Outage, server: RtspServer, stop: threading.Event) -> None:
    if not stop.wait(outage.after_s):
        server.set_outage(outage.key, True)
    if not stop.wait(outage.lasting_s):
        server.set_outage(outage.key, False)


@contextmanager
def virtual_site(paths: Paths, outage: Outage) -> Iterator[VirtualSite]:
    """Serve the cameras from a process that ends with this block.

    What they need is made first, however long that takes: only the start is hurried.
    """
    served_clips(paths, print_progress)
    state = paths.run / "virtual-site.json"
    state.unlink(missing_ok=True)
    process = subprocess.Popen(
        [
            *(sys.executable, str(PROJECT / "main.py"), "simulate", "serve"),
            *("--home", str(paths.root)),
            *("--state", str(state), "--outage", str(outage)),
            *("--follow", str(os.getpid())),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        document = _awaited(state, process)
        yield VirtualSite(
            port=int(document["port"]),
            epoch=datetime.fromisoformat(document["epoch"]),
            cameras=demo_cameras(),
        )
    finally:
        _end(process)


def _awaited(state: Path, process: subprocess.Popen[bytes]) -> dict[str, str]:
    waiting = threading.Event()
    for _ in range(round(_START_TIMEOUT_S / _POLL_S)):
        if state.exists():
            document: dict[str, str] = json.loads(state.read_text(encoding="utf-8"))
            return document
        if process.poll() is not None:
            break
        waiting.wait(_POLL_S)
    raise EnvironmentFault(
        "The virtual cameras did not start. Run 'python main.py simulate serve' to "
        "see why."
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        _log.warning("the virtual cameras did not end in time; they are killed")
        process.kill()
        process.wait()
