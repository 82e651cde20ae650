"""What a road user is to the painter: a mesh, its size, and where its plates are."""

from dataclasses import dataclass

from app.domain.vehicle import VehicleClass
from app.simulator.mesh import Mesh, Vertex

PLATE_WIDTH_M = 0.36
PLATE_HEIGHT_M = 0.16
SMALL_PLATE_WIDTH_M = 0.28
SMALL_PLATE_HEIGHT_M = 0.16


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A road user's shape with the places of its plates.

    `plates`: corners upper left, upper right, lower right, lower left as somebody
    reading the plate sees them, in the body's axes; front plate first.
    `length_m` along y, `width_m` across.
    """

    vehicle_class: VehicleClass
    mesh: Mesh
    length_m: float
    width_m: float
    height_m: float
    plates: tuple[tuple[Vertex, Vertex, Vertex, Vertex], ...]


def plate_at(
    y_m: float,
    z_m: float,
    facing: float,
    size_m: tuple[float, float] = (PLATE_WIDTH_M, PLATE_HEIGHT_M),
) -> tuple[Vertex, Vertex, Vertex, Vertex]:
    """Return the corners of a plate that looks ahead (+1) or back (-1)."""
    # Seen from ahead (facing +1) the vehicle's right is on the reader's left.
    half, up = size_m[0] / 2 * facing, size_m[1] / 2
    return (
        (half, y_m, z_m + up),
        (-half, y_m, z_m + up),
        (-half, y_m, z_m - up),
        (half, y_m, z_m - up),
    )
