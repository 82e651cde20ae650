"""Writes down what the pipeline sees in a recording, picture by picture."""

from collections.abc import Mapping

from app.config.camera import CameraConfiguration, ConfigurationVersion
from app.decode.picture import Picture
from app.domain.clock import NS_PER_S
from app.domain.detection import TrackedBox, Tracks
from app.domain.frame import Frame
from app.domain.geometry import PixelPoint
from app.domain.ids import TrackId
from app.domain.signal import LampReading
from app.measure.calibration import RoadPlane
from app.rule.finding import Observation
from app.rule.judge import CameraJudge
from app.runtime.judging import Judge
from app.runtime.recording_tracks import TrackRow, TrackWriter


class ListeningJudge:
    """A judge whose last live speeds can be read."""

    def __init__(self, judge: Judge) -> None:
        """Judge as `judge` does."""
        self._judge = judge
        self.speeds_kmh: Mapping[TrackId, float] = {}

    def observe(self, frame: Frame, tracks: Tracks) -> Observation:
        """Judge, and keep the speeds."""
        seen = self._judge.observe(frame, tracks)
        self.speeds_kmh = seen.speeds_kmh
        return seen

    def watch(self, frame: Frame) -> LampReading | None:
        """Read the lamp only."""
        return self._judge.watch(frame)

    def reset(self) -> None:
        """Forget all vehicles."""
        self.speeds_kmh = {}
        self._judge.reset()


class RecordingWatch:
    """Turns tracks into rows; lives on the thread that works on the pictures."""

    def __init__(
        self, camera: str, body: CameraConfiguration | None, writer: TrackWriter
    ) -> None:
        """Raises ConfigurationInvalid when the calibration determines no plane."""
        self._camera = camera
        self._writer = writer
        self._size_px = (body.image_width_px, body.image_height_px) if body else None
        calibration = body.calibration if body else None
        self._plane = RoadPlane.fit(calibration) if calibration else None
        self._judge: ListeningJudge | None = None
        self.rows = 0
        self.frames = 0
        self.reached_s = 0.0

    def make_judge(self, version: ConfigurationVersion) -> Judge:
        """Make the judge of the recording, and listen to it."""
        self._judge = ListeningJudge(CameraJudge(version))
        return self._judge

    def seen(self, picture: Picture, tracks: Tracks) -> None:
        """Write a row for each vehicle of the picture."""
        stream_s = picture.time.stream_ns / NS_PER_S
        speeds = self._judge.speeds_kmh if self._judge else {}
        full = picture.session.format
        for vehicle in tracks:
            row = self._row(vehicle, stream_s, (full.width_px, full.height_px), speeds)
            self._writer.add(row)
            self.rows += 1
        self.frames += 1
        self.reached_s = stream_s

    def _row(
        self,
        vehicle: TrackedBox,
        stream_s: float,
        picture_px: tuple[int, int],
        speeds: Mapping[TrackId, float],
    ) -> TrackRow:
        box = vehicle.box
        x_m, y_m = self._on_road(box.foot, picture_px)
        speed = speeds.get(vehicle.track_id)
        return TrackRow(
            camera=self._camera,
            stream_s=round(stream_s, 6),
            track_id=vehicle.track_id,
            vehicle_class=vehicle.vehicle_class.name.lower(),
            score=round(vehicle.score, 3),
            predicted=vehicle.predicted,
            left_px=round(box.left_px, 2),
            top_px=round(box.top_px, 2),
            right_px=round(box.right_px, 2),
            bottom_px=round(box.bottom_px, 2),
            x_m=x_m,
            y_m=y_m,
            speed_kmh=None if speed is None else round(speed, 2),
        )

    def _on_road(
        self, foot: PixelPoint, picture_px: tuple[int, int]
    ) -> tuple[float | None, float | None]:
        """Return where a foot stands, in metres; it is scaled as the judge scales."""
        if self._plane is None or self._size_px is None:
            return None, None
        across = self._size_px[0] / picture_px[0]
        down = self._size_px[1] / picture_px[1]
        road = self._plane.to_road(PixelPoint(foot.x_px * across, foot.y_px * down))
        return (
            (None, None) if road is None else (round(road.x_m, 3), round(road.y_m, 3))
        )
