"""Stretch, limit, tolerance and grace as fields."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from app.domain.geometry import PixelPoint
from widgets import theme
from widgets.calibration.draft import Draft, DraftLine
from widgets.calibration.editor import Editor
from widgets.calibration.keep_space import KeepSpace
from widgets.common import formatting

_FURTHEST_M: Final = 1000.0


class RulesForm(QWidget):
    """Edits what cannot be drawn; `edited` follows every change made here."""

    edited = Signal()

    def __init__(self, editor: Editor) -> None:
        """Show an editor's draft."""
        super().__init__()
        self._editor = editor
        self._speeding, self._red_light = QCheckBox(), QCheckBox()
        self._start, self._end = _metres(), _metres()
        self._limit = _field(5, 200, 0, "km/h")
        self._tolerance = _field(0, 50, 0, "km/h")
        self._grace = _field(0, 5, 2, "s")
        self._expected = QLabel()
        self._labels = [QLabel() for _ in range(5)]
        self._flip, self._clear = QPushButton(), QPushButton()
        self._keep_space = KeepSpace(self)
        for part in (self._speeding, self._red_light, self._flip, self._clear):
            part.installEventFilter(self._keep_space)
        self._build()
        self._connect()
        self.retranslate()
        self.refresh()

    def show_editor(self, editor: Editor) -> None:
        """Show another editor's draft."""
        self._editor = editor
        self.refresh()

    def refresh(self) -> None:
        """Show what the draft holds now."""
        draft = self._editor.draft
        stretch = draft.stretch_m or (0.0, 0.0)
        values = (
            (self._start, stretch[0]),
            (self._end, stretch[1]),
            (self._limit, draft.limit_kmh),
            (self._tolerance, draft.tolerance_kmh),
            (self._grace, draft.grace_s),
        )
        for field, value in values:
            with QSignalBlocker(field):
                field.setValue(value)
        for box, checked in (
            (self._speeding, draft.speeding),
            (self._red_light, draft.red_light),
        ):
            with QSignalBlocker(box):
                box.setChecked(checked)
        self._flip.setEnabled(draft.stop_line is not None)
        self._clear.setEnabled(any(draft.lamps))
        self._say_expected()

    def retranslate(self) -> None:
        """Set the texts again."""
        self._speeding.setText(self.tr("Speeding"))
        self._red_light.setText(self.tr("Red light"))
        texts = (
            self.tr("Stretch along the road"),
            self.tr("Limit"),
            self.tr("Tolerance"),
            self.tr("Expected uncertainty"),
            self.tr("Grace after the change"),
        )
        for label, text in zip(self._labels, texts, strict=True):
            label.setText(text)
        self._flip.setText(self.tr("Turn line round"))
        self._clear.setText(self.tr("Draw lamps again"))
        self._name_fields()
        self._say_expected()

    def _build(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        for label in self._labels:
            theme.as_role(label, "quiet")
        stretch, limit, tolerance, expected, grace = self._labels
        grid.addWidget(self._speeding, 0, 0, 1, 3)
        grid.addWidget(stretch, 1, 0)
        grid.addWidget(self._start, 1, 1)
        grid.addWidget(self._end, 1, 2)
        grid.addWidget(limit, 2, 0)
        grid.addWidget(self._limit, 2, 2)
        grid.addWidget(tolerance, 3, 0)
        grid.addWidget(self._tolerance, 3, 2)
        grid.addWidget(expected, 4, 0)
        grid.addWidget(self._expected, 4, 1, 1, 2)
        grid.addWidget(self._red_light, 5, 0, 1, 3)
        grid.addWidget(grace, 6, 0)
        grid.addWidget(self._grace, 6, 2)
        grid.addWidget(self._flip, 7, 1)
        grid.addWidget(self._clear, 7, 2)

    def _connect(self) -> None:
        self._speeding.toggled.connect(
            lambda on: self._apply(lambda draft: replace(draft, speeding=on))
        )
        self._red_light.toggled.connect(
            lambda on: self._apply(lambda draft: replace(draft, red_light=on))
        )
        self._limit.valueChanged.connect(
            lambda kmh: self._apply(lambda draft: replace(draft, limit_kmh=kmh))
        )
        self._tolerance.valueChanged.connect(
            lambda kmh: self._apply(lambda draft: replace(draft, tolerance_kmh=kmh))
        )
        self._grace.valueChanged.connect(
            lambda s: self._apply(lambda draft: replace(draft, grace_s=s))
        )
        for field in (self._start, self._end):
            field.valueChanged.connect(self._stretch_typed)
        self._flip.clicked.connect(lambda: self._apply(_turned))
        self._clear.clicked.connect(
            lambda: self._apply(lambda draft: replace(draft, lamps=(None, None, None)))
        )

    def _name_fields(self) -> None:
        names = (
            (self._start, self.tr("Stretch from")),
            (self._end, self.tr("Stretch to")),
            (self._limit, self.tr("Limit")),
            (self._tolerance, self.tr("Tolerance")),
            (self._grace, self.tr("Grace after the change")),
        )
        for field, name in names:
            field.setAccessibleName(name)

    def _stretch_typed(self) -> None:
        ends = (self._start.value(), self._end.value())
        self._apply(lambda draft: replace(draft, stretch_m=ends))

    def _apply(self, change: Callable[[Draft], Draft]) -> None:
        self._editor.apply(change)
        self.edited.emit()

    def _say_expected(self) -> None:
        expected = self._editor.assessment.uncertainty_kmh
        text = formatting.number(expected, 1, "km/h")
        self._expected.setText(text if expected is None else f"± {text}")


def _turned(draft: Draft) -> Draft:
    """Let the traffic come from the other side of the line."""
    line = draft.stop_line
    if line is None:
        return draft
    middle_x = (line.start.x_px + line.end.x_px) / 2
    middle_y = (line.start.y_px + line.end.y_px) / 2
    before = PixelPoint(
        2 * middle_x - line.before.x_px, 2 * middle_y - line.before.y_px
    )
    return replace(draft, stop_line=DraftLine(line.start, line.end, before))


def _metres() -> QDoubleSpinBox:
    field = _field(-_FURTHEST_M, _FURTHEST_M, 1, "m")
    field.setSingleStep(0.5)
    return field


def _field(least: float, most: float, digits: int, unit: str) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setRange(least, most)
    field.setDecimals(digits)
    field.setSuffix(f"\u00a0{unit}")
    field.setSingleStep(1 if digits == 0 else 0.1)
    field.setKeyboardTracking(False)
    field.setMinimumWidth(104)
    return field
