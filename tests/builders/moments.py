"""Times of frames."""

from datetime import UTC, datetime, timedelta

from app.domain.clock import CaptureTime

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def moment(stream_ns: int) -> CaptureTime:
    """Return the capture time of a stream that began at `START`."""
    return CaptureTime(
        stream_ns=stream_ns,
        monotonic_ns=stream_ns + 5_000,
        wall=START + timedelta(microseconds=stream_ns / 1000),
    )
