"""The pictures in which a detector does worst, on one sheet to look at."""

import heapq
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from app.domain.detection import Detections
from ml.evaluate.precision import match

Image = npt.NDArray[np.uint8]
Boxes = npt.NDArray[np.float32]

_COLUMNS, _ROWS = 3, 4
_TILE_PX = (480, 270)
_MISSED_BGR, _FALSE_BGR, _FOUND_BGR = (60, 60, 255), (60, 190, 250), (160, 160, 160)
_QUALITY = 88


@dataclass(order=True, slots=True)
class _Entry:
    mistakes: int
    number: int
    tile: Image = field(compare=False)


class FailureSheet:
    """Keeps the twelve pictures with the most vehicles missed or made up.

    Missed ones are framed red, made-up ones amber, those that were found grey; a box
    is right at IoU 0.5, whatever its class.
    """

    def __init__(self) -> None:
        """Begin without pictures."""
        self._worst: list[_Entry] = []
        self._number = count()

    def add(self, image: Image, truth: Boxes, found: Detections) -> None:
        """Take a BGR picture, its true boxes (n, 4) and what was found, by score."""
        hits = match(truth, found.boxes_px)[:, 0]
        missed = _missed(truth, found.boxes_px[hits])
        mistakes = int(missed.sum() + (~hits).sum())
        if mistakes == 0:
            return
        tile = _tile(image)
        scale = np.float32(tile.shape[1] / image.shape[1])
        _frame(tile, truth[~missed] * scale, _FOUND_BGR, 1)
        _frame(tile, found.boxes_px[~hits] * scale, _FALSE_BGR, 2)
        _frame(tile, truth[missed] * scale, _MISSED_BGR, 2)
        # Of two that are as bad, the earlier one stays: the sheet is repeatable.
        entry = _Entry(mistakes, -next(self._number), tile)
        if len(self._worst) < _COLUMNS * _ROWS:
            heapq.heappush(self._worst, entry)
        else:
            heapq.heappushpop(self._worst, entry)

    def save(self, path: Path) -> int:
        """Write the sheet as JPEG, worst first; return how many pictures it has."""
        width, height = _TILE_PX
        sheet = np.zeros((_ROWS * height, _COLUMNS * width, 3), np.uint8)
        for place, entry in enumerate(sorted(self._worst, reverse=True)):
            top, left = place // _COLUMNS * height, place % _COLUMNS * width
            rows, columns = entry.tile.shape[:2]
            sheet[top : top + rows, left : left + columns] = entry.tile
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), sheet, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        return len(self._worst)


def _missed(truth: Boxes, hits: Boxes) -> npt.NDArray[np.bool_]:
    """Tell which true boxes none of the right ones stands for."""
    best = match(hits, truth)[:, 0]
    return np.asarray(~best, np.bool_)


def _tile(image: Image) -> Image:
    scale = min(_TILE_PX[0] / image.shape[1], _TILE_PX[1] / image.shape[0])
    size = round(image.shape[1] * scale), round(image.shape[0] * scale)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _frame(tile: Image, boxes: Boxes, bgr: tuple[int, int, int], width: int) -> None:
    for left, top, right, bottom in boxes.round().astype(int).tolist():
        cv2.rectangle(tile, (left, top), (right, bottom), bgr, width)
