"""Why something cannot be asked, in the installed language."""

from PySide6.QtCore import QCoreApplication

from app.domain.plate_search import Flaw

_tr = QCoreApplication.translate


def flaw_text(flaw: Flaw) -> str:
    """Return what is wrong, and what to do."""
    return {
        Flaw.NO_PATTERN: _tr("flaws", "Type 2 to 16 letters, digits, * or ?"),
        Flaw.TOO_OPEN: _tr("flaws", "Give at least three letters or digits."),
        Flaw.NOT_WHOLE: _tr("flaws", "Give a whole plate: 4 to 10 letters and digits."),
        Flaw.NO_REASON: _tr("flaws", "Say why, in five characters or more."),
        Flaw.REASON_TOO_LONG: _tr("flaws", "The reason is longer than 200 characters."),
        Flaw.NOT_IN_BOUNDS: _tr("flaws", "A plate is watched for 90 days at most."),
    }[flaw]
