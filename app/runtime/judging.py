"""What the pipeline needs of a judge; `app.rule.judge.CameraJudge` is the real one."""

from collections.abc import Callable
from typing import Protocol

from app.config.camera import ConfigurationVersion
from app.domain.detection import Tracks
from app.domain.frame import Frame
from app.domain.signal import LampReading
from app.rule.finding import Observation


class Judge(Protocol):
    """Measures and rules over one camera under one configuration version."""

    def observe(self, frame: Frame, tracks: Tracks) -> Observation:
        """Take the next frame and its tracks, in order of stream time."""
        ...

    def watch(self, frame: Frame) -> LampReading | None:
        """Read only the lamp, in a frame between two that are observed."""
        ...

    def reset(self) -> None:
        """Forget everything: the stream broke off."""
        ...


JudgeMaker = Callable[[ConfigurationVersion], Judge]

NOTHING_OBSERVED = Observation(lamp=None, speeds_kmh={}, findings=())
