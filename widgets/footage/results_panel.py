"""What was found in one recording: a list, the still of each, its clip and folder."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from widgets import theme
from widgets.common import formatting
from widgets.common.empty_state import EmptyState
from widgets.common.key_button import KeyButton
from widgets.common.picture_view import PictureView
from widgets.common.table import Column, RowsModel, Table
from widgets.common.words import kind_name
from widgets.footage.results import (
    FootageInfraction,
    FootageResults,
    measured_text,
    moment_text,
)

_tr = QCoreApplication.translate
_LIST_PX = 516


class ResultsPanel(QFrame):
    """Shows `FootageResults`; `chosen` carries the FootageInfraction."""

    chosen = Signal(object)

    def __init__(self) -> None:
        """Start with nothing to show."""
        super().__init__()
        self.results: FootageResults | None = None
        self._title, self._facts = QLabel(), QLabel()
        theme.as_role(self._title, "heading")
        theme.as_role(self._facts, "small")
        self.rows: RowsModel[FootageInfraction] = RowsModel(_columns())
        self.table = Table(self.rows)
        self.picture = PictureView()
        self.clip, self.folder = KeyButton(key="C"), KeyButton(key="F")
        self.empty = EmptyState("search")
        self._stack = QStackedWidget()
        self._lay_out()
        self.table.chosen.connect(self._announce)
        self.clip.clicked.connect(self._open_clip)
        self.folder.clicked.connect(self._open_folder)
        self.retranslate()
        self.say("")

    def retranslate(self) -> None:
        """Set all texts again."""
        self._title.setText(self.tr("Findings"))
        self.clip.setText(self.tr("Open clip"))
        self.folder.setText(self.tr("Open folder"))
        self.table.horizontalHeader().viewport().update()
        self.rows.replace(list(self.rows.rows))
        if self.results is None:
            self.say("")
        else:
            self.show_results(self.results)

    def say(self, sentence: str) -> None:
        """Show a sentence instead of results; a hint when it is empty."""
        self.results = None
        self.rows.replace([])
        self._facts.clear()
        hint = self.tr("Choose a recording that is done; its findings appear here.")
        self.empty.say(sentence or hint)
        self._stack.setCurrentIndex(0)
        self._allow()

    def show_results(self, results: FootageResults) -> None:
        """Show what was found, the first finding chosen."""
        self.results = results
        self.picture.set_image(QImage())
        self.rows.replace(results.infractions)
        self._facts.setText(self._summary(results))
        if results.infractions:
            self._stack.setCurrentIndex(1)
            self.table.choose_row(0)
        else:
            self.empty.say(self._nothing(results))
            self._stack.setCurrentIndex(0)
        self._allow()

    def show_still(self, image: QImage) -> None:
        """Show the still of the current finding."""
        self.picture.set_image(image)

    @property
    def current(self) -> FootageInfraction | None:
        """The finding that is chosen."""
        return self.rows.row(self.table.current_row())

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._title)
        head.addWidget(self._facts, 1)
        head.addWidget(self.clip)
        head.addWidget(self.folder)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.table)
        split.addWidget(self.picture)
        split.setStretchFactor(1, 1)
        split.setSizes([_LIST_PX, 800])
        split.setChildrenCollapsible(False)
        page = QWidget()
        inside = QVBoxLayout(page)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(split)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(page)

    def _summary(self, results: FootageResults) -> str:
        facts = results.summary
        frames = formatting.count(int(facts["frames_looked_at"]))
        texts = [
            self.tr("{} pictures").format(frames),
            self.tr("{} road users").format(formatting.count(int(facts["tracks"]))),
            self.tr("{} times real time").format(
                formatting.number(float(facts["times_real_time"]), 1)
            ),
        ]
        if facts["wall_time"]["source"] == "unknown":
            texts.append(self.tr("time of recording not known"))
        return " · ".join(texts)

    def _nothing(self, results: FootageResults) -> str:
        if not results.summary["measured"]:
            return self.tr(
                "No camera was chosen, so nothing was measured. The vehicles that were "
                "followed are in the folder."
            )
        return self.tr("No infraction was found in this recording.")

    def _announce(self, row: int) -> None:
        self._allow()
        found = self.rows.row(row)
        if found is not None:
            self.chosen.emit(found)

    def _allow(self) -> None:
        found = self.current
        self.clip.setEnabled(found is not None and found.clip.is_file())
        self.folder.setEnabled(self.results is not None)

    def _open_clip(self) -> None:
        if self.current is not None:
            _open(self.current.clip)

    def _open_folder(self) -> None:
        if self.results is not None:
            _open(self.current.case if self.current else self.results.folder)


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _columns() -> list[Column[FootageInfraction]]:
    return [
        Column(lambda: _tr("footage", "Time"), moment_text, 124),
        Column(lambda: _tr("footage", "Type"), lambda f: kind_name(f.kind), 152),
        Column(lambda: _tr("footage", "Measured"), measured_text, 128, right=True),
        Column(lambda: _tr("footage", "Plate"), lambda f: formatting.plate(f.plate)),
    ]
