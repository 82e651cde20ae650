"""What painting sixteen tiles with overlays costs, and what it leaves of the GUI.

Run: python -m tests.bench.wall [--json FILE] [--legs N] [--refreshes N] [--seconds N]

First, in turns, the wall against a widget that does nothing but put the same sixteen
RGB32 pictures down with drawImage: CPU time of one whole repaint, all tiles changed,
six vehicles with labels each, everything moved since the last one. Then sixteen
segments of shared memory, written by another process at 25 pictures a second each, are
shown for some seconds while a timer measures how late the GUI's events come.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from uuid import UUID

import numpy as np
from PySide6.QtCore import QEventLoop, QRect, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.config.paths import PROJECT
from app.domain.camera import Camera, EngineStatus
from app.domain.clock import SystemClock
from app.domain.ids import CameraId
from app.domain.overlay import PreviewFrame
from app.runtime.gallery import Gallery
from app.runtime.overlay_codec import FrameCaption
from app.runtime.preview import PreviewWriter
from app.runtime.segment import run_prefix, shared_folder
from tests.bench import wall_scene
from tests.bench.legs import Comparison, alternate, parser, report
from tests.bench.screen import application
from tests.bench.wall_scene import SceneLink
from widgets import theme
from widgets.wall.tile_grid import GAP_PX
from widgets.wall.tile_place import LINE_HEIGHT_PX
from widgets.wall.wall_canvas import WallCanvas

GOAL = 1.5
LAG_GOAL_MS = 16.0
FPS = 25
_SIDE = 4
_TICK_MS = 5
_WARM_UP_S = 1.0


def wall_size() -> tuple[int, int]:
    """Return the size at which a tile's picture is exactly a prepared one."""
    width, height = wall_scene.TILE_PX
    return (
        _SIDE * width + (_SIDE - 1) * GAP_PX,
        _SIDE * (height + LINE_HEIGHT_PX) + (_SIDE - 1) * GAP_PX,
    )


class BareWall(QWidget):
    """Puts sixteen pictures down and does nothing else."""

    def __init__(self, places: Sequence[QRect], images: Sequence[list[QImage]]) -> None:
        """Take the places of the real wall's pictures, and the same pictures."""
        super().__init__()
        self._places, self._images = places, images
        self.step = 0
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.resize(*wall_size())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the pictures."""
        painter = QPainter(self)
        for place, images in zip(self._places, self._images, strict=True):
            image = images[self.step % len(images)]
            painter.drawImage(place.left(), place.top(), image)


class Walls:
    """The wall and the bare one, each with a way to measure a repaint."""

    def __init__(self) -> None:
        """Show both."""
        self.clock = SystemClock()
        site = wall_scene.cameras()
        self.link = SceneLink(site, self.clock)
        self.wall = WallCanvas(self.link, self.clock)
        self.wall.resize(*wall_size())
        self.wall.show_cameras(site)
        self.step = 0
        self.link.advance(0)
        self.wall.pull()
        self.wall.show()
        self.bare = BareWall(
            [self.wall.tile(entry.id).place(1.0).picture for entry in site],
            [[_as_image(i) for i in self.link.images[entry.id]] for entry in site],
        )
        self.bare.show()
        QApplication.processEvents()
        self.pull_ms: list[float] = []

    def wall_ms(self, refreshes: int) -> float:
        """Return the CPU milliseconds of one repaint of the wall."""
        spent = []
        for _ in range(refreshes):
            self.step += 1
            self.link.advance(self.step)
            began = time.thread_time()
            self.wall.pull()
            pulled = time.thread_time()
            self.wall.repaint()
            spent.append((time.thread_time() - pulled) * 1000)
            self.pull_ms.append((pulled - began) * 1000)
        return median(spent)

    def bare_ms(self, refreshes: int) -> float:
        """Return the CPU milliseconds of one repaint of the bare pictures."""
        spent = []
        for _ in range(refreshes):
            self.bare.step += 1
            began = time.thread_time()
            self.bare.repaint()
            spent.append((time.thread_time() - began) * 1000)
        return median(spent)

    def close(self) -> None:
        """Take both off the screen."""
        self.wall.close()
        self.bare.close()


class SharedLink(SceneLink):
    """Pictures out of shared memory, as the real link hands them out."""

    def __init__(self, site: Sequence[Camera], run_dir: Path) -> None:
        """Map the segments; they must be there."""
        super().__init__(site[:0], SystemClock())
        self._shown: EngineStatus = wall_scene.status_of(site)
        self._gallery = Gallery(run_dir, SystemClock())
        self._gallery.hang({entry.id: segment(run_dir, entry.id) for entry in site})
        self.taken: dict[CameraId, set[int]] = {entry.id: set() for entry in site}

    def status(self) -> EngineStatus | None:
        """Return the same status for ever."""
        return self._shown

    def frame(self, camera_id: CameraId) -> PreviewFrame | None:
        """Return the newest picture, and remember that it was there."""
        frame = self._gallery.frame(camera_id)
        if frame is not None:
            self.taken[camera_id].add(frame.sequence)
        return frame

    def close(self) -> None:
        """Let go of the segments."""
        self._gallery.close()


@dataclass(frozen=True, slots=True)
class Liveness:
    """How the GUI lived with sixteen streams."""

    lags_ms: list[float]
    idle_lags_ms: list[float]
    turns_ms: list[float]
    shown_per_s: float
    gui_cpu_share: float


def _share(figures: list[float], percentile: float) -> float:
    return float(np.percentile(figures, percentile))


def live_with_streams(seconds: float, run_dir: Path) -> Liveness:
    """Show sixteen streams of another process, and time the GUI's own events."""
    site = wall_scene.cameras()
    command = [sys.executable, "-m", "tests.bench.wall", "--write", str(run_dir)]
    command += [str(entry.id) for entry in site]
    writer = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT
    )
    try:
        if writer.stdout is None or writer.stdout.readline() != b"ready\n":
            raise RuntimeError("the streams did not begin")
        link = SharedLink(site, run_dir)
        try:
            return _watch(link, site, seconds)
        finally:
            link.close()
    finally:
        writer.communicate()


class BusyWall(WallCanvas):
    """The wall, which notes how long it holds up the events of the GUI."""

    turns_ms: list[float]

    def pull(self) -> None:
        """Take frames, and note the CPU time of it."""
        began = time.thread_time()
        super().pull()
        self.turns_ms.append((time.thread_time() - began) * 1000)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint, and note the CPU time of it."""
        began = time.thread_time()
        super().paintEvent(event)
        self.turns_ms.append((time.thread_time() - began) * 1000)


def _watch(link: SharedLink, site: Sequence[Camera], seconds: float) -> Liveness:
    idle_ms = _lags_ms(seconds / 2)
    wall = BusyWall(link, SystemClock())
    wall.turns_ms = []
    wall.resize(*wall_size())
    wall.show_cameras(site)
    wall.show()
    wall.start()
    _run_events(_WARM_UP_S)
    before = sum(len(taken) for taken in link.taken.values())
    wall.turns_ms = []
    began, cpu = time.perf_counter(), time.thread_time()
    lags_ms = _lags_ms(seconds)
    spent, cpu = time.perf_counter() - began, time.thread_time() - cpu
    wall.stop()
    wall.close()
    shown = sum(len(taken) for taken in link.taken.values()) - before
    return Liveness(lags_ms, idle_ms, wall.turns_ms, shown / spent, cpu / spent)


def _lags_ms(seconds: float) -> list[float]:
    """Return how late the events of a timer came."""
    lags: list[float] = []
    timer, due = QTimer(), [time.perf_counter() + _TICK_MS / 1000]
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.setSingleShot(True)

    def tick() -> None:
        lags.append((time.perf_counter() - due[0]) * 1000)
        due[0] = time.perf_counter() + _TICK_MS / 1000
        timer.start(_TICK_MS)

    timer.timeout.connect(tick)
    timer.start(_TICK_MS)
    _run_events(seconds)
    timer.stop()
    return lags


def _run_events(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def segment(run_dir: Path, camera_id: CameraId) -> Path:
    """Return where a camera's pictures lie."""
    return shared_folder() / f"{run_prefix(run_dir)}{camera_id.hex}-1"


def write_streams(run_dir: Path, camera_ids: Sequence[CameraId]) -> None:
    """Be the engine: 25 pictures a second of every camera, until stdin is closed."""
    clock = SystemClock()
    writers = [PreviewWriter(segment(run_dir, camera)) for camera in camera_ids]
    images = [wall_scene.pictures(seed) for seed in range(len(writers))]
    os.set_blocking(sys.stdin.fileno(), False)
    print("ready", flush=True)
    began, step = time.monotonic(), 0
    # Cameras are not in step with each other: each has its own place in the period.
    while sys.stdin.buffer.read(1) != b"":
        turn, seed = divmod(step, len(writers))
        step += 1
        due = began + step / (FPS * len(writers))
        time.sleep(max(0.0, due - time.monotonic()))
        caption = FrameCaption(
            time=wall_scene.capture_time(turn, clock),
            source_width_px=wall_scene.SOURCE_PX[0],
            source_height_px=wall_scene.SOURCE_PX[1],
            overlay=wall_scene.overlay(seed, turn),
        )
        writers[seed].write(images[seed][turn % 3], caption, turn)
    for writer in writers:
        writer.close()


def compare(legs: int, refreshes: int, seconds: float) -> Comparison:
    """Measure both; a QApplication must be there."""
    theme.apply(theme.Mode.DARK)
    walls = Walls()
    # A wall is up for twelve hours: sizes, plates and speeds that come again are kept.
    walls.wall_ms(4 * refreshes)
    ours, peer = alternate(
        lambda: walls.wall_ms(refreshes), lambda: walls.bare_ms(refreshes), legs
    )
    walls.close()
    pull_ms = median(walls.pull_ms)
    with tempfile.TemporaryDirectory() as folder:
        live = live_with_streams(seconds, Path(folder))
    lag_ms, idle_ms = _share(live.lags_ms, 99), _share(live.idle_lags_ms, 99)
    turn_ms = _share(live.turns_ms, 99)
    return Comparison(
        name="repaint of 16 tiles with overlays, against 16 bare drawImage",
        unit="ms CPU",
        ours=ours,
        peer=peer,
        higher_is_better=False,
        goal=GOAL,
        extra={
            "pull_ms": pull_ms,
            "lag_p50_ms": _share(live.lags_ms, 50),
            "lag_p99_ms": lag_ms,
            "lag_p99_without_wall_ms": idle_ms,
            "turn_p99_cpu_ms": turn_ms,
            "lag_met": lag_ms <= LAG_GOAL_MS,
            "shown_per_s": live.shown_per_s,
            "gui_cpu_share": live.gui_cpu_share,
            "notes": [
                f"taking 16 ready frames and judging the tiles: {pull_ms:.2f} ms more",
                f"with 16 streams at {FPS}/s: {live.shown_per_s:.0f} pictures/s shown,"
                f" the GUI thread took {live.gui_cpu_share:.0%} of a core,",
                f"its events came {_share(live.lags_ms, 50):.1f} ms late (p50),"
                f" {lag_ms:.1f} ms (p99); goal at most {LAG_GOAL_MS:g} ms:"
                f" {'met' if lag_ms <= LAG_GOAL_MS else 'NOT met'}",
                f"without the wall they came {idle_ms:.1f} ms late (p99): the rest of"
                f" this computer; the wall holds them up for {turn_ms:.1f} ms of CPU"
                " at most (p99)",
            ],
        },
    )


def _as_image(array: "np.typing.NDArray[np.uint8]") -> QImage:
    height, width = array.shape[:2]
    return QImage(array.data, width, height, 4 * width, QImage.Format.Format_RGB32)


def main() -> None:
    """Run from the command line."""
    options = parser("What painting sixteen tiles with overlays costs.")
    options.add_argument("--refreshes", type=int, default=100, metavar="N")
    options.add_argument("--seconds", type=float, default=20.0, metavar="N")
    options.add_argument("--write", nargs="+", metavar="FOLDER_AND_CAMERAS")
    chosen = options.parse_args()
    if chosen.write:
        folder, *ids = chosen.write
        write_streams(Path(folder), [CameraId(UUID(text)) for text in ids])
        return
    _application = application()
    report(compare(chosen.legs, chosen.refreshes, chosen.seconds), chosen.json)


if __name__ == "__main__":
    main()
