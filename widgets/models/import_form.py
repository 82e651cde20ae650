"""A weights file that somebody brings: which, under what name, by what licence."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QFrame,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from widgets import theme
from widgets.common.key_button import KeyButton

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
_USUAL_SIZE_PX: Final = 640
_STEP_PX: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportWish:
    """What is to be imported; `input_size_px` is the longer side of the input."""

    file: Path
    name: str
    licence: str
    input_size_px: int

    def arguments(self) -> list[str]:
        """Return what the command `models import` is given."""
        return [
            f"--name={self.name}",
            f"--licence={self.licence}",
            f"--size={self.input_size_px}",
            "--",
            str(self.file),
        ]


class ImportForm(QFrame):
    """`wanted` carries the ImportWish; what is missing is said below the fields."""

    wanted = Signal(object)

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        theme.as_role(self, "panel")
        self._title, self._hint = QLabel(), QLabel()
        self._labels = [QLabel() for _ in range(4)]
        self.path, self.name, self.licence = QLineEdit(), QLineEdit(), QLineEdit()
        self.input_size = QSpinBox()
        self._fields: tuple[QWidget, ...] = (
            *(self.path, self.name, self.licence),
            self.input_size,
        )
        self.choose = KeyButton(key="I")
        self.bring = KeyButton(key="Ctrl+Return")
        self._busy = ""
        self._shape()
        self._lay_out()
        self._connect()
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts again, without touching what is typed."""
        self._title.setText(self.tr("Import a file"))
        names = (
            self.tr("File"),
            self.tr("Name"),
            self.tr("Licence"),
            self.tr("Input size"),
        )
        for label, field, name in zip(self._labels, self._fields, names, strict=True):
            label.setText(name)
            field.setAccessibleName(name)
        self.path.setPlaceholderText(self.tr("Path of a .pt file"))
        self.licence.setPlaceholderText("AGPL-3.0")
        self.choose.setText(self.tr("Choose file…"))
        self.bring.setText(self.tr("Import"))
        self._allow()

    def wish(self) -> ImportWish:
        """Return what is typed."""
        return ImportWish(
            file=Path(self.path.text().strip()).expanduser().absolute(),
            name=self.name.text().strip(),
            licence=self.licence.text().strip(),
            input_size_px=self.input_size.value(),
        )

    @property
    def reason(self) -> str:
        """Why nothing can be imported now; empty when it can."""
        wish = self.wish()
        if not wish.file.is_file() or wish.file.suffix != ".pt":
            return self.tr("Choose a .pt file that is on this computer.")
        if not _NAME.fullmatch(wish.name):
            return self.tr("The name has small letters, figures, dot, hyphen only.")
        if not wish.licence:
            return self.tr("Say by which licence the file may be used.")
        return self._busy

    def take_file(self, path: Path) -> None:
        """Choose a file, and propose its own name."""
        self.path.setText(str(path))
        self.name.setText(_proposed(path.stem))
        self.licence.setFocus()

    def empty(self) -> None:
        """Let go of the file."""
        for field in (self.path, self.name, self.licence):
            field.clear()
        self.input_size.setValue(_USUAL_SIZE_PX)

    def set_busy(self, reason: str) -> None:
        """Say why nothing can be begun now; empty when it can."""
        self._busy = reason
        self._allow()

    def _shape(self) -> None:
        theme.as_role(self._title, "heading")
        theme.as_role(self._hint, "small")
        self._hint.setWordWrap(True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        # The longest of its sentences: the panel keeps its height.
        self._hint.setMinimumHeight(4 * self._hint.fontMetrics().lineSpacing())
        self.input_size.setRange(_STEP_PX, 4096)
        self.input_size.setSingleStep(_STEP_PX)
        self.input_size.setValue(_USUAL_SIZE_PX)
        self.input_size.setSuffix(" px")
        for label, field in zip(self._labels, self._fields, strict=True):
            theme.as_role(label, "quiet")
            label.setBuddy(field)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        for label, field in zip(self._labels, self._fields, strict=True):
            form.addRow(label, field)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self.choose)
        column.addLayout(form)
        column.addWidget(self.bring)
        column.addWidget(self._hint)
        column.addStretch(1)

    def _connect(self) -> None:
        self.choose.clicked.connect(self._open_dialog)
        self.bring.clicked.connect(self._submit)
        for field in (self.path, self.name, self.licence):
            field.textChanged.connect(self._allow)
            field.returnPressed.connect(self._submit)

    def _submit(self) -> None:
        if not self.reason:
            self.wanted.emit(self.wish())

    def _allow(self) -> None:
        reason = self.reason
        self.bring.setEnabled(not reason)
        self.bring.setToolTip(reason)
        about = self.tr(
            "It is opened safely before it is registered. The file of a model of the "
            "list takes that model's place when it has its name."
        )
        self._hint.setText(reason or about)

    def _open_dialog(self) -> None:
        """Ask for a file without holding up the window."""
        dialog = QFileDialog(self, self.tr("Choose file…"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([f"{self.tr('Models')} (*.pt)"])
        dialog.fileSelected.connect(lambda name: self.take_file(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _proposed(stem: str) -> str:
    """Return a file's name as the registry writes names."""
    return re.sub(r"[^a-z0-9._-]+", "-", stem.lower()).strip("-._")[:60]
