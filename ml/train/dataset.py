"""Builds the data set of a training from labelled pictures and unlabelled clips.

Everything ends in one YOLO folder with the product's six classes. Split by source,
never by picture: two pictures of one camera are nearly the same picture.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from app.domain.detection import Detections
from app.domain.vehicle import VehicleClass
from app.ports import Detector, Progress
from ml.detect.letterbox import PAD_GREY
from ml.train.labels import iou_matrix, merge, read_labels, write_labels
from ml.train.sources import Clip, LabelledFolder, clips, labelled_folders

CLASS_NAMES = tuple(cls.name.lower() for cls in VehicleClass)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What goes into a data set.

    `exact` are folders whose labels are complete and true (rendered pictures);
    `drawn` are folders that people labelled, perhaps not wholly; `footage` are folders
    of clips without labels. A source whose name begins with one of `held_out` goes to
    validation, for `exact` folders the part named `val` does. A clip gives a frame
    every `clip_interval_s`, and fewer when it is so long that it would give more than
    `clip_frames`.
    """

    exact: tuple[Path, ...] = ()
    drawn: tuple[Path, ...] = ()
    footage: tuple[Path, ...] = ()
    held_out: tuple[str, ...] = ()
    clip_interval_s: float = 0.7
    clip_frames: int = 40
    sure_score: float = 0.4
    unsure_score: float = 0.15
    max_side_px: int = 1280


@dataclass(slots=True)
class _Writer:
    """Writes pictures and labels, and counts them by source."""

    out: Path
    max_side_px: int
    counts: dict[str, int] = field(default_factory=dict)

    def add(
        self, part: str, source: str, image: npt.NDArray[np.uint8], found: Detections
    ) -> None:
        number = self.counts.get(f"{part}/{source}", 0)
        self.counts[f"{part}/{source}"] = number + 1
        stem = f"{_slug(source)}-{number:05d}"
        image, found = _bounded(image, found, self.max_side_px)
        for kind in ("images", "labels"):
            (self.out / kind / part).mkdir(parents=True, exist_ok=True)
        picture = self.out / "images" / part / f"{stem}.jpg"
        cv2.imwrite(str(picture), image, [cv2.IMWRITE_JPEG_QUALITY, 92])
        label = self.out / "labels" / part / f"{stem}.txt"
        write_labels(label, found, image.shape[1], image.shape[0])


def build_dataset(
    out: Path,
    recipe: Recipe,
    teacher: Detector | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write the data set into `out`, which is emptied, and return its data.yaml.

    `teacher` labels the clips and completes the drawn labels; without one both are
    left out of the set.
    """
    shutil.rmtree(out, ignore_errors=True)
    writer = _Writer(out, recipe.max_side_px)
    steps = list(_steps(recipe, teacher))
    for number, step in enumerate(steps):
        if progress is not None:
            progress(f"Reading {step.source}", number / len(steps))
        _take(step, recipe, teacher, writer)
    (out / "counts.json").write_text(json.dumps(writer.counts, indent=1))
    return _write_yaml(out)


@dataclass(frozen=True, slots=True)
class _Step:
    source: str
    material: LabelledFolder | Clip
    exact: bool


def _steps(recipe: Recipe, teacher: Detector | None) -> Iterator[_Step]:
    for root in recipe.exact:
        for folder in labelled_folders(root):
            yield _Step(folder.source, folder, True)
    if teacher is None:
        return
    for root in recipe.drawn:
        for folder in labelled_folders(root):
            yield _Step(folder.source, folder, False)
    for root in recipe.footage:
        for clip in clips(root):
            yield _Step(clip.source, clip, False)


def _take(
    step: _Step, recipe: Recipe, teacher: Detector | None, writer: _Writer
) -> None:
    for source, image, drawn in _pictures(step.material, recipe):
        part = _part(step, source, recipe)
        if step.exact or teacher is None:
            writer.add(part, source, image, drawn)
        else:
            seen, cleared = taught(image, drawn, teacher, recipe)
            if len(seen):
                writer.add(part, source, cleared, seen)


def _part(step: _Step, source: str, recipe: Recipe) -> str:
    if step.exact and isinstance(step.material, LabelledFolder):
        folders = {step.material.images.name, step.material.images.parent.name}
        return "val" if folders & {"val", "valid", "test"} else "train"
    return "val" if source.startswith(recipe.held_out) else "train"


def _pictures(
    material: LabelledFolder | Clip, recipe: Recipe
) -> Iterator[tuple[str, npt.NDArray[np.uint8], Detections]]:
    if isinstance(material, Clip):
        interval_s, most = recipe.clip_interval_s, recipe.clip_frames
        for image in clip_frames(material.path, interval_s, most):
            yield material.source, image, Detections.none()
        return
    for picture in material.pictures():
        read = cv2.imread(str(picture))
        if read is not None:
            image = np.asarray(read, np.uint8)
            height, width = image.shape[:2]
            label = material.label_of(picture)
            drawn = read_labels(label, material.names, width, height)
            yield material.source_of(picture), image, drawn


def clip_frames(
    path: Path, interval_s: float, most: int
) -> Iterator[npt.NDArray[np.uint8]]:
    """Yield frames of a clip, evenly, `interval_s` seconds apart or more.

    Reading by frame count is fine here: nothing is measured.
    """
    capture = cv2.VideoCapture(str(path))
    try:
        count = capture.get(cv2.CAP_PROP_FRAME_COUNT)
        wished = (capture.get(cv2.CAP_PROP_FPS) or 25.0) * interval_s
        stride = max(1, round(wished), -(-int(count) // most))
        number = 0
        while capture.grab():
            if number % stride == stride // 2:
                ok, image = capture.retrieve()
                if ok:
                    yield np.asarray(image, np.uint8)
            number += 1
    finally:
        capture.release()


def taught(
    image: npt.NDArray[np.uint8],
    drawn: Detections,
    teacher: Detector,
    recipe: Recipe,
) -> tuple[Detections, npt.NDArray[np.uint8]]:
    """Label a picture with a teacher; return the labels and the picture to learn from.

    What the teacher is unsure of is neither a vehicle nor background: it is painted
    over with grey, so that the pupil learns nothing false from it.
    """
    seen = teacher.detect(image)
    sure = _chosen(seen, seen.scores >= recipe.sure_score)
    labels = merge(drawn, sure)
    unsure = _chosen(
        seen, (seen.scores >= recipe.unsure_score) & (seen.scores < recipe.sure_score)
    )
    if len(unsure) == 0:
        return labels, image
    if len(labels):
        touched = iou_matrix(unsure.boxes_px, labels.boxes_px).max(axis=1)
        unsure = _chosen(unsure, touched < 0.05)
    cleared = image.copy()
    for left, top, right, bottom in unsure.boxes_px.round().astype(int):
        cleared[top:bottom, left:right] = PAD_GREY
    return labels, cleared


def _chosen(found: Detections, rows: npt.NDArray[np.bool_]) -> Detections:
    return Detections(
        boxes_px=found.boxes_px[rows],
        scores=found.scores[rows],
        classes=found.classes[rows],
    )


def _bounded(
    image: npt.NDArray[np.uint8], found: Detections, max_side_px: int
) -> tuple[npt.NDArray[np.uint8], Detections]:
    scale = max_side_px / max(image.shape[:2])
    if scale >= 1:
        return image, found
    smaller = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    moved = Detections(
        boxes_px=(found.boxes_px * np.float32(scale)).astype(np.float32),
        scores=found.scores,
        classes=found.classes,
    )
    return np.asarray(smaller, np.uint8), moved


def _slug(source: str) -> str:
    digest = hashlib.sha256(source.encode()).hexdigest()[:6]
    kept = "".join(c if c.isalnum() else "-" for c in source)[:40]
    return f"{kept}-{digest}"


def _write_yaml(out: Path) -> Path:
    content: dict[str, str | dict[int, str]] = {
        "path": str(out.resolve()),
        "train": "images/train",
        "val": "images/val",
        "names": dict(enumerate(CLASS_NAMES)),
    }
    target = out / "data.yaml"
    # JSON with string keys is YAML too, but ultralytics wants the numbers as numbers.
    names = "".join(f"  {n}: {name}\n" for n, name in enumerate(CLASS_NAMES))
    head = "".join(f"{k}: {json.dumps(content[k])}\n" for k in ("path", "train", "val"))
    target.write_text(f"{head}names:\n{names}", "utf-8")
    return target


def sources_of(recipe: Recipe) -> Sequence[str]:
    """Return the names of all sources of a recipe, for choosing what to hold out."""
    roots = (*recipe.exact, *recipe.drawn)
    folders = {
        folder.source_of(picture)
        for root in roots
        for folder in labelled_folders(root)
        for picture in folder.pictures()
    }
    filmed = {c.source for root in recipe.footage for c in clips(root)}
    return sorted(folders | filmed)
