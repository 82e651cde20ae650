"""A training of the plate recogniser, from its first step to a network in use."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ml.plate.grammar import ALPHABET
from ml.plate.slot_recogniser import SlotRecogniser
from ml.plate.slots import NOTHING, SLOTS, decoded, encoded, prepared
from ml.train.plates.learn import Lesson, learn
from ml.train.plates.stream import Material
from tests.unit.ml.train.plates.test_pictures import typefaces

_BLINK_H = 1e-4
"""Hours that are over within the first steps."""


@given(st.text(ALPHABET, min_size=0, max_size=SLOTS))
def test_a_text_comes_back_from_its_slots(text: str) -> None:
    """Written with certainty, read with certainty."""
    rows = np.eye(NOTHING + 1, dtype=np.float32)[encoded(text)]
    table = decoded(rows)
    assert "".join(ALPHABET[i] for i in table.argmax(axis=1)) == text


def test_a_text_that_does_not_fit_is_refused() -> None:
    """Rather than cut."""
    with pytest.raises(ValueError, match="more than"):
        encoded("A" * (SLOTS + 1))


def test_a_training_leaves_a_network_that_is_resumed_and_read_with(
    tmp_path: Path,
) -> None:
    """What runs in the product says what the trained network says."""
    torch.set_num_threads(1)
    material = Material(typefaces())
    lesson = Lesson(hours=_BLINK_H, batch=4, workers=0)
    made = learn(material, tmp_path, lesson)
    before = _steps(tmp_path)
    longer = Lesson(hours=3 * _BLINK_H, batch=4, workers=0)
    made = learn(material, tmp_path, longer, resume=True)
    after = _steps(tmp_path)
    assert len(after) > len(before)
    assert after[-1] > before[-1], "it went on, and did not begin again"

    picture = np.random.default_rng(1).integers(0, 256, (40, 120, 3), np.uint8)
    table = SlotRecogniser(made).read(picture)
    assert table.shape[1] == len(ALPHABET)
    assert ((table >= 0) & (table <= 1)).all()
    assert prepared(picture).shape == (64, 160)
    assert made.stat().st_size < 10_000_000


def _steps(out: Path) -> list[int]:
    lines = (out / "results.jsonl").read_text().splitlines()
    return [int(json.loads(line)["step"]) for line in lines]
