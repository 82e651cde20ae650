"""Footage: recordings are analysed here as a camera's picture would have been."""

from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout

from app.config.site_file import SiteCamera, save_site_file
from app.domain.camera import Camera
from app.domain.errors import ConfigurationInvalid
from app.domain.ids import new_uuid
from app.ports import Change, SiteStore
from widgets import theme
from widgets.common.background import Background
from widgets.common.error_bar import ErrorBar
from widgets.common.fault_text import told
from widgets.common.page import Page
from widgets.footage.form import FootageForm, FootageWish
from widgets.footage.item import FootageItem, FootageState
from widgets.footage.queue import FootageQueue
from widgets.footage.queue_panel import QueuePanel
from widgets.footage.results import (
    FootageInfraction,
    FootageResults,
    load_results,
    load_still,
)
from widgets.footage.results_panel import ResultsPanel
from widgets.services import PageContext
from widgets.theme import State

_LEFT_PX = 324
_NO_CONFIGURATION = (
    "The camera {} has no configuration yet. Calibrate it, or choose none."
)


class FootagePage(Page):
    """Files on the left, the queue above, what was found below."""

    def __init__(self, context: PageContext, background: Background) -> None:
        """Build the widgets; nothing is asked for yet."""
        super().__init__(context, background)
        services = context.services
        out = services.paths.footage
        self._sites = out / "sites"
        self.errors = ErrorBar()
        self.form = FootageForm(services.clock)
        self.queue = FootageQueue(services.analyse_command, out, self)
        self.queue_panel = QueuePanel()
        self.results = ResultsPanel()
        self._shown: Path | None = None
        self.setAcceptDrops(True)
        self._lay_out()
        self._connect()

    def activate(self) -> None:
        """Load the cameras."""
        site = self.context.session.site
        self.background.query(
            self,
            "cameras",
            site.cameras,
            self._take_cameras,
            partial(self._say_trouble, "cameras"),
        )

    def on_change(self, change: Change) -> None:
        """Offer other cameras."""
        if change.topic == "camera" and self.isVisible():
            self.activate()

    def retranslate(self) -> None:
        """Set all texts again."""
        for part in (self.form, self.queue_panel, self.results):
            part.retranslate()
        self._show_queue()

    def close_page(self) -> None:
        """Stop the analysis that is under way."""
        self.queue.close()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the files that were dropped."""
        urls = event.mimeData().urls()
        self.form.add_files([Path(u.toLocalFile()) for u in urls if u.isLocalFile()])
        event.acceptProposedAction()

    def _lay_out(self) -> None:
        right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(self.queue_panel)
        right.addWidget(self.results)
        right.setSizes([240, 480])
        right.setStretchFactor(1, 1)
        right.setChildrenCollapsible(False)
        across = QSplitter(Qt.Orientation.Horizontal)
        across.addWidget(self.form)
        across.addWidget(right)
        across.setStretchFactor(1, 1)
        across.setSizes([_LEFT_PX, 1000])
        across.setChildrenCollapsible(False)
        self.form.setMinimumWidth(_LEFT_PX)
        self.form.setMaximumWidth(480)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self.errors)
        page.addWidget(across, 1)
        theme.as_role(right, "flat")

    def _connect(self) -> None:
        self.form.wanted.connect(self._enqueue)
        self.form.refused.connect(self._refuse)
        self.queue.changed.connect(self._show_queue)
        self.queue.finished.connect(self._finished)
        self.queue_panel.chosen.connect(self._choose)
        self.queue_panel.cancelled.connect(self.queue.cancel)
        self.queue_panel.choose_pressed.connect(self.form.choose.click)
        self.results.chosen.connect(self._load_still)

    def _take_cameras(self, cameras: list[Camera]) -> None:
        self.errors.mend("cameras")
        self.form.show_cameras(cameras)

    def _refuse(self, path: str) -> None:
        sentence = self.tr("There is no file {}. Check the path.").format(path)
        self.errors.show_trouble("file", sentence, state=State.WARN)

    # ------------------------------------------------------------------- the queue

    def _enqueue(self, wish: FootageWish) -> None:
        """Write down the camera's configuration in force, and queue the files."""
        self.errors.mend("file")
        if not self.context.services.analyse_command:
            self._say_trouble(
                "queue", self.tr("This desktop was started without an analysis.")
            )
            return
        write = partial(write_site, self.context.session.site, wish.camera, self._sites)
        self.background.command(
            self,
            write,
            partial(self._add, wish),
            partial(self._say_trouble, "queue"),
        )

    def _add(self, wish: FootageWish, site: Path | None) -> None:
        self.errors.mend("queue")
        items = [
            FootageItem(
                id=new_uuid(),
                video=video,
                camera_name=wish.camera.name if wish.camera else "",
                site=site,
                start=wish.start,
            )
            for video in wish.videos
        ]
        self.form.empty()
        self.queue.add(items)
        if self.queue_panel.current is None and items:
            self.queue_panel.choose(items[0].id)

    def _show_queue(self) -> None:
        self.queue_panel.show_items(self.queue.items)

    def _finished(self, item: FootageItem) -> None:
        if item.state is FootageState.FAILED:
            sentence = f"{item.video.name}: {told(item.sentence)}"
            self.errors.show_trouble(str(item.id), sentence, state=State.WARN)
        current = self.queue_panel.current
        if current is not None and current.id == item.id:
            self._choose(item.id)

    # ------------------------------------------------------------------ the results

    def _choose(self, item_id: UUID | None) -> None:
        item = self.queue.item(item_id) if item_id else None
        self._shown = None if item is None else item.folder
        if item is None or item.folder is None:
            self.results.say(told(item.sentence) if item else "")
            return
        self.background.query(
            self,
            "results",
            partial(load_results, item.folder),
            self._take_results,
            partial(self._say_trouble, "results"),
        )

    def _take_results(self, results: FootageResults) -> None:
        self.errors.mend("results")
        if results.folder == self._shown:
            self.results.show_results(results)
            self._say_ending(results)

    def _say_ending(self, results: FootageResults) -> None:
        if results.summary["complete"]:
            self.errors.mend("ending")
            return
        ending = told(str(results.summary["ending"]))
        self.errors.show_trouble("ending", ending, state=State.WARN)

    def _load_still(self, found: FootageInfraction) -> None:
        results = self.results.results
        if results is None or found.still is None:
            return
        self.background.query(
            self,
            "still",
            partial(load_still, results.folder, found.still),
            self.results.show_still,
            partial(self._say_trouble, "still"),
        )

    def _say_trouble(self, source: str, sentence: str) -> None:
        self.errors.show_trouble(source, sentence)


def write_site(site: SiteStore, camera: Camera | None, folder: Path) -> Path | None:
    """Write down the configuration in force; return the file, None for no camera.

    Raises ConfigurationInvalid when the camera has none.
    """
    if camera is None:
        return None
    version = site.configuration(camera.id)
    if version is None:
        raise ConfigurationInvalid(_NO_CONFIGURATION.format(camera.name))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{version.id}.json"
    entry = SiteCamera(name=camera.name, location=camera.location, version=version)
    save_site_file(path, (entry,))
    return path
