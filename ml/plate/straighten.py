"""Straightens a plate that hangs or is seen askew.

A plate seen from the side keeps its uprights upright while its rows run uphill; one
that is turned leans as well. Both are shears, and two shears are most of what a
perspective does to something as small and as far as a plate.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from app.domain.geometry import PixelBox

Image = npt.NDArray[np.uint8]

_MOST_DEG = 28.0
_BIN_DEG = 1.0
_SPREAD_BINS = 1.5
_LEAST_SIDE_PX = 8
_ROWS = 48
_STROKES = 0.5
"""Rows of signs have this share of the strokes that there are in their middle."""
_COLUMNS = 96
_BUSY = 0.4
"""Columns of signs have this share of the strokes that are usual in the middle."""
_LITTLE = 130
"""Darkest and brightest tones that are nearer to each other are spread to this."""
_MOST_GAIN = 5.0
_STEEP = math.tan(math.radians(_MOST_DEG))


@dataclass(frozen=True, slots=True)
class Skew:
    """How a plate's lines run in the picture.

    `tilt_deg`: rows, positive downhill to the right. `lean_deg`: uprights, positive
    when their lower ends lie further right.
    """

    tilt_deg: float
    lean_deg: float

    @property
    def largest_deg(self) -> float:
        """The larger of the two angles, without its sign."""
        return max(abs(self.tilt_deg), abs(self.lean_deg))


def skew_of(plate: Image) -> Skew:
    """Return how the lines of a BGR plate picture run; none within 28 degrees is 0.

    Every edge votes for its own direction with the square of its strength, as in the
    structure tensor, but for rows and uprights apart.
    """
    if min(plate.shape[:2]) < _LEAST_SIDE_PX:
        return Skew(0.0, 0.0)
    grey = cv2.cvtColor(plate, cv2.COLOR_BGR2GRAY)
    soft = cv2.GaussianBlur(grey, (3, 3), 0)
    across = np.asarray(cv2.Scharr(soft, cv2.CV_32F, 1, 0), np.float32).ravel()
    down = np.asarray(cv2.Scharr(soft, cv2.CV_32F, 0, 1), np.float32).ravel()
    return Skew(_common_deg(across, down), _common_deg(down, across))


def straightened(
    image: Image, plate: PixelBox, skew: Skew, margin: tuple[float, float]
) -> Image:
    """Cut a plate out of a picture so that its rows are level and its uprights upright.

    `margin`: shares of width and height that are added on each side.
    """
    tilt = math.tan(math.radians(skew.tilt_deg))
    lean = math.tan(math.radians(skew.lean_deg))
    # The box is as large as the askew plate reaches; the plate itself is smaller.
    height = max(plate.height_px - abs(tilt) * plate.width_px, plate.height_px / 2)
    width = max(plate.width_px - abs(lean) * height, plate.width_px / 2)
    out_w = max(1, round(width * (1 + 2 * margin[0])))
    out_h = max(1, round(height * (1 + 2 * margin[1])))
    middle_x = (plate.left_px + plate.right_px) / 2
    middle_y = (plate.top_px + plate.bottom_px) / 2
    # From a place in the result to the place in the picture.
    back = np.array(
        [
            [1.0, lean, middle_x - out_w / 2 - lean * out_h / 2],
            [tilt, 1.0, middle_y - out_h / 2 - tilt * out_w / 2],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(
            image, back, (out_w, out_h), flags=flags, borderMode=cv2.BORDER_REPLICATE
        ),
        np.uint8,
    )


def text_rows(plate: Image) -> tuple[float, float]:
    """Return where the large signs of a level plate begin and end, of its height 1.

    Upright strokes tell: there are many in the rows of the signs, and few between these
    and the small words above and below.
    """
    grey = cv2.cvtColor(plate, cv2.COLOR_BGR2GRAY)
    width = max(32, round(grey.shape[1] * _ROWS / grey.shape[0]))
    how = cv2.INTER_AREA if grey.shape[0] > _ROWS else cv2.INTER_LINEAR
    small = cv2.resize(grey, (width, _ROWS), interpolation=how)
    strokes = np.abs(np.asarray(cv2.Sobel(small, cv2.CV_32F, 1, 0), np.float32))
    rows = strokes[:, width // 10 : width - width // 10].mean(axis=1)[:, None]
    fine = cv2.GaussianBlur(rows, (1, 9), 1.5)[:, 0]
    broad = cv2.blur(rows, (1, _ROWS // 2 - 3))[:, 0]
    edge = _ROWS // 4
    top = bottom = edge + int(broad[edge : _ROWS - edge].argmax())
    enough = _STROKES * np.quantile(fine[top - 8 : top + 9], 0.7)
    while top > 0 and fine[top - 1] > enough:
        top -= 1
    while bottom < _ROWS - 1 and fine[bottom + 1] > enough:
        bottom += 1
    return max(0, top - 2) / _ROWS, min(_ROWS, bottom + 3) / _ROWS


def text_columns(band: Image) -> tuple[float, float]:
    """Return where the signs of a line begin and end, shares of its width.

    Left and right of them there is car, smooth for the most part.
    """
    grey = cv2.cvtColor(band, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (_COLUMNS, _ROWS // 2), interpolation=cv2.INTER_AREA)
    strokes = np.abs(np.asarray(cv2.Sobel(small, cv2.CV_32F, 1, 0), np.float32))
    columns = cv2.GaussianBlur(strokes.mean(axis=0)[None], (0, 0), _COLUMNS / 32)[0]
    middle = columns[_COLUMNS // 4 : -_COLUMNS // 4]
    busy = np.flatnonzero(columns >= _BUSY * np.median(middle))
    left, right = int(busy[0]), int(busy[-1]) + 1
    return max(0, left - 1) / _COLUMNS, min(_COLUMNS, right + 1) / _COLUMNS


def lightened(plate: Image) -> Image:
    """Return a picture of little contrast with more of it, others as they are."""
    darkest, brightest = np.percentile(plate[::2, ::2], (2, 98))
    span = float(brightest - darkest)
    if span >= _LITTLE or span < 1:
        return plate
    gain, middle = min(_LITTLE / span, _MOST_GAIN), (darkest + brightest) / 2
    tones = np.clip((np.arange(256) - middle) * gain + 128, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(plate, tones), np.uint8)


def _common_deg(
    along: npt.NDArray[np.float32], against: npt.NDArray[np.float32]
) -> float:
    """Return the commonest direction of lines whose gradient is mostly `against`."""
    near = np.abs(along) < _STEEP * np.abs(against)
    if not near.any():
        return 0.0
    slope = -along[near] / against[near]
    angles = np.degrees(np.arctan(slope))
    # Bins around whole degrees: what is not askew at all falls into the middle of one.
    edges = np.arange(-_MOST_DEG - _BIN_DEG / 2, _MOST_DEG + _BIN_DEG, _BIN_DEG)
    weights = np.square(against[near])
    votes, _ = np.histogram(angles, edges, weights=weights)
    smooth = cv2.GaussianBlur(votes[None].astype(np.float32), (0, 0), _SPREAD_BINS)[0]
    best = int(smooth.argmax())
    return float((edges[best] + edges[best + 1]) / 2)
