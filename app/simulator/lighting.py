"""Light of a scene: sun, sky, street lamps, and what they do to a surface."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lighting:
    """How bright the parts of a scene are.

    `to_sun` is a direction of any length towards the sun; `sun` and `sky` are the
    shares of direct and diffuse light; `tint_bgr` multiplies every colour. `darkness`
    0 is day; above it the picture is lit by lamps and only (1 - darkness) of the
    daylight is left. `noise_sigma` is the sensor's noise in grey levels.
    """

    to_sun: tuple[float, float, float] = (0.5, -0.35, 0.9)
    sun: float = 0.5
    sky: float = 0.62
    tint_bgr: tuple[float, float, float] = (1.0, 1.0, 1.0)
    shadow: float = 0.42
    darkness: float = 0.0
    lamps_lit: bool = False
    noise_sigma: float = 2.2
    blur_px: float = 0.55
    haze: float = 0.12

    @property
    def sun_axis(self) -> Floats:
        """Unit vector towards the sun."""
        axis = np.array(self.to_sun, dtype=np.float64)
        return axis / float(np.linalg.norm(axis))

    @property
    def night(self) -> bool:
        """Whether lamps, not the sky, make the picture."""
        return self.darkness > 0

    def on(self, normals: Floats) -> Floats:
        """Return the light (n,) that falls on faces with `normals` (n, 3)."""
        skyward = 0.62 + 0.38 * normals[:, 2]
        sunward = np.maximum(normals @ self.sun_axis, 0.0)
        light: Floats = self.sky * skyward + self.sun * sunward
        return light


SUNNY = Lighting()
OVERCAST = Lighting(
    to_sun=(0.2, -0.2, 1.0),
    sun=0.16,
    sky=0.86,
    tint_bgr=(1.03, 1.0, 0.97),
    shadow=0.16,
    haze=0.2,
)
DUSK = Lighting(
    to_sun=(0.9, 0.3, 0.25),
    sun=0.2,
    sky=0.62,
    tint_bgr=(0.86, 0.84, 0.98),
    shadow=0.15,
    darkness=0.45,
    lamps_lit=True,
    noise_sigma=3.5,
)
NIGHT = Lighting(
    to_sun=(0.1, 0.1, 1.0),
    sun=0.1,
    sky=0.85,
    shadow=0.1,
    darkness=0.84,
    lamps_lit=True,
    noise_sigma=5.0,
    blur_px=0.7,
)
