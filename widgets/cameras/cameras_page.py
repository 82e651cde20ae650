"""Cameras of the site: their health, new ones from the network, and their access."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.camera.credentials import Credentials
from app.domain.camera import Camera, CameraState, FoundCamera
from app.domain.ids import CameraId
from app.domain.person import Right
from app.ports import Change
from widgets import theme
from widgets.cameras.camera_acts import Allowed, CameraActs
from widgets.cameras.camera_form import CameraForm
from widgets.cameras.camera_lists import CameraLists
from widgets.cameras.entry import (
    CameraEntry,
    already_added,
    check,
    check_address,
    host_of,
)
from widgets.cameras.preview_pane import PreviewPane
from widgets.cameras.rows import CameraRow
from widgets.cameras.searching import Searching
from widgets.cameras.step_runner import Done, StepRunner
from widgets.cameras.steps import CameraSteps
from widgets.cameras.streams_note import StreamsNote, look_at
from widgets.common.background import Background
from widgets.common.error_bar import ErrorBar
from widgets.common.page import Page
from widgets.services import PageContext
from widgets.theme import State

_HEALTH_MS: Final = 1000
_PANEL_PX: Final = 460
_PREVIEW_PX: Final = 260


class CamerasPage(Page):
    """Tables on the left; picture, fields and acts of the chosen one on the right."""

    def __init__(self, context: PageContext, background: Background) -> None:
        """Build the widgets; no query starts here."""
        super().__init__(context, background)
        services, session = context.services, context.session
        steps = CameraSteps(session.site, services.secrets)
        self._runner = StepRunner(steps, background, self)
        self._may = session.person.may(Right.MANAGE_CAMERAS)
        self._cameras: tuple[Camera, ...] = ()
        self._found: tuple[FoundCamera, ...] = ()
        self._chosen: Camera | None = None
        self._loaded = False
        self.errors = ErrorBar()
        self.lists, self.acts = CameraLists(), CameraActs()
        self.form = CameraForm()
        self.streams_note = StreamsNote()
        self.preview = PreviewPane(services.engine, services.clock)
        self.searching = Searching(services.discovery_interfaces, background, self)
        self._heading = QLabel()
        self._health = QTimer(self)
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
        self._runner.finish_removal()
        self._runner.settle(self._cameras)
        self.errors.mend("done")

    def on_change(self, change: Change) -> None:
        """Load again what somebody changed."""
        if self.isVisible() and change.topic == "camera":
            self._load()

    def retranslate(self) -> None:
        """Set the texts again."""
        self.form.retranslate()
        self.streams_note.retranslate()
        self.lists.retranslate()
        self.acts.retranslate()
        self._refresh()

    def close_page(self) -> None:
        """Release the preview and the sockets; a removal that waits is kept back."""
        self._health.stop()
        self._runner.keep_back()
        for close in self.preview.take_closers():
            close()
        self.searching.close()

    def _build(self) -> None:
        across = QHBoxLayout()
        across.setSpacing(1)
        across.addWidget(self.lists, 1)
        across.addWidget(self._panel())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.errors)
        column.addLayout(across, 1)

    def _panel(self) -> QWidget:
        panel = QWidget()
        theme.as_role(panel, "panel")
        panel.setFixedWidth(_PANEL_PX)
        column = QVBoxLayout(panel)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(12)
        self.preview.setFixedHeight(_PREVIEW_PX)
        theme.as_role(self._heading, "heading")
        column.addWidget(self.preview)
        column.addWidget(self._heading)
        column.addWidget(self.form)
        column.addWidget(self.streams_note)
        column.addWidget(self.acts)
        column.addStretch(1)
        return panel

    def _connect(self) -> None:
        self._health.timeout.connect(self._show_rows)
        self.lists.camera_chosen.connect(self._choose_camera)
        self.lists.found_chosen.connect(self._choose_found)
        self.lists.typing_wanted.connect(self.form.begin)
        self.lists.again_button.clicked.connect(self.searching.again)
        self.searching.found.connect(self._show_found)
        self.searching.failed.connect(self._search_failed)
        self.preview.released.connect(self._close_later)
        self.form.changed.connect(self._refresh)
        self.form.changed.connect(self.streams_note.explain)
        self.form.submitted.connect(self._save)
        acts = self.acts
        acts.save_button.clicked.connect(self._save)
        acts.try_button.clicked.connect(self._try)
        acts.new_button.clicked.connect(self._new)
        acts.switch_button.clicked.connect(self._switch)
        acts.remove_button.clicked.connect(self._remove)
        acts.undo_button.clicked.connect(self._undo)
        self._connect_runner()
        acts.calibrate_button.clicked.connect(self._calibrate)
        self.errors.action_chosen.connect(lambda _source: self._undo())

    def _connect_runner(self) -> None:
        runner = self._runner
        runner.changed.connect(self._refresh)
        runner.stepped.connect(self._stepped)
        runner.undone.connect(self._undone)
        runner.kept.connect(self._show_rows)
        runner.leaves.connect(lambda: self.errors.mend("done"))
        runner.removed.connect(self._load)
        runner.failed.connect(self._bad_step)

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
        self._show_new_found()
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
        leaving = self._runner.leaving
        rows = [
            CameraRow(camera, health.get(camera.id), camera == leaving)
            for camera in self._cameras
        ]
        chosen = self._chosen.id if self._chosen else None
        self.lists.show_cameras(rows, chosen, loaded=self._loaded)
        self._say_why_dark(rows)

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

    def _show_found(self, found: tuple[FoundCamera, ...]) -> None:
        self.errors.mend("search")
        self._found = found
        self._show_new_found()

    def _show_new_found(self) -> None:
        new = [f for f in self._found if not already_added(f, self._cameras)]
        self.lists.show_found(new, any_found=bool(self._found))

    def _search_failed(self, sentence: str) -> None:
        self.errors.show_trouble("search", sentence, state=State.WARN)

    # --------------------------------------------------------------- what is chosen

    def _choose_camera(self, row: int) -> None:
        chosen = self.lists.camera_rows.row(row)
        if chosen is None:
            return
        self.lists.unchoose_found()
        self._chosen = chosen.camera
        self._fill(chosen.camera)
        self.preview.show_camera(chosen.camera.id)
        self._refresh()

    def _choose_found(self, row: int) -> None:
        found = self.lists.found_rows.row(row)
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
        self.lists.unchoose_found()
        self._begin_new()
        self.form.begin()

    def _begin_new(self) -> None:
        self._unchoose()
        self._show_entry(CameraEntry())
        self.preview.show_nothing()
        self._refresh()

    def _unchoose(self) -> None:
        self._chosen = None
        self.lists.unchoose_camera()

    def _refresh(self) -> None:
        """Offer what can be done with what is chosen."""
        camera, person = self._chosen, self.context.session.person
        self.form.set_writable(self._may)
        self._heading.setText(camera.name if camera else self.tr("New camera"))
        allowed = Allowed(
            manage=self._may and not self._runner.busy,
            calibrate=person.may(Right.CALIBRATE),
            changed=self._is_changed(),
            undo=self._runner.can_undo,
            leaving=self._runner.leaving is not None,
        )
        self.acts.offer(camera, allowed)

    def _is_changed(self) -> bool:
        if self._chosen is None:
            return bool(self.form.entry.url)
        return self.form.entry != CameraEntry.of_camera(self._chosen).tidied()

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
        if fault is not None or self._runner.busy or not self._may:
            return
        steps = self._runner.steps
        if camera is None:
            sentence = self.tr("{} was added.").format(entry.name)
            self._runner.do(sentence, partial(steps.add, entry))
            return
        sentence = self.tr("{} was changed.").format(entry.name)
        step = partial(steps.change, camera, entry)
        self._runner.do(sentence, step, camera.credential_ref)

    def _switch(self) -> None:
        camera = self._chosen
        if camera is None:
            return
        wanted = not camera.enabled
        text = (
            self.tr("{} was enabled.") if wanted else self.tr("{} was disabled.")
        ).format(camera.name)
        self._runner.do(
            text, partial(self._runner.steps.switch, camera, enabled=wanted)
        )

    def _stepped(self, done: Done) -> None:
        self.errors.mend("step")
        self.errors.show_trouble(
            "done", done.sentence, state=State.INFO, action=self.tr("Undo")
        )
        self._chosen = done.camera
        self._fill(done.camera)
        self.preview.show_camera(done.camera.id)
        self._load()
        self._refresh()

    def _bad_step(self, sentence: str) -> None:
        self.errors.show_trouble("step", sentence)

    def _remove(self) -> None:
        camera = self._chosen
        if camera is None or not self._may:
            return
        self._runner.remove_later(camera)
        self.errors.show_trouble(
            "done",
            self.tr("{} will be removed in 10 s. Its cases stay.").format(camera.name),
            state=State.WARN,
            action=self.tr("Undo"),
        )
        self._show_rows()

    def _undo(self) -> None:
        self.errors.mend("done")
        self._runner.undo()

    def _undone(self) -> None:
        chosen, self._chosen = self._chosen, None
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

    def _calibrate(self) -> None:
        if self._chosen is not None:
            self.open_requested.emit("calibration", self._chosen.id)

    def _close_later(self, close: Callable[[], None]) -> None:
        self.background.command(self, close, lambda _none: None, self._bad_step)
