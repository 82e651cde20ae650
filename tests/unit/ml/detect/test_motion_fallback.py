"""What moves is seen without a network, camera by camera, and is no evidence."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest

from app.domain.detection import Detections
from ml.detect.motion_fallback import MotionFallback

Image = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class _Of:
    """A picture of a named camera."""

    camera_id: str
    image: Image

    @property
    def width_px(self) -> int:
        return int(self.image.shape[1])

    @property
    def height_px(self) -> int:
        return int(self.image.shape[0])

    def scaled_bgr(self, width_px: int, height_px: int) -> Image:
        rows = np.arange(height_px) * self.height_px // height_px
        columns = np.arange(width_px) * self.width_px // width_px
        return np.ascontiguousarray(self.image[rows][:, columns])


def _road(
    random: np.random.Generator, left: int | None = None, grey: int = 90
) -> Image:
    """Return a noisy road of 768 x 480; a car of 96 x 60 stands at `left`."""
    noise = random.normal(grey, 3, (480, 768, 3))
    if left is not None:
        noise[300:360, left : left + 96] = 220
    return np.clip(noise, 0, 255).astype(np.uint8)


def _drive(
    detector: MotionFallback, random: np.random.Generator, camera: str = "north"
) -> list[Detections]:
    """Let a car pass an empty road that has been seen for a while."""
    for _ in range(20):
        detector.submit(_Of(camera, _road(random)))
    pictures = [_road(random, left) for left in range(100, 500, 40)]
    return [detector.submit(_Of(camera, image)).result() for image in pictures]


@pytest.fixture
def random() -> np.random.Generator:
    """Return seeded noise."""
    return np.random.default_rng(5)


def test_a_passing_car_is_seen_where_it_is(random: np.random.Generator) -> None:
    """One box in every picture, in the picture's own pixels, sure enough to track."""
    seen = _drive(MotionFallback(), random)
    for left, found in zip(range(100, 500, 40), seen, strict=True):
        assert len(found) == 1
        np.testing.assert_allclose(
            found.boxes_px[0], [left, 300, left + 96, 360], atol=16
        )
        assert 0.4 <= found.scores[0] <= 1


def test_an_empty_road_is_empty(random: np.random.Generator) -> None:
    """Noise is no vehicle, from the first picture on."""
    detector = MotionFallback()
    assert all(not len(detector.detect(_road(random))) for _ in range(30))


def test_a_change_of_light_is_no_vehicle(random: np.random.Generator) -> None:
    """The whole picture changes at once."""
    detector = MotionFallback()
    for _ in range(20):
        detector.detect(_road(random))
    assert len(detector.detect(_road(random, grey=180))) == 0


def test_cameras_do_not_disturb_each_other(random: np.random.Generator) -> None:
    """Pictures of another place between them change nothing."""
    detector, bright = MotionFallback(), np.random.default_rng(6)
    for _ in range(20):
        detector.submit(_Of("north", _road(random)))
        detector.submit(_Of("south", _road(bright, grey=200)))
    north = detector.submit(_Of("north", _road(random, 200))).result()
    south = detector.submit(_Of("south", _road(bright, grey=200))).result()
    assert (len(north), len(south)) == (1, 0)


def test_it_says_what_it_is() -> None:
    """No evidence, and no model's name or hash."""
    detector = MotionFallback()
    assert not detector.evidential
    assert detector.model_name == "motion-fallback"
    assert "motion" in detector.device
    detector.close()
    with pytest.raises(RuntimeError, match="closed"):
        detector.detect(np.zeros((48, 64, 3), np.uint8))
