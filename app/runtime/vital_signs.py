"""The stages that serve all cameras, and how long each may go without getting on."""

from dataclasses import dataclass

from app.domain.clock import Clock
from app.domain.pulse import Pulse
from app.runtime.watchdog import (
    CUTTING,
    DETECTION,
    FORWARDING,
    INFERENCE,
    PLATES,
    RECORDING,
    SITE,
    WatchedStage,
)
from app.runtime.watchdog_policy import Remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a stage that has work may give no sign of life, in seconds.

    Far above what the slowest computer needs for one picture, one plate or one case:
    a restart costs every camera some seconds.
    """

    capture_s: float = 30.0
    """Opening takes at most two timeouts of 4 s, and a slow name server more."""
    inference_s: float = 30.0
    plates_s: float = 60.0
    evidence_s: float = 120.0
    forwarding_s: float = 120.0
    site_s: float = 90.0


class VitalSigns:
    """One pulse for each stage of the engine."""

    def __init__(
        self, clock: Clock, patience: Patience, forwarding: Pulse | None = None
    ) -> None:
        """Begin; `forwarding` belongs to a forwarder that lives outside."""
        self.inference = Pulse(clock)
        self.detection = Pulse(clock)
        self.plates = Pulse(clock)
        self.cutting = Pulse(clock)
        self.recording = Pulse(clock)
        self.site = Pulse(clock)
        self._forwarding = forwarding
        self._patience = patience

    def stages(self, *, evidence_full: bool) -> list[WatchedStage]:
        """Return the stages to watch.

        With `evidence_full` inference waits for evidence, and whoever starts and stops
        cameras for inference, which is nobody's fault: a disk is full, and to restart
        would lose the cases that wait.
        """
        patience = self._patience
        watched = [
            (INFERENCE, self.inference, patience.inference_s),
            (SITE, self.site, patience.site_s),
            (DETECTION, self.detection, patience.inference_s),
            (PLATES, self.plates, patience.plates_s),
            (CUTTING, self.cutting, patience.evidence_s),
            (RECORDING, self.recording, patience.evidence_s),
        ]
        if evidence_full:
            self.inference.excuse()
            self.site.excuse()
        if self._forwarding is not None:
            watched.append((FORWARDING, self._forwarding, patience.forwarding_s))
        return [
            WatchedStage(
                stage=stage, pulse=pulse, allowed_s=allowed_s, remedy=Remedy.RESTART
            )
            for stage, pulse, allowed_s in watched
        ]
