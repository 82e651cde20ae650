"""A child process is heard to its last word, and ends when it is asked to."""

import sys

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from widgets.common.child_process import ChildProcess, Event

_WAIT_MS = 30_000


@pytest.fixture
def parent(qtbot: QtBot) -> QObject:
    return QObject()


def run(qtbot: QtBot, parent: QObject, code: str) -> tuple[ChildProcess, list[Event]]:
    child, events = ChildProcess(parent), list[Event]()
    child.said.connect(events.append)
    with qtbot.waitSignal(child.ended, timeout=_WAIT_MS):
        child.start([sys.executable, "-c", code], "It could not be started.")
    assert not child.running
    return child, events


def test_events_are_told_and_the_rest_is_passed_over(
    qtbot: QtBot, parent: QObject
) -> None:
    code = (
        'print(\'{"event": "one", "n": 1}\\nnoise\\n[1]\\n{"no": "event"}\')\n'
        'print(\'{"event": "two"}\')'
    )
    _, events = run(qtbot, parent, code)
    assert events == [{"event": "one", "n": 1}, {"event": "two"}]


def test_its_last_sentence_is_kept(qtbot: QtBot, parent: QObject) -> None:
    code = "import sys; print('a\\natalaya: The disk is full.', file=sys.stderr)"
    child, _ = run(qtbot, parent, code)
    assert child.last_words("It said nothing.") == "The disk is full."
    child, _ = run(qtbot, parent, "raise SystemExit(1)")
    assert child.last_words("It said nothing.") == "It said nothing."


def test_what_cannot_be_started_says_so(qtbot: QtBot, parent: QObject) -> None:
    child = ChildProcess(parent)
    with qtbot.waitSignal(child.ended, timeout=_WAIT_MS) as ended:
        child.start(["/no/such/program"], "It could not be started.")
    assert ended.args == [1]
    assert child.last_words("") == "It could not be started."


def test_it_ends_when_it_is_asked_to(qtbot: QtBot, parent: QObject) -> None:
    child = ChildProcess(parent)
    code = 'import time; print(\'{"event": "on"}\', flush=True); time.sleep(60)'
    with qtbot.waitSignal(child.said, timeout=_WAIT_MS):
        child.start([sys.executable, "-c", code], "")
    with qtbot.waitSignal(child.ended, timeout=_WAIT_MS):
        child.stop()
    assert child.stopped
    child.stop()
    child.close()
