"""The ground plan of a street: what lies where, in metres."""

from dataclasses import dataclass

Bgr = tuple[float, float, float]

ASPHALT: Bgr = (102, 101, 99)
PAVEMENT: Bgr = (142, 147, 150)
KERB: Bgr = (170, 172, 174)
GRASS: Bgr = (62, 96, 84)
WHITE: Bgr = (226, 228, 228)
YELLOW: Bgr = (72, 178, 222)


@dataclass(frozen=True, slots=True)
class Slab:
    """A rectangle of ground. `grain` is how much its colour varies, 0..1."""

    x_m: tuple[float, float]
    y_m: tuple[float, float]
    colour: Bgr
    grain: float = 0.06
    opacity: float = 1.0
    dash_m: tuple[float, float] | None = None
    """Painted and bare length along y, for broken lines."""
    bars_m: tuple[float, float] | None = None
    """Painted and bare length along x, for zebra crossings."""
    soft_m: float = 0.0
    """Width over which the edges along y fade."""


@dataclass(frozen=True, slots=True)
class Facade:
    """The fronts of houses along the street, standing at `x_m` from y0 to y1."""

    x_m: float
    y_m: tuple[float, float]
    height_m: float = 9.0


@dataclass(frozen=True, slots=True)
class Tree:
    """A street tree."""

    x_m: float
    y_m: float
    height_m: float = 6.0


@dataclass(frozen=True, slots=True)
class StreetPlan:
    """Slabs from the bottom up, then what stands on them."""

    slabs: tuple[Slab, ...]
    facades: tuple[Facade, ...] = ()
    trees: tuple[Tree, ...] = ()
    street_lamps_m: tuple[tuple[float, float], ...] = ()
    """Ground points below street lamps, for the night."""


def carriageway(
    lanes_x_m: tuple[float, ...],
    lane_width_m: float,
    span_y_m: tuple[float, float],
    edge_colours: tuple[Bgr, Bgr] = (WHITE, WHITE),
) -> list[Slab]:
    """Return asphalt, wear and lines of parallel lanes with centres `lanes_x_m`."""
    half = lane_width_m / 2
    left, right = lanes_x_m[0] - half, lanes_x_m[-1] + half
    slabs = [Slab((left - 0.4, right + 0.4), span_y_m, ASPHALT, grain=0.07)]
    for x in lanes_x_m:
        for track in (-0.78, 0.78):
            wheel = (x + track - 0.28, x + track + 0.28)
            slabs.append(
                Slab(wheel, span_y_m, (122, 121, 118), 0.05, 0.35, soft_m=0.25)
            )
        oil = (x - 0.25, x + 0.25)
        slabs.append(Slab(oil, span_y_m, (74, 74, 74), 0.06, 0.30, soft_m=0.3))
    for x in lanes_x_m[:-1]:
        line = (x + half - 0.06, x + half + 0.06)
        slabs.append(Slab(line, span_y_m, WHITE, 0.1, 0.85, dash_m=(3.0, 5.0)))
    for x, colour in ((left, edge_colours[0]), (right, edge_colours[1])):
        slabs.append(Slab((x - 0.06, x + 0.06), span_y_m, colour, 0.1, 0.85))
    return slabs


def kerb(x_m: float, span_y_m: tuple[float, float]) -> Slab:
    """Return a kerb stone line along the road."""
    return Slab((x_m - 0.1, x_m + 0.1), span_y_m, KERB, 0.05)


def zebra(span_x_m: tuple[float, float], span_y_m: tuple[float, float]) -> Slab:
    """Return a zebra crossing for people walking across the main road."""
    return Slab(span_x_m, span_y_m, WHITE, 0.1, 0.85, bars_m=(0.5, 0.5))


def stop_line(span_x_m: tuple[float, float], y_m: float) -> Slab:
    """Return a stop line whose far edge, which may not be crossed, is at `y_m`."""
    return Slab(span_x_m, (y_m - 0.4, y_m), WHITE, 0.08, 0.92)
