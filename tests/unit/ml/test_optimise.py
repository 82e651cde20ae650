"""The fastest form is chosen only among those that see the same."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from app.domain.detection import Detections
from app.domain.errors import ModelMissing
from app.domain.ids import Sha256
from ml import backends, session
from ml import optimise as optimising
from ml import weights as registry
from ml.backends import Backend, Model, Variant, usual
from ml.choice import chosen_form, read_choice, use_detector, use_form
from ml.evaluate.agreement import agreement
from ml.optimise import optimise, pictures_in
from ml.session import check_name, open_detector
from tests.fakes.immediate_detector import ImmediateDetector
from tests.fakes.manual_clock import ManualClock

_SHA256 = Sha256("a" * 64)
_NOW = datetime(2026, 3, 14, tzinfo=UTC)
_GOOD = Variant(Backend.OPENVINO, "CPU")
_SLOW = Variant(Backend.ONNX, "cpu")
_WRONG = Variant(Backend.OPENVINO, "CPU", eight_bit=True)
_ABSENT = Variant(Backend.TENSORRT, "cuda:0")


class _Sees(ImmediateDetector):
    """Sees one car, so far to the right."""

    def __init__(self, left_px: float, work: int) -> None:
        self._left_px, self._work = left_px, work
        self.closed = False

    def detect(self, image: npt.NDArray[np.uint8]) -> Detections:
        for _ in range(self._work):
            cv2.GaussianBlur(image, (0, 0), 9)
        left = self._left_px
        return Detections(
            boxes_px=np.array([[left, 10, left + 40, 30]], np.float32),
            scores=np.array([0.8], np.float32),
            classes=np.array([3], np.int32),
        )

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def model(tmp_path: Path) -> Model:
    """Return a model; its weights are never opened."""
    weights = tmp_path / "cars.pt"
    weights.write_bytes(b"weights")
    return Model(
        models=tmp_path, weights=weights, name="cars", sha256=_SHA256, long_side_px=480
    )


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[_Sees]]:
    """Let the variants be these detectors, and check that all are closed."""
    made: list[_Sees] = []

    def open_variant(_: Model, variant: Variant) -> _Sees:
        if variant == _ABSENT:
            raise ModelMissing("TensorRT is not here. Choose another.")
        left = 60.0 if variant == _WRONG else 10.0
        made.append(_Sees(left, work=12 if variant == _SLOW else 0))
        return made[-1]

    monkeypatch.setattr(optimising, "open_variant", open_variant)
    monkeypatch.setattr(optimising, "variant_sha256", lambda *_: _SHA256)
    monkeypatch.setattr(optimising, "_ROUND_SECONDS", 0.05)
    yield made
    assert all(one.closed for one in made)


def _pictures() -> list[npt.NDArray[np.uint8]]:
    return [np.zeros((72, 128, 3), np.uint8)] * 3


@pytest.mark.usefixtures("opened")
def test_the_fastest_that_sees_the_same_is_recorded(model: Model) -> None:
    """The others stand beside it with their figures and the reason."""
    said: list[float] = []
    outcome = optimise(
        model,
        [_SLOW, _ABSENT, _WRONG, _GOOD],
        _pictures(),
        ManualClock(),
        lambda _, share: said.append(share),
    )
    assert outcome.form.parsed == _GOOD
    assert [Variant.parse(one.variant) for one in outcome.measured[:2]] == [
        _GOOD,
        _SLOW,
    ]
    refused = {one.variant: one.refused for one in outcome.measured}
    assert "0.000, less than 0.980" in (refused[str(_WRONG)] or "")
    assert "TensorRT" in (refused[str(_ABSENT)] or "")
    assert said == sorted(said)
    assert said[-1] == 1
    kept = read_choice(model.models).form_for("cars", _SHA256)
    assert kept == outcome.form
    assert read_choice(model.models).form_for("cars", Sha256("b" * 64)) is None


@pytest.mark.usefixtures("opened")
def test_where_accuracy_fell_nothing_changes(model: Model) -> None:
    """The figures are in the sentence, and the form in use stays in use."""
    before = chosen_form(_SHA256, _SLOW, _SHA256, (), _NOW)
    use_form(model.models, "cars", before)
    with pytest.raises(ModelMissing, match=r"agreement 0\.000"):
        optimise(model, [_WRONG], _pictures(), ManualClock(), lambda *_: None)
    assert read_choice(model.models).form_for("cars", _SHA256) == before


def test_a_chosen_form_that_is_no_longer_itself_is_not_used(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another file than the one measured: back to the usual form."""
    monkeypatch.setattr(session, "variant_sha256", lambda *_: Sha256("c" * 64))
    use_form(model.models, "cars", chosen_form(_SHA256, _SLOW, _SHA256, (), _NOW))
    assert session._chosen(model) is None
    monkeypatch.setattr(session, "variant_sha256", lambda *_: _SHA256)
    assert session._chosen(model) == _SLOW


def test_a_form_for_a_card_waits_for_the_card(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A card that was taken out does not stop the engine."""
    monkeypatch.setattr(session, "variant_sha256", lambda *_: _SHA256)
    use_form(model.models, "cars", chosen_form(_SHA256, _ABSENT, _SHA256, (), _NOW))
    monkeypatch.setattr(session, "cuda_available", lambda: False)
    assert session._chosen(model) is None
    monkeypatch.setattr(session, "cuda_available", lambda: True)
    assert session._chosen(model) == _ABSENT


@pytest.mark.parametrize("text", ["{", "[]", '{"detector": 3}', '{"surprise": 1}'])
def test_a_choice_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    """The engine starts with the usual model."""
    (tmp_path / "choice.json").write_text(text, "utf-8")
    assert read_choice(tmp_path).detector is None


def test_use_keeps_the_forms(model: Model) -> None:
    """Choosing a detector forgets no measurement."""
    use_form(model.models, "cars", chosen_form(_SHA256, _GOOD, _SHA256, (), _NOW))
    use_detector(model.models, "cars")
    document = json.loads((model.models / "choice.json").read_text("utf-8"))
    assert document["detector"] == "cars"
    assert document["forms"]["cars"]["variant"] == "openvino:CPU"


def test_the_chosen_detector_is_opened(tmp_path: Path) -> None:
    """Without a name it is the one that was chosen; that it is missing is said."""
    use_detector(tmp_path, "lorries")
    with pytest.raises(ModelMissing, match="no model named lorries"):
        open_detector(tmp_path)


def test_what_cannot_be_a_detector_is_not_chosen(tmp_path: Path) -> None:
    """A plate locator finds no road users; a name nobody knows is none."""
    with pytest.raises(ModelMissing, match="does not find road users"):
        check_name(registry.PLATE_LOCATOR, tmp_path)
    with pytest.raises(ModelMissing, match="no model named"):
        check_name("lorries", tmp_path)


@pytest.mark.parametrize("variant", [_GOOD, _SLOW, _WRONG, _ABSENT])
def test_variants_are_read_as_written(variant: Variant) -> None:
    """The record holds them as text."""
    assert Variant.parse(str(variant)) == variant


@pytest.mark.parametrize("text", ["", "openvino", "openvino:", "darknet:cpu"])
def test_what_is_no_variant_is_refused(text: str) -> None:
    """A record that somebody edited is not followed blindly."""
    with pytest.raises(ValueError, match=r"names no device|not a valid Backend"):
        Variant.parse(text)


def test_without_a_measurement_a_card_comes_first(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else OpenVINO on the processor."""
    monkeypatch.setattr(backends, "cuda_available", lambda: True)
    assert usual(model) == Variant(Backend.TORCH, "cuda:0")
    monkeypatch.setattr(backends, "cuda_available", lambda: False)
    assert usual(model) == _GOOD


def test_pictures_are_read_from_a_folder(tmp_path: Path) -> None:
    """What is no picture is left out; an empty folder is said."""
    with pytest.raises(ModelMissing, match="no pictures"):
        pictures_in(tmp_path)
    cv2.imwrite(str(tmp_path / "one.png"), np.zeros((8, 9, 3), np.uint8))
    (tmp_path / "two.jpg").write_bytes(b"rubbish")
    assert [image.shape for image in pictures_in(tmp_path)] == [(8, 9, 3)]


def _boxes(*scores: float) -> Detections:
    left = np.arange(len(scores), dtype=np.float32) * 100
    return Detections(
        boxes_px=np.stack([left, left * 0, left + 50, left * 0 + 50], axis=1),
        scores=np.asarray(scores, np.float32),
        classes=np.zeros(len(scores), np.int32),
    )


def test_a_wavering_score_is_no_disagreement() -> None:
    """0.36 and 0.34 are the same box; 0.36 and nothing are not."""
    assert agreement([(_boxes(0.9, 0.36), _boxes(0.9, 0.34))]).f1 == 1
    assert agreement([(_boxes(0.9, 0.36), _boxes(0.9))]).f1 == pytest.approx(2 / 3)
    assert agreement([(_boxes(), _boxes())]).f1 == 1
    plain = agreement([(_boxes(0.9, 0.36), _boxes(0.9, 0.34))], 0.35, 0.35)
    assert plain.f1 == pytest.approx(2 / 3)
