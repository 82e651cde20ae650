"""What can be done with a model, and why not: an empty reason means that it can."""

from PySide6.QtCore import QCoreApplication

from widgets.models.model_row import DETECT, SERVED, ModelRow

_tr = QCoreApplication.translate


def why_not_use(row: ModelRow | None) -> str:
    """Return why a model cannot be made the detector."""
    if row is not None and row.used:
        return _tr("models", "It is in use already.")
    return why_not_run(row)


def why_not_optimise(row: ModelRow | None) -> str:
    """Return why the forms of a model cannot be measured."""
    if row is not None and row.kind == SERVED:
        return _tr("models", "It runs on its server, not here.")
    return why_not_run(row)


def why_not_run(row: ModelRow | None) -> str:
    """Return why a model cannot run as the detector."""
    if row is None:
        return _tr("models", "Choose a model.")
    if row.task != DETECT:
        return _tr("models", "It finds plates, not road users.")
    if not row.here:
        return _tr("models", "It is not on this computer.")
    if row.damaged:
        return _tr("models", "Its file is not the one on record.")
    return ""


def why_not_fetch(row: ModelRow | None) -> str:
    """Return why a model cannot be fetched."""
    if row is None:
        return _tr("models", "Choose a model.")
    sources = {
        "bundled": _tr("models", "It comes with the program."),
        "local": _tr("models", "It was brought as a file: import that again."),
        SERVED: _tr("models", "It runs on its server, not here."),
    }
    if row.kind in sources:
        return sources[row.kind]
    if row.here and not row.damaged:
        return _tr("models", "It is on this computer already.")
    return ""
