"""Finds the number plate inside the picture of one vehicle."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from app.domain.geometry import PixelBox
from ml.detect.letterbox import Letterbox
from ml.detect.runtime import SynchronousNetwork

Image = npt.NDArray[np.uint8]

# One shape for all vehicles: each other one would be compiled anew, for a third of a
# second, while cars go by.
_INPUT_HW = (256, 256)
_PICTURE_HW = ((320, 512), (384, 512), (448, 448), (512, 384))
"""For whole pictures: what a picture leaves empty of its canvas costs as much as what
it fills."""
_FINER = 2
_MOST_SHAPES = 1 + 2 * len(_PICTURE_HW)
_MIN_SCORE = 0.25
_SAME_IOU = 0.4
_MOST = 12


@dataclass(frozen=True, slots=True)
class SeenPlate:
    """Where a plate may be, and how sure the locator is of it, 0..1."""

    box: PixelBox
    score: float


class PlateLocator(Protocol):
    """Anything that finds the plate of a vehicle."""

    def locate(self, vehicle: Image) -> PixelBox | None:
        """Return the plate's box in a BGR picture of one vehicle, None without one."""
        ...

    def locate_all(self, picture: Image, *, fine: bool = False) -> list[SeenPlate]:
        """Return the plates in a BGR picture of a whole scene, surest first.

        `fine`: look at twice as many pixels, for plates that are far away.
        """
        ...


class NetworkLocator:
    """A one-class YOLO network in OpenVINO."""

    def __init__(self, xml: Path, models: Path, threads: int = 1) -> None:
        """Read the network; raises ModelMissing."""
        self._network = SynchronousNetwork(
            xml, models, threads, most_shapes=_MOST_SHAPES
        )

    def locate(self, vehicle: Image) -> PixelBox | None:
        """Return the surest plate of a BGR picture, None when there is none."""
        boxes, scores = self._seen(vehicle, _INPUT_HW)
        if not len(boxes):
            return None
        return _box(boxes[int(scores.argmax())])

    def locate_all(self, picture: Image, *, fine: bool = False) -> list[SeenPlate]:
        """Return the plates in a BGR picture of a whole scene, surest first.

        Boxes are rough: `locate` makes them better. Many plates narrower than 25 px on
        the canvas are missed: a twentieth of the picture's longer side, half that with
        `fine`.
        """
        boxes, scores = self._seen(picture, canvas_hw(picture.shape, fine=fine))
        corners = np.hstack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]])
        kept = cv2.dnn.NMSBoxes(corners.tolist(), scores.tolist(), 0.0, _SAME_IOU)
        rows = np.asarray(kept, np.intp).reshape(-1)[:_MOST]
        return [SeenPlate(_box(boxes[row]), float(scores[row])) for row in rows]

    def _seen(
        self, picture: Image, input_hw: tuple[int, int]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return boxes (n, 4) with left, top, right, bottom in the picture, and scores.

        Only what is a pixel wide and high at least.
        """
        letterbox = Letterbox((picture.shape[0], picture.shape[1]), input_hw)
        output = self._network.run(letterbox.apply(picture))
        seen = output[:, output[4] >= _MIN_SCORE]
        middles, halves = seen[:2].T, seen[2:4].T / 2
        boxes = letterbox.to_image(np.hstack([middles - halves, middles + halves]))
        large = (boxes[:, 2:] - boxes[:, :2] >= 1).all(axis=1)
        return boxes[large], np.array(seen[4][large], np.float32)


def canvas_hw(picture: tuple[int, ...], *, fine: bool = False) -> tuple[int, int]:
    """Return (height, width) of the canvas that shows a picture largest.

    One of few, because a network is compiled for each; of two alike the smaller.
    """

    def worth(canvas: tuple[int, int]) -> tuple[float, int]:
        scale = min(canvas[0] / picture[0], canvas[1] / picture[1])
        return scale, -canvas[0] * canvas[1]

    height, width = max(_PICTURE_HW, key=worth)
    return (height * _FINER, width * _FINER) if fine else (height, width)


def _box(corners: npt.NDArray[np.float32]) -> PixelBox:
    return PixelBox(*(float(value) for value in corners))


class ContrastLocator:
    """Finds a plate without a network, by its dense upright strokes.

    Works on upright, well-lit plates only; for sites where the network cannot be had.
    """

    def locate(self, vehicle: Image) -> PixelBox | None:
        """Return the most plate-like region of a BGR picture, None without one."""
        scale = 320 / max(vehicle.shape[:2])
        small = cv2.resize(vehicle, None, fx=scale, fy=scale)
        grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
        strokes = cv2.convertScaleAbs(cv2.Sobel(grey, cv2.CV_16S, 1, 0))
        _, marked = cv2.threshold(strokes, 0, 255, cv2.THRESH_OTSU)
        bridge = cv2.getStructuringElement(cv2.MORPH_RECT, (13, 3))
        joined = cv2.morphologyEx(marked, cv2.MORPH_CLOSE, bridge)
        clean = cv2.getStructuringElement(cv2.MORPH_RECT, (9, 5))
        opened = cv2.morphologyEx(joined, cv2.MORPH_OPEN, clean)
        contours, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        boxes = [_Rectangle(*cv2.boundingRect(contour)) for contour in contours]
        plates = [box for box in boxes if _plate_like(box, small.shape[0])]
        if not plates:
            return None
        best = max(plates, key=lambda box: _stroke_share(marked, box))
        return PixelBox(
            best.left / scale,
            best.top / scale,
            (best.left + best.width) / scale,
            (best.top + best.height) / scale,
        )

    def locate_all(self, picture: Image, *, fine: bool = False) -> list[SeenPlate]:
        """Return what `locate` finds, without a score: there is no more to be had."""
        found = None if fine else self.locate(picture)
        return [] if found is None else [SeenPlate(found, 0.0)]


class _Rectangle(NamedTuple):
    left: int
    top: int
    width: int
    height: int


def _plate_like(box: _Rectangle, image_height: int) -> bool:
    # Plates hang low, and a row of five characters is wider than it is high.
    low = box.top > image_height * 0.3
    return low and 1.6 <= box.width / box.height <= 8 and box.width >= 24


def _stroke_share(marked: npt.NDArray[np.generic], box: _Rectangle) -> float:
    part = marked[box.top : box.top + box.height, box.left : box.left + box.width]
    return float(np.asarray(part, np.float32).mean())
