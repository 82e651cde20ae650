"""When a stage counts as stuck, and what is done about it; no threads, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from app.domain.ids import CameraId


class Remedy(Enum):
    """What helps a stuck stage."""

    REPLACE = "replace"
    """Leave its thread behind and begin the camera anew."""
    RESTART = "restart"
    """End the process; whoever supervises it starts another one."""


@dataclass(frozen=True, slots=True)
class StageSign:
    """A stage and its silence; `camera_id` None for one that serves all cameras."""

    stage: str
    camera_id: CameraId | None
    silent_s: float
    allowed_s: float
    remedy: Remedy

    @property
    def stuck(self) -> bool:
        """Whether it had work and gave no sign of life for too long."""
        return self.silent_s > self.allowed_s


class WatchdogPolicy:
    """Decides once for each time a stage gets stuck.

    A stage must live again before it can be found stuck again. A camera that gets
    stuck time after time is replaced at most once in `again_after_s`: each replacement
    leaves a thread behind.
    """

    def __init__(self, again_after_s: float = 60.0) -> None:
        """Begin with nothing stuck."""
        self._again_after_s = again_after_s
        self._stuck: set[tuple[str, CameraId | None]] = set()
        self._replaced_s: dict[CameraId, float] = {}

    def decide(self, signs: Iterable[StageSign], now_s: float) -> list[StageSign]:
        """Return the stages that are to be remedied now."""
        due: list[StageSign] = []
        known = set(self._stuck)
        self._stuck = set()
        for sign in signs:
            key = (sign.stage, sign.camera_id)
            if not sign.stuck:
                continue
            if key in known:
                self._stuck.add(key)
            elif self._may(sign, now_s):
                self._stuck.add(key)
                due.append(sign)
        return due

    def _may(self, sign: StageSign, now_s: float) -> bool:
        if sign.camera_id is None or sign.remedy is not Remedy.REPLACE:
            return True
        last_s = self._replaced_s.get(sign.camera_id)
        if last_s is not None and now_s - last_s < self._again_after_s:
            return False
        self._replaced_s[sign.camera_id] = now_s
        return True
