"""Labelled folders in every layout that people have, whole and damaged."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from app.domain.errors import ConfigurationInvalid
from app.domain.vehicle import VehicleClass
from ml.detect.classes import is_any_vehicle, vehicle_class_of
from ml.evaluate.label_rows import rows_in
from ml.evaluate.labelled import LabelledSet, Sample
from ml.train.labels import UNSPECIFIED

_ROW = "0 0.5 0.5 0.2 0.4\n"
_YAML = "nc: 2\nnames: ['car', 'Heavy_Truck']\n"


def _picture(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((100, 200, 3), 90, np.uint8))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _only(samples: LabelledSet) -> Sample:
    (sample,) = list(samples)
    return sample


@pytest.mark.parametrize(
    ("picture", "label"),
    [
        ("train/images/a.jpg", "train/labels/a.txt"),
        ("images/train/a.png", "labels/train/a.txt"),
        ("images/a.jpg", "labels/a.txt"),
        ("a.jpg", "a.txt"),
        ("deep/er/a.JPG", "deep/er/a.txt"),
        ("a.jpg", "labels/a.txt"),
        ("pictures/a.jpg", "labels/a.txt"),
        ("pictures/val/a.jpg", "pictures/labels/val/a.txt"),
        ("images/a.b.c.jpg", "labels/a.b.c.txt"),
    ],
)
def test_every_layout_is_understood(tmp_path: Path, picture: str, label: str) -> None:
    """The one box is found, in pixels."""
    _picture(tmp_path / picture)
    _write(tmp_path / label, _ROW)
    _write(tmp_path / "data.yaml", _YAML)
    sample = _only(LabelledSet(tmp_path))
    np.testing.assert_allclose(sample.truth.boxes_px, [[80, 30, 120, 70]], rtol=1e-5)
    assert sample.truth.classes.tolist() == [VehicleClass.CAR]
    assert sample.kinds == {VehicleClass.CAR, VehicleClass.TRUCK}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("data.yaml", "names:\n  0: bus\n  1: person\n"),
        ("data.yaml", "names: [bus, person]\n"),
        ("mine.yml", "names: {'0': Omnibus}\n"),
        ("classes.txt", "Buses\nperson\n"),
        ("obj.names", "bus\n"),
        ("labels/classes.txt", "bus\n"),
        ("CLASSES_VERIFIED.txt", "0 bus\n1 car\n# looked at\n"),
    ],
)
def test_names_are_found_in_many_files(tmp_path: Path, name: str, text: str) -> None:
    """And not only in data.yaml."""
    _picture(tmp_path / "images" / "a.jpg")
    _write(tmp_path / "labels" / "a.txt", _ROW)
    _write(tmp_path / name, text)
    assert _only(LabelledSet(tmp_path)).truth.classes.tolist() == [VehicleClass.BUS]


def test_verified_names_overrule_the_yaml(tmp_path: Path) -> None:
    """Somebody looked; even from above the folder that was given."""
    folder = tmp_path / "set"
    _picture(folder / "images" / "a.jpg")
    _write(folder / "labels" / "a.txt", _ROW)
    _write(folder / "data.yaml", _YAML)
    _write(tmp_path / "CLASSES_VERIFIED.txt", "0 bus\n1 car\n")
    assert _only(LabelledSet(folder)).truth.classes.tolist() == [VehicleClass.BUS]


@pytest.mark.parametrize(
    "entries",
    [
        "path: .\ntrain: train/images\nval: valid/images\n",
        "train: ../train/images\nval: ../valid/images\n",
        "path: C:\\data\\set\ntrain: C:\\data\\train\nval: C:\\data\\valid\n",
        "train: [train/images]\nval: [valid/images]\n",
        "train: train/images\nval: list.txt\n",
        "",
    ],
)
def test_a_data_yaml_means_what_it_validates_by(tmp_path: Path, entries: str) -> None:
    """Wherever it was written; another part comes by its name."""
    for part, count in (("train", 3), ("valid", 1)):
        for number in range(count):
            _picture(tmp_path / part / "images" / f"{part}{number}.jpg")
            _write(tmp_path / part / "labels" / f"{part}{number}.txt", _ROW)
    _write(tmp_path / "list.txt", "./valid/images/valid0.jpg\n")
    given = tmp_path / "data.yaml"
    _write(given, entries + _YAML)
    assert _only(LabelledSet(given)).path.name == "valid0.jpg"
    assert len(LabelledSet(given, part="train").pictures()) == 3
    assert len(LabelledSet(tmp_path).pictures()) == 4
    assert len(LabelledSet(tmp_path, part="val").pictures()) == 1


def test_polygons_become_boxes_and_nonsense_is_counted(tmp_path: Path) -> None:
    """Rows that are no boxes are left out, each one counted."""
    path = tmp_path / "a.txt"
    rows = [
        "1 0.1 0.2 0.5 0.1 0.4 0.6",
        "0 0.5 0.5 0.2 0.4 0.93",
        "0 0.5 0.5 0.2",
        "car 0.5 0.5 0.2 0.4",
        "0 nan 0.5 0.2 0.4",
        "0 320 240 64 48",
        "0 0.5 0.5 0 0.4",
        "-1 0.5 0.5 0.2 0.4",
        "",
    ]
    _write(path, "\ufeff" + "\n".join(rows))
    kept, broken = rows_in(path)
    assert [row.column for row in kept] == [1, 0]
    assert kept[0].corners == (0.1, 0.1, 0.5, 0.6)
    assert kept[1].corners == pytest.approx((0.4, 0.3, 0.6, 0.7))
    assert broken == 6
    path.write_bytes(b"\xff\xfe\x00\x81" * 9)
    assert rows_in(path)[0] == []


def test_what_cannot_be_used_is_counted(tmp_path: Path) -> None:
    """Broken and unlabelled pictures, and boxes of other things."""
    for name in ("a", "b", "c"):
        _picture(tmp_path / "images" / f"{name}.jpg")
    (tmp_path / "images" / "b.jpg").write_bytes(b"not a picture")
    (tmp_path / "images" / "d.jpg").touch()
    _picture(tmp_path / "unlabelled" / "z.jpg")
    _write(tmp_path / "labels" / "a.txt", _ROW + "1 0.5 0.5 0.1 0.1\n7 0.5 0.5 0.1 0.1")
    _write(tmp_path / "labels" / "b.txt", _ROW)
    _write(tmp_path / "classes.txt", "car\ntraffic light\n")
    found = LabelledSet(tmp_path)
    samples = list(found)
    assert [(s.path.stem, len(s.truth)) for s in samples] == [("a", 1), ("c", 0)]
    assert found.skipped.broken_pictures == 2
    assert found.skipped.unlabelled_pictures == 1
    assert found.skipped.other_boxes == 1
    assert found.skipped.unnamed_boxes == 1


def test_a_folder_of_other_things_is_passed_over(tmp_path: Path) -> None:
    """Beside one of road users it does not disturb."""
    for name, classes in (("roads", "car\n"), ("lamps", "red\ngreen\n")):
        _picture(tmp_path / name / "images" / f"{name}.jpg")
        _write(tmp_path / name / "labels" / f"{name}.txt", _ROW)
        _write(tmp_path / name / "classes.txt", classes)
    found = LabelledSet(tmp_path)
    assert _only(found).path.stem == "roads"
    assert found.skipped.pictures_without_road_users == 1


def test_at_most_so_many_evenly_over_all(tmp_path: Path) -> None:
    """Every part of the folder has its say."""
    for number in range(10):
        _picture(tmp_path / f"{number}.jpg")
        _write(tmp_path / f"{number}.txt", _ROW)
    few = LabelledSet(tmp_path, names={0: "vehicle"}, most=3)
    assert [sample.path.stem for sample in few] == ["0", "3", "6"]
    assert next(iter(few)).truth.classes.tolist() == [UNSPECIFIED]


def test_what_is_wrong_is_said_in_one_sentence(tmp_path: Path) -> None:
    """Missing, empty, unlabelled, unnamed, and about something else."""
    with pytest.raises(ConfigurationInvalid, match="There is no folder"):
        LabelledSet(tmp_path / "nowhere").pictures()
    with pytest.raises(ConfigurationInvalid, match="no pictures"):
        LabelledSet(tmp_path).pictures()
    _picture(tmp_path / "a.jpg")
    with pytest.raises(ConfigurationInvalid, match="neither a folder nor"):
        LabelledSet(tmp_path / "a.jpg").pictures()
    with pytest.raises(ConfigurationInvalid, match="no YOLO label file"):
        LabelledSet(tmp_path).pictures()
    _write(tmp_path / "a.txt", _ROW)
    with pytest.raises(ConfigurationInvalid, match="--names"):
        LabelledSet(tmp_path).pictures()
    _write(tmp_path / "data.yaml", "names: [cat, dog]\n")
    with pytest.raises(ConfigurationInvalid, match="is a road user: cat, dog"):
        LabelledSet(tmp_path).pictures()
    _write(tmp_path / "data.yaml", "names: [cat, \n: {")
    with pytest.raises(ConfigurationInvalid, match="--names"):
        LabelledSet(tmp_path).pictures()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Cars", VehicleClass.CAR),
        ("big_truck", VehicleClass.TRUCK),
        ("bus-l-", VehicleClass.BUS),
        ("motor-bike", VehicleClass.MOTORCYCLE),
        ("Camión", VehicleClass.TRUCK),
        ("police car", VehicleClass.CAR),
        ("sepeda motor", VehicleClass.MOTORCYCLE),
        ("pickup", VehicleClass.CAR),
        ("bus stop", None),
        ("license_plate", None),
        ("traffic light", None),
        ("vehicles", None),
        ("", None),
    ],
)
def test_classes_are_matched_by_name(name: str, kind: VehicleClass | None) -> None:
    """Whatever the spelling, and nothing that only sounds like it."""
    assert vehicle_class_of(name) == kind
    assert is_any_vehicle(name) == (name == "vehicles")


@pytest.mark.parametrize(
    ("label", "aside"),
    [
        ("labels/val/a.txt", "aside/val/a.txt"),
        ("labels/a.txt", "aside/a.txt"),
        ("images/val/a.txt", "images/val/aside/a.txt"),
    ],
)
def test_rows_set_aside_are_places_and_no_truth(
    tmp_path: Path, label: str, aside: str
) -> None:
    """A row that is also labelled is taken out; another is a place all the same."""
    _picture(tmp_path / ("images/a.jpg" if "val" not in label else "images/val/a.jpg"))
    cut, hidden = "1 0.5 0.05 0.2 0.1\n", "0 0.8 0.8 0.1 0.1\n"
    _write(tmp_path / label, _ROW + cut)
    _write(tmp_path / aside, cut + hidden + "nonsense\n")
    _write(tmp_path / "data.yaml", _YAML)
    pictures = LabelledSet(tmp_path)
    sample = _only(pictures)
    np.testing.assert_allclose(sample.truth.boxes_px, [[80, 30, 120, 70]], rtol=1e-5)
    places = [[80, 0, 120, 10], [150, 75, 170, 85]]
    np.testing.assert_allclose(sample.aside_px, places, rtol=1e-5)
    assert pictures.skipped.broken_rows == 1
