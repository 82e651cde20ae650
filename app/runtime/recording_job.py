"""What is to be done with one recording, and how far it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from app.config.site_file import SiteCamera
from app.domain.clock import UNKNOWN_DATE, require_aware


class WallTime(StrEnum):
    """Where the wall time of a recording comes from."""

    GIVEN = "given"
    CREATION_TIME = "creation_time"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingJob:
    """A video file, the camera that took it, and where the results go.

    Without `camera` nothing is measured. `start` is the wall time of the first picture,
    None where the file's own creation time is to be believed, if it has one. `tracks`
    is one of `app.runtime.recording_tracks.FORMATS`.
    """

    video: Path
    out: Path
    camera: SiteCamera | None = None
    start: datetime | None = None
    tracks: str = "csv"

    def __post_init__(self) -> None:
        """Refuse a start without its time zone."""
        if self.start is not None:
            require_aware(self.start, "start")

    def began(self, created_at: datetime | None) -> tuple[datetime, WallTime]:
        """Return when the recording begins, and how that is known."""
        if self.start is not None:
            return self.start, WallTime.GIVEN
        if created_at is not None:
            return created_at, WallTime.CREATION_TIME
        return UNKNOWN_DATE, WallTime.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingProgress:
    """How far a recording is; `share` is None where its length is not known.

    `fps` is pictures per second of this computer's time, since the beginning.
    """

    frames: int
    reached_s: float
    share: float | None
    fps: float
    infractions: int


RecordingListener = Callable[[RecordingProgress], None]
