"""Plates that people read, cut out of their pictures, to learn from."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from app.domain.geometry import PixelBox
from ml.evaluate.plate_labels import read_table
from ml.plate.reader import cut
from ml.train.plates.stream import MOST_SIGNS, RealPlate

_MARGIN = 0.08
_WIDEST_CROP = 400
"""A picture without a box is taken for the plate itself when it is this small, px."""


def real_plates(tables: Sequence[Path]) -> tuple[RealPlate, ...]:
    """Return the readable plates of tables as `evaluate plates` takes them.

    Left out are those without a box in pictures that show more than the plate. Raises
    ConfigurationInvalid for a table of which nothing can be read.
    """
    found = []
    for table in tables:
        for picture, labels in read_table(table).pictures.items():
            image = cv2.imread(str(picture), cv2.IMREAD_COLOR)
            if image is None:
                continue
            pixels = np.asarray(image, np.uint8)
            whole = PixelBox(0, 0, pixels.shape[1], pixels.shape[0])
            for label in labels:
                box = label.box
                if box is None and pixels.shape[1] <= _WIDEST_CROP and len(labels) == 1:
                    box = whole
                if box is not None and 0 < len(label.text) <= MOST_SIGNS:
                    crop = cut(pixels, box, (_MARGIN, _MARGIN))[0].copy()
                    found.append(RealPlate(crop, label.text))
    return tuple(found)
