"""A data set is split by source and carries the product's classes."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import yaml

from app.domain.detection import Detections
from app.domain.vehicle import VehicleClass
from ml.detect.letterbox import PAD_GREY
from ml.train.dataset import CLASS_NAMES, Recipe, build_dataset, taught
from ml.train.sources import class_names, labelled_folders
from tests.fakes.immediate_detector import ImmediateDetector

Image = npt.NDArray[np.uint8]


class _BlockTeacher(ImmediateDetector):
    """Takes each white block for a car, sure; each light grey one for one, unsure."""

    model_name = "blocks"

    def detect(self, image: Image) -> Detections:
        """Return the blocks of a picture."""
        rows, scores = [], []
        for level, score in ((255, 0.9), (200, 0.3)):
            mask = (abs(image[:, :, 0].astype(int) - level) < 20).astype(np.uint8)
            for contour in cv2.findContours(mask, 0, 2)[0]:
                x, y, w, h = cv2.boundingRect(contour)
                if w > 8 and h > 8:
                    rows.append((x, y, x + w, y + h))
                    scores.append(score)
        return Detections(
            boxes_px=np.array(rows, np.float32).reshape(-1, 4),
            scores=np.array(scores, np.float32),
            classes=np.full(len(rows), int(VehicleClass.CAR), np.int32),
        )


def _picture(path: Path, *blocks: tuple[int, int, int]) -> None:
    image = np.zeros((120, 200, 3), np.uint8)
    for left, top, level in blocks:
        image[top : top + 30, left : left + 40] = level
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), image)


def _folder(root: Path, names: list[str]) -> Path:
    (root / "train" / "images").mkdir(parents=True)
    (root / "train" / "labels").mkdir()
    (root / "data.yaml").write_text(yaml.safe_dump({"names": names}))
    return root


def test_a_verified_order_overrules_the_yaml(tmp_path: Path) -> None:
    """Somebody looked and wrote down the true order."""
    folder = _folder(tmp_path / "set", ["car", "bus"])
    (folder / "CLASSES_VERIFIED.txt").write_text("0 bus\n1 car\n# as seen\n")
    images = folder / "train" / "images"
    assert class_names(images, tmp_path) == {0: "bus", 1: "car"}


def test_folders_without_road_users_are_passed_over(tmp_path: Path) -> None:
    """Traffic-light pictures teach nothing about vehicles."""
    _folder(tmp_path / "lamps", ["red", "green"])
    _folder(tmp_path / "cars", ["Car"])
    assert [f.source for f in labelled_folders(tmp_path)] == ["cars"]


def test_stills_of_one_video_stay_together(tmp_path: Path) -> None:
    """Held out by the video's name, never picture by picture."""
    images = _folder(tmp_path / "in" / "set", ["car"]) / "train" / "images"
    for video in ("1", "2"):
        for frame in range(3):
            _picture(images / f"{video}_mp4-{frame}_jpg.rf.x.jpg", (20, 20, 255))
    out = tmp_path / "out"
    recipe = Recipe(drawn=(tmp_path / "in",), held_out=("set/2",))
    build_dataset(out, recipe, _BlockTeacher())
    assert len(list((out / "images" / "train").iterdir())) == 3
    assert len(list((out / "images" / "val").iterdir())) == 3


def test_the_set_is_what_ultralytics_reads(tmp_path: Path) -> None:
    """Names by number, one label file for each picture, boxes where they are."""
    images = _folder(tmp_path / "in" / "set", ["car"]) / "train" / "images"
    _picture(images / "a.png", (20, 20, 255))
    recipe = Recipe(drawn=(tmp_path / "in",))
    data = build_dataset(tmp_path / "out", recipe, _BlockTeacher())
    assert yaml.safe_load(data.read_text())["names"] == dict(enumerate(CLASS_NAMES))
    (label,) = (tmp_path / "out" / "labels" / "train").iterdir()
    number, *box = map(float, label.read_text().split())
    assert number == VehicleClass.CAR
    assert np.allclose(box, [40 / 200, 35 / 120, 40 / 200, 30 / 120], atol=0.01)


def test_what_the_teacher_is_unsure_of_is_painted_over() -> None:
    """Neither vehicle nor background may be learnt from it."""
    image = np.zeros((120, 200, 3), np.uint8)
    image[20:50, 20:60], image[80:110, 120:160] = 255, 200
    labels, cleared = taught(image, Detections.none(), _BlockTeacher(), Recipe())
    assert len(labels) == 1
    assert (cleared[85:105, 125:155] == PAD_GREY).all()
    assert (cleared[25:45, 25:55] == 255).all()
    assert (image[85:105, 125:155] == 200).all()


def test_exact_labels_are_taken_as_they_are(tmp_path: Path) -> None:
    """Rendered pictures need no teacher; their own split is kept."""
    root = tmp_path / "sim"
    for part in ("train", "val"):
        _picture(root / "images" / part / "f.jpg", (20, 20, 255))
        label = root / "labels" / part / "f.txt"
        label.parent.mkdir(parents=True)
        label.write_text("4 0.5 0.5 0.2 0.2\n")
    (root / "data.yaml").write_text(yaml.safe_dump({"names": list(CLASS_NAMES)}))
    out = tmp_path / "out"
    build_dataset(out, Recipe(exact=(root,)))
    for part in ("train", "val"):
        (label,) = (out / "labels" / part).iterdir()
        assert label.read_text().startswith(f"{int(VehicleClass.BUS)} 0.5")
