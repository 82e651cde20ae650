"""What the acts of the trail are called."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QCoreApplication

_tr = QCoreApplication.translate

_WORDS: Final[dict[str, Callable[[], str]]] = {
    "decide": lambda: _tr("acts", "Decided a case"),
    "undo": lambda: _tr("acts", "Undid a decision"),
    "issue_notice": lambda: _tr("acts", "Issued a notice"),
    "publish_configuration": lambda: _tr("acts", "Published a configuration"),
    "save_camera": lambda: _tr("acts", "Saved a camera"),
    "remove_camera": lambda: _tr("acts", "Retired a camera"),
    "search_plates": lambda: _tr("acts", "Searched for plates"),
    "found_plates": lambda: _tr("acts", "Was shown plates"),
    "add_watch": lambda: _tr("acts", "Began to watch a plate"),
    "end_watch": lambda: _tr("acts", "Stopped watching a plate"),
    "forget_plate_reads": lambda: _tr("acts", "Forgot old plates"),
    "register_engine_key": lambda: _tr("acts", "Registered an engine's key"),
    "set_plate_retention": lambda: _tr("acts", "Said how long plates are kept"),
    "set_hold": lambda: _tr("acts", "Held a case"),
    "release_hold": lambda: _tr("acts", "Released a case"),
    "set_case_retention": lambda: _tr("acts", "Said how long cases are kept"),
    "erase_case": lambda: _tr("acts", "Erased a case"),
    "certify_erasure": lambda: _tr("acts", "Certified an erasure"),
    "export_subject": lambda: _tr("acts", "Asked for all of a plate"),
    "read_subject": lambda: _tr("acts", "Was shown all of a plate"),
    "create_person": lambda: _tr("acts", "Made a person"),
    "set_active": lambda: _tr("acts", "Put out or let in"),
    "end_sessions": lambda: _tr("acts", "Ended sessions"),
}

ACTS: Final = tuple(_WORDS)
"""Acts by the server's name, in the order of the filter."""


def act_name(action: str) -> str:
    """Return what an act is called; one of a later release keeps the server's name."""
    word = _WORDS.get(action)
    return action if word is None else word()
