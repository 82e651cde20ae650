"""Pictures of a signal head, by day and by night."""

import cv2
import numpy as np
import numpy.typing as npt

from app.config.camera import LampHead
from app.domain.geometry import PixelBox
from app.domain.signal import LampPhase

HEAD = LampHead(
    red=PixelBox(100, 40, 120, 60),
    amber=PixelBox(100, 64, 120, 84),
    green=PixelBox(100, 88, 120, 108),
)
WIDTH_PX, HEIGHT_PX = 320, 180

_LIT = {
    LampPhase.RED: (40, 50, 240),
    LampPhase.AMBER: (40, 170, 250),
    LampPhase.GREEN: (190, 230, 60),
}
_LENS = {
    LampPhase.RED: (0.25, 0.25, 0.7),
    LampPhase.AMBER: (0.25, 0.55, 0.75),
    LampPhase.GREEN: (0.5, 0.6, 0.25),
}


def signal_picture(
    lit: LampPhase | None,
    *,
    ambient: float = 110.0,
    burnt_out: bool = False,
    noise: np.random.Generator | None = None,
    sigma: float = 4.0,
    haze: float = 0.0,
) -> npt.NDArray[np.uint8]:
    """Paint the head in a street of brightness `ambient` (0..255).

    `burnt_out` makes the lit lamp white with a halo, as sensors see it at night;
    `haze` 0..1 lifts everything towards white, as low sun on the lens does.
    """
    image = np.full((HEIGHT_PX, WIDTH_PX, 3), ambient, np.float32)
    cv2.rectangle(image, (96, 36), (124, 112), (ambient * 0.25,) * 3, -1)
    for phase, box in _lamps():
        centre = (
            round((box.left_px + box.right_px) / 2),
            round((box.top_px + box.bottom_px) / 2),
        )
        dark = tuple(ambient * 0.55 * share for share in _LENS[phase])
        colour = tuple(float(c) for c in _LIT[phase]) if phase is lit else dark
        cv2.circle(image, centre, 9, colour, -1)
        if phase is lit and burnt_out:
            cv2.circle(image, centre, 6, (252.0, 253.0, 255.0), -1)
    soft = np.asarray(cv2.GaussianBlur(image, (0, 0), 1.0), np.float64)
    hazy = soft + haze * (255 - soft)
    if noise is not None:
        hazy = hazy + noise.normal(0, sigma, hazy.shape)
    return np.asarray(np.clip(hazy, 0, 255), np.uint8)


def _lamps() -> tuple[tuple[LampPhase, PixelBox], ...]:
    return (
        (LampPhase.RED, HEAD.red),
        (LampPhase.AMBER, HEAD.amber),
        (LampPhase.GREEN, HEAD.green),
    )
