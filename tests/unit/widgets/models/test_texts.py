"""What the table says of a model's place on this computer."""

import pytest

from widgets.models.model_row import ModelRow
from widgets.models.texts import state_text


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (ModelRow(name="a", bytes=5), "here"),
        (ModelRow(name="a"), "not here"),
        (ModelRow(name="a", eight_bit=True), "in 8 bits"),
        (ModelRow(name="a", bytes=5, eight_bit=True), "here"),
        (ModelRow(name="a", bytes=5, checked="other"), "damaged"),
        (ModelRow(name="a", used=True), "missing"),
    ],
)
def test_where_a_model_is(row: ModelRow, word: str) -> None:
    assert state_text(row).endswith(word)
