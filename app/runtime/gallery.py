"""The previews of all cameras, mapped as the engine names them."""

import logging
import threading
from collections.abc import Mapping
from pathlib import Path

from app.domain.clock import Clock
from app.domain.ids import CameraId
from app.domain.overlay import PreviewFrame
from app.runtime.preview import PreviewReader
from app.runtime.segment import run_prefix, shared_folder

_log = logging.getLogger(__name__)


class Gallery:
    """Readers by camera; the link's thread hangs them, the GUI looks."""

    def __init__(self, run_dir: Path, clock: Clock) -> None:
        """Accept segments of this run folder's engine only."""
        self._clock = clock
        self._prefix = run_prefix(run_dir)
        self._lock = threading.Lock()
        self._readers: dict[CameraId, PreviewReader] = {}

    def frame(self, camera_id: CameraId) -> PreviewFrame | None:
        """Return the camera's newest picture, None when it has none."""
        with self._lock:
            reader = self._readers.get(camera_id)
            return None if reader is None else reader.latest()

    def hang(self, segments: Mapping[CameraId, Path]) -> None:
        """Map new segments and let go of those that are no more."""
        with self._lock:
            for camera_id, reader in tuple(self._readers.items()):
                if segments.get(camera_id) != reader.path:
                    self._readers.pop(camera_id).close()
            for camera_id, path in segments.items():
                if camera_id not in self._readers:
                    self._map(camera_id, path)

    def close(self) -> None:
        """Let go of all."""
        self.hang({})

    def _map(self, camera_id: CameraId, path: Path) -> None:
        ours = path.parent == shared_folder() and path.name.startswith(self._prefix)
        if not ours:
            _log.warning("a preview in an unexpected place was ignored")
            return
        try:
            self._readers[camera_id] = PreviewReader(path, camera_id, self._clock)
        except (OSError, ValueError) as error:
            _log.warning("a preview cannot be mapped: %s", error)
