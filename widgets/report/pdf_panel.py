"""The real pages of a PDF, and what can be done with the file."""

import shutil
from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QStackedLayout,
    QVBoxLayout,
)

from widgets import theme
from widgets.common.empty_state import EmptyState
from widgets.common.key_button import KeyButton

_ZOOM_STEP = 1.2
_ZOOM_RANGE = (0.25, 4.0)


class PdfPanel(QFrame):
    """Shows one document; `failed` carries a sentence for the error bar."""

    failed = Signal(str)

    def __init__(self) -> None:
        """Start without a document."""
        super().__init__()
        self._path: Path | None = None
        self._document = QPdfDocument(self)
        self._view = QPdfView(self)
        self._view.setDocument(self._document)
        self._view.setPageMode(QPdfView.PageMode.MultiPage)
        self._view.setZoomMode(QPdfView.ZoomMode.FitInView)
        self._empty = EmptyState("reports")
        self._name = QLabel()
        theme.as_role(self._name, "quiet")
        self._smaller = KeyButton(key="-")
        self._larger = KeyButton(key="+")
        self._width = KeyButton(key="W")
        self._save = KeyButton(key="Ctrl+S")
        self._open = KeyButton(key="O")
        self._folder = KeyButton(key="F")
        self._connect()
        self._lay_out()
        self.retranslate()
        self._allow()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._smaller.setText(self.tr("Smaller"))
        self._larger.setText(self.tr("Larger"))
        self._width.setText(self.tr("Width"))
        self._save.setText(self.tr("Save as…"))
        self._open.setText(self.tr("Open"))
        self._folder.setText(self.tr("Open folder"))
        self._empty.say(
            self.tr("Choose a period or a case on the left; its pages appear here.")
        )

    def show_document(self, path: Path) -> None:
        """Show the pages of a file."""
        error = self._document.load(str(path))
        if error is not QPdfDocument.Error.None_:
            self.failed.emit(self.tr("The document cannot be shown. Make it again."))
            return
        self._path = path
        pages = self.tr("Pages: {}").format(self._document.pageCount())
        self._name.setText(f"{path.name} · {pages}")
        self._name.setToolTip(str(path))
        self._stack.setCurrentWidget(self._view)
        self._view.setZoomMode(QPdfView.ZoomMode.FitInView)
        self._allow()

    def close_document(self) -> None:
        """Let go of the file."""
        self._document.close()
        self._path = None
        self._name.clear()
        self._stack.setCurrentWidget(self._empty)
        self._allow()

    @property
    def path(self) -> Path | None:
        """The file that is shown."""
        return self._path

    @property
    def page_count(self) -> int:
        """Pages of the document that is shown."""
        return self._document.pageCount() if self._path else 0

    def save_copy(self, target: Path) -> None:
        """Copy the document; `failed` says why not."""
        if self._path is None:
            return
        try:
            shutil.copyfile(self._path, target)
        except OSError as error:
            sentence = self.tr("The copy was not written ({}). Choose another place.")
            self.failed.emit(sentence.format(error.strerror))

    def _connect(self) -> None:
        self._smaller.clicked.connect(lambda: self._zoom(1 / _ZOOM_STEP))
        self._larger.clicked.connect(lambda: self._zoom(_ZOOM_STEP))
        self._width.clicked.connect(self._fit_width)
        self._save.clicked.connect(self._ask_where)
        self._open.clicked.connect(self._open_outside)
        self._folder.clicked.connect(self._open_folder)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        self._stack = QStackedLayout()
        column.addLayout(self._stack, 1)
        # Only now: a stack without a parent shows its first widget as a window.
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._view)
        row = QHBoxLayout()
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        for button in (self._smaller, self._larger, self._width):
            row.addWidget(button)
        row.addWidget(self._name, 1)
        for button in (self._save, self._open, self._folder):
            row.addWidget(button)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)

    def _allow(self) -> None:
        buttons = (self._smaller, self._larger, self._width)
        for button in (*buttons, self._save, self._open, self._folder):
            button.setEnabled(self._path is not None)

    def _zoom(self, factor: float) -> None:
        current = self._view.zoomFactor()
        if self._view.zoomMode() is not QPdfView.ZoomMode.Custom:
            current = self._shown_scale()
        self._view.setZoomMode(QPdfView.ZoomMode.Custom)
        low, high = _ZOOM_RANGE
        self._view.setZoomFactor(min(max(current * factor, low), high))

    def _shown_scale(self) -> float:
        """Return the factor that fitting the page makes now."""
        page = self._document.pagePointSize(0)
        dots_per_point = self.logicalDpiX() / 72
        if page.isEmpty():
            return 1.0
        port = self._view.viewport().size()
        across = port.width() / (page.width() * dots_per_point)
        if self._view.zoomMode() is QPdfView.ZoomMode.FitToWidth:
            return across
        return min(across, port.height() / (page.height() * dots_per_point))

    def _fit_width(self) -> None:
        wide = self._view.zoomMode() is QPdfView.ZoomMode.FitToWidth
        modes = QPdfView.ZoomMode
        self._view.setZoomMode(modes.FitInView if wide else modes.FitToWidth)

    def _ask_where(self) -> None:
        if self._path is None:
            return
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save as"), self._path.name, "PDF (*.pdf)"
        )
        if chosen:
            self.save_copy(Path(chosen))

    def _open_outside(self) -> None:
        if self._path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path)))

    def _open_folder(self) -> None:
        if self._path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path.parent)))
