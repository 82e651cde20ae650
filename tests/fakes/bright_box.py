"""Stand-ins for the models: they find and follow the white box of the test clips."""

from concurrent.futures import Future

import numpy as np
import numpy.typing as npt

from app.domain.clock import CaptureTime
from app.domain.detection import Detections, TrackedBox, Tracks
from app.domain.forecast import Forecast
from app.domain.geometry import PixelBox
from app.domain.ids import Sha256, TrackId
from app.domain.vehicle import VehicleClass
from app.ports import ScalablePicture

_BRIGHT = 200


class BrightBoxDetector:
    """Finds the bright rectangle in a picture, as a car."""

    model_name = "bright-box"
    model_sha256 = Sha256("0" * 64)
    device = "test"
    parallel = 2
    evidential = True

    def submit(self, picture: ScalablePicture) -> Future[Detections]:
        """Look at once; the boxes are in the picture's own pixels."""
        size = picture.width_px, picture.height_px
        done: Future[Detections] = Future()
        done.set_result(self.detect(picture.scaled_bgr(*size)))
        return done

    def close(self) -> None:
        """Nothing is held."""

    def detect(self, image: npt.NDArray[np.uint8]) -> Detections:
        """Return the bounding box of all bright pixels."""
        rows, columns = np.nonzero(image[:, :, 1] > _BRIGHT)
        if len(rows) == 0:
            return Detections.none()
        edges = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        return Detections(
            boxes_px=np.array([edges], np.float32),
            scores=np.array([0.9], np.float32),
            classes=np.array([VehicleClass.CAR], np.int32),
        )


class SingleTracker:
    """One vehicle, one identity per unbroken stream."""

    def __init__(self) -> None:
        """Begin with track 1."""
        self.resets = 0
        self._last_ns = -1
        self._forecast = Forecast.none()

    def forecast(self) -> Forecast:
        """Say that the box goes on as it went from the last picture to this one."""
        return self._forecast

    def update(self, detections: Detections, time: CaptureTime) -> Tracks:
        """Give every box the current identity; times must increase."""
        if time.stream_ns <= self._last_ns:
            raise AssertionError("stream time went back")
        count = len(detections)
        self._forecast = Forecast(
            stream_ns=time.stream_ns,
            track_ids=(TrackId(self.resets + 1),) * count,
            boxes_px=detections.boxes_px,
            velocities_px_s=self._velocities(detections.boxes_px, time.stream_ns),
            scores=detections.scores,
            classes=detections.classes,
            predicted=np.zeros(count, np.bool_),
        )
        self._last_ns = time.stream_ns
        return Tracks(
            boxes=tuple(
                TrackedBox(
                    track_id=TrackId(self.resets + 1),
                    box=PixelBox(*(float(edge) for edge in edges)),
                    score=float(score),
                    vehicle_class=VehicleClass(int(number)),
                )
                for edges, score, number in zip(
                    detections.boxes_px,
                    detections.scores,
                    detections.classes,
                    strict=True,
                )
            )
        )

    def _velocities(
        self, boxes: npt.NDArray[np.float32], now_ns: int
    ) -> npt.NDArray[np.float32]:
        before = self._forecast
        if len(before.track_ids) != len(boxes):
            return np.zeros((len(boxes), 2), np.float32)
        moved = boxes[:, :2] - before.boxes_px[:, :2]
        return np.asarray(moved * 1e9 / (now_ns - before.stream_ns), np.float32)

    def reset(self) -> None:
        """Use a new identity from now on."""
        self.resets += 1
