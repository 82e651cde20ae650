"""The exported data set is well formed and repeatable."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from app.domain.geometry import PixelBox
from app.domain.vehicle import VehicleClass
from app.simulator.dataset import IMAGE_SIZE_PX, Rows, export_dataset
from app.simulator.labelled_clips import export_clips
from app.simulator.scenario import load_bundled


def rows(folder: Path) -> list[list[float]]:
    files = sorted((folder / "labels" / "train").glob("*.txt"))
    return [
        [float(v) for v in line.split()]
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


def test_pictures_and_labels(tmp_path: Path) -> None:
    export_dataset(tmp_path, 4, seed=11)
    images = sorted((tmp_path / "images" / "train").glob("*.jpg"))
    labels = sorted((tmp_path / "labels" / "train").glob("*.txt"))
    assert [p.stem for p in images] == [p.stem for p in labels]
    assert len(images) == 4
    image = cv2.imread(str(images[0]))
    assert image is not None
    assert image.shape == (IMAGE_SIZE_PX[1], IMAGE_SIZE_PX[0], 3)
    found = np.array(rows(tmp_path))
    assert len(found) > 0
    assert set(found[:, 0]) <= {float(kind) for kind in VehicleClass}
    low, high = found[:, 1:3] - found[:, 3:5] / 2, found[:, 1:3] + found[:, 3:5] / 2
    assert (low >= -1e-5).all()
    assert (high <= 1 + 1e-5).all()
    sheet = (tmp_path / "data.yaml").read_text(encoding="utf-8")
    for kind in VehicleClass:
        assert f"  {kind.value}: {kind.name.lower()}" in sheet


def test_the_same_seed_gives_the_same_pictures(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    export_dataset(one, 2, seed=5)
    export_dataset(two, 2, seed=5)
    assert rows(one) == rows(two)
    for first in (one / "images" / "train").glob("*.jpg"):
        second = two / "images" / "train" / first.name
        assert first.read_bytes() == second.read_bytes()


def test_the_bundled_clips_are_labelled_with_their_truth(tmp_path: Path) -> None:
    (camera,) = (c for c in load_bundled() if c.key == "avenue-plate")
    count = export_clips(tmp_path, [camera], 300, lambda *_: None)
    pictures = sorted((tmp_path / "images" / "val").glob("*.jpg"))
    assert len(pictures) == count == camera.truth.frame_count // 300
    labelled = 0
    for picture in pictures:
        image = cv2.imread(str(picture))
        assert image is not None
        height, width = image.shape[:2]
        assert (width, height) == (camera.truth.width_px, camera.truth.height_px)
        frame = int(picture.stem.rpartition("-")[2])
        rows = (tmp_path / "labels" / "val" / f"{picture.stem}.txt").read_text()
        for row in rows.splitlines():
            labelled += 1
            kind, x, y, w, h = map(float, row.split())
            assert any(
                int(vehicle.vehicle_class) == kind
                and sample.frame == frame
                and abs(sample.left_px - (x - w / 2) * width) < 0.01
                and abs(sample.bottom_px - (y + h / 2) * height) < 0.01
                for vehicle in camera.truth.vehicles
                for sample in vehicle.samples
            )
    assert labelled > 0


BOX = PixelBox(0.0, 0.0, 40.0, 20.0)


@pytest.mark.parametrize(
    ("box", "visible", "in_picture", "labelled", "aside"),
    [
        (BOX, 1.0, 1.0, True, False),
        (BOX, 0.3, 0.5, True, False),
        (BOX, 1.0, 0.49, True, True),
        (BOX, 0.2, 1.0, False, True),
        (PixelBox(0.0, 0.0, 40.0, 8.0), 1.0, 1.0, False, True),
    ],
    ids=["plain", "just enough", "cut", "hidden", "small"],
)
def test_who_is_trained_by_and_who_is_judged_by(
    box: PixelBox, visible: float, in_picture: float, labelled: bool, aside: bool
) -> None:
    rows = Rows()
    rows.add("row", box, visible, in_picture)
    assert bool(rows.labels) is labelled
    assert bool(rows.aside) is aside


def test_every_picture_says_who_is_set_aside(tmp_path: Path) -> None:
    export_dataset(tmp_path, 6, seed=11)
    stems = {path.stem for path in (tmp_path / "images" / "train").iterdir()}
    files = list((tmp_path / "aside" / "train").iterdir())
    assert {path.stem for path in files} == stems
    assert any(path.read_text(encoding="utf-8") for path in files)
