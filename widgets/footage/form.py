"""Which files, which camera took them, and when."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QDateTime, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDateTimeEdit,
    QFileDialog,
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.camera import Camera
from app.domain.clock import Clock
from widgets import theme
from widgets.common.key_button import KeyButton

_ENDINGS: Final = "*.mp4 *.mkv *.avi *.mov *.ts *.m4v *.asf *.dav *.h264 *.264 *.265"
_AS_FILE_SAYS: Final = 0
_GIVEN: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageWish:
    """What was chosen; without `camera` nothing is to be measured."""

    videos: tuple[Path, ...]
    camera: Camera | None
    start: datetime | None


class FootageForm(QFrame):
    """Files, camera and time, and the button that puts them into the queue."""

    wanted = Signal(object)
    """The FootageWish."""
    refused = Signal(str)
    """A path that is no file."""

    def __init__(self, clock: Clock) -> None:
        """Start empty."""
        super().__init__()
        theme.as_role(self, "panel")
        self._clock = clock
        self._cameras: list[Camera] = []
        self._title = QLabel()
        self._labels = [QLabel() for _ in range(3)]
        self.path = QLineEdit()
        self.choose = KeyButton(key="O")
        self.files = QListWidget()
        self.camera = QComboBox()
        self.begins = QComboBox()
        self.start = QDateTimeEdit()
        self.add = KeyButton(key="A", primary=True)
        self.clear = KeyButton()
        self._hint = QLabel()
        self._shape()
        self._lay_out()
        self._connect()
        self.retranslate()
        self._allow()

    def retranslate(self) -> None:
        """Set all texts again, without touching the choices."""
        self._title.setText(self.tr("Analyse footage"))
        names = (
            self.tr("Video files"),
            self.tr("Camera that took them"),
            self.tr("The recording begins"),
        )
        for label, name in zip(self._labels, names, strict=True):
            label.setText(name)
        self.path.setPlaceholderText(self.tr("Path of a file, then Enter"))
        self.choose.setText(self.tr("Choose files…"))
        self.clear.setText(self.tr("Clear"))
        self.add.setText(self.tr("Add to queue"))
        self._hint.setText(
            self.tr(
                "Files can also be dropped here. What is found stays in its folder: "
                "it does not go to review."
            )
        )
        self._fill_begins()
        self._fill_cameras()

    def show_cameras(self, cameras: list[Camera]) -> None:
        """Offer these cameras; the chosen one stays chosen."""
        self._cameras = cameras
        self._fill_cameras()

    def add_files(self, paths: list[Path]) -> None:
        """Take files, each once; `refused` names what is none."""
        known = set(self.videos)
        for path in paths:
            if not path.is_file():
                self.refused.emit(str(path))
            elif path not in known:
                self._show_file(path)
                known.add(path)
        self._allow()

    @property
    def videos(self) -> tuple[Path, ...]:
        """The files that are chosen."""
        rows = range(self.files.count())
        return tuple(Path(self.files.item(row).toolTip()) for row in rows)

    def wish(self) -> FootageWish:
        """Return what is chosen."""
        index = self.camera.currentIndex() - 1
        camera = self._cameras[index] if 0 <= index < len(self._cameras) else None
        given = self.begins.currentIndex() == _GIVEN and self.begins.isEnabled()
        moment = self.start.dateTime().toSecsSinceEpoch()
        start = datetime.fromtimestamp(moment).astimezone() if given else None
        return FootageWish(videos=self.videos, camera=camera, start=start)

    def empty(self) -> None:
        """Let go of the files."""
        self.files.clear()
        self._allow()

    def _shape(self) -> None:
        self.start.setDisplayFormat("yyyy-MM-dd HH:mm:ss")
        self.start.setCalendarPopup(True)
        now = int(self._clock.now().timestamp())
        self.start.setDateTime(QDateTime.fromSecsSinceEpoch(now))
        self.files.setMaximumHeight(6 * theme.ROW_PX)
        self._hint.setWordWrap(True)
        theme.as_role(self._title, "heading")
        theme.as_role(self._hint, "small")
        for label in self._labels:
            theme.as_role(label, "small")
        fields = (self.path, self.camera, self.begins)
        for label, field in zip(self._labels, fields, strict=True):
            label.setBuddy(field)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self._title)
        groups: tuple[tuple[QWidget, ...], ...] = (
            (self._labels[0], self.path, self.choose, self.files, self.clear),
            (self._labels[1], self.camera),
            (self._labels[2], self.begins, self.start),
        )
        for group in groups:
            for part in group:
                column.addWidget(part)
            column.addSpacing(8)
        column.addWidget(self.add)
        column.addWidget(self._hint)
        column.addStretch(1)

    def _connect(self) -> None:
        self.path.returnPressed.connect(self._take_path)
        self.choose.clicked.connect(self._open_dialog)
        self.clear.clicked.connect(self.empty)
        self.begins.currentIndexChanged.connect(self._allow)
        self.add.clicked.connect(lambda: self.wanted.emit(self.wish()))

    def _show_file(self, path: Path) -> None:
        shown = QListWidgetItem(path.name)
        shown.setToolTip(str(path))
        self.files.addItem(shown)

    def _take_path(self) -> None:
        text = self.path.text().strip()
        if text:
            self.path.clear()
            self.add_files([Path(text).expanduser()])

    def _open_dialog(self) -> None:
        """Ask for files without holding up the window."""
        dialog = QFileDialog(self, self.tr("Choose files…"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        videos, everything = self.tr("Videos"), self.tr("All files")
        dialog.setNameFilters([f"{videos} ({_ENDINGS})", f"{everything} (*)"])
        dialog.filesSelected.connect(
            lambda names: self.add_files([Path(name) for name in names])
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _allow(self) -> None:
        count = self.files.count()
        self.add.setEnabled(count > 0)
        self.files.setVisible(count > 0)
        self.clear.setVisible(count > 0)
        self.begins.setEnabled(count <= 1)
        given = self.begins.currentIndex() == _GIVEN
        self.start.setVisible(given and count <= 1)

    def _fill_begins(self) -> None:
        chosen = max(self.begins.currentIndex(), _AS_FILE_SAYS)
        self.begins.clear()
        self.begins.addItems([self.tr("when the file says, if it does"), self.tr("at")])
        self.begins.setCurrentIndex(chosen)

    def _fill_cameras(self) -> None:
        chosen = self.wish().camera
        self.camera.clear()
        self.camera.addItem(self.tr("None: detect and track only"))
        self.camera.addItems([camera.name for camera in self._cameras])
        ids = [camera.id for camera in self._cameras]
        if chosen is not None and chosen.id in ids:
            self.camera.setCurrentIndex(ids.index(chosen.id) + 1)
