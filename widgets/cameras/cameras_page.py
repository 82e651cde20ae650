"""Cameras of the site: their health, new ones from the network, and their access."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.camera.credentials import Credentials
from app.domain.camera import Camera, CameraState, FoundCamera
from app.domain.ids import CameraId
from app.domain.person import Right
from app.ports import Change
from widgets import theme
from widgets.cameras.camera_form import CameraForm
from widgets.cameras.entry import (
    CameraEntry,
    already_added,
    check,
    check_address,
    host_of,
)
from widgets.cameras.preview_pane import PreviewPane
from widgets.cameras.rows import CameraRow, camera_columns, found_columns
from widgets.cameras.searching import Searching
from widgets.cameras.steps import CameraSteps, Undo
from widgets.cameras.streams_note import StreamsNote, look_at
from widgets.common.background import Background
from widgets.common.empty_state import EmptyState
from widgets.common.error_bar import ErrorBar
from widgets.common.key_button import KeyButton
from widgets.common.page import Page
from widgets.common.table import RowsModel, Table
from widgets.services import PageContext
from widgets.theme import State

_HEALTH_MS: Final = 1000
_REMOVE_MS: Final = 10_000
_PANEL_PX: Final = 460
_PREVIEW_PX: Final = 260


@dataclass(frozen=True, slots=True)
class _Past:
    """The last step: what it was called and how to take it back."""

    sentence: str
    undo: Undo


class CamerasPage(Page):
    """Tables on the left; picture, fields and acts of the chosen one on the right."""

    def __init__(self, context: PageContext, background: Background) -> None:
        """Build the widgets; no query starts here."""
        super().__init__(context, background)
        services, session = context.services, context.session
        self._steps = CameraSteps(session.site, services.secrets)
        self._may = session.person.may(Right.MANAGE_CAMERAS)
        self._cameras: tuple[Camera, ...] = ()
        self._found: tuple[FoundCamera, ...] = ()
        self._chosen: Camera | None = None
        self._leaving: Camera | None = None
        self._past: _Past | None = None
        self._stale: list[str] = []
        self._loaded = self._busy = False
        self.errors = ErrorBar()
        self.camera_rows = RowsModel[CameraRow](camera_columns())
        self.found_rows = RowsModel[FoundCamera](found_columns())
        self.camera_table = Table(self.camera_rows)
        self.found_table = Table(self.found_rows)
        self.form = CameraForm()
        self.streams_note = StreamsNote()
        self.preview = PreviewPane(services.engine, services.clock)
        self.searching = Searching(services.discovery_interfaces, background, self)
        self._headings = [QLabel() for _ in range(3)]
        self._no_cameras, self._nothing_found = (
            EmptyState("cameras"),
            EmptyState("search"),
        )
        self._upper, self._lower = QStackedWidget(), QStackedWidget()
        self.save_button = KeyButton("", "Ctrl+S", primary=True)
        self.try_button, self.new_button = KeyButton("", "T"), KeyButton("", "N")
        self.switch_button = KeyButton("", "D")
        self.remove_button = KeyButton("", "Del")
        self.calibrate_button = KeyButton("", "C")
        self.undo_button = KeyButton("", "Ctrl+Z")
        self.again_button = KeyButton("", "B")
        self._health, self._removal = QTimer(self), QTimer(self)
        self._build()
        self._connect()
        self.retranslate()
        self._begin_new()

    def activate(self) -> None:
        """Load the cameras, watch their health, search the network."""
        self._load()
        self._health.start(_HEALTH_MS)
        self.searching.start()

    def deactivate(self) -> None:
        """Stop watching; what waits to be removed goes now."""
        self._health.stop()
        self.searching.stop()
        self.preview.pause()
        self._finish_removal()
        self._settle()

    def on_change(self, change: Change) -> None:
        """Load again what somebody changed."""
        if self.isVisible() and change.topic == "camera":
            self._load()

    def retranslate(self) -> None:
        """Set the texts again."""
        self.form.retranslate()
        self.streams_note.retranslate()
        titles = (self.tr("Cameras"), self.tr("Found on the network"), "")
        for label, title in zip(self._headings, titles, strict=True):
            label.setText(title)
        self.try_button.setText(self.tr("Try"))
        self.new_button.setText(self.tr("New"))
        self.remove_button.setText(self.tr("Remove"))
        self.calibrate_button.setText(self.tr("Calibrate"))
        self.undo_button.setText(self.tr("Undo"))
        self.again_button.setText(self.tr("Search again"))
        self.camera_table.setAccessibleName(titles[0])
        self.found_table.setAccessibleName(titles[1])
        for table in (self.camera_table, self.found_table):
            table.horizontalHeader().viewport().update()
        self._say_empty()
        self._refresh()

    def close_page(self) -> None:
        """Release the preview and the sockets; a removal that waits is kept back."""
        self._health.stop()
        self._removal.stop()
        for close in self.preview.take_closers():
            close()
        self.searching.close()

    def _build(self) -> None:
        for label in self._headings:
            theme.as_role(label, "heading")
            label.setContentsMargins(12, 8, 12, 4)
        self._upper.addWidget(self._no_cameras)
        self._upper.addWidget(self.camera_table)
        self._lower.addWidget(self._nothing_found)
        self._lower.addWidget(self.found_table)
        across = QHBoxLayout()
        across.setSpacing(1)
        across.addLayout(self._tables(), 1)
        across.addWidget(self._panel())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.errors)
        column.addLayout(across, 1)
        self._removal.setSingleShot(True)

    def _tables(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(0)
        search = QHBoxLayout()
        search.addWidget(self._headings[1], 1)
        search.addWidget(self.again_button)
        search.setContentsMargins(0, 4, 8, 0)
        column.addWidget(self._headings[0])
        column.addWidget(self._upper, 3)
        column.addLayout(search)
        column.addWidget(self._lower, 2)
        return column

    def _panel(self) -> QWidget:
        panel = QWidget()
        theme.as_role(panel, "panel")
        panel.setFixedWidth(_PANEL_PX)
        column = QVBoxLayout(panel)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(12)
        self.preview.setFixedHeight(_PREVIEW_PX)
        self._headings[2].setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.preview)
        column.addWidget(self._headings[2])
        column.addWidget(self.form)
        column.addWidget(self.streams_note)
        acts = QGridLayout()
        acts.setSpacing(8)
        acts.addWidget(self.save_button, 0, 0)
        acts.addWidget(self.try_button, 0, 1)
        acts.addWidget(self.new_button, 0, 2)
        acts.addWidget(self.calibrate_button, 1, 0)
        acts.addWidget(self.switch_button, 1, 1)
        acts.addWidget(self.remove_button, 1, 2)
        acts.addWidget(self.undo_button, 2, 2)
        column.addLayout(acts)
        column.addStretch(1)
        return panel

    def _connect(self) -> None:
        self._health.timeout.connect(self._show_rows)
        self._removal.timeout.connect(self._finish_removal)
        self.camera_table.chosen.connect(self._choose_camera)
        self.found_table.chosen.connect(self._choose_found)
        self.found_table.opened.connect(lambda _row: self.form.begin())
        self.camera_table.opened.connect(lambda _row: self.form.begin())
        self._no_cameras.action_chosen.connect(self.form.begin)
        self.searching.found.connect(self._show_found)
        self.searching.failed.connect(self._search_failed)
        self.preview.released.connect(self._close_later)
        self.form.changed.connect(self._refresh)
        self.form.changed.connect(self.streams_note.explain)
        self.form.submitted.connect(self._save)
        self.save_button.clicked.connect(self._save)
        self.try_button.clicked.connect(self._try)
        self.new_button.clicked.connect(self._new)
        self.switch_button.clicked.connect(self._switch)
        self.remove_button.clicked.connect(self._remove)
        self.undo_button.clicked.connect(self._undo)
        self.again_button.clicked.connect(self.searching.again)
        self.calibrate_button.clicked.connect(self._calibrate)
        self.errors.action_chosen.connect(lambda _source: self._undo())

    # --------------------------------------------------------------- what is shown

    def _load(self) -> None:
        site = self.context.session.site
        self.background.query(self, "cameras", site.cameras, self._show, self._bad_load)

    def _bad_load(self, sentence: str) -> None:
        self.errors.show_trouble("load", sentence)

    def _show(self, cameras: list[Camera]) -> None:
        self.errors.mend("load")
        self._loaded = True
        self._cameras = tuple(cameras)
        self._show_rows()
        self._say_empty()
        chosen = self._chosen
        if chosen is not None:
            known = next((c for c in cameras if c.id == chosen.id), None)
            self._take_news(chosen, known)

    def _take_news(self, before: Camera, now: Camera | None) -> None:
        """Follow a change of the chosen camera, but not over what is being typed."""
        if now is None:
            self._begin_new()
            return
        typed = self.form.entry != CameraEntry.of_camera(before).tidied()
        self._chosen = now
        if not typed and now != before:
            self._fill(now)
        self._refresh()

    def _show_rows(self) -> None:
        status = self.context.services.engine.status()
        health = {h.camera_id: h for h in status.cameras} if status else {}
        leaving = self._leaving.id if self._leaving else None
        rows = [
            CameraRow(camera, health.get(camera.id), camera.id == leaving)
            for camera in self._cameras
        ]
        if rows != list(self.camera_rows.rows):
            self._replace_rows(rows)
        self._say_why_dark(rows)
        self._upper.setCurrentIndex(1 if rows else 0)

    def _say_why_dark(self, rows: list[CameraRow]) -> None:
        """Tell beside the picture why the chosen camera gives none."""
        chosen = self._chosen
        row = next((r for r in rows if chosen and r.camera.id == chosen.id), None)
        if row is None or self.preview.trying:
            return
        dark = row.state in (CameraState.OFFLINE, CameraState.CONNECTING)
        reason = row.health.message if dark and row.health else ""
        if row.state is CameraState.DISABLED:
            reason = self.tr("This camera is switched off.")
        self.preview.show_reason(reason)

    def _replace_rows(self, rows: list[CameraRow]) -> None:
        """Show other rows; the chosen one stays chosen."""
        blocked = self.camera_table.blockSignals(True)
        self.camera_rows.replace(rows)
        if self._chosen is not None:
            for place, row in enumerate(rows):
                if row.camera.id == self._chosen.id:
                    self.camera_table.choose_row(place)
        self.camera_table.blockSignals(blocked)

    def _show_found(self, found: tuple[FoundCamera, ...]) -> None:
        self.errors.mend("search")
        self._found = found
        self._show_new_found()

    def _show_new_found(self) -> None:
        new = [f for f in self._found if not already_added(f, self._cameras)]
        if new != list(self.found_rows.rows):
            self.found_rows.replace(new)
        self._lower.setCurrentIndex(1 if new else 0)
        self._say_empty()

    def _search_failed(self, sentence: str) -> None:
        self.errors.show_trouble("search", sentence, state=State.WARN)

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
        if self._found:
            self._nothing_found.say(self.tr("All cameras that were found are added."))
        else:
            self._nothing_found.say(
                self.tr("No camera has announced itself on the network yet.")
            )

    # --------------------------------------------------------------- what is chosen

    def _choose_camera(self, row: int) -> None:
        chosen = self.camera_rows.row(row)
        if chosen is None:
            return
        self.found_table.clearSelection()
        self._chosen = chosen.camera
        self._fill(chosen.camera)
        self.preview.show_camera(chosen.camera.id)
        self._refresh()

    def _choose_found(self, row: int) -> None:
        found = self.found_rows.row(row)
        if found is None:
            return
        self._unchoose()
        self._show_entry(CameraEntry.of_found(found))
        if found.url is not None:
            self.preview.try_address(found.url, None)
        else:
            self.preview.show_nothing()
        self._refresh()

    def _fill(self, camera: Camera) -> None:
        has_secret = camera.credential_ref is not None
        self._show_entry(CameraEntry.of_camera(camera), has_secret=has_secret)

    def _show_entry(self, entry: CameraEntry, *, has_secret: bool = False) -> None:
        self.form.show_entry(entry, has_secret=has_secret)
        self.streams_note.explain()

    def _new(self) -> None:
        self.found_table.clearSelection()
        self._begin_new()
        self.form.begin()

    def _begin_new(self) -> None:
        self._unchoose()
        self._show_entry(CameraEntry())
        self.preview.show_nothing()
        self._refresh()

    def _unchoose(self) -> None:
        self._chosen = None
        self.camera_table.clearSelection()
        self.camera_table.setCurrentIndex(self.camera_rows.index(-1, -1))

    def _refresh(self) -> None:
        """Offer what can be done with what is chosen."""
        camera, free = self._chosen, self._may and not self._busy
        self.form.set_writable(self._may)
        self._headings[2].setText(camera.name if camera else self.tr("New camera"))
        self.save_button.setText(self.tr("Save") if camera else self.tr("Add"))
        self.save_button.setEnabled(free and self._is_changed())
        for button in (self.switch_button, self.remove_button):
            button.setEnabled(free and camera is not None and self._leaving is None)
        enabled = camera is None or camera.enabled
        self.switch_button.setText(self.tr("Disable") if enabled else self.tr("Enable"))
        may_calibrate = self.context.session.person.may(Right.CALIBRATE)
        self.calibrate_button.setEnabled(camera is not None and may_calibrate)
        self.undo_button.setEnabled(free and self._can_undo())

    def _is_changed(self) -> bool:
        if self._chosen is None:
            return bool(self.form.entry.url)
        return self.form.entry != CameraEntry.of_camera(self._chosen).tidied()

    def _can_undo(self) -> bool:
        return self._past is not None or self._leaving is not None

    # ------------------------------------------------------------------ what is done

    def _try(self) -> None:
        """Connect to what is typed; the stored password is used for its own host."""
        entry, camera = self.form.entry, self._chosen
        fault = check_address(entry)
        self.form.show_fault(fault)
        if fault is not None:
            return
        stored = camera is not None and host_of(camera.url) == host_of(entry.url)
        if entry.credentials is None and stored and camera and camera.credential_ref:
            self._try_stored(entry, camera.credential_ref)
        else:
            self._connect_to(entry, entry.credentials)

    def _try_stored(self, entry: CameraEntry, reference: str) -> None:
        secrets = self.context.services.secrets

        def connect(known: tuple[str, str] | None) -> None:
            self._connect_to(entry, Credentials(*known) if known else None)

        self.background.query(
            self, "secret", lambda: secrets.get(reference), connect, self._bad_step
        )

    def _connect_to(self, entry: CameraEntry, credentials: Credentials | None) -> None:
        """Show the first stream, and look at both where there is a second."""
        self.preview.try_address(entry.url, credentials)
        if not entry.sub_url:
            self.streams_note.explain()
            return
        self.streams_note.say_trying()
        self.background.query(
            self,
            "streams",
            lambda: look_at(entry.url, entry.sub_url, credentials),
            self.streams_note.show_found,
            self._bad_step,
        )

    def _save(self) -> None:
        entry, camera = self.form.entry, self._chosen
        this = camera.id if camera else None
        fault = check(entry, self._cameras, this)
        self.form.show_fault(fault)
        if fault is not None or self._busy or not self._may:
            return
        if camera is None:
            sentence = self.tr("{} was added.").format(entry.name)
            self._do(sentence, lambda: self._steps.add(entry))
            return
        if camera.credential_ref:
            self._stale.append(camera.credential_ref)
        sentence = self.tr("{} was changed.").format(entry.name)
        self._do(sentence, lambda: self._steps.change(camera, entry))

    def _switch(self) -> None:
        camera = self._chosen
        if camera is None:
            return
        wanted = not camera.enabled
        text = (
            self.tr("{} was enabled.") if wanted else self.tr("{} was disabled.")
        ).format(camera.name)
        self._do(text, lambda: self._steps.switch(camera, enabled=wanted))

    def _do(self, sentence: str, step: Callable[[], tuple[Camera, Undo]]) -> None:
        """Run a step in the background; its undo is offered afterwards."""
        self._busy = True
        self._refresh()

        def done(outcome: tuple[Camera, Undo]) -> None:
            camera, undo = outcome
            self._past = _Past(sentence, undo)
            self._stepped(sentence, camera)

        self.background.command(self, step, done, self._bad_step)

    def _stepped(self, sentence: str, camera: Camera | None) -> None:
        self._busy = False
        self.errors.mend("step")
        self.errors.show_trouble(
            "done", sentence, state=State.INFO, action=self.tr("Undo")
        )
        if camera is not None:
            self._chosen = camera
            self._fill(camera)
            self.preview.show_camera(camera.id)
        self._load()
        self._refresh()

    def _bad_step(self, sentence: str) -> None:
        self._busy = False
        self.errors.show_trouble("step", sentence)
        self._refresh()

    def _remove(self) -> None:
        """Let a camera go in ten seconds: a retired camera cannot come back."""
        camera = self._chosen
        if camera is None or not self._may:
            return
        self._leaving = camera
        self._removal.start(_REMOVE_MS)
        self.errors.show_trouble(
            "done",
            self.tr("{} will be removed in 10 s. Its cases stay.").format(camera.name),
            state=State.WARN,
            action=self.tr("Undo"),
        )
        self._show_rows()
        self._refresh()

    def _finish_removal(self) -> None:
        self._removal.stop()
        camera, self._leaving = self._leaving, None
        if camera is None:
            return
        self.errors.mend("done")
        self._past = None
        self.background.command(
            self,
            lambda: self._steps.remove(camera),
            lambda _none: self._load(),
            self._bad_step,
        )
        self._refresh()

    def _undo(self) -> None:
        self.errors.mend("done")
        if self._leaving is not None:
            self._leaving = None
            self._removal.stop()
            self._show_rows()
            self._refresh()
            return
        past, self._past = self._past, None
        if past is None:
            return
        self._busy = True
        self._refresh()
        self.background.command(self, past.undo, self._undone, self._bad_step)

    def _undone(self, _none: None) -> None:
        self._busy = False
        chosen = self._chosen
        self._chosen = None
        if chosen is not None:
            self._reload_as(chosen.id)
        else:
            self._load()

    def _reload_as(self, camera_id: CameraId) -> None:
        """Load and choose the camera again, as it is now."""
        site = self.context.session.site

        def show(cameras: list[Camera]) -> None:
            self._show(cameras)
            known = next((c for c in cameras if c.id == camera_id), None)
            if known is None:
                self._begin_new()
                return
            self._chosen = known
            self._fill(known)
            self._refresh()

        self.background.query(self, "cameras", site.cameras, show, self._bad_load)

    def _settle(self) -> None:
        """Out of view, the last step can no longer be taken back."""
        self._past = None
        self.errors.mend("done")
        in_use = {camera.credential_ref for camera in self._cameras}
        stale = [r for r in self._stale if r not in in_use]
        self._stale.clear()
        for reference in stale:
            self.background.command(
                self,
                partial(self._steps.forget, reference),
                lambda _none: None,
                self._bad_step,
            )

    def _calibrate(self) -> None:
        if self._chosen is not None:
            self.open_requested.emit("calibration", self._chosen.id)

    def _close_later(self, close: Callable[[], None]) -> None:
        self.background.command(self, close, lambda _none: None, self._bad_step)
