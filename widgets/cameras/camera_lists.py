"""The cameras of the site above those that announce themselves on the network."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.domain.camera import FoundCamera
from app.domain.ids import CameraId
from widgets import theme
from widgets.cameras.rows import CameraRow, camera_columns, found_columns
from widgets.common.empty_state import EmptyState
from widgets.common.key_button import KeyButton
from widgets.common.table import RowsModel, Table

_UPPER_SHARE: Final = 3
_LOWER_SHARE: Final = 2


class CameraLists(QWidget):
    """Two tables; where one is empty, a sentence says why and what to do."""

    camera_chosen = Signal(int)
    found_chosen = Signal(int)
    typing_wanted = Signal()
    """A row was opened, or an address is to be typed: the fields are next."""

    def __init__(self) -> None:
        """Start empty, before anything was loaded."""
        super().__init__()
        self.camera_rows = RowsModel[CameraRow](camera_columns())
        self.found_rows = RowsModel[FoundCamera](found_columns())
        self.camera_table = Table(self.camera_rows)
        self.found_table = Table(self.found_rows)
        self.again_button = KeyButton("", "B")
        self._no_cameras = EmptyState("cameras")
        self._nothing_found = EmptyState("search")
        self._upper, self._lower = QStackedWidget(), QStackedWidget()
        self._own_heading, self._found_heading = QLabel(), QLabel()
        self._loaded = self._any_found = False
        self._build()
        self._connect()

    def retranslate(self) -> None:
        """Set the texts again."""
        own, found = self.tr("Cameras"), self.tr("Found on the network")
        self._own_heading.setText(own)
        self._found_heading.setText(found)
        self.again_button.setText(self.tr("Search again"))
        self.camera_table.setAccessibleName(own)
        self.found_table.setAccessibleName(found)
        for table in (self.camera_table, self.found_table):
            table.horizontalHeader().viewport().update()
        self._say_empty()

    def show_cameras(
        self, rows: Sequence[CameraRow], chosen: CameraId | None, *, loaded: bool
    ) -> None:
        """Show the site's cameras; the chosen one stays chosen, wherever it is now."""
        if list(rows) != list(self.camera_rows.rows):
            self._replace_rows(rows, chosen)
        self._upper.setCurrentIndex(1 if rows else 0)
        if loaded != self._loaded:
            self._loaded = loaded
            self._say_empty()

    def show_found(self, new: Sequence[FoundCamera], *, any_found: bool) -> None:
        """Show what could be added; `any_found` tells that others were found too."""
        if list(new) != list(self.found_rows.rows):
            self.found_rows.replace(new)
        self._lower.setCurrentIndex(1 if new else 0)
        self._any_found = any_found
        self._say_empty()

    def unchoose_camera(self) -> None:
        """Let none of the site's cameras be chosen."""
        self.camera_table.clearSelection()
        self.camera_table.setCurrentIndex(self.camera_rows.index(-1, -1))

    def unchoose_found(self) -> None:
        """Let none of the found ones be chosen."""
        self.found_table.clearSelection()

    def _build(self) -> None:
        for label in (self._own_heading, self._found_heading):
            theme.as_role(label, "heading")
            label.setContentsMargins(12, 8, 12, 4)
        self._upper.addWidget(self._no_cameras)
        self._upper.addWidget(self.camera_table)
        self._lower.addWidget(self._nothing_found)
        self._lower.addWidget(self.found_table)
        search = QHBoxLayout()
        search.setContentsMargins(0, 4, 8, 0)
        search.addWidget(self._found_heading, 1)
        search.addWidget(self.again_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._own_heading)
        column.addWidget(self._upper, _UPPER_SHARE)
        column.addLayout(search)
        column.addWidget(self._lower, _LOWER_SHARE)

    def _connect(self) -> None:
        self.camera_table.chosen.connect(self.camera_chosen)
        self.found_table.chosen.connect(self.found_chosen)
        for table in (self.camera_table, self.found_table):
            table.opened.connect(lambda _row: self.typing_wanted.emit())
        self._no_cameras.action_chosen.connect(self.typing_wanted)

    def _replace_rows(self, rows: Sequence[CameraRow], chosen: CameraId | None) -> None:
        blocked = self.camera_table.blockSignals(True)
        self.camera_rows.replace(rows)
        for place, row in enumerate(rows):
            if row.camera.id == chosen:
                self.camera_table.choose_row(place)
        self.camera_table.blockSignals(blocked)

    def _say_empty(self) -> None:
        if self._loaded:
            self._no_cameras.say(
                self.tr(
                    "There are no cameras yet. Choose one that was found below, or type"
                    " an address on the right."
                ),
                self.tr("Type an address"),
            )
        else:
            self._no_cameras.say(self.tr("Loading the cameras…"))
        if self._any_found:
            self._nothing_found.say(self.tr("All cameras that were found are added."))
        else:
            self._nothing_found.say(
                self.tr("No camera has announced itself on the network yet.")
            )
