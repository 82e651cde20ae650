"""Labelled pictures as they come: YOLO folders of any layout, or a data.yaml.

A label file is looked for where ultralytics looks (`images` in the path becomes
`labels`), beside the picture, and in a folder `labels` at its side. A folder `aside`
beside `labels` has, in the same form, those by whom no detector is judged. What cannot
be read is counted and left out; nobody's folder is ever perfect.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from app.domain.detection import Detections
from app.domain.errors import ConfigurationInvalid
from app.domain.vehicle import VehicleClass
from ml.detect.classes import is_any_vehicle, vehicle_class_of
from ml.evaluate.class_names import names_for
from ml.evaluate.label_rows import LabelRow, rows_in
from ml.evaluate.picture_lists import PICTURES, pictures_of
from ml.train.labels import UNSPECIFIED

Image = npt.NDArray[np.uint8]
Boxes = npt.NDArray[np.float32]

MOTORISED = frozenset({UNSPECIFIED, *(int(k) for k in VehicleClass if k.motorised)})
"""Class numbers of what counts as a vehicle."""


@dataclass(slots=True)
class Skipped:
    """What was found and left out, and why."""

    broken_pictures: int = 0
    unlabelled_pictures: int = 0
    pictures_without_road_users: int = 0
    broken_rows: int = 0
    unnamed_boxes: int = 0
    other_boxes: int = 0


@dataclass(frozen=True, slots=True)
class Labelled:
    """A picture, its label file, which may be missing, and what its numbers mean."""

    picture: Path
    label: Path
    names: Mapping[int, str]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One picture (BGR) with its true boxes.

    `kinds` are the classes that its folder labels; UNSPECIFIED among them says that
    every vehicle is labelled, whatever its class. `aside_px` (n, 4) are places by which
    nobody is judged: true boxes of which they are a copy are not in `truth`, and what
    is found there is no mistake.
    """

    path: Path
    image: Image
    truth: Detections
    kinds: frozenset[int]
    aside_px: Boxes = field(default_factory=lambda: np.zeros((0, 4), np.float32))


@dataclass(slots=True)
class LabelledSet:
    """The labelled pictures of a folder or data.yaml; iterating reads them in order.

    `part` keeps one split, such as "val". `names` overrules the names found beside
    the pictures. At most `most` pictures are taken, evenly over all.
    """

    root: Path
    part: str | None = None
    names: Mapping[int, str] | None = None
    most: int | None = None
    skipped: Skipped = field(default_factory=Skipped)

    def pictures(self) -> list[Labelled]:
        """Return the pictures with labels of road users; ConfigurationInvalid if none.

        A picture without a label file shows nothing if others of its folder have one.
        """
        if not self.root.exists():
            raise ConfigurationInvalid(
                f"There is no folder {self.root}. Give a folder with pictures and YOLO "
                "labels, or its data.yaml."
            )
        found = pictures_of(self.root, self.part)
        labels = {picture: label_file(picture) for picture in found}
        used = {path.parent for path, label in labels.items() if label.is_file()}
        labels = {p: label for p, label in labels.items() if p.parent in used}
        self.skipped.unlabelled_pictures = len(found) - len(labels)
        if not labels:
            raise ConfigurationInvalid(self._nothing(len(found)))
        kept = self._with_road_users(labels)
        self.skipped.pictures_without_road_users = len(labels) - len(kept)
        most = self.most
        if most is None or len(kept) <= most:
            return kept
        return [kept[i * len(kept) // most] for i in range(most)]

    def __iter__(self) -> Iterator[Sample]:
        """Yield all pictures that can be read."""
        for one in self.pictures():
            image = _read(one.picture)
            if image is None:
                self.skipped.broken_pictures += 1
                continue
            aside, broken = rows_in(aside_file(one.label))
            self.skipped.broken_rows += broken
            truth = self._truth(one.label, one.names, image, aside)
            boxes = _boxes_px(aside, image)
            yield Sample(one.picture, image, truth, kinds_of(one.names), boxes)

    def _with_road_users(self, labels: Mapping[Path, Path]) -> list[Labelled]:
        named: dict[Path, Mapping[int, str]] = {}
        for picture, label in labels.items():
            if picture.parent not in named:
                named[picture.parent] = self.names or names_for(
                    picture.parent, label.parent, self.root
                )
        useful = {folder for folder, names in named.items() if kinds_of(names)}
        if not useful:
            raise ConfigurationInvalid(_useless(self.root, named.values()))
        return [
            Labelled(picture, label, named[picture.parent])
            for picture, label in labels.items()
            if picture.parent in useful
        ]

    def _truth(
        self,
        label: Path,
        names: Mapping[int, str],
        image: Image,
        aside: Sequence[LabelRow],
    ) -> Detections:
        every, broken = rows_in(label)
        rows = [row for row in every if row not in aside]
        self.skipped.broken_rows += broken
        self.skipped.unnamed_boxes += sum(row.column not in names for row in rows)
        known = [(row, kind) for row in rows if (kind := _kind(names, row)) is not None]
        named = sum(row.column in names for row in rows)
        self.skipped.other_boxes += named - len(known)
        return Detections(
            boxes_px=_boxes_px([row for row, _ in known], image),
            scores=np.ones(len(known), np.float32),
            classes=np.asarray([kind for _, kind in known], np.int32),
        )

    def _nothing(self, picture_count: int) -> str:
        where = f"{self.root}" + (f" (part {self.part})" if self.part else "")
        if picture_count == 0:
            kinds = ", ".join(sorted(PICTURES))
            return f"There are no pictures in {where}; looked for {kinds}."
        return (
            f"There are {picture_count} pictures in {where}, and no YOLO label file "
            "for any. Labels are .txt files of the same names, in a folder labels or "
            "beside the pictures."
        )


def _useless(root: Path, named: Iterable[Mapping[int, str]]) -> str:
    called = sorted({name for names in named for name in names.values()})
    if called:
        shown = ", ".join(called[:12])
        return f"No class of the labels in {root} is a road user: {shown}."
    return (
        f"Nothing says what the classes in {root} are called. Put a data.yaml or "
        "classes.txt there, or name them in order: --names car,bus,truck"
    )


def kinds_of(names: Mapping[int, str]) -> frozenset[int]:
    """Return the numbers of the product's classes that a folder's names stand for."""
    kinds = {kind for name in names.values() if (kind := _of_name(name)) is not None}
    return frozenset(kinds)


def label_file(picture: Path) -> Path:
    """Return where the label file of a picture is, or would be."""
    name = f"{picture.stem}.txt"
    folder = picture.parent
    choices = [
        *_images_to_labels(folder),
        folder,
        folder / "labels",
        folder.parent / "labels" / folder.name,
        folder.parent / "labels",
    ]
    for choice in choices:
        if (choice / name).is_file():
            return choice / name
    there = next((choice for choice in choices if choice.is_dir()), folder)
    return there / name


def aside_file(label: Path) -> Path:
    """Return where the rows set aside of a picture are, if its set has any.

    As the label file's path, with a folder `aside` in the place of `labels`.
    """
    parts = label.parts
    at = [number for number, part in enumerate(parts) if part.lower() == "labels"]
    if not at:
        return label.parent / "aside" / label.name
    return Path(*parts[: at[-1]], "aside", *parts[at[-1] + 1 :])


def _boxes_px(rows: Sequence[LabelRow], image: Image) -> Boxes:
    height, width = image.shape[:2]
    size = np.asarray([width, height, width, height], np.float32)
    corners = np.asarray([row.corners for row in rows], np.float32)
    return np.asarray(corners.reshape(-1, 4) * size, np.float32)


def _images_to_labels(folder: Path) -> Iterator[Path]:
    parts = folder.parts
    lowered = [part.lower() for part in parts]
    if "images" in lowered:
        last = len(parts) - 1 - lowered[::-1].index("images")
        for name in ("labels", "Labels"):
            yield Path(*parts[:last], name, *parts[last + 1 :])


def _kind(names: Mapping[int, str], row: LabelRow) -> int | None:
    return _of_name(names.get(row.column, ""))


def _of_name(name: str) -> int | None:
    if is_any_vehicle(name):
        return UNSPECIFIED
    found = vehicle_class_of(name)
    return None if found is None else int(found)


def _read(picture: Path) -> Image | None:
    try:
        if picture.stat().st_size == 0:
            return None
        read = cv2.imread(str(picture), cv2.IMREAD_COLOR)
    except (OSError, cv2.error):
        return None
    return None if read is None else np.asarray(read, np.uint8)
