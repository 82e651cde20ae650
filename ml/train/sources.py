"""Finds labelled pictures and video clips below a folder."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from ml.detect.classes import is_any_vehicle, vehicle_class_of

_PICTURES = {".jpg", ".jpeg", ".png"}
_CLIPS = {".mp4", ".avi", ".mkv", ".mov"}
_VERIFIED = "CLASSES_VERIFIED.txt"
# Labelling tools name a still after the video it was cut from: "10_mp4-17_jpg.rf...".
_OF_VIDEO = re.compile(r"^(.+?)[_.-](?:mp4|avi|mov|mkv)[_.-]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LabelledFolder:
    """A YOLO folder: pictures below `images`, label files below `labels`.

    `source` names where it came from; pictures of one source often show one camera,
    so a source is never split between training and validation.
    """

    source: str
    images: Path
    labels: Path
    names: Mapping[int, str]

    def pictures(self) -> list[Path]:
        """Return the pictures, in a fixed order."""
        return sorted(p for p in self.images.iterdir() if p.suffix.lower() in _PICTURES)

    def source_of(self, picture: Path) -> str:
        """Return the source of one picture: its folder's, and its video's if named."""
        video = _OF_VIDEO.match(picture.name)
        return f"{self.source}/{video[1]}" if video else self.source

    def label_of(self, picture: Path) -> Path:
        """Return where the label file of a picture is, if it has one."""
        return self.labels / f"{picture.stem}.txt"


@dataclass(frozen=True, slots=True)
class Clip:
    """A video of one fixed camera."""

    source: str
    path: Path


def labelled_folders(root: Path) -> Iterator[LabelledFolder]:
    """Find YOLO folders with road users below `root`, in a fixed order.

    Both layouts are understood: `train/images` and `images/train`.
    """
    for images in sorted(path for path in root.rglob("images") if path.is_dir()):
        names = class_names(images, root)
        if not any(_is_road_user(name) for name in names.values()):
            continue
        labels = images.parent / "labels"
        parts = [path for path in sorted(images.iterdir()) if path.is_dir()]
        for part in parts or [images]:
            beside = labels / part.name if parts else labels
            yield LabelledFolder(_source_of(part, root), part, beside, names)


def clips(root: Path) -> list[Clip]:
    """Find video clips below `root`, in a fixed order."""
    found = sorted(path for path in root.rglob("*") if path.suffix.lower() in _CLIPS)
    return [
        Clip(f"{path.relative_to(root).parts[0]}/{path.stem}", path) for path in found
    ]


def class_names(folder: Path, root: Path) -> dict[int, str]:
    """Return the class names that hold for a folder.

    A `CLASSES_VERIFIED.txt` above it (rows `number name`) overrules its data.yaml:
    somebody looked. Empty when neither is there.
    """
    above = [p for p in (folder, *folder.parents) if p == root or root in p.parents]
    for parent in above:
        if (parent / _VERIFIED).is_file():
            return _verified(parent / _VERIFIED)
    for parent in above:
        if (parent / "data.yaml").is_file():
            return _from_yaml(parent / "data.yaml")
    return {}


def _source_of(folder: Path, root: Path) -> str:
    inside = folder.relative_to(root).parts
    return inside[0] if len(inside) > 1 else root.name


def _is_road_user(name: str) -> bool:
    return is_any_vehicle(name) or vehicle_class_of(name) is not None


def _verified(path: Path) -> dict[int, str]:
    rows = (
        re.match(r"^(\d+)\s+(\S.*)$", line) for line in path.read_text().split("\n")
    )
    return {int(row[1]): row[2].strip() for row in rows if row}


def _from_yaml(path: Path) -> dict[int, str]:
    content = yaml.safe_load(path.read_text("utf-8"))
    names = content.get("names", {}) if isinstance(content, dict) else {}
    pairs = names.items() if isinstance(names, dict) else enumerate(names)
    return {int(number): str(name) for number, name in pairs}
