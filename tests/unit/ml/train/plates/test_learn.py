"""A training of the plate recogniser, from its first step to a network in use."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from onnx import numpy_helper

from app.config.paths import RESOURCES
from app.domain.errors import ConfigurationInvalid
from ml.plate.grammar import ALPHABET
from ml.plate.recogniser import PlateRecogniser, as_tensor, model_path, open_session
from ml.train.plates.base import CUT, INPUT, characters_of, first_part, read_base
from ml.train.plates.learn import Lesson, learn, spoken
from ml.train.plates.network import INPUT_HW, STEPS, tail_in, tail_of
from ml.train.plates.stream import Material
from tests.unit.ml.train.plates.test_pictures import typefaces

_BLINK_H = 1e-4
"""Hours that are over within the first steps."""
_SMALL = Lesson(batch=4, workers=0, check_plates=8)


def test_what_learns_begins_as_the_text_network_that_it_comes_from(
    tmp_path: Path,
) -> None:
    """Before its first lesson it gives each sign the same share."""
    torch.set_num_threads(1)
    base = read_base(model_path())
    picture = np.random.default_rng(2).integers(0, 256, (*INPUT_HW, 3), np.uint8)
    tensor = as_tensor(picture)
    place = tmp_path / "first.onnx"
    place.write_bytes(first_part(base).SerializeToString())
    (flow,) = open_session(place, 1).run([CUT], {INPUT: tensor})
    with torch.no_grad():
        ours = torch.softmax(tail_of(base)(torch.from_numpy(flow)), dim=2)[0].numpy()
    (whole,) = open_session(model_path(), 1).run(None, {INPUT: tensor})
    kept = [0, *(1 + characters_of(base).index(sign) for sign in ALPHABET)]
    theirs = whole[0][:, kept]
    theirs /= theirs.sum(axis=1, keepdims=True)
    assert ours.shape == (STEPS, 1 + len(ALPHABET))
    assert np.abs(ours - theirs).max() < 1e-3


def test_another_text_network_is_refused(tmp_path: Path) -> None:
    """Its parts would not be where they are looked for."""
    strange = tmp_path / "other.onnx"
    strange.write_bytes(b"other")
    with pytest.raises(ConfigurationInvalid, match="rapidocr"):
        read_base(strange)


@given(st.lists(st.integers(1, 36), max_size=9), st.integers(1, 3))
def test_signs_that_last_are_spoken_once(signs: list[int], lasting: int) -> None:
    """And twice when nothing stands between."""
    row = np.array([0, *(s for sign in signs for s in [sign] * lasting + [0])])
    assert spoken(row) == signs


def test_a_training_leaves_a_network_that_is_resumed_and_read_with(
    tmp_path: Path,
) -> None:
    """What runs in the product takes what was trained."""
    torch.set_num_threads(1)
    material = Material(typefaces())
    learn(material, tmp_path, replace(_SMALL, hours=_BLINK_H))
    before = _steps(tmp_path)
    longer = replace(_SMALL, hours=4 * _BLINK_H)
    made = learn(material, tmp_path, longer, resume=True)
    after = _steps(tmp_path)
    assert len(after) > len(before)
    assert after[-1] > before[-1], "it went on, and did not begin again"

    picture = np.random.default_rng(1).integers(0, 256, (40, 120, 3), np.uint8)
    table = PlateRecogniser(1, made).read(picture)
    assert table.shape[1] == len(ALPHABET)
    assert ((table >= 0) & (table <= 1)).all()
    assert made.stat().st_size < 10_000_000


def test_what_was_trained_is_learnt_on_from() -> None:
    """The bundled network is taken apart again without a loss, whatever its width."""
    bundled = RESOURCES / "models" / "plate-reader.onnx"
    trained = onnx.load(bundled)
    tail = tail_in(trained)
    stored = {
        entry.name: numpy_helper.to_array(entry) for entry in trained.graph.initializer
    }
    linear = [name for name in stored if "MatMul" in name]
    linear.sort(key=lambda name: int(name.removesuffix(".16").rsplit("_", 1)[1]))
    named = tail.named.weight.detach().numpy()
    assert np.array_equal(named.T, stored[linear[-1]].astype(np.float32))
    asked = tail.get_parameter("context.0.asked.weight").detach().numpy()
    assert np.array_equal(asked.T, stored[linear[0]].astype(np.float32))


def test_another_network_is_not_learnt_on_from() -> None:
    """The text network has other parts, and names them otherwise."""
    with pytest.raises(ConfigurationInvalid, match="train-plates"):
        tail_in(read_base(model_path()))


def _steps(out: Path) -> list[int]:
    lines = (out / "results.jsonl").read_text().splitlines()
    return [int(json.loads(line)["step"]) for line in lines]
