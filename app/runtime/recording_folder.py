"""Where the results of one recording lie: whole under their name, or named partial.

A run writes into `NAME.partial`, which becomes `NAME` in one step once everything is
there. What a run was made of is part of the name, so that the same run again finds its
results, and another one never overwrites them.
"""

import re
import shutil
from pathlib import Path
from typing import Any

from app.config.private_file import sync_folder
from app.domain.errors import AlreadyRunning
from app.domain.ids import Sha256
from app.runtime.recording_files import read_object, write_object
from app.runtime.run_lock import RunLock

SUMMARY = "summary.json"
_LOCK = "engine.lock"
_UNSAFE = re.compile(r"[^\w.-]+")
_LONGEST_NAME = 60


class RecordingFolder:
    """The results of one recording below `out`."""

    def __init__(self, out: Path, video: Path, identity: Sha256) -> None:
        """`identity` stands for file, configuration, model, software and start."""
        stem = _UNSAFE.sub("_", video.stem)[:_LONGEST_NAME].strip(".") or "recording"
        self.final = out / f"{stem}-{identity[:12]}"
        self.partial = out / f"{self.final.name}.partial"
        self._lock: RunLock | None = None

    def finished(self) -> dict[str, Any] | None:
        """Return the summary of an earlier, whole run; None when there is none."""
        return read_object(self.final / SUMMARY)

    def begin(self) -> Path:
        """Return an empty folder to write into; what a broken run left goes.

        Raises AlreadyRunning while another process works on the same.
        """
        self.partial.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._lock = RunLock(self.partial)
        except AlreadyRunning:
            raise AlreadyRunning(
                f"Another analysis is writing to {self.partial}. Wait for its end."
            ) from None
        for entry in self.partial.iterdir():
            if entry.name != _LOCK:
                _remove(entry)
        return self.partial

    def leave(self, summary: dict[str, Any]) -> Path:
        """Keep what a stopped run has, under its partial name."""
        write_object(self.partial / SUMMARY, summary)
        self.release()
        return self.partial

    def complete(self, summary: dict[str, Any]) -> Path:
        """Give the results their name."""
        write_object(self.partial / SUMMARY, summary)
        self.release()
        if self.final.exists():
            _remove(self.final)
        self.partial.rename(self.final)
        sync_folder(self.final.parent)
        return self.final

    def release(self) -> None:
        """Let another run work on the same; harmless when repeated."""
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.release()
            (self.partial / _LOCK).unlink(missing_ok=True)


def _remove(entry: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry)
    else:
        entry.unlink()
