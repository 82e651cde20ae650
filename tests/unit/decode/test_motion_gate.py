"""The motion gate opens for a vehicle and stays shut for noise."""

import numpy as np
import numpy.typing as npt
import pytest

from app.decode.motion_gate import MotionGate

SIZE = (360, 640)


def scene(rng: np.random.Generator, sigma: float = 2.0) -> npt.NDArray[np.uint8]:
    ground = np.linspace(60, 140, SIZE[1])[None, :].repeat(SIZE[0], axis=0)
    noisy = ground + rng.normal(0, sigma, SIZE)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def settled(rng: np.random.Generator, sigma: float = 2.0) -> MotionGate:
    gate = MotionGate()
    for _ in range(60):
        gate.moved(scene(rng, sigma))
    return gate


def with_vehicle(
    picture: npt.NDArray[np.uint8], left: int, width: int, height: int, level: int
) -> npt.NDArray[np.uint8]:
    picture[200 : 200 + height, left : left + width] = level
    return picture


def test_the_first_picture_is_worth_a_look() -> None:
    assert MotionGate().moved(scene(np.random.default_rng(1)))


@pytest.mark.parametrize("sigma", [1.0, 4.0, 9.0])
def test_noise_alone_keeps_it_shut(sigma: float) -> None:
    rng = np.random.default_rng(2)
    gate = settled(rng, sigma)

    assert sum(gate.moved(scene(rng, sigma)) for _ in range(200)) <= 2


@pytest.mark.parametrize(("width", "height"), [(60, 40), (16, 20), (12, 12)])
def test_a_vehicle_opens_it_at_once(width: int, height: int) -> None:
    rng = np.random.default_rng(3)
    gate = settled(rng)

    assert gate.moved(with_vehicle(scene(rng), 300, width, height, 200))


def test_it_stays_open_while_the_vehicle_moves() -> None:
    rng = np.random.default_rng(4)
    gate = settled(rng)
    opened = [
        gate.moved(with_vehicle(scene(rng), 20 + 6 * step, 40, 24, 210))
        for step in range(80)
    ]

    assert all(opened)


def test_what_has_parked_becomes_background() -> None:
    rng = np.random.default_rng(5)
    gate = settled(rng)
    opened = [
        gate.moved(with_vehicle(scene(rng), 300, 60, 40, 200)) for _ in range(1000)
    ]

    assert opened[0]
    assert not any(opened[-50:])


def test_a_slow_change_of_daylight_keeps_it_shut() -> None:
    rng = np.random.default_rng(6)
    gate = settled(rng)
    opened = 0
    for step in range(300):
        brighter = np.clip(scene(rng).astype(int) + step // 10, 0, 255)
        opened += gate.moved(brighter.astype(np.uint8))

    assert opened <= 3


def test_a_new_stream_begins_anew() -> None:
    rng = np.random.default_rng(7)
    gate = settled(rng)
    gate.reset()

    assert gate.moved(scene(rng))
