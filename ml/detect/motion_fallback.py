"""Finds what moves, where no network can run: the wall stays useful, nothing more.

Blobs that differ from the learnt background (Zivkovic, Improved Adaptive Gaussian
Mixture Model for Background Subtraction, ICPR 2004). A blob may be two vehicles, half
of one or a shadow, so what is found here is no evidence: `evidential` is false.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from app.domain.detection import Detections
from app.domain.ids import Sha256
from app.domain.vehicle import VehicleClass
from app.ports import ScalablePicture
from ml.detect.array_picture import ArrayPicture

NAME = "motion-fallback"

_LONG_SIDE_PX = 384
_LEARNING_PICTURES = 8
_HISTORY = 300
_FOREGROUND = 200
"""MOG2 marks shadows by 127 and what moves by 255."""
_MIN_SHARE = 0.0006
_MAX_SHARE = 0.4
"""A blob of less of the picture is noise; of more, a lamp or a shaken camera."""
_MOST_CAMERAS = 256
_MOST_BLOBS = 60
_LEAST_SCORE, _SCORE_RANGE = 0.45, 0.4
_NOTHING_LOADED = Sha256(hashlib.sha256(b"").hexdigest())


@dataclass(slots=True)
class _Scene:
    """The background of one camera."""

    subtractor: Any = field(
        default_factory=lambda: cv2.createBackgroundSubtractorMOG2(_HISTORY, 25, True)
    )
    seen: int = 0


class MotionFallback:
    """Moving blobs as cars of middling score; implements `app.ports.Detector`.

    The background is kept for each camera that pictures name by `camera_id`, and by
    the picture's size for others.
    """

    def __init__(self) -> None:
        """Know no camera yet."""
        self._scenes: OrderedDict[Hashable, _Scene] = OrderedDict()
        self._lock = threading.Lock()
        self._closed = False

    @property
    def model_name(self) -> str:
        """What it is called instead of a model."""
        return NAME

    @property
    def model_sha256(self) -> Sha256:
        """Hash of nothing: no weights are loaded."""
        return _NOTHING_LOADED

    @property
    def device(self) -> str:
        """Where it runs, and that it sees motion only."""
        return "cpu, motion only"

    @property
    def parallel(self) -> int:
        """One picture at a time: it is done when `submit` returns."""
        return 1

    @property
    def evidential(self) -> bool:
        """Never: nothing that is found here may become an infraction."""
        return False

    def submit(self, picture: ScalablePicture) -> Future[Detections]:
        """Look at once; RuntimeError when it is closed."""
        done: Future[Detections] = Future()
        size = (picture.width_px, picture.height_px)
        key: Hashable = (getattr(picture, "camera_id", None), size)
        small = picture.scaled_bgr(*_scaled(size))
        with self._lock:
            if self._closed:
                raise RuntimeError("the detector is closed")
            mask = self._moving(key, small)
        done.set_result(_blobs(mask, size))
        return done

    def detect(self, image: npt.NDArray[np.uint8]) -> Detections:
        """Return what moved since the last picture of this size."""
        return self.submit(ArrayPicture(image)).result()

    def close(self) -> None:
        """Forget all backgrounds."""
        with self._lock:
            self._closed = True
            self._scenes.clear()

    def _moving(
        self, key: Hashable, small: npt.NDArray[np.uint8]
    ) -> npt.NDArray[np.uint8]:
        scene = self._scenes.setdefault(key, _Scene())
        self._scenes.move_to_end(key)
        if len(self._scenes) > _MOST_CAMERAS:
            self._scenes.popitem(last=False)
        scene.seen += 1
        mask = np.asarray(scene.subtractor.apply(small), np.uint8)
        # The first pictures are all foreground, for nothing is known yet.
        return mask if scene.seen > _LEARNING_PICTURES else np.zeros_like(mask)


def _scaled(size_px: tuple[int, int]) -> tuple[int, int]:
    scale = min(1.0, _LONG_SIDE_PX / max(size_px))
    return max(1, round(size_px[0] * scale)), max(1, round(size_px[1] * scale))


def _blobs(mask: npt.NDArray[np.uint8], size_px: tuple[int, int]) -> Detections:
    """Return upright boxes of what is marked, in pixels of the whole picture."""
    _, marked = cv2.threshold(mask, _FOREGROUND, 255, cv2.THRESH_BINARY)
    if marked.mean() / 255 > _MAX_SHARE:
        return Detections.none()
    clean = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    bridge = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    opened = cv2.morphologyEx(marked, cv2.MORPH_OPEN, clean)
    joined = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, bridge)
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    rows = np.asarray(stats[1:count], np.float32)
    rows = rows[rows[:, cv2.CC_STAT_AREA] >= _MIN_SHARE * mask.size]
    rows = rows[np.argsort(-rows[:, cv2.CC_STAT_AREA], kind="stable")][:_MOST_BLOBS]
    corners = np.hstack([rows[:, :2], rows[:, :2] + rows[:, 2:4]])
    scale = np.asarray(
        [size_px[0] / mask.shape[1], size_px[1] / mask.shape[0]] * 2, np.float32
    )
    filled = rows[:, cv2.CC_STAT_AREA] / np.maximum(rows[:, 2] * rows[:, 3], 1)
    scores = (_LEAST_SCORE + _SCORE_RANGE * filled).astype(np.float32)
    order = np.argsort(-scores, kind="stable")
    return Detections(
        boxes_px=(corners * scale).astype(np.float32)[order],
        scores=scores[order],
        classes=np.full(len(rows), int(VehicleClass.CAR), np.int32),
    )
