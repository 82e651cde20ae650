"""The shapes of road users, by their class."""

from collections.abc import Callable

import numpy as np

from app.domain.vehicle import VehicleClass
from app.simulator.body import Body
from app.simulator.cars import car
from app.simulator.heavy_vehicles import bus, truck
from app.simulator.people import person
from app.simulator.two_wheelers import bicycle, motorcycle

_MAKERS: dict[VehicleClass, Callable[[np.random.Generator], Body]] = {
    VehicleClass.PERSON: person,
    VehicleClass.BICYCLE: bicycle,
    VehicleClass.MOTORCYCLE: motorcycle,
    VehicleClass.CAR: car,
    VehicleClass.BUS: bus,
    VehicleClass.TRUCK: truck,
}


def make_body(vehicle_class: VehicleClass, rng: np.random.Generator) -> Body:
    """Return a road user of that class; size, shape and colours drawn from `rng`."""
    return _MAKERS[vehicle_class](rng)
