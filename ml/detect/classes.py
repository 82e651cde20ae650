"""Maps the class names of any detector or data set to the product's classes."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from app.domain.vehicle import VehicleClass

_SYNONYMS: Mapping[VehicleClass, tuple[str, ...]] = {
    VehicleClass.PERSON: ("person", "pedestrian", "people", "persona", "peaton"),
    VehicleClass.BICYCLE: ("bicycle", "bike", "cyclist", "bicicleta"),
    VehicleClass.MOTORCYCLE: (
        "motorcycle",
        "motorbike",
        "motor",
        "moto",
        "motocicleta",
        "scooter",
    ),
    VehicleClass.CAR: ("car", "auto", "van", "pickup", "suv", "taxi", "mobil"),
    VehicleClass.BUS: ("bus", "minibus", "coach", "omnibus"),
    VehicleClass.TRUCK: ("truck", "lorry", "camion", "heavy truck", "truk"),
}
_BY_NAME = {name: cls for cls, names in _SYNONYMS.items() for name in names}
ANY_VEHICLE = frozenset({"vehicle", "vehicles", "vehiculo", "kendaraan"})
"""Names that say only that something drives."""


def vehicle_class_of(name: str) -> VehicleClass | None:
    """Return the product's class for a name, None when it has none."""
    return _BY_NAME.get(name.strip().lower().replace("_", " ").replace("-", " "))


def class_columns(
    names: Mapping[int, str],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.int32]]:
    """Return the model's class columns that matter and what each stands for.

    Two arrays of shape (k,): column numbers, ascending, and VehicleClass numbers.
    Raises ValueError when the model knows no road user at all.
    """
    kept = [
        (column, mapped)
        for column, name in sorted(names.items())
        if (mapped := vehicle_class_of(name)) is not None
    ]
    if not kept:
        raise ValueError(f"no road user among the classes {sorted(names.values())}")
    columns, classes = zip(*kept, strict=True)
    return np.asarray(columns, np.intp), np.asarray(classes, np.int32)
