"""Work off the GUI thread: told to whoever is still there, and begun by none after."""

from collections.abc import Iterator
from threading import Event

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.domain.errors import DatabaseUnavailable
from widgets.common.background import Background

_WAIT_S = 20


@pytest.fixture
def background() -> Iterator[Background]:
    """Give one, and close it whatever happens."""
    made = Background()
    yield made
    made.close()


def test_the_newest_answer_alone_is_delivered(
    background: Background, qtbot: QtBot
) -> None:
    owner, gate, told = QObject(), Event(), list[int]()

    def slow() -> int:
        assert gate.wait(_WAIT_S)
        return 1

    background.query(owner, "page", slow, told.append, pytest.fail)
    background.query(owner, "page", lambda: 2, told.append, pytest.fail)
    qtbot.waitUntil(lambda: told == [2])
    gate.set()
    background.command(owner, lambda: 3, told.append, pytest.fail)
    qtbot.waitUntil(lambda: told == [2, 3])


def test_a_fault_is_told_as_a_sentence(background: Background, qtbot: QtBot) -> None:
    owner, said = QObject(), list[str]()

    def fail() -> str:
        raise DatabaseUnavailable("The server does not answer.")

    background.command(owner, fail, pytest.fail, said.append)
    qtbot.waitUntil(lambda: bool(said))
    assert "does not answer" in said[0]


def test_what_arrives_after_closing_begins_nothing(
    background: Background, qtbot: QtBot
) -> None:
    """The answer of a page may ask for the next one while the window closes."""
    owner, arrived, begun = QObject(), list[int](), Event()

    def begin() -> str:
        begun.set()
        return "begun"

    def ask_on(answer: int) -> None:
        arrived.append(answer)
        background.query(owner, "next", begin, pytest.fail, pytest.fail)

    background.query(owner, "page", lambda: 1, ask_on, pytest.fail)
    background.close()
    qtbot.waitUntil(lambda: arrived == [1])
    assert not begun.is_set()
