"""The engine's report in the form that Prometheus reads.

Every name is documented in docs/operations/observe.md. What a camera is called comes
from the site and is escaped by the library; counters carry only its identity.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from app.domain.camera import CameraHealth, CameraState
from app.runtime.metrics_report import CameraReport, EngineReport
from app.runtime.stage_timing import BOUNDS_S, Histogram

_UP = (CameraState.ONLINE, CameraState.LATE)

_CAMERA_COUNTERS: tuple[tuple[str, str, Callable[[CameraHealth], int]], ...] = (
    ("frames_received", "Pictures decoded.", lambda h: h.frames_received),
    ("frames_detected", "Pictures looked at.", lambda h: h.frames_detected),
    ("detections", "Vehicles found in pictures.", lambda h: h.detections),
    ("infractions", "Infractions with stored evidence.", lambda h: h.infractions),
    ("reconnects", "Sessions after the first.", lambda h: h.reconnects),
)
_CAMERA_GAUGES: tuple[tuple[str, str, Callable[[CameraHealth], float | None]], ...] = (
    ("camera_up", "1 while pictures come.", lambda h: float(h.state in _UP)),
    ("camera_fps", "Pictures a second.", lambda h: h.fps),
    ("camera_detected_fps", "Looks a second.", lambda h: h.detected_fps),
    (
        "camera_latency_seconds",
        "From the packet's arrival to the end of the look, smoothed.",
        lambda h: h.latency_ms / 1000,
    ),
    (
        "camera_clock_offset_seconds",
        "Camera's clock minus this computer's.",
        lambda h: None if h.clock_offset_ms is None else h.clock_offset_ms / 1000,
    ),
)


class EngineCollector(Collector):
    """Asks for a report at each scrape, and keeps nothing between two."""

    def __init__(self, report: Callable[[], EngineReport]) -> None:
        """Take the reports from `report`."""
        self._report = report

    def describe(self) -> list[Metric]:
        """Return nothing, so that registering does not make a report."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield everything that the engine tells."""
        report = self._report()
        yield from _engine(report)
        yield from _process(report)
        yield from _cameras(report.cameras)
        yield _stages(report)


def render(report: Callable[[], EngineReport]) -> bytes:
    """Return one report in the text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(EngineCollector(report))
    return bytes(generate_latest(registry))


def _engine(report: EngineReport) -> Iterator[Metric]:
    status = report.status
    yield _info("build", {"version": report.software_version})
    yield _info(
        "model",
        {
            "name": status.model_name,
            "device": status.device,
            "sha256": report.model_sha256,
        },
    )
    yield _gauge("healthy", "1 while the engine does its work.", not report.trouble)
    yield _gauge("database_up", "1 while the database answers.", status.database_online)
    yield _gauge("spool_depth", "Infractions not yet forwarded.", status.spooled)
    yield _by("queue_depth", "Jobs that wait.", "queue", report.queues)
    yield _count("cases_recorded", "Cases stored.", report.cases_recorded)
    yield _count("cases_failed", "Cases without evidence.", report.cases_failed)
    yield _count("plate_reads_skipped", "Reads refused.", report.plate_reads_skipped)
    yield _count("plates_stored", "Vehicles in the plate search.", report.plates_stored)
    yield _counts("plates_dropped", "Plates given up.", "reason", report.plates_dropped)
    yield _counts("stage_stuck", "Times a stage hung.", "stage", report.stuck)
    yield _gauge(
        "captures_abandoned",
        "Threads of cameras that were left behind and still hang.",
        report.captures_abandoned,
    )


def _process(report: EngineReport) -> Iterator[Metric]:
    process = report.process
    yield _gauge("resident_memory_bytes", "Memory in use.", process.resident_bytes)
    yield _gauge("memory_bound_bytes", "Memory allowed.", report.memory_bound_bytes)
    yield _gauge("threads", "Threads of the process.", process.threads)
    yield _gauge("open_descriptors", "Open files and sockets.", process.descriptors)
    yield _gauge("uptime_seconds", "Since the engine started.", process.uptime_s)


def _cameras(cameras: tuple[CameraReport, ...]) -> Iterator[Metric]:
    info = GaugeMetricFamily(
        "atalaya_camera_info", "What a camera is called.", labels=["camera", "name"]
    )
    rings = GaugeMetricFamily(
        "atalaya_ring_bytes", "Compressed video kept for evidence.", labels=["camera"]
    )
    drops = CounterMetricFamily(
        "atalaya_frames_dropped", "Pictures given up.", labels=["camera", "reason"]
    )
    for camera in cameras:
        identity = str(camera.health.camera_id)
        info.add_metric([identity, camera.name], 1)
        rings.add_metric([identity], camera.kept_bytes)
        for reason, count in camera.drops.items():
            drops.add_metric([identity, reason], count)
    yield from (info, rings, drops)
    yield from _healths([camera.health for camera in cameras])


def _healths(cameras: list[CameraHealth]) -> Iterator[Metric]:
    for name, what, count_of in _CAMERA_COUNTERS:
        counter = CounterMetricFamily(f"atalaya_{name}", what, labels=["camera"])
        for health in cameras:
            counter.add_metric([str(health.camera_id)], count_of(health))
        yield counter
    for name, what, value_of in _CAMERA_GAUGES:
        gauge = GaugeMetricFamily(f"atalaya_{name}", what, labels=["camera"])
        for health in cameras:
            value = value_of(health)
            if value is not None:
                gauge.add_metric([str(health.camera_id)], value)
        yield gauge


def _stages(report: EngineReport) -> Metric:
    family = HistogramMetricFamily(
        "atalaya_stage_seconds",
        "How long a stage takes for one picture or case.",
        labels=["camera", "stage"],
    )
    for (camera_id, stage), histogram in report.times.items():
        family.add_metric(
            ["" if camera_id is None else str(camera_id), stage],
            buckets=_buckets(histogram),
            sum_value=histogram.total_s,
        )
    return family


def _buckets(histogram: Histogram) -> list[tuple[str, float]]:
    bounds = [*(str(bound) for bound in BOUNDS_S), "+Inf"]
    below = accumulate(histogram.counts)
    return [(b, float(count)) for b, count in zip(bounds, below, strict=True)]


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"atalaya_{name}", what, value=float(value))


def _count(name: str, what: str, value: int) -> Metric:
    return CounterMetricFamily(f"atalaya_{name}", what, value=value)


def _counts(name: str, what: str, label: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(f"atalaya_{name}", what, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _info(name: str, labels: Mapping[str, str]) -> Metric:
    family = GaugeMetricFamily(
        f"atalaya_{name}_info", f"The {name} in use.", labels=list(labels)
    )
    family.add_metric(list(labels.values()), 1)
    return family


def _by(name: str, what: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(f"atalaya_{name}", what, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
