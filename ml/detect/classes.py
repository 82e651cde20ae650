"""Maps the class names of any detector or data set to the product's classes."""

import re
import unicodedata
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from app.domain.vehicle import VehicleClass

_SYNONYMS: Mapping[VehicleClass, str] = {
    VehicleClass.PERSON: (
        "person people pedestrian human man woman child rider walker persona peaton "
        "pedestre pessoa orang pejalan pieton personne fussganger insan yaya"
    ),
    VehicleClass.BICYCLE: (
        "bicycle bike cycle cyclist bicyclist bicicleta ciclista sepeda velo fahrrad "
        "bisiklet"
    ),
    VehicleClass.MOTORCYCLE: (
        "motorcycle motorbike motor moto motorcyclist motociclista motocicleta "
        "motocycle scooter moped motosiklet motorrad"
    ),
    VehicleClass.CAR: (
        "car auto automobile automovel van minivan pickup suv jeep taxi cab sedan "
        "hatchback wagon mobil carro coche automovil camioneta voiture pkw araba "
        "otomobil furgoneta"
    ),
    VehicleClass.BUS: "bus minibus microbus coach omnibus onibus autobus bis otobus",
    VehicleClass.TRUCK: (
        "truck lorry camion caminhao truk tractor trailer semitrailer lkw kamyon hgv"
    ),
}
_PHRASES: Mapping[str, VehicleClass] = {
    "motor bike": VehicleClass.MOTORCYCLE,
    "motor cycle": VehicleClass.MOTORCYCLE,
    "motorised bike": VehicleClass.MOTORCYCLE,
    "sepeda motor": VehicleClass.MOTORCYCLE,
    "two wheeler": VehicleClass.MOTORCYCLE,
    "xe may": VehicleClass.MOTORCYCLE,
    "xe dap": VehicleClass.BICYCLE,
    "o to": VehicleClass.CAR,
    "xe tai": VehicleClass.TRUCK,
    "xe buyt": VehicleClass.BUS,
    "pickup truck": VehicleClass.CAR,
    "pick up": VehicleClass.CAR,
    "pick up truck": VehicleClass.CAR,
    "station wagon": VehicleClass.CAR,
    "heavy goods vehicle": VehicleClass.TRUCK,
}
_BY_NAME = {name: cls for cls, names in _SYNONYMS.items() for name in names.split()}
_ANY_WORDS = (
    "vehicle vehiculo veiculo kendaraan vehicule fahrzeug arac ambulance ambulancia "
    "rickshaw autorickshaw mototaxi tuktuk trimoto tricycle"
)
_ANY = frozenset(_ANY_WORDS.split())
_ANY_PHRASES = frozenset({"auto rickshaw", "tuk tuk", "three wheeler", "moto taxi"})
_SIZE_WORDS = (
    "big small mid middle medium large little light heavy long short mini s m l xl xs "
    "the a de"
)
_SIZES = frozenset(_SIZE_WORDS.split())


def vehicle_class_of(name: str) -> VehicleClass | None:
    """Return the product's class for a name, None when it has none.

    Case, accents, plurals, sizes ("big truck") and what goes before ("police car") do
    not matter; "bus stop" is no bus.
    """
    words = _words(name)
    phrase = " ".join(words)
    if phrase in _PHRASES:
        return _PHRASES[phrase]
    if not words or phrase in _ANY_PHRASES or words[-1] in _ANY:
        return None
    return _BY_NAME.get(words[-1])


def is_any_vehicle(name: str) -> bool:
    """Tell whether a name says only that something drives."""
    words = _words(name)
    phrase = " ".join(words)
    if phrase in _PHRASES:
        return False
    return phrase in _ANY_PHRASES or bool(words and words[-1] in _ANY)


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    words = re.findall(r"[a-z]+", plain)
    kept = [word for word in words if word not in _SIZES] or words
    return [_singular(word) for word in kept]


def _singular(word: str) -> str:
    if word in _BY_NAME or word in _ANY:
        return word
    for ending in ("es", "s"):
        stem = word.removesuffix(ending)
        if stem != word and (stem in _BY_NAME or stem in _ANY or stem == "wheeler"):
            return stem
    return word


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
