"""What the acts of the trail are called."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QCoreApplication

_tr = QCoreApplication.translate

_WORDS: Final[dict[str, Callable[[], str]]] = {
    "add_case": lambda: _tr("acts", "Added a case"),
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
    "release_engine": lambda: _tr("acts", "Let another login speak for an engine"),
    "take_engine": lambda: _tr("acts", "Took an engine that was let go"),
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
    "read_list": lambda: _tr("acts", "Read a page of cases"),
    "read_open": lambda: _tr("acts", "Read a case"),
    "read_clip": lambda: _tr("acts", "Watched a clip"),
    "read_print": lambda: _tr("acts", "Printed a case"),
    "read_export": lambda: _tr("acts", "Exported a case"),
    "read_find": lambda: _tr("acts", "Looked for cases by plate"),
    "read_unmask": lambda: _tr("acts", "Took the mask off a plate"),
    "read_owner": lambda: _tr("acts", "Read of a vehicle's owner"),
    "claim_case": lambda: _tr("acts", "Took a case in hand"),
    "set_sites": lambda: _tr("acts", "Gave or took sites"),
    "add_site": lambda: _tr("acts", "Made a site"),
    "move_camera": lambda: _tr("acts", "Put a camera under a site"),
    "set_review_rules": lambda: _tr("acts", "Said how a site decides"),
    "change_password": lambda: _tr("acts", "Changed the own password"),
    "ask_password_reset": lambda: _tr("acts", "Asked for a new password"),
    "end_password_reset": lambda: _tr("acts", "Ended a reset of a password"),
    "found_password": lambda: _tr("acts", "Found a password set past the functions"),
    "expire_password": lambda: _tr("acts", "Found a password too old"),
    "set_password_age": lambda: _tr("acts", "Said how old passwords may be"),
    "lock_out": lambda: _tr("acts", "Locked a login out"),
    "lift_lockout": lambda: _tr("acts", "Let somebody log in again"),
    "close_direct_reading": lambda: _tr("acts", "Closed the tables with plates"),
}

ACTS: Final = tuple(_WORDS)
"""Acts by the server's name, in the order of the filter."""


def act_name(action: str) -> str:
    """Return what an act is called; one of a later release keeps the server's name."""
    word = _WORDS.get(action)
    return action if word is None else word()
