"""How an analysis tells its progress: to a person, or to another program."""

import json
import sys
from dataclasses import asdict
from typing import Any

from app.progress import print_progress
from app.runtime.recording import RecordingOutcome
from app.runtime.recording_job import RecordingJob, RecordingProgress


class Terminal:
    """Sentences for a person."""

    def began(self, job: RecordingJob) -> None:
        """Say what is worked on, and what cannot be found in it."""
        print(job.video)
        if job.camera is None:
            print(
                "  No --site: vehicles are detected and tracked, nothing is measured."
            )

    def progress(self, _job: RecordingJob, progress: RecordingProgress) -> None:
        """Show how far it is, where there is a terminal."""
        if sys.stdout.isatty():
            print_progress(
                f"{progress.reached_s:.0f} s, {progress.fps:.0f} pictures/s, "
                f"{progress.infractions} infractions",
                min(0.99, progress.share or 0.0),
            )

    def done(self, _job: RecordingJob, outcome: RecordingOutcome) -> None:
        """Say what came of it and where it lies."""
        summary = outcome.summary
        if sys.stdout.isatty():
            print()
        if not outcome.fresh:
            print("  Already analysed; the results are left as they are.")
        print(
            f"  {summary['frames_looked_at']} pictures at "
            f"{summary['frames_per_s']} per second, {summary['tracks']} road users, "
            f"{summary['infractions']} infractions"
        )
        if not outcome.complete:
            print(f"  {summary['ending']} Reached: {summary['reached_s']} s.")
        if summary["wall_time"]["source"] == "unknown":
            print("  When it was recorded is not known: give --start for wall times.")
        print(f"  {outcome.folder}")

    def failed(self, _job: RecordingJob, sentence: str) -> None:
        """Say why it cannot be worked on."""
        print(f"  {sentence}", file=sys.stderr)


class JsonLines:
    """One JSON object a line on the standard output."""

    def began(self, job: RecordingJob) -> None:
        """Tell that work begins."""
        _say("began", job)

    def progress(self, job: RecordingJob, progress: RecordingProgress) -> None:
        """Tell how far it is."""
        _say("progress", job, **asdict(progress))

    def done(self, job: RecordingJob, outcome: RecordingOutcome) -> None:
        """Tell where the results lie, and what they come to."""
        summary = outcome.summary
        _say(
            "done",
            job,
            frames=summary["frames_looked_at"],
            reached_s=summary["reached_s"],
            fps=summary["frames_per_s"],
            infractions=summary["infractions"],
            folder=str(outcome.folder),
            fresh=outcome.fresh,
            complete=outcome.complete,
        )

    def failed(self, job: RecordingJob, sentence: str) -> None:
        """Tell why it cannot be worked on."""
        _say("failed", job, sentence=sentence)


def _say(event: str, job: RecordingJob, **facts: Any) -> None:
    line = {"event": event, "video": str(job.video), **facts}
    print(json.dumps(line, ensure_ascii=True), flush=True)
