"""The figures are whole, well formed whatever a camera is called, and read only."""

import http.client
import socket
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.domain.camera import CameraHealth, CameraState, EngineStatus
from app.domain.errors import AlreadyRunning
from app.domain.ids import CameraId, new_uuid
from app.runtime.metrics import render
from app.runtime.metrics_report import CameraReport, EngineReport, ProcessReport
from app.runtime.metrics_server import MetricsServer
from app.runtime.stage_timing import DETECT, StageTimes

CAMERA = CameraId(new_uuid())
HOSTILE = 'a"} 1\natalaya_healthy 0\n\\{evil="'


def report(name: str = "norte") -> EngineReport:
    times = StageTimes()
    for seconds in (0.003, 0.004, 0.03, 20.0):
        times.observe(CAMERA, DETECT, seconds)
    health = CameraHealth(
        camera_id=CAMERA,
        state=CameraState.ONLINE,
        frames_received=250,
        frames_detected=100,
        reconnects=2,
        clock_offset_ms=-120.0,
    )
    camera = CameraReport(
        name=name, health=health, drops={"newer frame came first": 7}, kept_bytes=4096
    )
    return EngineReport(
        status=EngineStatus(
            engine_id="e",
            model_name="m",
            device="cpu",
            database_online=False,
            spooled=3,
            cameras=(health,),
        ),
        software_version="1.2",
        model_sha256="0" * 64,
        cameras=(camera,),
        times=times.snapshot(),
        queues={"plates": 2},
        cases_recorded=5,
        cases_failed=1,
        plate_reads_skipped=4,
        plates_stored=9,
        plates_dropped={"queue full": 2},
        stuck={"capture": 1},
        captures_abandoned=1,
        process=ProcessReport(
            resident_bytes=1000, threads=9, descriptors=30, uptime_s=60.0
        ),
        memory_bound_bytes=2000,
    )


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_everything_is_told_with_its_labels() -> None:
    told = samples(render(report).decode())
    camera = ("camera", str(CAMERA))

    def value(name: str, *labels: tuple[str, str]) -> float:
        return told[f"atalaya_{name}", frozenset(labels)]

    assert value("frames_received_total", camera) == 250
    assert value("reconnects_total", camera) == 2
    dropped = ("reason", "newer frame came first")
    assert value("frames_dropped_total", camera, dropped) == 7
    assert value("camera_clock_offset_seconds", camera) == -0.12
    assert value("ring_bytes", camera) == 4096
    assert value("spool_depth") == 3
    assert value("database_up") == 0
    assert value("stage_stuck_total", ("stage", "capture")) == 1
    assert value("queue_depth", ("queue", "plates")) == 2
    assert value("plates_stored_total") == 9
    assert value("plates_dropped_total", ("reason", "queue full")) == 2
    stage = ("stage", DETECT)
    assert value("stage_seconds_bucket", camera, stage, ("le", "0.005")) == 2
    assert value("stage_seconds_bucket", camera, stage, ("le", "+Inf")) == 4
    assert value("stage_seconds_count", camera, stage) == 4
    assert value("stage_seconds_sum", camera, stage) == pytest.approx(20.037)
    assert value("build_info", ("version", "1.2")) == 1


def test_a_hostile_name_stays_within_its_label() -> None:
    told = samples(render(lambda: report(HOSTILE)).decode())

    assert told["atalaya_healthy", frozenset()] == 1
    label = frozenset({("camera", str(CAMERA)), ("name", HOSTILE)})
    assert told["atalaya_camera_info", label] == 1


class Told:
    def __init__(self) -> None:
        self.trouble = ""
        self.broken = False

    def metrics(self) -> bytes:
        if self.broken:
            raise RuntimeError("a bug")
        return render(report)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def server(told: Told) -> Iterator[MetricsServer]:
    server = MetricsServer(0, told.metrics, lambda: told.trouble)
    yield server
    server.close()


def ask(server: MetricsServer, path: str, method: str = "GET") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def test_only_two_paths_and_one_method_are_answered(server: MetricsServer) -> None:
    status, text = ask(server, "/metrics")
    assert status == 200
    assert "atalaya_frames_received_total" in text
    assert ask(server, "/")[0] == 404
    assert ask(server, "/metrics/../etc/passwd")[0] == 404
    assert ask(server, "/metrics", "POST")[0] == 501
    assert ask(server, "/metrics", "DELETE")[0] == 501


def test_health_says_what_is_wrong(server: MetricsServer, told: Told) -> None:
    assert ask(server, "/healthz") == (200, "ok\n")
    told.trouble = "The disk is full."
    assert ask(server, "/healthz") == (503, "The disk is full.\n")


def test_a_bug_in_a_figure_harms_nothing(server: MetricsServer, told: Told) -> None:
    told.broken = True
    assert ask(server, "/metrics")[0] == 500
    told.broken = False
    assert ask(server, "/metrics")[0] == 200


def test_clients_that_dawdle_do_not_shut_others_out(server: MetricsServer) -> None:
    address = ("127.0.0.1", server.port)
    idle = [socket.create_connection(address, 5) for _ in range(20)]
    try:
        refused = [peer for peer in idle if _is_closed(peer)]
        assert len(refused) >= 12, "no more than eight are listened to"
        assert ask(server, "/healthz")[0] == 200, "after 2 s they are left"
    finally:
        for peer in idle:
            peer.close()


def _is_closed(peer: socket.socket) -> bool:
    peer.settimeout(4.0)
    try:
        return peer.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_taken_port_is_told(server: MetricsServer) -> None:
    with pytest.raises(AlreadyRunning, match=str(server.port)):
        MetricsServer(server.port, lambda: b"", lambda: "")
