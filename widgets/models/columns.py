"""The columns of the registry, and of the forms of one model."""

from PySide6.QtCore import QCoreApplication

from widgets.common.table import Column
from widgets.models import texts
from widgets.models.model_row import MeasuredForm, ModelRow

_tr = QCoreApplication.translate


def model_columns() -> tuple[Column[ModelRow], ...]:
    """Return the columns of the registry."""
    state = texts.state_text
    return (
        Column(lambda: _tr("models", "State"), state, 120, token=texts.state_token),
        Column(lambda: _tr("models", "Name"), lambda row: row.name, 128),
        Column(lambda: _tr("models", "Title"), texts.title_text),
        Column(lambda: _tr("models", "Sees"), texts.sees_text),
        Column(lambda: _tr("models", "Input"), texts.input_text, 72, right=True),
        Column(lambda: _tr("models", "Comes from"), texts.source_text, 148),
        Column(lambda: _tr("models", "Licence"), texts.licence_text, 88),
        Column(lambda: _tr("models", "Accuracy"), texts.accuracy_short, 84, right=True),
        Column(lambda: _tr("models", "SHA-256"), texts.sha256_short, 132),
        Column(lambda: _tr("models", "Runs as"), texts.form_text, 172),
    )


def form_columns() -> tuple[Column[MeasuredForm], ...]:
    """Return the columns of what was measured."""
    name = texts.measured_name
    rate, agreement = texts.measured_rate, texts.measured_agreement
    return (
        Column(lambda: _tr("models", "Form"), name, token=texts.measured_token),
        Column(lambda: _tr("models", "Pictures/s"), rate, 88, right=True),
        Column(lambda: _tr("models", "Agreement"), agreement, 100, right=True),
    )
