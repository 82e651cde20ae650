"""What goes wrong, where and when; the same for the same seed."""

import random
from dataclasses import dataclass
from enum import StrEnum

from app.simulator.faults import Fault
from app.simulator.variants import Variant


class Trouble(StrEnum):
    """A way in which a camera fails."""

    DEAD = "dead"
    HUNG = "hung"
    GARBAGE = "garbage"
    BABBLE = "babble"
    NOT_FOUND = "not found"
    UNAUTHORISED = "unauthorised"
    FROZEN = "frozen"
    RESIZED = "resized"

    @property
    def fault(self) -> Fault | None:
        """What it is on the connection, None when only the pictures are wrong."""
        return Fault(self.value) if self.value in set(Fault) else None

    @property
    def variant(self) -> Variant:
        """What the camera shows meanwhile."""
        return Variant(self.value) if self.value in set(Variant) else Variant.NORMAL

    @property
    def silences(self) -> bool:
        """Whether no picture comes meanwhile."""
        return self not in (Trouble.FROZEN, Trouble.RESIZED)


@dataclass(frozen=True, slots=True)
class Incident:
    """One camera in trouble from `begin_s` to `end_s`, seconds of the soak."""

    camera: int
    trouble: Trouble
    begin_s: float
    end_s: float


def plan_incidents(
    seed: int, cameras: int, seconds: float, *, quiet_s: float, most_at_once: int = 2
) -> list[Incident]:
    """Return incidents on at most `most_at_once` cameras at a time, by their begin.

    The first and the last `quiet_s` are free of them, and a camera is left alone for
    `quiet_s` after each. All kinds of trouble come before any comes again.
    """
    chance = random.Random(seed)  # noqa: S311 - a plan is no secret
    incidents: list[Incident] = []
    bag: list[Trouble] = []
    free_at = dict.fromkeys(range(cameras), quiet_s)
    lanes = [quiet_s] * most_at_once
    while True:
        lane = lanes.index(min(lanes))
        begin_s = lanes[lane] + chance.uniform(0.5, 4.0)
        if not bag:
            bag = chance.sample(list(Trouble), len(Trouble))
        trouble = bag.pop()
        end_s = begin_s + chance.uniform(*_LASTING_S[trouble])
        rested = [c for c in range(cameras) if free_at[c] <= begin_s]
        if end_s > seconds - quiet_s:
            return sorted(incidents, key=lambda incident: incident.begin_s)
        lanes[lane] = end_s if rested else begin_s
        if not rested:
            bag.append(trouble)
            continue
        camera = chance.choice(rested)
        free_at[camera] = end_s + quiet_s
        incidents.append(Incident(camera, trouble, begin_s, end_s))


_LASTING_S = {
    Trouble.DEAD: (3.0, 25.0),
    Trouble.HUNG: (5.0, 20.0),
    Trouble.GARBAGE: (4.0, 15.0),
    Trouble.BABBLE: (4.0, 15.0),
    Trouble.NOT_FOUND: (4.0, 25.0),
    Trouble.UNAUTHORISED: (4.0, 25.0),
    Trouble.FROZEN: (12.0, 18.0),
    Trouble.RESIZED: (6.0, 15.0),
}
