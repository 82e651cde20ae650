"""Several recordings, one after the other; one that fails stops no other."""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.errors import EnvironmentFault
from app.runtime.recording import AnalysisParts, RecordingOutcome, analyse_recording
from app.runtime.recording_job import RecordingJob, RecordingProgress

_log = logging.getLogger(__name__)
_REFUSED = "The computer refuses to read or write {}: {}. Mend that and try again."


class BatchListener(Protocol):
    """Is told how the recordings go, on the thread that works."""

    def began(self, job: RecordingJob) -> None:
        """Work on a recording begins."""
        ...

    def progress(self, job: RecordingJob, progress: RecordingProgress) -> None:
        """It goes on."""
        ...

    def done(self, job: RecordingJob, outcome: RecordingOutcome) -> None:
        """Its results are there."""
        ...

    def failed(self, job: RecordingJob, sentence: str) -> None:
        """It cannot be worked on."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResult:
    """How many recordings failed, or ended early, and whether the run was stopped."""

    failed: int = 0
    incomplete: int = 0
    interrupted: bool = False


def analyse_batch(
    parts: AnalysisParts,
    jobs: Sequence[RecordingJob],
    listener: BatchListener,
    stop: threading.Event,
) -> BatchResult:
    """Work through the recordings in turn, until `stop`."""
    failed = incomplete = 0
    for job in jobs:
        if stop.is_set():
            break
        outcome = _one(parts, job, listener, stop)
        failed += outcome is None
        incomplete += outcome is not None and not outcome.complete
    return BatchResult(failed=failed, incomplete=incomplete, interrupted=stop.is_set())


def _one(
    parts: AnalysisParts,
    job: RecordingJob,
    listener: BatchListener,
    stop: threading.Event,
) -> RecordingOutcome | None:
    listener.began(job)

    def tell(progress: RecordingProgress) -> None:
        listener.progress(job, progress)

    try:
        outcome = analyse_recording(parts, job, stop=stop, tell=tell)
    except EnvironmentFault as fault:
        listener.failed(job, str(fault))
        return None
    except OSError as error:
        _log.exception("analysing %s failed", job.video.name)
        place, reason = error.filename or job.out, error.strerror or error
        listener.failed(job, _REFUSED.format(place, reason))
        return None
    except Exception as error:  # noqa: BLE001 - a bug must not cost the other videos
        _log.exception("analysing %s failed", job.video.name)
        listener.failed(job, f"{type(error).__name__}: {error}")
        return None
    listener.done(job, outcome)
    return outcome
