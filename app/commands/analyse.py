"""`analyse`: find the infractions of recordings, as fast as the computer can."""

import argparse
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.common import Commands, add_home, add_model, paths_of
from app.domain.errors import EnvironmentFault

if TYPE_CHECKING:
    from app.config.site_file import SiteCamera
    from app.runtime.recording_batch import BatchResult

_EXIT_FAILED = 3
_EXIT_INCOMPLETE = 5
_EXIT_INTERRUPTED = 130
_BACKGROUND_NICENESS = 10


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser("analyse", help="find the infractions of recordings")
    parser.add_argument("video", nargs="+", type=Path, help="video files of one camera")
    parser.add_argument("--site", type=Path, help="the camera's configuration (JSON)")
    parser.add_argument("--camera", help="which camera of the site took the footage")
    parser.add_argument("--out", type=Path, required=True, help="folder for results")
    parser.add_argument("--start", help="when the first video begins: ISO 8601")
    parser.add_argument("--tracks", choices=("csv", "parquet"), default="csv")
    parser.add_argument("--json-lines", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--follow", type=int, help=argparse.SUPPRESS)
    add_model(parser)
    add_home(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from app.bootstrap.recordings import analyse_recordings
    from app.runtime.logs import configure_logging
    from app.runtime.recording_job import RecordingJob
    from app.runtime.recording_report import JsonLines, Terminal
    from app.runtime.recording_tracks import require_format

    configure_logging(paths_of(options), "analyse", console=not options.json_lines)
    require_format(options.tracks)
    camera = _camera(options)
    start = moment(options.start) if options.start else None
    if start is not None and len(options.video) > 1:
        raise EnvironmentFault(
            "--start says when one video begins: analyse several videos one by one."
        )
    if options.follow is not None:
        with suppress(AttributeError, OSError):
            os.nice(_BACKGROUND_NICENESS)
    jobs = [
        RecordingJob(
            video=video,
            out=options.out,
            camera=camera,
            start=start,
            tracks=options.tracks,
        )
        for video in options.video
    ]
    told = analyse_recordings(
        paths_of(options),
        jobs,
        JsonLines() if options.json_lines else Terminal(),
        model=options.model,
        follow_pid=options.follow,
    )
    return _exit_code(told)


def _exit_code(told: "BatchResult") -> int:
    if told.interrupted:
        return _EXIT_INTERRUPTED
    if told.failed:
        return _EXIT_FAILED
    return _EXIT_INCOMPLETE if told.incomplete else 0


def moment(text: str) -> datetime:
    """Return an ISO 8601 time; EnvironmentFault when it has no offset from UTC."""
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        start = None
    if start is None or start.utcoffset() is None:
        raise EnvironmentFault(
            f"--start {text} is no time with its zone. Write it as ISO 8601, for "
            "example 2026-03-14T10:09:26-05:00."
        )
    return start


def _camera(options: argparse.Namespace) -> "SiteCamera | None":
    from app.config.site_file import choose_camera, load_site_file

    if options.site is None:
        if options.camera is not None:
            raise EnvironmentFault("--camera names a camera of a --site file: give it.")
        return None
    return choose_camera(load_site_file(options.site), options.camera)
