"""When tracks begin, go on and end."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerSettings:
    """Thresholds of one tracker; scores and likenesses are in 0..1.

    A detection is sure from `sure_score`; a track begins with one of `birth_score`
    that is no twin of another, and is published at its `birth_hits`-th hit.
    `max_gap_s` is how long an unseen track is guessed at before it ends. One that has
    stood for `rest_after_s` is waited for half as long as it stood, at most
    `max_rest_gap_s`, and taken up again only where it stood.
    """

    sure_score: float = 0.35
    unsure_score: float = 0.1
    birth_score: float = 0.4
    birth_hits: int = 2
    max_gap_s: float = 1.5
    rest_after_s: float = 3.0
    max_rest_gap_s: float = 30.0
    min_likeness: float = 0.4
    min_unsure_likeness: float = 0.4
    min_rest_likeness: float = 0.5
    max_margin: float = 0.8
    duplicate_likeness: float = 0.7
    twin_likeness: float = 0.5
