"""The layout of a page that searches: form and answers, and a panel beside them."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from widgets import theme

_MARGIN_PX = 12


def lay_out_beside(
    page: QWidget,
    errors: QWidget,
    form: QWidget,
    answers: QWidget,
    panel: QWidget,
    panel_px: int,
) -> None:
    """Put the answers below the form, the panel at their right, errors above all."""
    left = QFrame()
    theme.as_role(left, "panel")
    column = QVBoxLayout(left)
    column.setContentsMargins(*(_MARGIN_PX,) * 4)
    column.setSpacing(_MARGIN_PX)
    column.addWidget(form)
    column.addWidget(answers, 1)
    panel.setFixedWidth(panel_px)
    across = QHBoxLayout()
    across.setSpacing(1)
    across.addWidget(left, 1)
    across.addWidget(panel)
    rows = QVBoxLayout(page)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(0)
    rows.addWidget(errors)
    rows.addLayout(across, 1)
