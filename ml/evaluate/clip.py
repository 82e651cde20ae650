"""How far a detector agrees with a teacher on clips that nobody labelled.

Vehicle or not: classes do not matter. The teacher's sure boxes are the truth; what it
is unsure of is neither right nor wrong, for nobody knows. Both look at the same
pictures, one after the other, so that their times can be compared.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from app.domain.detection import Detections
from app.domain.errors import ConfigurationInvalid
from app.ports import Detector
from ml.evaluate.labelled import MOTORISED
from ml.evaluate.precision import judge
from ml.track.settings import TrackerSettings

Image = npt.NDArray[np.uint8]

OUR_MIN_SCORE = 0.01
UNSURE_SCORE = 0.15
"""Below it a teacher's box is not even a guess."""
WORKING_SCORE = TrackerSettings().sure_score
_PRECISIONS = (0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
_WARM_UP = 2


@dataclass(frozen=True, slots=True)
class Point:
    """What counting boxes from `score` on comes to; 1.0 precision without a box."""

    score: float
    precision: float
    recall: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFigures:
    """Agreement on one clip, or on all.

    `working` is at the tracker's sure score. `equal` is where as large a share of our
    boxes is the teacher's as of the teacher's sure boxes is ours: each then is as
    precise, held against the other, and recall and precision are one figure.
    `at_precision` are the points of best recall with at least that precision, None
    where no score reaches it.
    """

    clip: str
    frame_count: int
    teacher_boxes: int
    working: Point
    equal: Point
    at_precision: dict[str, Point | None]
    curve: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A detector beside its teacher, over all clips and each.

    Times are medians in milliseconds of one picture at a time, the network alone and
    with scaling and boxes; the ratios are medians over the pictures, ours to the
    teacher's.
    """

    model_name: str
    model_sha256: str
    teacher_name: str
    teacher_sha256: str
    teacher_score: float
    unsure_score: float
    our_ms: float
    teacher_ms: float
    time_ratio: float
    our_network_ms: float
    teacher_network_ms: float
    network_time_ratio: float
    total: ClipFigures
    clips: tuple[ClipFigures, ...]
    unreadable: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Marks:
    """Our boxes of some frames: scores, whether right, whether void."""

    frame_count: int
    teacher_boxes: int
    scores: npt.NDArray[np.float32]
    hits: npt.NDArray[np.bool_]
    void: npt.NDArray[np.bool_]


class _Pair:
    """Two detectors that look at the same pictures by turns, timed."""

    def __init__(self, ours: Detector, teacher: Detector) -> None:
        self._both = (ours, teacher)
        self._whole_s: list[tuple[float, float]] = []
        self._network_s: list[tuple[float, float]] = []
        self._turn = 0

    def look(self, image: Image) -> tuple[Detections, Detections]:
        """Return what both see; who goes first changes from picture to picture."""
        if not self._whole_s:
            for _ in range(_WARM_UP):
                self._each(image)
        seen, whole_s, network_s = self._each(image)
        self._whole_s.append(whole_s)
        self._network_s.append(network_s)
        return seen

    def _each(
        self, image: Image
    ) -> tuple[tuple[Detections, Detections], tuple[float, float], tuple[float, float]]:
        self._turn = 1 - self._turn
        first = self._timed(self._turn, image)
        second = self._timed(1 - self._turn, image)
        ours, theirs = (first, second) if self._turn == 0 else (second, first)
        return (ours[0], theirs[0]), (ours[1], theirs[1]), (ours[2], theirs[2])

    def _timed(self, number: int, image: Image) -> tuple[Detections, float, float]:
        detector = self._both[number]
        begin = time.perf_counter()
        found = detector.detect(image)
        whole_s = time.perf_counter() - begin
        return found, whole_s, float(getattr(detector, "last_network_s", whole_s))

    def times(self) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
        """Return (ours ms, teacher's ms, ratio) of the whole and of the network."""
        return _medians(self._whole_s), _medians(self._network_s)


def compare(
    ours: Detector,
    teacher: Detector,
    videos: Sequence[Path],
    *,
    every: int,
    most: int | None = None,
    teacher_score: float = 0.5,
) -> Iterator[ClipFigures | Agreement]:
    """Yield the figures of each clip as it is done, and last the agreement on all.

    `ours` must tell of boxes from `OUR_MIN_SCORE`, the teacher from `UNSURE_SCORE`.
    A clip that cannot be read is left out and named; ConfigurationInvalid when none
    can.
    """
    pair = _Pair(ours, teacher)
    marks: list[_Marks] = []
    figures: list[ClipFigures] = []
    unreadable: list[str] = []
    for video in videos:
        frames = islice(frames_of(video, every), most)
        seen = [_mark(*pair.look(image), teacher_score) for image in frames]
        if not seen:
            unreadable.append(video.name)
            continue
        marks += seen
        figures.append(_figures(f"{video.parent.name}/{video.name}", seen))
        yield figures[-1]
    if not marks:
        raise ConfigurationInvalid(
            "No picture could be read from " + ", ".join(unreadable) + "."
        )
    whole, network = pair.times()
    yield Agreement(
        model_name=ours.model_name,
        model_sha256=ours.model_sha256,
        teacher_name=teacher.model_name,
        teacher_sha256=teacher.model_sha256,
        teacher_score=teacher_score,
        unsure_score=UNSURE_SCORE,
        our_ms=whole[0],
        teacher_ms=whole[1],
        time_ratio=whole[2],
        our_network_ms=network[0],
        teacher_network_ms=network[1],
        network_time_ratio=network[2],
        total=_figures("all", marks),
        clips=tuple(figures),
        unreadable=tuple(unreadable),
    )


def frames_of(video: Path, every: int) -> Iterator[Image]:
    """Yield every `every`-th picture (BGR) of a clip, none when it cannot be read."""
    capture = cv2.VideoCapture(str(video))
    try:
        number = 0
        while capture.grab():
            if number % every == 0:
                ok, image = capture.retrieve()
                if ok:
                    yield np.asarray(image, np.uint8)
            number += 1
    finally:
        capture.release()


def _mark(ours: Detections, theirs: Detections, teacher_score: float) -> _Marks:
    boxes, scores = _vehicles(ours)
    truth, sureness = _vehicles(theirs)
    guessed = sureness >= UNSURE_SCORE
    truth, sureness = truth[guessed], sureness[guessed]
    order = np.argsort(-scores, kind="stable")
    unsure = sureness < teacher_score
    verdict = judge(truth, boxes[order], unsure)
    return _Marks(
        frame_count=1,
        teacher_boxes=int((~unsure).sum()),
        scores=scores[order],
        hits=verdict.hits[:, 0],
        void=verdict.void[:, 0],
    )


def _vehicles(
    found: Detections,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    rows = np.isin(found.classes, list(MOTORISED))
    return found.boxes_px[rows], found.scores[rows]


def _figures(clip: str, marks: Iterable[_Marks]) -> ClipFigures:
    every = list(marks)
    scores = np.hstack([mark.scores for mark in every])
    kept = ~np.hstack([mark.void for mark in every])
    hits = np.hstack([mark.hits for mark in every])[kept]
    boxes = sum(mark.teacher_boxes for mark in every)
    points = _points(scores[kept], hits, boxes)
    return ClipFigures(
        clip=clip,
        frame_count=sum(mark.frame_count for mark in every),
        teacher_boxes=boxes,
        working=_at_score(points, WORKING_SCORE),
        equal=_equal(points),
        at_precision={f"{p:.2f}": _at_precision(points, p) for p in _PRECISIONS},
        curve=tuple(_at_score(points, s / 20) for s in range(1, 20)),
    )


def _equal(points: Sequence[Point]) -> Point:
    """Return where precision is nearest to recall.

    Not where both are nothing, as they are when the surest box of all is a wrong one.
    """
    telling = [point for point in points if point.recall > 0] or points
    return min(telling, key=lambda p: (abs(p.precision - p.recall), p.score))


def _points(
    scores: npt.NDArray[np.float32], hits: npt.NDArray[np.bool_], boxes: int
) -> list[Point]:
    """Return a point for each score that occurs, highest first.

    Before them stands the point of counting no box at all.
    """
    order = np.argsort(-scores, kind="stable")
    ranked, right = scores[order], np.cumsum(hits[order])
    last = np.append(ranked[1:] < ranked[:-1], True) if len(ranked) else ranked > 0
    points = [Point(1.0, 1.0, 0.0 if boxes else 1.0)]
    for place in np.flatnonzero(last):
        found = int(right[place])
        recall = found / boxes if boxes else 1.0
        points.append(Point(float(ranked[place]), found / (int(place) + 1), recall))
    return points


def _at_score(points: Sequence[Point], score: float) -> Point:
    reached = [point for point in points if point.score >= score]
    return (
        Point(score, reached[-1].precision, reached[-1].recall)
        if reached
        else (Point(score, 1.0, 0.0))
    )


def _at_precision(points: Sequence[Point], precision: float) -> Point | None:
    reached = [p for p in points[1:] if p.precision >= precision]
    return max(reached, key=lambda p: (p.recall, p.score), default=None)


def _medians(pairs: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    table = np.asarray(pairs, np.float64)
    ours, theirs = (np.median(table, axis=0) * 1000).tolist()
    return ours, theirs, float(np.median(table[:, 0] / table[:, 1]))


def table(clips: Sequence[ClipFigures]) -> str:
    """Return the figures of clips as a Markdown table."""
    lines = [
        "| clip | frames | teacher's boxes | precision | recall | equal | at score "
        "| recall at precision 0.90 |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [_line(one) for one in clips]
    return "\n".join(lines)


def _line(one: ClipFigures) -> str:
    if not one.teacher_boxes:
        figures = f"{one.working.precision:.3f} | - | - | - | -"
    else:
        strict = one.at_precision["0.90"]
        figures = (
            f"{one.working.precision:.3f} | {one.working.recall:.3f} "
            f"| {one.equal.recall:.3f} | {one.equal.score:.2f} "
            f"| {'-' if strict is None else f'{strict.recall:.3f}'}"
        )
    return f"| {one.clip} | {one.frame_count} | {one.teacher_boxes} | {figures} |"
