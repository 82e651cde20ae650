"""Calibrating a camera: points, stretch, stop line and lamps on its live picture."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.config.camera import ConfigurationVersion
from app.domain.camera import Camera
from app.domain.errors import ConfigurationInvalid
from app.domain.ids import CameraId
from app.domain.overlay import PreviewFrame
from app.ports import Change, Session
from widgets import theme
from widgets.calibration.canvas import CalibrationCanvas
from widgets.calibration.draft import Draft
from widgets.calibration.editor import Editor
from widgets.calibration.fault_words import sentence
from widgets.calibration.points_table import PointsModel, PointsTable
from widgets.calibration.rules_form import RulesForm
from widgets.calibration.tool_bar import ToolBar
from widgets.calibration.tools import Tool
from widgets.common.background import Background
from widgets.common.empty_state import EmptyState
from widgets.common.error_bar import ErrorBar
from widgets.common.fault_text import told
from widgets.common.key_button import KeyButton
from widgets.common.page import Page
from widgets.services import PageContext
from widgets.theme import State

_FRAME_MS: Final = 66
_PANEL_PX: Final = 440
_DEFAULT_SIZE_PX: Final = (1920, 1080)


@dataclass(slots=True)
class _Desk:
    """One camera's drawing, kept while the person looks at others."""

    editor: Editor
    version: int | None
    placeholder: bool = False
    """Nothing is published and no picture came yet: the size is a guess."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    cameras: list[Camera]
    versions: dict[CameraId, ConfigurationVersion | None]


class CalibrationPage(Page):
    """Picture on the left, table, rules and publishing on the right."""

    def __init__(self, context: PageContext, background: Background) -> None:
        """Build the widgets; no query starts here."""
        super().__init__(context, background)
        self._desks: dict[CameraId, _Desk] = {}
        self._cameras: list[Camera] = []
        self._camera_id: CameraId | None = None
        self._wanted: CameraId | None = None
        self._frame: PreviewFrame | None = None
        self._frozen = False
        self._publishing = False
        editor = Editor(Draft(width_px=16, height_px=9))
        self._editor = editor
        self.errors, self.faults = ErrorBar(), ErrorBar()
        self.tools = ToolBar()
        self.canvas = CalibrationCanvas(editor)
        self.points = PointsModel(editor)
        self.table = PointsTable(self.points)
        self.rules = RulesForm(editor)
        self._choice, self._state = QComboBox(), QLabel()
        self._hint, self._note = QLabel(), QLineEdit()
        self.publish_button = KeyButton("", "Ctrl+Return", primary=True)
        self._headings = [QLabel() for _ in range(3)]
        self._empty, self._stack = EmptyState("calibration"), QStackedWidget()
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._build()
        self._connect()
        self.retranslate()

    def activate(self) -> None:
        """Load cameras and configurations, start the picture."""
        self._load()
        self._timer.start()

    def deactivate(self) -> None:
        """Stop the picture; drawings stay."""
        self._timer.stop()

    def show_target(self, target: object) -> None:
        """Show the camera that another page asked for, by its id."""
        if not isinstance(target, UUID):
            return
        self._wanted = CameraId(target)
        if any(camera.id == target for camera in self._cameras):
            self._show_camera(self._wanted)

    def on_change(self, change: Change) -> None:
        """Load again what somebody changed."""
        if self.isVisible() and change.topic in ("camera", "configuration"):
            self._load()

    def retranslate(self) -> None:
        """Set the texts again."""
        self.tools.retranslate()
        self.rules.retranslate()
        titles = (self.tr("Control points"), self.tr("Rules"), self.tr("Publish"))
        for label, title in zip(self._headings, titles, strict=True):
            label.setText(title)
        self._choice.setAccessibleName(self.tr("Camera"))
        self._note.setPlaceholderText(self.tr("What was changed, and why"))
        self._note.setAccessibleName(self.tr("Note"))
        self.publish_button.setText(self.tr("Publish"))
        self._say_empty()
        self._refresh()

    def close_page(self) -> None:
        """Let go of the picture."""
        self._timer.stop()
        self.canvas.show_blank()
        self._frame = None

    def _build(self) -> None:
        for label in self._headings:
            theme.as_role(label, "heading")
        for label in (self._hint, self._state):
            theme.as_role(label, "quiet")
        self._hint.setContentsMargins(12, 4, 12, 4)
        self._hint.setWordWrap(True)
        self._note.setMaxLength(200)
        self.table.setMinimumHeight(8 * theme.ROW_PX)
        desk = QWidget()
        across = QHBoxLayout(desk)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(1)
        across.addLayout(self._left(), 1)
        across.addWidget(self._panel())
        self._stack.addWidget(self._empty)
        self._stack.addWidget(desk)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.errors)
        column.addWidget(self._stack, 1)

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.tools)
        column.addWidget(self.canvas, 1)
        column.addWidget(self._hint)
        return column

    def _panel(self) -> QWidget:
        panel = QWidget()
        theme.as_role(panel, "panel")
        column = QVBoxLayout(panel)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        points, rules, publish = self._headings
        for part in (
            self._choice,
            self._state,
            points,
            self.table,
            rules,
            self.rules,
            publish,
            self.faults,
            self._note,
            self.publish_button,
        ):
            column.addWidget(part, 1 if part is self.table else 0)
        area = QScrollArea()
        area.setWidget(panel)
        area.setWidgetResizable(True)
        area.setFixedWidth(_PANEL_PX)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return area

    def _connect(self) -> None:
        self._timer.timeout.connect(self._pull)
        self._choice.activated.connect(self._choose)
        self._empty.action_chosen.connect(
            lambda: self.open_requested.emit("cameras", None)
        )
        self.errors.action_chosen.connect(lambda _source: self._take_published())
        self.canvas.edited.connect(self._canvas_edited)
        for part in (self.points, self.rules):
            part.edited.connect(self._refresh)
        self.table.row_chosen.connect(self._row_chosen)
        self.table.delete_pressed.connect(self._remove_point)
        self.tools.tool_chosen.connect(self._use_tool)
        self.tools.freeze_toggled.connect(self._freeze)
        self.tools.undo_asked.connect(self._undo)
        self.tools.redo_asked.connect(self._redo)
        self.tools.fit_asked.connect(self.canvas.fit)
        self.publish_button.clicked.connect(self._publish)

    def _load(self) -> None:
        session = self.context.session
        self.background.query(
            self, "site", lambda: _load_site(session), self._show_site, self._site_bad
        )

    def _site_bad(self, text: str) -> None:
        self.errors.show_trouble("site", text)

    def _show_site(self, loaded: _Loaded) -> None:
        self.errors.mend("site")
        self._cameras = loaded.cameras
        for camera in loaded.cameras:
            self._meet(camera.id, loaded.versions[camera.id])
        self._stack.setCurrentIndex(1 if self._cameras else 0)
        self._say_empty()
        with QSignalBlocker(self._choice):
            self._choice.clear()
            for camera in self._cameras:
                self._choice.addItem(camera.name, camera.id)
        known = {camera.id for camera in self._cameras}
        for wanted in (self._wanted, self._camera_id):
            if wanted is not None and wanted in known:
                self._show_camera(wanted)
                return
        if self._cameras:
            self._show_camera(self._cameras[0].id)

    def _meet(self, camera_id: CameraId, version: ConfigurationVersion | None) -> None:
        """Take what is published, but never over a drawing that is under way."""
        desk = self._desks.get(camera_id)
        number = version.version if version else None
        if desk is not None and desk.version == number:
            return
        if desk is not None and desk.editor.changed:
            self._warn_overtaken(number)
            return
        self._desks[camera_id] = _desk(version)

    def _warn_overtaken(self, number: int | None) -> None:
        self.errors.show_trouble(
            "overtaken",
            self.tr(
                "Version {} was published meanwhile. Yours would replace it."
            ).format(number),
            state=State.WARN,
            action=self.tr("Show the published one"),
        )

    def _take_published(self) -> None:
        """Give up the drawing for what is in force."""
        self.errors.mend("overtaken")
        if self._camera_id is not None:
            self._desks.pop(self._camera_id, None)
            self._load()

    def _choose(self, index: int) -> None:
        self._show_camera(self._choice.itemData(index))

    def _show_camera(self, camera_id: CameraId) -> None:
        self._wanted = None
        fresh = camera_id != self._camera_id
        self._camera_id = camera_id
        place = [camera.id for camera in self._cameras].index(camera_id)
        with QSignalBlocker(self._choice):
            self._choice.setCurrentIndex(place)
        editor = self._desks[camera_id].editor
        if editor is not self._editor or fresh:
            self._frame = None
            self.tools.set_frozen(False)
            self._use_editor(editor)

    def _use_editor(self, editor: Editor) -> None:
        self._editor = editor
        self.canvas.show_editor(editor)
        self.points.show_editor(editor)
        self.rules.show_editor(editor)
        self._pull()
        self._refresh()

    def _pull(self) -> None:
        """Show the newest frame, if there is a newer one."""
        if self._camera_id is None or self._frozen:
            return
        engine = self.context.services.engine
        ratio = self.canvas.devicePixelRatioF()
        engine.request_size(
            self._camera_id,
            round(self.canvas.width() * ratio),
            round(self.canvas.height() * ratio),
        )
        frame = engine.frame(self._camera_id)
        if frame is not None and frame is not self._frame:
            self._fit_size(frame)
            self._frame = frame
            self.canvas.show_frame(frame)
            self._say_state()

    def _fit_size(self, frame: PreviewFrame) -> None:
        """Draw a first configuration in the camera's own pixels."""
        desk = self._desks.get(self._camera_id) if self._camera_id else None
        if desk is None or not desk.placeholder or desk.editor.changed:
            return
        desk.placeholder = False
        desk.editor = Editor(
            Draft(width_px=frame.source_width_px, height_px=frame.source_height_px)
        )
        self._use_editor(desk.editor)

    def _freeze(self, frozen: bool) -> None:
        self._frozen = frozen
        self._say_state()

    def _canvas_edited(self) -> None:
        """After a new point its metres are asked for: the table is ready for them."""
        editor = self._editor
        self._refresh()
        row = editor.selected
        if row is not None and not editor.dragging:
            asked = editor.draft.points[row].road is None
            self.table.choose_row(row, edit_metres=asked)

    def _row_chosen(self, row: int) -> None:
        self._editor.selected = row
        self.canvas.update()

    def _remove_point(self) -> None:
        self._editor.remove_selected()
        self._refresh()

    def _use_tool(self, tool: Tool) -> None:
        self._editor.tool = tool
        self.canvas.setFocus()
        self._refresh()

    def _undo(self) -> None:
        self._editor.undo()
        self._refresh()

    def _redo(self) -> None:
        self._editor.redo()
        self._refresh()

    def _refresh(self) -> None:
        """Show the draft everywhere, and what is wrong with it."""
        editor = self._editor
        assessment = editor.assessment
        self.points.refresh()
        self.rules.refresh()
        self.canvas.update()
        self.tools.show_state(
            editor.tool,
            can_undo=editor.can_undo,
            can_redo=editor.can_redo,
            has_plane=assessment.plane is not None,
        )
        ready = assessment.publishable and editor.changed and not self._publishing
        self.publish_button.setEnabled(ready)
        if not editor.dragging:
            self._say_problems()
        self._say_hint()
        self._say_state()

    def _say_problems(self) -> None:
        problems = self._editor.assessment.problems
        self.faults.clear()
        for problem in reversed(problems):
            state = State.ALARM if problem.blocks else State.WARN
            self.faults.show_trouble(problem.fault.name, sentence(problem), state=state)

    def _say_hint(self) -> None:
        hints = {
            Tool.POINTS: self.tr(
                "Click on a mark of the road whose metres you know. Drag to move it,"
                " arrow keys to move by a pixel, Delete to remove."
            ),
            Tool.STRETCH: self.tr(
                "Drag along the road from where speed is measured to where it ends."
            ),
            Tool.STOP_LINE: self.tr(
                "Drag along the stop line. The arrow shows which way traffic goes."
            ),
            Tool.LAMPS: self.tr(
                "Click on the red, then the amber, then the green lamp, or draw a box"
                " around each."
            ),
        }
        self._hint.setText(hints[self._editor.tool])

    def _say_state(self) -> None:
        desk = self._desks.get(self._camera_id) if self._camera_id else None
        if desk is None:
            self._state.setText("")
            return
        words = [
            self.tr("Version {}").format(desk.version)
            if desk.version
            else self.tr("Not configured yet")
        ]
        if desk.editor.changed:
            words.append(self.tr("changed, not published"))
        if self._frozen:
            words.append(self.tr("picture frozen"))
        elif self._frame is None:
            words.append(self.tr("no picture from this camera yet"))
        self._state.setText(" · ".join(words))

    def _say_empty(self) -> None:
        self._empty.say(
            self.tr("There is no camera to calibrate yet."), self.tr("Add a camera")
        )

    def _publish(self) -> None:
        """Save a new version; the engine measures with it at once."""
        camera_id, editor = self._camera_id, self._editor
        if camera_id is None:
            return
        draft = editor.draft
        try:
            body = draft.configuration()
        except ConfigurationInvalid as error:
            self.errors.show_trouble("publish", told(str(error)))
            return
        site, note = self.context.session.site, self._note.text().strip()
        self._publishing = True
        self._refresh()
        self.background.command(
            self,
            lambda: site.publish_configuration(camera_id, body, note),
            lambda version: self._published(camera_id, draft, version),
            self._publish_bad,
        )

    def _published(
        self, camera_id: CameraId, draft: Draft, version: ConfigurationVersion
    ) -> None:
        self._publishing = False
        desk = self._desks[camera_id]
        desk.version = version.version
        desk.placeholder = False
        desk.editor.published(draft)
        self._note.clear()
        for source in ("publish", "overtaken"):
            self.errors.mend(source)
        self._refresh()

    def _publish_bad(self, text: str) -> None:
        self._publishing = False
        self.errors.show_trouble("publish", text)
        self._refresh()


def _desk(version: ConfigurationVersion | None) -> _Desk:
    if version is None:
        width_px, height_px = _DEFAULT_SIZE_PX
        draft = Draft(width_px=width_px, height_px=height_px)
        return _Desk(Editor(draft), None, placeholder=True)
    return _Desk(Editor(Draft.of(version.body)), version.version)


def _load_site(session: Session) -> _Loaded:
    cameras = session.site.cameras()
    versions = {c.id: session.site.configuration(c.id) for c in cameras}
    return _Loaded(cameras, versions)
