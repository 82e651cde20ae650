"""The places that the bundled cameras look at. Their addresses are made up."""

from dataclasses import dataclass

import numpy as np

from app.simulator.furniture import SignalHead
from app.simulator.pinhole import PinholeCamera
from app.simulator.street import (
    ASPHALT,
    GRASS,
    WHITE,
    YELLOW,
    Facade,
    Slab,
    StreetPlan,
    Tree,
    carriageway,
    kerb,
    stop_line,
    zebra,
)

_END_M = 160.0


@dataclass(frozen=True, slots=True)
class LanePath:
    """A straight lane: where it lies and which way it goes.

    With `across` False it runs along y at x = `offset_m`; with True along x at
    y = `offset_m`. `direction` is +1 towards growing coordinates, else -1.
    """

    name: str
    offset_m: float
    width_m: float
    direction: float = 1.0
    across: bool = False

    @property
    def heading_rad(self) -> float:
        """Heading of the traffic; 0 is +y, pi / 2 is +x."""
        forward = np.pi / 2 if self.across else 0.0
        return float(forward if self.direction > 0 else forward + np.pi)

    def place(self, travelled_m: float, aside_m: float = 0.0) -> tuple[float, float]:
        """Return (x, y) at a coordinate along the lane, `aside_m` off its middle."""
        if self.across:
            return travelled_m * self.direction, self.offset_m + aside_m
        return self.offset_m + aside_m, travelled_m * self.direction


JUNCTION_MAIN = (
    LanePath("Carril izquierdo", 2.75, 3.3),
    LanePath("Carril derecho", 6.05, 3.3),
)
JUNCTION_OPPOSITE = (
    LanePath("Sentido contrario izquierdo", -2.75, 3.3, -1.0),
    LanePath("Sentido contrario derecho", -6.05, 3.3, -1.0),
)
JUNCTION_CROSS = (
    LanePath("Transversal oeste", 9.2, 3.3, 1.0, across=True),
    LanePath("Transversal este", 15.8, 3.3, -1.0, across=True),
)
JUNCTION_STOP_Y_M = 0.0
JUNCTION_FAR_STOP_Y_M = 24.0

AVENUE_LANES = (
    LanePath("Carril izquierdo", 1.7, 3.2),
    LanePath("Carril central", 4.9, 3.2),
    LanePath("Carril derecho", 8.1, 3.2),
)
AVENUE_STRETCH_M = (0.0, 22.0)

SERVICE_LANES = (
    LanePath("Carril izquierdo", 1.4, 2.8),
    LanePath("Carril derecho", 4.2, 2.8),
)
SERVICE_STRETCH_M = (0.0, 10.5)


def junction_heads() -> tuple[SignalHead, SignalHead]:
    """Return the heads on the median: for main traffic, and for the opposite one."""
    return (
        SignalHead(0.0, 0.30, 2.55, -1.0),
        SignalHead(0.0, 0.62, 2.55, 1.0, post=False),
    )


def junction_front() -> PinholeCamera:
    """Return the camera beyond the junction that looks at the fronts."""
    return PinholeCamera.looking_at((6.4, 26.0, 6.5), (3.75, -2.6, 0.0), 2900.0)


def junction_rear() -> PinholeCamera:
    """Return the camera before the junction that looks at the backs."""
    return PinholeCamera.looking_at((6.2, -28.0, 6.0), (3.6, 2.4, 0.0), 2900.0)


def avenue_speed() -> PinholeCamera:
    """Return the camera over the avenue."""
    return PinholeCamera.looking_at((5.6, 44.0, 7.0), (4.95, 10.8, 0.0), 2950.0)


def avenue_plate() -> PinholeCamera:
    """Return the tele camera over the service road."""
    return PinholeCamera.looking_at((3.1, 30.5, 5.0), (2.8, 3.0, 0.0), 4500.0)


def junction_street() -> StreetPlan:
    """Return the ground plan of the junction."""
    return StreetPlan(
        slabs=(*_junction_roads(), *_junction_marks()),
        facades=(
            Facade(13.5, (-_END_M, 2.0)),
            Facade(-14.5, (-_END_M, 2.0), 11.0),
            Facade(14.0, (23.0, _END_M), 12.0),
            Facade(-14.0, (23.0, _END_M)),
        ),
        trees=tuple(
            Tree(x, y, h)
            for x, y, h in (
                (10.6, -14.0, 6.0),
                (10.7, -26.0, 6.8),
                (10.5, -39.0, 6.2),
                (-10.5, -20.0, 6.5),
                (-10.6, -36.0, 6.0),
                (10.6, 30.0, 6.4),
                (10.5, 44.0, 7.0),
                (-10.6, 36.0, 6.4),
                (0.0, -30.0, 4.2),
                (0.0, 40.0, 4.4),
            )
        ),
        street_lamps_m=((8.6, -8.0), (8.6, -38.0), (-8.6, -22.0), (8.6, 26.0)),
    )


def _junction_roads() -> list[Slab]:
    before, beyond = (-_END_M, 0.0), (24.0, _END_M)
    crossing = (5.9, 19.1)
    slabs = [
        Slab((-7.9, 7.9), (-_END_M, _END_M), ASPHALT, 0.07),
        Slab((-_END_M, _END_M), crossing, ASPHALT, 0.07),
        Slab((-7.9, 7.9), (-0.1, 24.1), ASPHALT, 0.07),
    ]
    main = tuple(lane.offset_m for lane in JUNCTION_MAIN)
    opposite = tuple(lane.offset_m for lane in reversed(JUNCTION_OPPOSITE))
    for span in (before, beyond):
        slabs += carriageway(main, 3.3, span, (YELLOW, WHITE))
        slabs += carriageway(opposite, 3.3, span, (WHITE, YELLOW))
    for span in ((-_END_M, 0.95), (23.05, _END_M)):
        slabs.append(Slab((-0.9, 0.9), span, GRASS, 0.1))
        slabs += [kerb(x, span) for x in (-0.9, 0.9)]
    for span in ((-_END_M, 4.6), (20.4, _END_M)):
        slabs += [kerb(x, span) for x in (-8.0, 8.0)]
    return slabs


def _junction_marks() -> list[Slab]:
    return [
        stop_line((1.15, 7.65), JUNCTION_STOP_Y_M),
        stop_line((-7.65, -1.15), JUNCTION_FAR_STOP_Y_M + 0.4),
        zebra((1.2, 7.7), (1.5, 4.3)),
        zebra((-7.7, -1.2), (1.5, 4.3)),
        zebra((1.2, 7.7), (20.4, 23.0)),
        zebra((-7.7, -1.2), (20.4, 23.0)),
        Slab((-_END_M, -9.0), (12.44, 12.56), YELLOW, 0.1, 0.85),
        Slab((9.0, _END_M), (12.44, 12.56), YELLOW, 0.1, 0.85),
    ]


def _plain_street(
    lanes: tuple[LanePath, ...], marks: tuple[Slab, ...], trees: tuple[Tree, ...]
) -> StreetPlan:
    span = (-_END_M, _END_M)
    half = lanes[0].width_m / 2
    left, right = lanes[0].offset_m - half - 0.5, lanes[-1].offset_m + half + 0.5
    return StreetPlan(
        slabs=(
            *carriageway(
                tuple(lane.offset_m for lane in lanes),
                lanes[0].width_m,
                span,
                (YELLOW, WHITE),
            ),
            Slab((left - 3.2, left), span, GRASS, 0.1),
            kerb(left, span),
            kerb(right, span),
            Slab((right + 3.0, right + 5.2), span, GRASS, 0.1),
            *marks,
        ),
        facades=(Facade(right + 7.5, span), Facade(left - 16.0, span, 12.0)),
        trees=trees,
        street_lamps_m=tuple((right + 0.8, float(y)) for y in (-34, -8, 18, 44)),
    )


def avenue_street() -> StreetPlan:
    """Return the ground plan of the avenue: three lanes, one way."""
    ticks = tuple(
        Slab((x - 0.35, x + 0.35), (y - 0.06, y + 0.06), WHITE, 0.1, 0.8)
        for y in AVENUE_STRETCH_M
        for x in (0.35, 9.45)
    )
    trees = tuple(
        Tree(x, y, h)
        for x, y, h in (
            (14.3, -30.0, 6.2),
            (14.2, -17.0, 6.6),
            (14.3, -3.0, 6.0),
            (14.2, 9.0, 6.4),
            (-2.2, -24.0, 5.2),
            (-2.1, -8.0, 5.0),
            (-2.2, 8.0, 5.4),
        )
    )
    return _plain_street(AVENUE_LANES, ticks, trees)


def service_street() -> StreetPlan:
    """Return the ground plan of the service road: two narrow lanes, one way."""
    ticks = tuple(
        Slab((x - 0.3, x + 0.3), (y - 0.05, y + 0.05), WHITE, 0.1, 0.8)
        for y in SERVICE_STRETCH_M
        for x in (0.2, 5.4)
    )
    trees = (Tree(-1.9, -6.0, 5.0), Tree(-2.0, -20.0, 5.4), Tree(10.0, -12.0, 6.0))
    return _plain_street(SERVICE_LANES, ticks, trees)
