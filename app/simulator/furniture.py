"""Signal heads and posts: things that stand, and hide what is behind them."""

from dataclasses import dataclass

import numpy as np

from app.domain.signal import LampPhase
from app.simulator.mesh import Mesh, MeshBuilder, Surface, Vertex

LAMP_RADIUS_M = 0.15
_LAMP_STEP_M = 0.36
_BLACK = (36.0, 36.0, 34.0)
_STEEL = (118.0, 120.0, 120.0)
_LAMPS = (
    (LampPhase.GREEN, Surface.SIGNAL_GREEN),
    (LampPhase.AMBER, Surface.SIGNAL_AMBER),
    (LampPhase.RED, Surface.SIGNAL_RED),
)

SURFACE_OF = dict(_LAMPS)
"""The surface that is lit in each phase."""


@dataclass(frozen=True, slots=True)
class SignalHead:
    """A head of three lamps on a post.

    It stands at (x, y); its lowest lamp's centre is `bottom_m` above the ground and it
    looks along +y when `facing` is 1, along -y when it is -1.
    """

    x_m: float
    y_m: float
    bottom_m: float
    facing: float
    post: bool = True

    def lamp_centre_m(self, phase: LampPhase) -> tuple[float, float, float]:
        """Return where the middle of one lamp is."""
        step = [name for name, _ in _LAMPS].index(phase)
        return (
            self.x_m,
            self.y_m + self.facing * 0.19,
            self.bottom_m + step * _LAMP_STEP_M,
        )

    def lamp_rim_m(self, phase: LampPhase) -> list[tuple[float, float, float]]:
        """Return points on the rim of one lamp's disc."""
        x, y, z = self.lamp_centre_m(phase)
        return _rim(x, y, z, LAMP_RADIUS_M)

    def mesh(self) -> Mesh:
        """Return the solid, in world axes."""
        builder = MeshBuilder()
        if self.post:
            top = self.bottom_m - 0.2
            foot: Vertex = (self.x_m, self.y_m, 0.0)
            builder.tube(foot, (self.x_m, self.y_m, top), (0.075, 0.065), _STEEL)
        self._housing(builder)
        for phase, surface in _LAMPS:
            self._lamp(builder, phase, surface)
        return builder.build()

    def _housing(self, builder: MeshBuilder) -> None:
        low, high = self.bottom_m - 0.23, self.bottom_m + 2 * _LAMP_STEP_M + 0.23
        side = 0.21
        profile = [
            (self.x_m + side, low),
            (self.x_m + side, high),
            (self.x_m - side, high),
            (self.x_m - side, low),
        ]
        back, front = self.y_m - 0.14, self.y_m + 0.14
        builder.loft([(back, profile), (front, profile)], _BLACK, Surface.MATT, 2)

    def _lamp(self, builder: MeshBuilder, phase: LampPhase, surface: Surface) -> None:
        x, y, z = self.lamp_centre_m(phase)
        rim = self.lamp_rim_m(phase)
        inside = (x, y - self.facing, z)
        for one, two in zip(rim, [*rim[1:], rim[0]], strict=True):
            builder.face(((x, y, z), one, two), inside, (0, 0, 0), surface, 4)
        hood = _rim(x, self.y_m + self.facing * 0.14, z, LAMP_RADIUS_M + 0.02)
        lip = _rim(x, self.y_m + self.facing * 0.36, z + 0.01, LAMP_RADIUS_M + 0.03)
        upper = [k for k in range(len(hood) - 1) if hood[k][2] >= z - 1e-6]
        for k in upper:
            corners = (hood[k], hood[k + 1], lip[k + 1], lip[k])
            builder.face(corners, (x, y, z), (30, 30, 29), Surface.MATT, 3)


def _rim(x: float, y: float, z: float, radius_m: float) -> list[Vertex]:
    angles = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    return [
        (x + radius_m * float(np.cos(a)), y, z + radius_m * float(np.sin(a)))
        for a in angles
    ]
