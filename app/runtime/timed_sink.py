"""The way into the database, timed."""

from app.domain.infraction import Infraction
from app.ports import InfractionSink
from app.runtime.stage_timing import STORE, StageTimes


class TimedSink:
    """Hands every infraction on, and tells how long that took."""

    def __init__(self, sink: InfractionSink, times: StageTimes) -> None:
        """Stand before `sink`."""
        self._sink = sink
        self._times = times

    def add(self, infraction: Infraction) -> None:
        """Add it; what `sink` raises goes on."""
        with self._times.measure(infraction.camera_id, STORE):
            self._sink.add(infraction)
