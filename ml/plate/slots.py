"""What goes into a slot recogniser, and how texts are written for one.

A plate is read all at once: a fixed number of slots, of which each holds a sign or
nothing. Unlike a reading from left to right this allows plates of two lines.
"""

import cv2
import numpy as np
import numpy.typing as npt

from ml.plate.grammar import ALPHABET

Picture = npt.NDArray[np.uint8]

INPUT_HW = (64, 160)
SLOTS = 9
NOTHING = len(ALPHABET)
"""The number of "no sign stands here"."""


def prepared(crop: Picture) -> Picture:
    """Return a BGR or grey crop of a plate as the network takes it, (height, width)."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY) if crop.ndim == 3 else crop
    height, width = INPUT_HW
    shrinks = grey.shape[0] > height and grey.shape[1] > width
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, (width, height), interpolation=how), np.uint8)


def encoded(text: str) -> npt.NDArray[np.int64]:
    """Return the numbers of the signs, (SLOTS,), filled up with `NOTHING`.

    Raises ValueError for a text that is too long or has other signs.
    """
    if len(text) > SLOTS:
        raise ValueError(f"{text} has more than {SLOTS} signs")
    numbers = [ALPHABET.index(sign) for sign in text]
    return np.array(numbers + [NOTHING] * (SLOTS - len(text)), np.int64)


def decoded(probabilities: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the rows of the signs, (n, 36), of a network's (SLOTS, 37) output.

    Slots that most likely hold nothing are left out.
    """
    spoken = probabilities.argmax(axis=1) != NOTHING
    return np.ascontiguousarray(probabilities[spoken, :NOTHING], np.float32)
