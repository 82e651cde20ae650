"""The rules on the bundled scenes: everybody who is guilty, and nobody else."""

import av
import numpy as np
import pytest

from app.config.camera import SpeedingRule
from app.domain.infraction import InfractionKind
from app.domain.measurement import RedLightMeasurement
from app.domain.signal import LampPhase
from app.measure.signal import LampReader
from app.simulator.scenario import SCENARIOS, SimulatedCamera, load_bundled
from tests.golden.watching import Watch, still, watch

SEEDS = range(3)


def scene(key: str) -> SimulatedCamera:
    for camera in load_bundled():
        if camera.key == key:
            return camera
    pytest.skip(f"the clip of {key} is not bundled here")


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("key", list(SCENARIOS))
def test_precision_and_recall_are_whole(key: str, seed: int) -> None:
    camera = scene(key)
    outcome = watch(camera.truth, camera.configuration, Watch(seed=seed))
    assert len(camera.truth.infractions) >= 5
    assert outcome.missed == ()
    assert outcome.false == ()


@pytest.mark.parametrize("key", list(SCENARIOS))
def test_speeds_are_right_and_so_are_their_intervals(key: str) -> None:
    camera = scene(key)
    if not any(isinstance(r, SpeedingRule) for r in camera.configuration.rules):
        pytest.skip(f"{key} measures no speed")
    outcomes = [
        watch(camera.truth, camera.configuration, Watch(seed=seed)) for seed in SEEDS
    ]
    errors = np.array([e for o in outcomes for e in o.speed_errors_kmh])
    covered = [c for o in outcomes for c in o.covered]
    assert np.abs(errors).mean() <= 0.75
    assert np.abs(errors).max() <= 3.0
    assert np.mean(covered) >= 0.93


@pytest.mark.parametrize("key", ["junction-front", "junction-rear"])
def test_the_delay_after_red_is_right_within_its_uncertainty(key: str) -> None:
    camera = scene(key)
    outcome = watch(camera.truth, camera.configuration, Watch(seed=1))
    for true, found in outcome.matched:
        assert true.kind is InfractionKind.RED_LIGHT
        seen = found.measurement
        assert isinstance(seen, RedLightMeasurement)
        assert true.red_for_s is not None
        error_s = abs(seen.red_for_ns / 1e9 - true.red_for_s)
        assert error_s <= seen.uncertainty_ns / 1e9 + 0.05


@pytest.mark.parametrize("key", list(SCENARIOS))
def test_a_slow_computer_accuses_nobody_wrongly(key: str) -> None:
    camera = scene(key)
    how = Watch(seed=7, looks_per_s=4.0, missed=0.25, jitter_px=3.0)
    outcome = watch(camera.truth, camera.configuration, how)
    assert outcome.false == ()


@pytest.mark.parametrize("key", ["junction-front", "junction-rear"])
def test_the_lamp_is_read_from_the_pictures_themselves(key: str) -> None:
    camera = scene(key)
    body = camera.configuration
    assert body.lamp_head is not None
    reader = LampReader(body.lamp_head, body.image_width_px, body.image_height_px)
    right = wrong = 0
    with av.open(str(camera.clip)) as clip:
        for number, picture in enumerate(clip.decode(video=0)):
            if number % 10:
                continue
            image = np.asarray(picture.to_ndarray(format="bgr24"), np.uint8)
            phase = reader.read(still(number, camera.truth.fps, image)).phase
            right += phase is camera.truth.phase_at(number)
            wrong += phase not in (camera.truth.phase_at(number), LampPhase.UNKNOWN)
    assert wrong == 0
    assert right >= 0.98 * camera.truth.frame_count / 10
