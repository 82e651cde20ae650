"""The live wall: all cameras, what was found last, and the keys to steer it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.config.camera import CameraConfiguration
from app.domain.camera import Camera
from app.domain.ids import CameraId, InfractionId
from app.domain.infraction import Case
from app.domain.person import Right
from app.ports import Change, Session
from widgets.common.background import Background
from widgets.common.empty_state import EmptyState
from widgets.common.error_bar import ErrorBar
from widgets.common.page import Page
from widgets.preferences import Preferences
from widgets.services import PageContext
from widgets.wall.event_list import EventList
from widgets.wall.wall_canvas import WallCanvas
from widgets.wall.wall_event import CameraWatch, case_event, merged
from widgets.wall.wall_keys import WallKeys

_EVENTS_SHOWN: Final = 100
_EVENTS_WIDTH_PX: Final = 300
_SETTLE_MS: Final = 300
"""Many findings at once are one question to the server."""
_WATCH_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class _Site:
    cameras: list[Camera]
    configurations: dict[CameraId, CameraConfiguration | None]


class WallPage(Page):
    """Canvas on the left, events on the right, keys below."""

    def __init__(self, context: PageContext, background: Background) -> None:
        """Build the widgets; no query starts here."""
        super().__init__(context, background)
        services = context.services
        person = context.session.person
        self._login = person.login
        self._reads_cases = person.may(Right.REVIEW) or person.may(Right.READ_AUDIT)
        self._preferences = Preferences(services.paths)
        self.canvas = WallCanvas(services.engine, services.clock)
        self.events = EventList(with_cases=self._reads_cases)
        self.errors = ErrorBar()
        self.keys = WallKeys()
        self._empty = EmptyState("cameras")
        self._stack = QStackedWidget()
        self._watch = CameraWatch(services.clock)
        self._names: dict[CameraId, str] = {}
        self._cases: list[Case] = []
        self._loaded = False
        self._settle = _timer(self, _SETTLE_MS, self._ask_cases, once=True)
        self._site_settle = _timer(self, _SETTLE_MS, self._ask_site, once=True)
        self._watching = _timer(self, _WATCH_MS, self._watch_cameras)
        self._build()
        self._connect()
        self.retranslate()

    def activate(self) -> None:
        """Load cameras and events, start the picture."""
        self._ask_site()
        self._ask_cases()
        self.canvas.start()
        self.canvas.setFocus()
        self._watching.start()

    def deactivate(self) -> None:
        """Stop the picture."""
        self.canvas.stop()
        for timer in (self._settle, self._site_settle, self._watching):
            timer.stop()

    def on_change(self, change: Change) -> None:
        """Load again what changed, while the page is in view."""
        if not self.isVisible():
            return
        if change.topic == "infraction":
            self._settle.start()
        elif change.topic in ("camera", "configuration"):
            self._site_settle.start()
        if change.row_id is None:
            self._settle.start()
            self._site_settle.start()

    def retranslate(self) -> None:
        """Set the texts again."""
        self.keys.retranslate()
        self._say_empty()
        self._show_events()

    def close_page(self) -> None:
        """Stop for good and let go of the frames."""
        self.deactivate()
        self.canvas.show_cameras([])
        self._preferences.save()

    def _build(self) -> None:
        self.events.setFixedWidth(_EVENTS_WIDTH_PX)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.canvas)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        for part in (self.errors, self._stack, self.keys):
            left.addWidget(part, 1 if part is self._stack else 0)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(2)
        across.addLayout(left, 1)
        across.addWidget(self.events)
        self.canvas.arrange(
            replace(self.canvas.grid, tiles=self._preferences.wall_tiles(self._login))
        )

    def _connect(self) -> None:
        canvas, keys = self.canvas, self.keys
        canvas.arranged.connect(self._remember)
        keys.layout_asked.connect(lambda: canvas.arrange(canvas.grid.next_layout()))
        keys.freeze_toggled.connect(self._freeze)
        keys.zones_toggled.connect(self._zones)
        keys.overlays_toggled.connect(self._overlays)
        keys.turned.connect(lambda by: canvas.arrange(canvas.grid.turned(by)))
        keys.full_screen_asked.connect(self._full_screen)
        self.events.case_opened.connect(self._open_case)
        self._empty.action_chosen.connect(
            lambda: self.open_requested.emit("cameras", None)
        )
        for place in range(9):
            act = _enlarger(canvas, place)
            self.addAction(_hidden_action(self, str(place + 1), act))
        self.addAction(_hidden_action(self, "Esc", self._go_back))

    def _ask_site(self) -> None:
        session = self.context.session
        self.background.query(
            self, "site", lambda: _load_site(session), self._show_site, self._site_bad
        )

    def _ask_cases(self) -> None:
        if not self._reads_cases:
            return
        store = self.context.session.case_store
        self.background.query(
            self,
            "cases",
            lambda: store.cases(limit=_EVENTS_SHOWN),
            self._show_cases,
            self._cases_bad,
        )

    def _show_site(self, site: _Site) -> None:
        self.errors.mend("site")
        self._names = {camera.id: camera.name for camera in site.cameras}
        self.canvas.show_cameras(site.cameras)
        if not self._loaded:
            self._loaded = True
            order = self._preferences.wall_order(self._login)
            self.canvas.arrange(self.canvas.grid.with_order(order))
        for camera_id, body in site.configurations.items():
            self.canvas.show_configuration(camera_id, body)
        shown = self.canvas if site.cameras else self._empty
        if shown is not self._stack.currentWidget():
            self._stack.setCurrentWidget(shown)
            self.canvas.setFocus()
        self.keys.show_screens(self.canvas.grid.screen, self.canvas.grid.screens)
        self._say_empty()

    def _show_cases(self, cases: list[Case]) -> None:
        self.errors.mend("cases")
        self._cases = cases
        self._show_events()

    def _show_events(self) -> None:
        rows = [case_event(case) for case in self._cases]
        self.events.show_events(merged(rows, self._watch.events(self._names)))

    def _site_bad(self, sentence: str) -> None:
        self.errors.show_trouble("site", sentence)

    def _cases_bad(self, sentence: str) -> None:
        self.errors.show_trouble("cases", sentence)

    def _watch_cameras(self) -> None:
        status = self.context.services.engine.status()
        if status is not None and self._watch.look(status.cameras):
            self._show_events()

    def _say_empty(self) -> None:
        if not self._loaded:
            self._empty.say(self.tr("Loading the cameras…"))
        elif self.context.session.person.may(Right.MANAGE_CAMERAS):
            self._empty.say(
                self.tr("There are no cameras yet."), self.tr("Add a camera")
            )
        else:
            self._empty.say(
                self.tr("There are no cameras yet. A technician can add them.")
            )

    def _remember(self) -> None:
        grid = self.canvas.grid
        if self._loaded and grid.order:
            order = [str(camera) for camera in grid.order]
            self._preferences.set_wall_order(self._login, order)
        if grid.tiles is not None:
            self._preferences.set_wall_tiles(self._login, grid.tiles)
        self.keys.show_screens(grid.screen, grid.screens)

    def _freeze(self, frozen: bool) -> None:
        self.canvas.set_look(replace(self.canvas.look, frozen=frozen))

    def _zones(self, shown: bool) -> None:
        self.canvas.set_look(replace(self.canvas.look, zones=shown))

    def _overlays(self, shown: bool) -> None:
        self.canvas.set_look(replace(self.canvas.look, overlays=shown))

    def _go_back(self) -> None:
        """Esc leads from the enlarged tile to the grid, then out of full screen."""
        if self.canvas.grid.enlarged is not None:
            self.canvas.toggle_enlarged(None)
        elif self.window().isFullScreen():
            self._full_screen()

    def _full_screen(self) -> None:
        action = self.window().findChild(QAction, "full_screen")
        if isinstance(action, QAction):
            action.trigger()

    def _open_case(self, case_id: InfractionId) -> None:
        self.open_requested.emit("review", case_id)


def _load_site(session: Session) -> _Site:
    cameras = session.site.cameras()
    bodies: dict[CameraId, CameraConfiguration | None] = {}
    for camera in cameras:
        version = session.site.configuration(camera.id)
        bodies[camera.id] = version.body if version else None
    return _Site(cameras, bodies)


def _enlarger(canvas: WallCanvas, place: int) -> Callable[[], None]:
    return lambda: canvas.enlarge_place(place)


def _hidden_action(parent: QWidget, key: str, act: Callable[[], None]) -> QAction:
    """Return an action without a name: the palette does not list it."""
    action = QAction(parent)
    action.setShortcut(QKeySequence(key))
    action.triggered.connect(lambda _=False: act())
    return action


def _timer(
    parent: QWidget, interval_ms: int, act: Callable[[], None], *, once: bool = False
) -> QTimer:
    timer = QTimer(parent)
    timer.setInterval(interval_ms)
    timer.setSingleShot(once)
    timer.timeout.connect(act)
    return timer
