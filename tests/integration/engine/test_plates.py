"""A plate goes from the picture to the sink, and the engine counts it."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from app.domain.clock import SystemClock
from app.domain.geometry import PixelBox
from app.domain.plate import PlateReading, PlateSighting
from app.ports import PlateRead
from app.simulator.server import RtspServer
from tests.builders.moving_box_clip import write_moving_box
from tests.fakes.plate_reader import FixedRead
from tests.integration.engine.parts import (
    ListSite,
    RememberingRecorder,
    engine_parts,
    file_camera,
    version_of,
)
from tests.integration.engine.test_engine import running

_WAIT_S = 30.0


class SureReader:
    """Reads the same from every vehicle."""

    def read(
        self,
        image: npt.NDArray[np.uint8],  # noqa: ARG002
        vehicle: PixelBox,
    ) -> PlateRead | None:
        """Return a plate that fills the vehicle."""
        return FixedRead("AHK472", 0.9, vehicle)

    def vote(self, reads: Sequence[PlateRead]) -> PlateReading:
        """Return the first read."""
        return PlateReading(text=reads[0].text, confidence=0.9, read_count=len(reads))


class Sink:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.held: list[PlateSighting] = []
        self.arrived = threading.Event()

    def add(self, sightings: Sequence[PlateSighting]) -> None:
        """Keep them."""
        self.held.extend(sightings)
        self.arrived.set()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RtspServer]:
    clip = write_moving_box(tmp_path / "box.mp4")
    server = RtspServer({"norte": clip}, clock=SystemClock()).start()
    yield server
    server.close()


def test_a_vehicle_that_passes_reaches_the_sink(
    server: RtspServer, tmp_path: Path
) -> None:
    camera, sink = file_camera(server.url("norte")), Sink()
    site = ListSite([(camera, version_of(camera))])
    parts = replace(
        engine_parts(tmp_path, site, RememberingRecorder()),
        plate_reader=SureReader,
        plate_sink=sink,
    )
    with running(parts):
        assert sink.arrived.wait(_WAIT_S)
    seen = sink.held[0]
    assert (seen.camera_id, seen.reading.text) == (camera.id, "AHK472")
    assert seen.vehicle_class.motorised
