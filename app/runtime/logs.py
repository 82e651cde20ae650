"""Logs: plain lines for people, JSON lines for machines, and no secret in either."""

import json
import logging
import logging.handlers
import sys
from datetime import UTC, datetime

from app.camera.credentials import scrub
from app.config.paths import Paths
from app.domain.trace import correlation, traced_camera
from app.version import VERSION

_MAX_BYTES = 10 * 1024 * 1024
_KEPT_FILES = 5
_EXTRA = ("camera", "correlation", "frame", "stage")
_PLAIN = "%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s"


class PlainFormatter(logging.Formatter):
    """One line per record, scrubbed as a whole: message, arguments and traceback."""

    def __init__(self) -> None:
        """Use UTC, as the evidence does."""
        super().__init__(_PLAIN)

    def format(self, record: logging.LogRecord) -> str:
        """Return the scrubbed line."""
        line = super().format(record)
        identity = correlation()
        return scrub(f"{line} [{identity}]" if identity else line)

    def formatTime(  # noqa: N802 - logging decides the name
        self,
        record: logging.LogRecord,
        datefmt: str | None = None,  # noqa: ARG002 - logging decides the signature
    ) -> str:
        """Return ISO 8601 in UTC with milliseconds."""
        return _utc(record)


class JsonFormatter(logging.Formatter):
    """One JSON object per line, scrubbed value by value."""

    def __init__(self, process_name: str) -> None:
        """Name the process in every line."""
        super().__init__()
        self._process_name = process_name

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        document: dict[str, object] = {
            "time": _utc(record),
            "level": record.levelname.lower(),
            "process": self._process_name,
            "version": VERSION,
            "pid": record.process,
            "thread": record.threadName,
            "logger": record.name,
            "message": scrub(record.getMessage()),
            **_belonging(record),
        }
        if record.exc_info:
            document["traceback"] = scrub(self.formatException(record.exc_info))
        return json.dumps(document, ensure_ascii=False)


def _belonging(record: logging.LogRecord) -> dict[str, str]:
    """Return what the line is about: as it says itself, else as the thread's work."""
    known = {"correlation": correlation(), "camera": traced_camera()}
    said = {name: str(getattr(record, name, None) or "") for name in _EXTRA}
    told = known | {name: value for name, value in said.items() if value}
    return {name: scrub(value) for name, value in told.items() if value}


def configure_logging(
    paths: Paths, process_name: str, *, console: bool = False
) -> None:
    """Log to `logs/<process_name>.log` and `.jsonl`, ten megabytes by five files.

    `console` also writes plain lines to the standard error output. What was configured
    before is replaced; warnings of Python go to the log too.
    """
    handlers: list[logging.Handler] = [
        _rotating(paths, f"{process_name}.log", PlainFormatter()),
        _rotating(paths, f"{process_name}.jsonl", JsonFormatter(process_name)),
    ]
    if console:
        on_screen = logging.StreamHandler(sys.stderr)
        on_screen.setFormatter(PlainFormatter())
        handlers.append(on_screen)
    root = logging.getLogger()
    for old in tuple(root.handlers):
        root.removeHandler(old)
        old.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.captureWarnings(capture=True)


def _rotating(paths: Paths, name: str, formatter: logging.Formatter) -> logging.Handler:
    handler = logging.handlers.RotatingFileHandler(
        paths.logs / name,
        maxBytes=_MAX_BYTES,
        backupCount=_KEPT_FILES,
        encoding="utf-8",
    )
    handler.setFormatter(formatter)
    return handler


def _utc(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
