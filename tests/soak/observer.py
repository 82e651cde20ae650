"""The engine seen from outside: what it says, and what the computer says of it."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from app.domain.camera import CameraHealth, CameraState
from app.domain.ids import CameraId
from app.runtime.segment import run_prefix, shared_folder


@dataclass(frozen=True, slots=True)
class Sample:
    """The process at one moment; `at_s` is seconds of the soak."""

    at_s: float
    rss_mb: float
    threads: int
    descriptors: int
    segments: int
    children: int
    cpu_s: float

    def as_dict(self) -> dict[str, float]:
        """Return it for the report."""
        return asdict(self)


class ProcessWatch:
    """Samples one process."""

    def __init__(self, process: "subprocess.Popen[bytes]", run_dir: Path) -> None:
        """Watch `process`, whose shared memory is named after `run_dir`."""
        self._process = psutil.Process(process.pid)
        self._run_dir = run_dir

    def sample(self, at_s: float) -> Sample:
        """Return what it holds now."""
        process = self._process
        with process.oneshot():
            cpu = process.cpu_times()
            return Sample(
                at_s=round(at_s, 2),
                rss_mb=round(process.memory_info().rss / 1e6, 2),
                threads=process.num_threads(),
                descriptors=process.num_fds() if os.name == "posix" else 0,
                segments=len(segments_of(self._run_dir)),
                children=len(process.children()),
                cpu_s=round(cpu.user + cpu.system, 2),
            )


def segments_of(run_dir: Path) -> list[Path]:
    """Return the shared memory of the engine of `run_dir`."""
    return list(shared_folder().glob(f"{run_prefix(run_dir)}*"))


def ended_within_s(process: "subprocess.Popen[bytes]", timeout_s: float) -> float:
    """Wait for the end of `process`; return how long it took, kill it when too long."""
    began = time.monotonic()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout_s)
    took_s = time.monotonic() - began
    if process.poll() is None:
        process.kill()
        process.wait()
    return took_s


def is_well(health: CameraHealth) -> bool:
    """Tell whether pictures come and nothing is wrong with them."""
    if health.state is CameraState.LATE:
        return "late" in health.message and health.fps > 0
    frozen = "frozen" in health.message
    return health.state is CameraState.ONLINE and health.fps > 0 and not frozen


def by_camera(cameras: Iterable[CameraHealth]) -> dict[CameraId, CameraHealth]:
    """Return the health of each camera."""
    return {health.camera_id: health for health in cameras}
