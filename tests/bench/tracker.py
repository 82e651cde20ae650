"""What tracking costs, and how well it tracks, against roboflow's ByteTrack.

Cost: CPU time of one frame of 10, 50 and 100 vehicles of which some are missed or hard
to see, in turns with the peer. Quality: HOTA of both on the same detections, the
simulator's truth as seen by detectors of three skills, and OpenTrafficCam's reference
tracks where the shared data is there.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from app.domain.detection import Detections
from app.simulator.truth import Truth
from ml.evaluate.track import NamedBoxes, TrackScore, score_tracks
from ml.track.settings import TrackerSettings
from ml.track.tracker import ByteTracker
from tests.bench.legs import Comparison, alternate, parser, report
from tests.bench.peer_trackers import PeerTracker, peer_tracker
from tests.bench.traffic import (
    Skill,
    TrueFrame,
    capture_time,
    crowd,
    named_boxes,
    open_traffic_cam,
    seen_by,
    simulated,
)

GOAL = 0.5
CROWDS = (10, 50, 100)
SKILLS = {
    "good": Skill(jitter=0.015, missed=0.02, gaps_per_s=0.03, twins=0.01),
    "usual": Skill(),
    "poor": Skill(jitter=0.05, missed=0.15, gaps_per_s=0.25, twins=0.05, gap_s=0.7),
}
_REPOSITORY = Path(__file__).resolve().parents[2]
_CLIPS = _REPOSITORY / "resources" / "simulator"
_REFERENCE = _REPOSITORY.parent / "shared/data/clips/OpenTrafficCam__OTAnalytics"


def our_cost_ms(frames: Sequence[TrueFrame], seen: Sequence[Detections]) -> float:
    """Return the CPU time of a frame, in ms; the first second warms up."""
    tracker = ByteTracker()
    pairs = [(s, f.capture_time) for s, f in zip(seen, frames, strict=True)]
    return _cost_ms(lambda pair: tracker.update(*pair), pairs)


def peer_cost_ms(peer: PeerTracker, seen: Sequence[Detections]) -> float:
    """Return the peer's CPU time of a frame, in ms."""
    return _cost_ms(peer.start(25.0), peer.prepared(seen))


def _cost_ms(step: Callable[..., object], frames: Sequence[object]) -> float:
    warm_up = len(frames) // 5
    for frame in frames[:warm_up]:
        step(frame)
    began = time.thread_time()
    for frame in frames[warm_up:]:
        step(frame)
    return 1e3 * (time.thread_time() - began) / (len(frames) - warm_up)


def our_tracks(
    frames: Sequence[TrueFrame],
    seen: Sequence[Detections],
    settings: TrackerSettings | None = None,
) -> list[NamedBoxes]:
    """Return what our tracker saw of each frame; what it only guessed is left out."""
    tracker = ByteTracker(settings)
    return [
        named_boxes(tracker.update(found, capture_time(frame.time_s)))
        for frame, found in zip(frames, seen, strict=True)
    ]


def peer_tracks(
    peer: PeerTracker, frames: Sequence[TrueFrame], seen: Sequence[Detections]
) -> list[NamedBoxes]:
    """Return what the peer made of the same."""
    seconds = frames[-1].time_s - frames[0].time_s
    step = peer.start((len(frames) - 1) / seconds)
    return [step(frame) for frame in peer.prepared(seen)]


def clips() -> dict[str, list[TrueFrame]]:
    """Return the clips whose truth is known, by name, at ten frames a second."""
    found = {
        path.name.removesuffix(".truth.json"): simulated(Truth.load(path))
        for path in sorted(_CLIPS.glob("*.truth.json"))
    }
    for path in sorted(_REFERENCE.glob("*.ottrk")):
        found[path.stem] = open_traffic_cam(path)
    return found


def qualities(
    peer: PeerTracker, of_clips: dict[str, list[TrueFrame]]
) -> dict[str, tuple[TrackScore, TrackScore]]:
    """Return the scores of ours and the peer's over all clips, by detector skill."""
    result = {}
    for name, skill in SKILLS.items():
        sides: tuple[list[TrackScore], list[TrackScore]] = ([], [])
        for frames in of_clips.values():
            seen = list(seen_by(frames, skill))
            truth = [frame.named for frame in frames]
            sides[0].append(score_tracks(truth, our_tracks(frames, seen)))
            sides[1].append(score_tracks(truth, peer_tracks(peer, frames, seen)))
        result[name] = (_total(sides[0]), _total(sides[1]))
    return result


def _total(scores: Sequence[TrackScore]) -> TrackScore:
    total = scores[0]
    for score in scores[1:]:
        total += score
    return total


def compare(
    legs: int, seconds: float, of_clips: dict[str, list[TrueFrame]]
) -> Comparison:
    """Measure cost and quality; the goal is for the largest crowd."""
    peer = peer_tracker()
    costs = {count: _costs(peer, count, seconds, legs) for count in CROWDS}
    scores = qualities(peer, of_clips)
    ours, theirs = costs[CROWDS[-1]]
    notes = [peer.note] if peer.note else []
    return Comparison(
        f"tracker: CPU time of a frame of {CROWDS[-1]} vehicles, against {peer.name}",
        "ms",
        ours,
        theirs,
        higher_is_better=False,
        goal=GOAL,
        extra={
            "costs_ms": {str(count): cost for count, cost in costs.items()},
            "quality": {name: _entry(*both) for name, both in scores.items()},
            "equal_or_better_hota": all(a.hota >= b.hota for a, b in scores.values()),
            "notes": notes + _sentences(costs, scores),
        },
    )


def _costs(
    peer: PeerTracker, count: int, seconds: float, legs: int
) -> tuple[list[float], list[float]]:
    frames = crowd(count, seconds)
    seen = list(seen_by(frames, Skill(twins=0.0)))
    return alternate(
        lambda: our_cost_ms(frames, seen), lambda: peer_cost_ms(peer, seen), legs
    )


def _entry(ours: TrackScore, peer: TrackScore) -> dict[str, list[float]]:
    return {
        "hota": [ours.hota, peer.hota],
        "association": [ours.association_accuracy, peer.association_accuracy],
        "detection": [ours.detection_accuracy, peer.detection_accuracy],
        "switches": [ours.switches, peer.switches],
    }


def _sentences(
    costs: dict[int, tuple[list[float], list[float]]],
    scores: dict[str, tuple[TrackScore, TrackScore]],
) -> list[str]:
    cost = [
        f"{count} vehicles: {median(a):.2f} ms ours, {median(b):.2f} ms peer"
        for count, (a, b) in costs.items()
    ]
    quality = [
        f"{name} detector: HOTA {a.hota:.4f} ours, {b.hota:.4f} peer;"
        f" association {a.association_accuracy:.3f} and {b.association_accuracy:.3f};"
        f" identity switches {a.switches} and {b.switches}"
        for name, (a, b) in scores.items()
    ]
    return cost + quality


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    options = parser(__doc__ or "").parse_args(arguments)
    report(compare(options.legs, 6.0, clips()), options.json)


if __name__ == "__main__":
    main()
