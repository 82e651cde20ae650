"""What is said of a hold, in the installed language."""

from PySide6.QtCore import QCoreApplication

from app.domain.hold import Hold, HoldKind
from widgets.common import formatting

_tr = QCoreApplication.translate


def hold_name(hold: Hold) -> str:
    """Return what kind it is, and until when it stands."""
    if hold.kind is HoldKind.HOLD:
        return _tr("holds", "Legal hold")
    return _tr("holds", "Locked until {}").format(formatting.date_iso(hold.ends))


def hold_line(hold: Hold) -> str:
    """Return kind, reason, and who set it when."""
    day = formatting.date_iso(hold.set_at)
    return f"{hold_name(hold)} · {hold.reason} ({hold.set_by}, {day})"
