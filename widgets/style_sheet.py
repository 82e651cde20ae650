"""The style sheet: how Qt's own controls wear the tokens."""

from collections.abc import Mapping
from string import Template
from typing import Final

_SHEET: Final = Template(
    """
QWidget { font-size: 13px; }
QToolTip { background: $raised; color: $text; border: 1px solid $line;
  padding: 4px 8px; }

QLabel { background: transparent; }
*[role="quiet"] { color: $quiet; }
*[role="small"] { color: $quiet; font-size: 12px; }
*[role="heading"] { font-size: 15px; font-weight: 600; }
*[role="title"] { font-size: 20px; font-weight: 600; }
*[role="alarm"] { color: $alarm; }
*[role="warn"] { color: $warn; }
*[role="good"] { color: $good; }
QFrame[role="panel"], QWidget[role="panel"] { background: $surface; }
QFrame[role="hairline"] { background: $line; border: none; }

QPushButton, QToolButton { background: $raised; color: $text;
  border: 1px solid $line; border-radius: 3px; padding: 0 12px; min-height: 26px; }
QPushButton:hover, QToolButton:hover { border-color: $quiet; }
QPushButton:pressed, QToolButton:pressed { background: $line; }
QPushButton:checked, QToolButton:checked { border-color: $accent; color: $accent; }
QPushButton:focus, QToolButton:focus { border: 2px solid $accent; padding: 0 11px;
  min-height: 24px; }
QPushButton:disabled, QToolButton:disabled { color: $faded; background: $ground; }
QPushButton[role="primary"] { background: $accent; color: $on_accent;
  border-color: $accent; font-weight: 600; }
QPushButton[role="primary"]:focus { border: 2px solid $text; }
QPushButton[role="primary"]:disabled { background: $raised; color: $faded;
  border-color: $line; }
QPushButton[role="link"] { background: transparent; border: 1px solid transparent;
  color: $accent; padding: 0 4px; }
QPushButton[role="flat"] { background: transparent;
  border: 1px solid transparent; }
QPushButton[role="flat"]:hover { border-color: $line; }
QPushButton[role="flat"]:focus { border: 2px solid $accent; }
QPushButton[role="link"]:focus { border: 2px solid $accent; padding: 0 3px; }

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox, QDateEdit,
QDateTimeEdit, QTimeEdit { background: $raised; color: $text;
  border: 1px solid $line; border-radius: 3px; padding: 0 8px; min-height: 26px;
  selection-background-color: $accent; selection-color: $on_accent; }
QPlainTextEdit, QTextEdit { padding: 4px 8px; }
QSpinBox, QDoubleSpinBox, QDateEdit, QDateTimeEdit, QTimeEdit {
  padding: 0 0 0 6px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus,
QDoubleSpinBox:focus, QComboBox:focus, QDateEdit:focus, QDateTimeEdit:focus,
QTimeEdit:focus { border: 2px solid $accent; padding: 0 7px; min-height: 24px; }
QSpinBox:focus, QDoubleSpinBox:focus, QDateEdit:focus, QDateTimeEdit:focus,
QTimeEdit:focus { padding: 0 0 0 5px; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {
  color: $faded; background: $ground; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url("$icons/caret-down-$mode.svg");
  width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line;
  selection-background-color: $line; selection-color: $text; outline: none; }
QSpinBox::up-button, QDoubleSpinBox::up-button, QDateEdit::up-button,
QDateTimeEdit::up-button, QTimeEdit::up-button { border: none; width: 20px;
  background: transparent; }
QSpinBox::down-button, QDoubleSpinBox::down-button, QDateEdit::down-button,
QDateTimeEdit::down-button, QTimeEdit::down-button { border: none; width: 20px;
  background: transparent; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow, QDateEdit::up-arrow,
QDateTimeEdit::up-arrow, QTimeEdit::up-arrow {
  image: url("$icons/caret-up-$mode.svg"); width: 10px; height: 10px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow, QDateTimeEdit::down-arrow,
QTimeEdit::down-arrow, QDateEdit::down-arrow {
  image: url("$icons/caret-down-$mode.svg"); width: 10px; height: 10px; }

QDateEdit::drop-down, QDateTimeEdit::drop-down { border: none; width: 12px;
  height: 12px; right: 6px;
  subcontrol-origin: padding; subcontrol-position: center right;
  image: url("$icons/caret-down-$mode.svg"); }

QCheckBox, QRadioButton { background: transparent; spacing: 8px; min-height: 24px; }
QCheckBox::indicator, QListWidget::indicator { width: 14px; height: 14px;
  border: 1px solid $quiet; border-radius: 2px; background: $raised; }
QCheckBox::indicator:checked, QListWidget::indicator:checked {
  image: url("$icons/check-$mode.svg"); border-color: $accent; background: $accent; }
QCheckBox::indicator:focus { border: 2px solid $accent; width: 12px; height: 12px; }
QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $quiet;
  border-radius: 8px; background: $raised; }
QRadioButton::indicator:checked { border: 5px solid $accent; width: 6px;
  height: 6px; }
QCheckBox:disabled, QRadioButton:disabled { color: $faded; }

QAbstractScrollArea { border: none; }
QTableView, QListView, QTreeView { background: $surface; color: $text; border: none;
  gridline-color: $line; outline: none; alternate-background-color: $surface;
  selection-background-color: $raised; selection-color: $text; }
QTableView::item, QListView::item { padding: 0 8px; border: none; }
QTableView::item:hover, QListView::item:hover { background: $raised; }
QListView::item:selected { background: $raised; color: $text; }
QHeaderView { background: $surface; border: none; }
QHeaderView::section { background: $surface; color: $quiet; border: none;
  border-bottom: 1px solid $line; padding: 0 11px; min-height: 27px;
  font-size: 12px; font-weight: 400; }
QTableCornerButton::section { background: $surface; border: none; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $quiet; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QTabWidget::pane { border: none; border-top: 1px solid $line; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: $quiet; padding: 4px 12px;
  min-height: 20px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:hover { color: $text; }
QGroupBox { border: none; border-top: 1px solid $line; margin-top: 20px;
  padding-top: 8px; }
QGroupBox::title { subcontrol-origin: margin; left: 0; color: $quiet; }
QProgressBar { background: $raised; border: none; border-radius: 2px;
  max-height: 4px; text-align: center; color: transparent; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QSlider::groove:horizontal { background: $line; height: 2px; }
QSlider::handle:horizontal { background: $text; width: 12px; margin: -5px 0;
  border-radius: 6px; }
QSlider::handle:horizontal:focus { background: $accent; }
QSlider::sub-page:horizontal { background: $accent; height: 2px; }
QMenu { background: $raised; color: $text; border: 1px solid $line; padding: 4px 0; }
QMenu::item { padding: 4px 24px 4px 12px; min-height: 20px; }
QMenu::item:selected { background: $line; }
QMenu::separator { height: 1px; background: $line; margin: 4px 0; }
"""
)


def style_sheet(tokens: Mapping[str, str], *, mode: str, icons: str) -> str:
    """Return the sheet for the colours of one mode; `icons` is a folder."""
    return _SHEET.substitute(tokens, mode=mode, icons=icons)
