"""Timed phases of a traffic signal."""

from dataclasses import dataclass

from app.domain.signal import LampPhase


@dataclass(frozen=True, slots=True)
class SignalPlan:
    """A fixed-time signal: green, amber, red, over and over.

    At time 0 the cycle is `offset_s` after the start of green.
    """

    green_s: float
    amber_s: float
    red_s: float
    offset_s: float = 0.0

    @property
    def cycle_s(self) -> float:
        """Length of one cycle, in seconds."""
        return self.green_s + self.amber_s + self.red_s

    def phase_at(self, time_s: float) -> LampPhase:
        """Return the phase at a time; a change belongs to the new phase."""
        passed = self._passed(time_s)
        if passed < self.green_s:
            return LampPhase.GREEN
        if passed < self.green_s + self.amber_s:
            return LampPhase.AMBER
        return LampPhase.RED

    def red_for_s(self, time_s: float) -> float | None:
        """Return for how long it has been red, None when it is not."""
        since = self._passed(time_s) - self.green_s - self.amber_s
        return since if since >= 0 else None

    def amber_left_s(self, time_s: float) -> float:
        """Return how long amber still lasts; 0 when it is not amber."""
        if self.phase_at(time_s) is not LampPhase.AMBER:
            return 0.0
        return self.green_s + self.amber_s - self._passed(time_s)

    def red_starts_s(self, duration_s: float) -> list[float]:
        """Return the times in [0, duration) at which red begins."""
        first = self.green_s + self.amber_s - self.offset_s
        times = []
        while first < 0:
            first += self.cycle_s
        while first < duration_s:
            times.append(first)
            first += self.cycle_s
        return times

    def _passed(self, time_s: float) -> float:
        # Rounded so that a change on a frame falls on that frame.
        return round(time_s + self.offset_s, 6) % self.cycle_s
