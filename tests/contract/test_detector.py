"""What every detector does, whatever runs its network."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from app.config.paths import RESOURCES
from app.domain.detection import Detections
from app.domain.errors import ModelMissing
from app.ports import Detector
from ml import weights as registry
from ml.backends import CARD, Backend, Model, Variant, available, open_variant
from ml.detect.array_picture import ArrayPicture
from ml.export import Form, exported
from ml.session import open_detector
from ml.train.labels import iou_matrix
from tests.fakes.kserve_server import KserveServer

_CLIP = RESOURCES / "simulator" / "junction-front.mp4"
_SERVED = "served"
_VARIANTS = [
    Variant(Backend.OPENVINO, "CPU"),
    Variant(Backend.OPENVINO, "CPU", eight_bit=True),
    Variant(Backend.OPENVINO, "GPU"),
    Variant(Backend.ONNX, "cpu"),
    Variant(Backend.ONNX, CARD),
    Variant(Backend.TORCH, "cpu"),
    Variant(Backend.TORCH, CARD),
    Variant(Backend.TENSORRT, CARD),
]
Opened = Callable[[], Detector]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Return the bundled model with a models folder of its own."""
    models = tmp_path_factory.mktemp("models")
    wanted = registry.entry(registry.DEFAULT_DETECTOR, models)
    if not (registry.BUNDLED / f"{wanted.name}.pt").is_file():
        pytest.skip("the bundled detector weights are not in resources/models")
    return Model.of_entry(wanted, models)


@pytest.fixture(scope="module")
def pictures() -> list[npt.NDArray[np.uint8]]:
    """Return rendered pictures with vehicles in them."""
    capture = cv2.VideoCapture(str(_CLIP))
    capture.set(cv2.CAP_PROP_POS_FRAMES, 440)
    images = [np.asarray(capture.read()[1], np.uint8) for _ in range(16)]
    capture.release()
    return images[::4]


@pytest.fixture(scope="module")
def truth(model: Model, pictures: list[npt.NDArray[np.uint8]]) -> list[Detections]:
    """Return what the weights themselves see, in torch on the processor."""
    with closing(open_variant(model, Variant(Backend.TORCH, "cpu"))) as reference:
        return [reference.detect(image) for image in pictures]


@dataclass(frozen=True)
class _Made:
    open: Opened
    in_full: bool

    def is_exact(self, detector: Detector) -> bool:
        """Tell whether it computes in 32 bits, which OpenVINO does not everywhere."""
        return self.in_full and not detector.device.endswith(("bf16", "f16"))


@pytest.fixture(params=[*map(str, _VARIANTS), _SERVED])
def made(request: pytest.FixtureRequest, model: Model) -> Iterator[_Made]:
    """Yield what opens one backend's detector."""
    if request.param == _SERVED:
        path = _onnx_of(model)
        with KserveServer(path, model.name).serving() as url:
            yield _Made(lambda: open_detector(model.models, name=url), in_full=True)
        return
    variant = Variant.parse(request.param)
    if variant not in available(model):
        pytest.skip(f"{variant} cannot run on this computer: no such device or library")
    in_full = not variant.eight_bit and not variant.on_card
    yield _Made(lambda: open_variant(model, variant), in_full=in_full)


def _onnx_of(model: Model) -> Path:
    return exported(
        Form.ONNX,
        model.weights,
        model.sha256,
        model.models,
        long_side_px=model.long_side_px,
    )


def _sure(found: Detections, score: float) -> npt.NDArray[np.float32]:
    return found.boxes_px[found.scores >= score]


def test_it_sees_what_the_weights_see(
    made: _Made,
    pictures: list[npt.NDArray[np.uint8]],
    truth: list[Detections],
) -> None:
    """Every sure box is found again, and at the same place."""
    with closing(made.open()) as detector:
        found = [detector.detect(image) for image in pictures]
        exact = made.is_exact(detector)
    assert sum(len(_sure(one, 0.5)) for one in truth) >= 4
    for seen, true in zip(found, truth, strict=True):
        overlap = iou_matrix(_sure(true, 0.5), _sure(seen, 0.3))
        assert (overlap.max(axis=1, initial=0) > (0.95 if exact else 0.7)).all()
        if exact:
            assert len(seen) == len(true)
            np.testing.assert_allclose(seen.scores, true.scores, atol=0.01)
            np.testing.assert_array_equal(seen.classes, true.classes)


def test_many_pictures_of_two_sizes_each_get_their_own_answer(
    made: _Made, pictures: list[npt.NDArray[np.uint8]]
) -> None:
    """More than `parallel` are under way, interleaved; none takes another's boxes."""
    mixed = [
        np.asarray(sized, np.uint8)
        for image in pictures
        for sized in (image, cv2.resize(image, (480, 360)))
    ]
    with closing(made.open()) as detector:
        alone = [detector.detect(image) for image in mixed]
        turns = 1 + 2 * detector.parallel // len(mixed)
        asked = [detector.submit(ArrayPicture(i)) for i in mixed * turns]
        answers = [future.result(60) for future in asked]
    for answer, expected in zip(answers, alone * turns, strict=True):
        assert len(answer) == len(expected)
        np.testing.assert_allclose(answer.boxes_px, expected.boxes_px, atol=2)


class _Unreadable:
    width_px, height_px = 1280, 720

    def scaled_bgr(self, width_px: int, height_px: int) -> npt.NDArray[np.uint8]:
        raise ValueError(f"gave this picture up at {width_px} x {height_px}")


def test_a_bad_picture_harms_no_other(
    made: _Made, pictures: list[npt.NDArray[np.uint8]]
) -> None:
    """It raises where it is submitted, more often than there are inputs."""
    with closing(made.open()) as detector:
        before = detector.detect(pictures[0])
        for _ in range(4 * detector.parallel + 9):
            with pytest.raises(ValueError, match="gave this picture up"):
                detector.submit(_Unreadable())
        after = detector.detect(pictures[0])
    np.testing.assert_allclose(after.boxes_px, before.boxes_px, atol=0.01)


def test_closing_leaves_nothing_open(
    made: _Made, pictures: list[npt.NDArray[np.uint8]]
) -> None:
    """What was under way is answered or cancelled, and nothing more is taken."""
    detector = made.open()
    asked = [detector.submit(ArrayPicture(image)) for image in pictures]
    detector.close()
    assert all(future.done() for future in asked)
    with pytest.raises(RuntimeError, match="closed"):
        detector.submit(ArrayPicture(pictures[0]))


def test_it_says_what_it_is(made: _Made, model: Model) -> None:
    """Name, hash and device are for the evidence and the status bar."""
    with closing(made.open()) as detector:
        assert detector.model_name.startswith(model.name)
        assert len(detector.model_sha256) == 64
        assert detector.device
        assert detector.parallel >= 1


def test_a_form_that_was_tampered_with_is_made_again(model: Model) -> None:
    """The hash beside an export is checked each time it is opened."""
    path = _onnx_of(model)
    good = path.read_bytes()
    path.write_bytes(good[:-1] + b"!")
    assert _onnx_of(model) == path
    assert path.read_bytes()[-1:] != b"!"


def test_rubbish_in_place_of_a_network_is_said(tmp_path: Path) -> None:
    """A damaged ONNX file is a sentence, not a stack trace."""
    from ml.detect.onnx_network import OnnxNetwork

    path = tmp_path / "rubbish.onnx"
    path.write_bytes(b"rubbish")
    with pytest.raises(ModelMissing, match="cannot open the model"):
        OnnxNetwork(path)
