"""What the engine tells a monitoring system, before it has any particular form."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

import psutil

from app.domain.camera import CameraHealth, EngineStatus
from app.domain.clock import NS_PER_S, Clock
from app.domain.ids import CameraId
from app.runtime.stage_timing import Histogram


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraReport:
    """One running camera; `drops` by reason, `kept_bytes` is its packet ring."""

    name: str
    health: CameraHealth
    drops: Mapping[str, int]
    kept_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessReport:
    """What the process holds."""

    resident_bytes: int
    threads: int
    descriptors: int
    uptime_s: float

    @classmethod
    def of_this(cls, clock: Clock, began_ns: int) -> "ProcessReport":
        """Return it for this process, which began at monotonic time `began_ns`."""
        process = psutil.Process()
        return cls(
            resident_bytes=int(process.memory_info().rss),
            threads=process.num_threads(),
            descriptors=process.num_fds() if os.name == "posix" else 0,
            uptime_s=(clock.monotonic_ns() - began_ns) / NS_PER_S,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineReport:
    """The engine at one moment; all counts are since its start.

    `plates_stored` counts vehicles, `plates_dropped` those given up, by reason.
    `trouble` is a sentence when the engine does not do its work, else empty.
    """

    status: EngineStatus
    software_version: str
    model_sha256: str
    cameras: tuple[CameraReport, ...]
    times: Mapping[tuple[CameraId | None, str], Histogram]
    queues: Mapping[str, int]
    cases_recorded: int
    cases_failed: int
    plate_reads_skipped: int
    plates_stored: int = 0
    plates_dropped: Mapping[str, int] = field(default_factory=dict)
    stuck: Mapping[str, int] = field(default_factory=dict)
    captures_abandoned: int
    process: ProcessReport
    memory_bound_bytes: int
    trouble: str = ""
