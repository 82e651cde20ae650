"""What goes into a training, and what comes out of it into the product."""

import zipfile
from pathlib import Path

import pytest
import torch
import yaml

from app.domain.errors import ConfigurationInvalid
from ml import weights as registry
from ml.environment import load_ultralytics
from ml.train.dataset import CLASS_NAMES
from ml.train.train import Schedule, train

_MAX_BUNDLED_BYTES = 8_000_000


def _set(folder: Path, names: tuple[str, ...]) -> Path:
    folder.mkdir()
    content = {"train": "images/train", "val": "images/val", "names": list(names)}
    path = folder / "data.yaml"
    path.write_text(yaml.safe_dump(content))
    return path


def test_a_set_with_other_classes_is_refused_before_anything_runs(
    tmp_path: Path,
) -> None:
    """COCO's numbers in our columns would teach that lorries are people."""
    right = _set(tmp_path / "right", CLASS_NAMES)
    wrong = _set(tmp_path / "wrong", ("car", "bus"))
    with pytest.raises(ConfigurationInvalid, match="does not have the classes"):
        train(
            [right, wrong],
            tmp_path / "out",
            schedule=Schedule(),
            base_weights=tmp_path / "never-loaded.pt",
        )


def test_the_bundled_weights_are_small_and_name_no_folder() -> None:
    """What ships holds a network, not the paths of the computer it was made on."""
    path = registry.BUNDLED / f"{registry.DEFAULT_DETECTOR}.pt"
    if not path.is_file():
        pytest.skip("the bundled detector weights are not in resources/models")
    assert path.stat().st_size <= _MAX_BUNDLED_BYTES
    with zipfile.ZipFile(path) as archive:
        (pickled,) = [n for n in archive.namelist() if n.endswith("data.pkl")]
        content = archive.read(pickled)
    assert not [part for part in (b"/tmp", b"/home", b"/work") if part in content]


def test_keeping_something_of_a_base_that_knows_nothing_is_refused_at_once(
    tmp_path: Path,
) -> None:
    """Not after an hour of training."""
    load_ultralytics(tmp_path / "models")
    from ultralytics.nn.tasks import DetectionModel

    network = DetectionModel("yolov8n.yaml", nc=1, verbose=False)
    network.names = {0: "license_plate"}
    base = tmp_path / "base.pt"
    torch.save({"model": network, "train_args": {}}, base)
    with pytest.raises(ConfigurationInvalid, match="does not know the product"):
        train(
            [_set(tmp_path / "set", CLASS_NAMES)],
            tmp_path / "out",
            schedule=Schedule(kept_share=0.5),
            base_weights=base,
        )
