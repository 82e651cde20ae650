"""The exported data set is well formed and repeatable."""

from pathlib import Path

import cv2
import numpy as np

from app.domain.vehicle import VehicleClass
from app.simulator.dataset import IMAGE_SIZE_PX, export_dataset


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
