"""Shapes of road users."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.vehicle import VehicleClass
from app.simulator.bodies import make_body

kinds = st.sampled_from(list(VehicleClass))
seeds = st.integers(0, 10_000)


@settings(deadline=None, max_examples=40)
@given(kinds, seeds)
def test_a_body_stands_on_the_road_and_ends_at_its_front(
    kind: VehicleClass, seed: int
) -> None:
    body = make_body(kind, np.random.default_rng(seed))
    low, high = body.mesh.vertices.min(axis=0), body.mesh.vertices.max(axis=0)
    assert -0.02 <= low[2] < 0.06
    assert -0.1 < high[1] < 0.1
    assert low[1] == pytest.approx(-body.length_m, abs=0.12)
    assert high[2] == pytest.approx(body.height_m, abs=0.25)


@settings(deadline=None, max_examples=30)
@given(kinds, seeds)
def test_normals_are_unit_vectors(kind: VehicleClass, seed: int) -> None:
    mesh = make_body(kind, np.random.default_rng(seed)).mesh
    assert np.linalg.norm(mesh.normals, axis=1) == pytest.approx(1.0)


@settings(deadline=None, max_examples=30)
@given(kinds, seeds)
def test_bounds_hold_every_vertex(kind: VehicleClass, seed: int) -> None:
    mesh = make_body(kind, np.random.default_rng(seed)).mesh
    assert (mesh.vertices >= mesh.bounds.min(axis=0)).all()
    assert (mesh.vertices <= mesh.bounds.max(axis=0)).all()


def test_the_same_seed_makes_the_same_body() -> None:
    one = make_body(VehicleClass.CAR, np.random.default_rng(4))
    two = make_body(VehicleClass.CAR, np.random.default_rng(4))
    np.testing.assert_array_equal(one.mesh.vertices, two.mesh.vertices)
    np.testing.assert_array_equal(one.mesh.colours, two.mesh.colours)


def test_a_motorcycle_has_its_plate_behind_only() -> None:
    body = make_body(VehicleClass.MOTORCYCLE, np.random.default_rng(1))
    assert len(body.plates) == 1
    assert all(corner[1] < -1.5 for corner in body.plates[0])
