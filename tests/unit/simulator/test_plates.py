"""Plate texts follow the grammar, and can be read off the texture."""

import re

import numpy as np
import pytest

from app.domain.vehicle import VehicleClass
from app.simulator.plates import make_plate, plate_texture


@pytest.mark.parametrize("kind", [VehicleClass.CAR, VehicleClass.BUS])
def test_cars_have_letter_alphanumerics_digits(kind: VehicleClass) -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        assert re.fullmatch(r"[A-Z][A-Z0-9]{2}-\d{3}", make_plate(kind, rng))


def test_motorcycles_have_digits_first() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        plate = make_plate(VehicleClass.MOTORCYCLE, rng)
        assert re.fullmatch(r"\d{4}-[A-Z]{2}", plate)


def test_the_texture_is_dark_on_white() -> None:
    texture = plate_texture("ABC-123", 2.25)
    assert texture.shape == (160, 360, 3)
    assert np.median(texture) > 220
    assert 0.1 < (texture[45:145, 15:345] < 80).mean() < 0.6


def test_different_texts_look_different() -> None:
    one, two = plate_texture("ABC-123", 2.25), plate_texture("ABC-128", 2.25)
    assert (one[:, :250] == two[:, :250]).mean() > 0.97
    assert (one[:, 290:] != two[:, 290:]).any()
