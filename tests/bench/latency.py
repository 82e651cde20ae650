"""How old a picture is when it has been painted, and whether its boxes are its own.

Run: python -m tests.bench.latency [--json FILE] [--legs N] [--cameras N] [--seconds N]

The whole way on this computer: the simulator's RTSP server, an engine process with its
real capture, decoding and shared memory, the desktop's real link, and the wall. Time
runs from the arrival of the picture's packet at the engine to the end of the wall's
paintEvent; both read the same monotonic clock. The detector is a stand-in that finds a
white box, so that the truth can be read from every painted picture itself.
"""

import argparse
import os
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from uuid import UUID

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QPaintEvent

from app.config.paths import PROJECT, Paths
from app.domain.camera import Camera
from app.domain.clock import SystemClock
from app.domain.ids import CameraId
from app.domain.overlay import PreviewFrame
from app.runtime.engine import run_engine
from app.runtime.link import ProcessEngineLink
from app.runtime.signals import stop_on_signals
from app.simulator.server import RtspServer
from tests.bench.legs import Comparison, parser, report
from tests.bench.screen import application
from tests.builders.moving_box_clip import STEP_PX, write_moving_box
from tests.integration.engine.parts import (
    ListSite,
    RememberingRecorder,
    engine_parts,
)
from widgets import theme
from widgets.wall.wall_canvas import WallCanvas

GOAL_MS = 80.0
_CLIP_PX = (640, 360)
_FRAMES = 144
_TURN_FRAMES = 8
"""At its edge the box jumps back: for so long the forecast cannot know."""
_TOLERANCE_PX = STEP_PX * 0.75
"""Less than the box moves from one picture to the next."""
_BRIGHT = 200
_FIRST_PICTURE_S = 60.0


@dataclass(slots=True)
class Painted:
    """What one leg saw."""

    ages_ms: list[float] = field(default_factory=list)
    own: int = 0
    other: int = 0
    unboxed: int = 0

    @property
    def p95_ms(self) -> float:
        """The age that 95 of 100 pictures do not exceed."""
        return float(np.percentile(self.ages_ms, 95))


class TimedWall(WallCanvas):
    """The wall, which notes of every picture when it had been painted."""

    def __init__(self, link: ProcessEngineLink, clock: SystemClock) -> None:
        """Note nothing yet."""
        super().__init__(link, clock)
        self._clock_of_all = clock
        self._seen: dict[CameraId, PreviewFrame] = {}
        self.painted = Painted()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint, then look at the clock."""
        super().paintEvent(event)
        now_ns = self._clock_of_all.monotonic_ns()
        for camera_id in self.grid.shown:
            frame = self.tile(camera_id).frame
            if frame is not None and frame is not self._seen.get(camera_id):
                self._seen[camera_id] = frame
                age_ns = now_ns - frame.time.monotonic_ns
                self.painted.ages_ms.append(age_ns / 1e6)
                _check(frame, self.painted)


def _check(frame: PreviewFrame, painted: Painted) -> None:
    """Compare the frame's box with the white box in its own pixels."""
    left_px = _white_left_px(frame)
    boxes = frame.overlay.boxes
    if left_px is None or left_px < _TURN_FRAMES * STEP_PX + 1:
        return
    if not boxes:
        painted.unboxed += 1
    elif abs(boxes[0].box.left_px - left_px) <= _TOLERANCE_PX:
        painted.own += 1
    else:
        painted.other += 1


def _white_left_px(frame: PreviewFrame) -> float | None:
    """Return where the white box begins, in pixels of the full-size picture."""
    height, width = frame.image.shape[:2]
    scale = frame.source_width_px / width
    row = frame.image[round(height * 120 / _CLIP_PX[1]), :, 1]
    bright = np.nonzero(row > _BRIGHT)[0]
    return float(bright[0]) * scale if len(bright) else None


def measure(cameras: int, legs: int, seconds: float, folder: Path) -> list[Painted]:
    """Return what was painted, leg by leg."""
    clip = write_moving_box(
        folder / "box.mp4", frame_count=_FRAMES, size_px=_CLIP_PX, gop=25
    )
    names = [f"road-{number}" for number in range(cameras)]
    clock = SystemClock()
    server = RtspServer(dict.fromkeys(names, clip), clock=clock).start()
    home = folder / "home"
    command = [sys.executable, "-m", "tests.bench.latency", "--engine", str(home)]
    command += [server.url(name) for name in names]
    os.environ["PYTHONPATH"] = str(PROJECT)
    link = ProcessEngineLink(command, Paths(home).run, clock)
    try:
        return _watch(link, clock, _site([server.url(n) for n in names]), legs, seconds)
    finally:
        link.close()
        server.close()


def _watch(
    link: ProcessEngineLink,
    clock: SystemClock,
    site: list[Camera],
    legs: int,
    seconds: float,
) -> list[Painted]:
    wall = TimedWall(link, clock)
    wall.resize(1280, 760)
    wall.show_cameras(site)
    wall.show()
    wall.start()
    deadline = time.monotonic() + _FIRST_PICTURE_S
    while any(wall.tile(entry.id).frame is None for entry in site):
        if time.monotonic() > deadline:
            raise TimeoutError("not every camera was seen in time")
        _run_events(0.2)
    _run_events(1.0)
    results = []
    for _ in range(legs):
        wall.painted = Painted()
        _run_events(seconds)
        results.append(wall.painted)
    wall.stop()
    wall.close()
    return results


def _run_events(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def _site(urls: list[str]) -> list[Camera]:
    return [
        Camera(
            id=CameraId(UUID(int=number + 1)),
            name=f"Av. Arequipa {number}",
            location="",
            url=url,
        )
        for number, url in enumerate(urls)
    ]


def run_child(home: Path, urls: list[str], follow_pid: int | None) -> int:
    """Be the engine."""
    stop = threading.Event()
    stop_on_signals(stop)
    site = ListSite([(camera, None) for camera in _site(urls)])
    parts = engine_parts(home, site, RememberingRecorder(), follow_pid)
    return run_engine(parts, stop=stop)


def compare(cameras: int, legs: int, seconds: float) -> Comparison:
    """Measure; a QApplication must be there."""
    theme.apply(theme.Mode.DARK)
    with tempfile.TemporaryDirectory() as folder:
        results = measure(cameras, legs, seconds, Path(folder))
    ages = [age for painted in results for age in painted.ages_ms]
    own = sum(painted.own for painted in results)
    judged = own + sum(painted.other + painted.unboxed for painted in results)
    p50, p95 = (float(np.percentile(ages, share)) for share in (50, 95))
    share = own / judged if judged else 0.0
    return Comparison(
        name="packet to painted pixel (p95), against what is allowed",
        unit="ms",
        ours=[painted.p95_ms for painted in results],
        peer=[GOAL_MS] * len(results),
        higher_is_better=False,
        goal=1.0,
        extra={
            "p50_ms": p50,
            "p95_ms": p95,
            "pictures": len(ages),
            "own_boxes_share": share,
            "boxes_judged": judged,
            "pictures_per_camera_s": len(ages) / (cameras * legs * seconds),
            "notes": [
                f"{len(ages)} pictures of {cameras} cameras: p50 {p50:.1f} ms,"
                f" p95 {p95:.1f} ms, median of the legs' p95"
                f" {median(painted.p95_ms for painted in results):.1f} ms",
                f"boxes on their own frame: {share:.2%} of {judged}",
            ],
        },
    )


def main() -> int:
    """Run from the command line."""
    options = parser("How old a picture is when it has been painted.")
    options.add_argument("--cameras", type=int, default=4, metavar="N")
    options.add_argument("--seconds", type=float, default=5.0, metavar="N")
    options.add_argument("--engine", nargs="+", help=argparse.SUPPRESS)
    options.add_argument("--follow", type=int, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.engine:
        home, *urls = chosen.engine
        return run_child(Path(home), urls, chosen.follow)
    _application = application()
    report(compare(chosen.cameras, chosen.legs, chosen.seconds), chosen.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
