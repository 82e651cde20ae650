"""Finds the fastest form of a model on this computer that still sees the same."""

import itertools
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from app.config.paths import RESOURCES
from app.domain.clock import Clock
from app.domain.detection import Detections
from app.domain.errors import ModelMissing
from app.ports import Detector, Progress
from ml.backends import Model, Variant, open_variant, reference, variant_sha256
from ml.choice import Form, Measured, chosen_form, use_form
from ml.detect.array_picture import ArrayPicture
from ml.evaluate.agreement import agreement

MIN_AGREEMENT = 0.98
"""What a form must reach against the weights themselves, in torch, in full."""
_ROUNDS = 3
_ROUND_SECONDS = 2.0
_FRAMES_PER_CLIP = 12
_MOST_PICTURES = 200

Image = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was measured, fastest first, and the form that is used from now on."""

    measured: tuple[Measured, ...]
    form: Form


def optimise(
    model: Model,
    variants: Sequence[Variant],
    pictures: Sequence[Image],
    clock: Clock,
    progress: Progress,
    min_agreement: float = MIN_AGREEMENT,
) -> Outcome:
    """Measure the variants on the pictures, record the best and return it all.

    Raises ModelMissing when none of them can be used.
    """
    progress("looking with the reference form", 0.0)
    with closing(open_variant(model, reference())) as detector:
        truth = _answers(detector, pictures)
    with ExitStack() as stack:
        trials = [
            _trial(model, variant, stack, progress, number / (len(variants) + _ROUNDS))
            for number, variant in enumerate(variants)
        ]
        for number in range(_ROUNDS):
            share = (len(variants) + number) / (len(variants) + _ROUNDS)
            progress(f"measuring rates, round {number + 1} of {_ROUNDS}", share)
            for trial in trials:
                trial.run(pictures)
        measured = [trial.result(pictures, truth, min_agreement) for trial in trials]
    measured.sort(key=lambda one: (one.refused is not None, -one.pictures_per_s))
    if not measured or measured[0].refused is not None:
        raise ModelMissing(
            f"No form of the model {model.name} can be used on this computer: "
            f"{_reasons(measured)}. The one in use stays."
        )
    best = Variant.parse(measured[0].variant)
    form = chosen_form(
        model.sha256,
        best,
        variant_sha256(model, best),
        tuple(measured),
        clock.now(),
    )
    use_form(model.models, model.name, form)
    progress(f"{model.name} runs as {best}", 1.0)
    return Outcome(tuple(measured), form)


def pictures_in(folder: Path | None) -> list[Image]:
    """Return the JPEG and PNG pictures below a folder, else frames of the own clips.

    Raises ModelMissing when there are none.
    """
    found = _clip_frames() if folder is None else _read(folder)
    pictures = list(itertools.islice(found, _MOST_PICTURES))
    if not pictures:
        raise ModelMissing(
            "There are no pictures to measure with. Name a folder of JPEG pictures "
            "with: --pictures"
        )
    return pictures


@dataclass(slots=True, kw_only=True)
class _Trial:
    """One form under test; rounds alternate, so that all meet the same disturbance."""

    variant: Variant
    detector: Detector | None
    fault: str | None
    pictures_per_s: float = 0.0

    def run(self, pictures: Sequence[Image]) -> None:
        if self.detector is not None:
            rate = _rate(self.detector, pictures)
            self.pictures_per_s = max(self.pictures_per_s, rate)

    def result(
        self,
        pictures: Sequence[Image],
        truth: Sequence[Detections],
        min_agreement: float,
    ) -> Measured:
        if self.detector is None:
            return Measured(variant=str(self.variant), refused=self.fault)
        seen = _answers(self.detector, pictures)
        share = agreement(zip(truth, seen, strict=True)).f1
        refused = None
        if share < min_agreement:
            refused = f"box agreement {share:.3f}, less than {min_agreement:.3f}"
        return Measured(
            variant=str(self.variant),
            pictures_per_s=self.pictures_per_s,
            agreement=share,
            refused=refused,
        )


def _trial(
    model: Model, variant: Variant, stack: ExitStack, progress: Progress, share: float
) -> _Trial:
    progress(f"making {variant}", share)
    try:
        detector = stack.enter_context(closing(open_variant(model, variant)))
    except ModelMissing as fault:
        return _Trial(variant=variant, detector=None, fault=str(fault))
    return _Trial(variant=variant, detector=detector, fault=None)


def _answers(detector: Detector, pictures: Sequence[Image]) -> list[Detections]:
    asked = [detector.submit(ArrayPicture(image)) for image in pictures]
    return [future.result() for future in asked]


def _rate(detector: Detector, pictures: Sequence[Image]) -> float:
    """Return pictures per second with as many under way as the detector wants."""
    begin, count, under_way = time.perf_counter(), 0, []
    for image in itertools.cycle(pictures):
        under_way.append(detector.submit(ArrayPicture(image)))
        if len(under_way) >= detector.parallel:
            under_way.pop(0).result()
        count += 1
        if time.perf_counter() - begin > _ROUND_SECONDS:
            break
    for future in under_way:
        future.result()
    return count / (time.perf_counter() - begin)


def _reasons(measured: Sequence[Measured]) -> str:
    return "; ".join(f"{one.variant}: {one.refused}" for one in measured) or "none"


def _clip_frames() -> Iterator[Image]:
    for clip in sorted((RESOURCES / "simulator").glob("*.mp4")):
        with av.open(str(clip)) as container:
            stream = container.streams.video[0]
            step = max(1, stream.frames // (_FRAMES_PER_CLIP + 1))
            # Keyframes alone would be the cleanest pictures; a camera gives all kinds.
            frames = itertools.islice(
                container.decode(stream), step, step * (_FRAMES_PER_CLIP + 1), step
            )
            for frame in frames:
                yield np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def _read(folder: Path) -> Iterator[Image]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in {".jpg", ".jpeg", ".png"}:
            image = cv2.imread(str(path))
            if image is not None:
                yield np.asarray(image, np.uint8)
