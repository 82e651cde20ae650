"""Runs the steps of the page one at a time, and takes the last one back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.camera import Camera
from widgets.cameras.steps import CameraSteps, Undo
from widgets.common.background import Background

_REMOVE_MS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was taken: what to say of it, and the camera as it is now."""

    sentence: str
    camera: Camera


class StepRunner(QObject):
    """Steps block, so they run in the background; a removal waits ten seconds.

    `changed` tells that other acts make sense now.
    """

    stepped = Signal(Done)
    undone = Signal()
    kept = Signal()
    """A camera that was to be removed stays."""
    leaves = Signal()
    """It can no longer be kept: it goes now."""
    removed = Signal()
    failed = Signal(str)
    changed = Signal()

    def __init__(
        self, steps: CameraSteps, background: Background, parent: QObject
    ) -> None:
        """Start with nothing to take back."""
        super().__init__(parent)
        self._steps, self._background = steps, background
        self._undo: Undo | None = None
        self._leaving: Camera | None = None
        self._stale: list[str] = []
        self._busy = False
        self._removal = QTimer(self)
        self._removal.setSingleShot(True)
        self._removal.setInterval(_REMOVE_MS)
        self._removal.timeout.connect(self.finish_removal)

    @property
    def steps(self) -> CameraSteps:
        """What can be done to the site."""
        return self._steps

    @property
    def busy(self) -> bool:
        """A step is under way."""
        return self._busy

    @property
    def leaving(self) -> Camera | None:
        """The camera that goes when its ten seconds are over."""
        return self._leaving

    @property
    def can_undo(self) -> bool:
        """There is a step to take back."""
        return self._undo is not None or self._leaving is not None

    def do(
        self,
        sentence: str,
        step: Callable[[], tuple[Camera, Undo]],
        replaced: str | None = None,
    ) -> None:
        """Take a step. `replaced`: the stored password that it may make useless."""
        if replaced is not None:
            self._stale.append(replaced)
        self._set_busy(True)

        def done(outcome: tuple[Camera, Undo]) -> None:
            camera, self._undo = outcome
            self._set_busy(False)
            self.stepped.emit(Done(sentence, camera))

        self._background.command(self, step, done, self._fail)

    def remove_later(self, camera: Camera) -> None:
        """Let a camera go in ten seconds: a retired camera cannot come back."""
        self._leaving = camera
        self._removal.start()
        self.changed.emit()

    def finish_removal(self) -> None:
        """Let the camera that waits go now, if there is one."""
        self._removal.stop()
        camera, self._leaving = self._leaving, None
        if camera is None:
            return
        self._undo = None
        self.leaves.emit()
        self._background.command(
            self,
            partial(self._steps.remove, camera),
            lambda _none: self.removed.emit(),
            self._fail,
        )
        self.changed.emit()

    def undo(self) -> None:
        """Keep the camera that waits to go, else take the last step back."""
        if self._leaving is not None:
            self._leaving = None
            self._removal.stop()
            self.kept.emit()
            self.changed.emit()
            return
        undo, self._undo = self._undo, None
        if undo is not None:
            self._set_busy(True)
            self._background.command(self, undo, self._undone, self._fail)

    def settle(self, cameras: Iterable[Camera]) -> None:
        """Give up taking back; forget the passwords that none of `cameras` uses."""
        self._undo = None
        in_use = {camera.credential_ref for camera in cameras}
        stale, self._stale = self._stale, []
        for reference in stale:
            if reference not in in_use:
                self._background.command(
                    self,
                    partial(self._steps.forget, reference),
                    lambda _none: None,
                    self._fail,
                )

    def keep_back(self) -> None:
        """At the end of the page: what waits to be removed stays."""
        self._removal.stop()

    def _undone(self, _none: None) -> None:
        self._set_busy(False)
        self.undone.emit()

    def _fail(self, sentence: str) -> None:
        self._set_busy(False)
        self.failed.emit(sentence)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.changed.emit()
