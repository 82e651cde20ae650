"""One recording or camera, headless: what would the product see in it?"""

import threading

from app.runtime.source_parts import SourceParts
from app.runtime.source_report import SourceReport
from app.runtime.source_run import SourceRun

__all__ = ["SourceParts", "SourceReport", "run_single_source"]


def run_single_source(
    parts: SourceParts, source: str, *, stop: threading.Event | None = None
) -> SourceReport:
    """Work `source` through to its end, or until `stop`, and report.

    A recording is worked through frame by frame, as fast as it goes, dropping none; a
    URL is watched live, newest frame first, until it breaks off.
    Raises CameraUnreachable when it cannot be opened.
    """
    run = SourceRun(parts, source, stop or threading.Event())
    try:
        return run.to_the_end()
    finally:
        run.close()
