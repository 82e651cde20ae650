"""How many cases there are is said beside how many are shown."""

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.review.queue import COUNTED_AT_MOST
from tests.builders.cases import case_of
from widgets.common import formatting
from widgets.review.queue_panel import QueuePanel

_MOST = formatting.count(COUNTED_AT_MOST)


@pytest.mark.parametrize(
    ("more", "count", "said"),
    [
        (False, None, "3"),
        (True, None, "3+"),
        (True, 312, "3 / 312"),
        (True, COUNTED_AT_MOST, f"3 / {_MOST}"),
        (True, COUNTED_AT_MOST + 1, f"3 / {_MOST}+"),
        # Decided meanwhile: what is shown is what there is.
        (True, 2, "3+"),
    ],
)
def test_the_count_says_what_is_known(
    qtbot: QtBot, more: bool, count: int | None, said: str
) -> None:
    panel = QueuePanel()
    qtbot.addWidget(panel)
    panel.show_cases([case_of() for _ in range(3)], None, more)
    if count is not None:
        panel.show_count(count)
    assert said in {label.text() for label in panel.findChildren(QLabel)}
