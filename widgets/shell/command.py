"""What a person can do: a name, a key, and the act."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from widgets.common.key_button import KeyButton, key_name


@dataclass(frozen=True, slots=True)
class Command:
    """One entry of the palette; `key` as it is written on the keyboard, or empty."""

    name: str
    key: str
    run: Callable[[], object]


def page_commands(page: QWidget) -> list[Command]:
    """Return what can be done on a page now: its visible buttons and its actions."""
    found = [
        Command(button.text(), button.key_text, button.click)
        for button in page.findChildren(KeyButton)
        if button.isVisible() and button.isEnabled() and button.text()
    ]
    return found + action_commands(page.actions())


def action_commands(actions: Iterable[QAction]) -> list[Command]:
    """Return the enabled actions that have a name."""
    return [
        Command(action.text(), key_name(action.shortcut()), action.trigger)
        for action in actions
        if action.isEnabled() and action.text()
    ]


def fuzzy_score(wanted: str, name: str) -> int | None:
    """Return how badly `name` matches what was typed, None when it does not.

    All letters must appear in order; letters far apart and late ones cost. Case and
    accents do not matter to a hurried hand.
    """
    text, place, score = _plain(name), -1, 0
    for letter in _plain(wanted).replace(" ", ""):
        found = text.find(letter, place + 1)
        if found < 0:
            return None
        starts_word = found == 0 or not text[found - 1].isalnum()
        score += 0 if starts_word or found == place + 1 else found - place
        place = found
    return score


_ACCENTS = str.maketrans("áéíóúüñ", "aeiouun")


def _plain(text: str) -> str:
    return text.lower().translate(_ACCENTS)
