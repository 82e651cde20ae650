"""Status goes out, wishes come in, strangers stay outside."""

import json
import threading
from collections.abc import Iterator
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from pathlib import Path

import pytest

from app.domain.camera import CameraHealth, CameraState, EngineStatus
from app.domain.ids import CameraId, new_uuid
from app.runtime.control import (
    ControlHandlers,
    ControlServer,
    connect,
    sweep_control_files,
)
from app.runtime.status_codec import StatusReport, decode_report, encode_report

CAMERA = CameraId(new_uuid())
REPORT = StatusReport(
    status=EngineStatus(
        engine_id="e1",
        model_name="yolo11n",
        device="openvino:cpu",
        database_online=False,
        spooled=3,
        cameras=(
            CameraHealth(
                camera_id=CAMERA, state=CameraState.OFFLINE, retry_in_s=1.5, fps=24.9
            ),
        ),
    ),
    message="El disco está lleno.",
    segments={CAMERA: Path("/run/atalaya-x-1")},
)


class Engine:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.sizes: list[tuple[CameraId, int, int]] = []
        self.asked = threading.Event()
        self.stopped = threading.Event()

    def request_size(self, camera_id: CameraId, width_px: int, height_px: int) -> None:
        self.sizes.append((camera_id, width_px, height_px))
        self.asked.set()


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def server(engine: Engine, tmp_path: Path) -> Iterator[ControlServer]:
    handlers = ControlHandlers(lambda: REPORT, engine.request_size, engine.stopped.set)
    server = ControlServer(tmp_path, handlers)
    yield server
    server.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == []


def test_report_round_trip() -> None:
    assert decode_report(encode_report(REPORT)) == REPORT


def test_a_desktop_hears_the_status_and_asks(
    server: ControlServer, engine: Engine, tmp_path: Path
) -> None:
    client = connect(tmp_path)
    data = client.receive(5)
    client.request_size(CAMERA, 640, 360)
    assert engine.asked.wait(5)
    client.stop()
    assert engine.stopped.wait(5)
    client.close()

    assert data is not None
    assert decode_report(data) == REPORT
    assert engine.sizes == [(CAMERA, 640, 360)]


def test_several_desktops_at_once(server: ControlServer, tmp_path: Path) -> None:
    clients = [connect(tmp_path) for _ in range(3)]
    heard = [client.receive(5) for client in clients]
    for client in clients:
        client.close()

    assert heard == [encode_report(REPORT)] * 3


def test_a_wrong_key_is_refused_and_the_server_goes_on(
    server: ControlServer, tmp_path: Path
) -> None:
    address = json.loads((tmp_path / "engine.json").read_text())["address"]
    with pytest.raises(AuthenticationError):
        Client(address, authkey=b"wrong")

    client = connect(tmp_path)
    assert client.receive(5) is not None
    client.close()


def test_nonsense_is_survived(
    server: ControlServer, engine: Engine, tmp_path: Path
) -> None:
    told = json.loads((tmp_path / "engine.json").read_text())
    key = (tmp_path / "engine.key").read_bytes()
    for nonsense in (b"", b"{", b'{"op":"dance"}', b"[1]", b"\xff" * 9000):
        with Client(told["address"], authkey=key) as stranger:
            stranger.send_bytes(nonsense)

    client = connect(tmp_path)
    client.request_size(CAMERA, 1, 2)
    assert engine.asked.wait(5)
    client.close()


def test_key_and_address_are_private(server: ControlServer, tmp_path: Path) -> None:
    for name in ("engine.key", "engine.json"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_a_long_run_folder_is_no_obstacle(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 60) / ("y" * 60)
    deep.mkdir(parents=True)
    server = ControlServer(deep, ControlHandlers(lambda: REPORT, print, print))
    client = connect(deep)
    assert client.receive(5) is not None
    client.close()
    server.close()


def test_nobody_there(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"."):
        connect(tmp_path)
    (tmp_path / "engine.json").write_text("{")
    (tmp_path / "engine.key").write_text("k")
    with pytest.raises(ConnectionRefusedError):
        connect(tmp_path)
    sweep_control_files(tmp_path)
    assert list(tmp_path.iterdir()) == []
