"""What the chart says when there is nothing to draw."""

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.builders.cases import case_of
from widgets.review.history_chart import HistoryChart


def test_a_case_without_history_is_told_and_no_case_is_not(qtbot: QtBot) -> None:
    chart = HistoryChart()
    qtbot.addWidget(chart)
    said = chart.findChild(QLabel)
    chart.show_history(case_of(), None)
    assert not chart.shows_history
    assert said is not None
    assert "No history" in said.text()
    chart.show_history(None, None)
    assert said.text() == ""
