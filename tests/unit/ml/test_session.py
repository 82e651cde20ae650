"""Opening detectors, quietly and from verified weights only."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from app.config.paths import PROJECT
from app.domain.errors import ModelMissing
from app.domain.vehicle import VehicleClass
from app.ports import Detector
from ml import weights as registry
from ml.session import open_detector

pytest.importorskip("openvino")

_TEACHER = "models/yolo11n_int8_openvino_model"
_MOTORWAY = "clips/4ku__yolov4_tensorrt/data__traffic.mp4"

# Runs in a process of its own: what is imported once cannot be imported again, and a
# look-up of any name or any file beside the models folder is to be seen.
_QUIET = """
import socket, sys
from pathlib import Path
asked = []
def refuse(*args, **kwargs):
    asked.append(args)
    raise OSError("the network is closed")
socket.getaddrinfo = refuse
socket.socket.connect = refuse
import numpy as np
from ml.session import open_detector
detector = open_detector(Path(sys.argv[1]))
detector.detect(np.zeros((360, 640, 3), np.uint8))
detector.close()
assert not asked, asked
assert "torch" not in sys.modules
assert sys.modules.get("openvino_telemetry") is None
"""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a models folder that lives as long as this module's tests."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def bundled(models: Path) -> Iterator[Detector]:
    """Yield the bundled detector, or skip where its weights are not here."""
    path = registry.BUNDLED / f"{registry.DEFAULT_DETECTOR}.pt"
    if not path.is_file():
        pytest.skip("the bundled detector weights are not in resources/models")
    with closing(open_detector(models)) as detector:
        yield detector


def _frame(clip: Path, number: int) -> npt.NDArray[np.uint8]:
    capture = cv2.VideoCapture(str(clip))
    capture.set(cv2.CAP_PROP_POS_FRAMES, number)
    ok, image = capture.read()
    capture.release()
    assert ok
    return np.asarray(image, np.uint8)


def test_an_infraction_can_name_the_bundled_model(bundled: Detector) -> None:
    """Name and hash are those of the files that run: on a processor, eight bits."""
    folder = registry.BUNDLED / f"{registry.DEFAULT_DETECTOR}-8bit"
    weights = registry.BUNDLED / f"{registry.DEFAULT_DETECTOR}.pt"
    known = {
        f"{registry.DEFAULT_DETECTOR}-8bit": registry.file_sha256(
            folder / "model.xml", folder / "model.bin"
        ),
        registry.DEFAULT_DETECTOR: registry.file_sha256(weights),
    }
    assert bundled.model_sha256 == known[bundled.model_name]
    assert bundled.device in {"cuda:0", "openvino:cpu", "openvino:cpu:bf16", "cpu"}


def test_an_empty_road_has_no_sure_vehicle(bundled: Detector) -> None:
    """Grey is grey."""
    found = bundled.detect(np.full((360, 640, 3), 120, np.uint8))
    assert (found.scores < 0.35).all()


@pytest.mark.parametrize("size", [(360, 640), (480, 640), (640, 480), (233, 517)])
def test_any_picture_size_is_taken(bundled: Detector, size: tuple[int, int]) -> None:
    """Boxes lie inside the picture they were found in."""
    noise = np.random.default_rng(3).integers(0, 255, (*size, 3), np.uint8)
    found = bundled.detect(noise)
    assert (found.boxes_px[:, [0, 2]] <= size[1]).all()
    assert (found.boxes_px[:, [1, 3]] <= size[0]).all()


@pytest.mark.realdata
def test_the_bundled_detector_sees_real_vehicles(
    bundled: Detector, models: Path, shared_data: Path
) -> None:
    """On a motorway it finds most of what a larger network is sure of."""
    image = _frame(shared_data / _MOTORWAY, 100)
    with closing(open_detector(models, weights=shared_data / _TEACHER)) as larger:
        teacher = larger.detect(image)
    sure = teacher.boxes_px[teacher.scores > 0.5]
    found = bundled.detect(image)
    centres = (found.boxes_px[:, :2] + found.boxes_px[:, 2:]) / 2
    inside = (centres[None] > sure[:, None, :2]) & (centres[None] < sure[:, None, 2:])
    assert len(sure) > 3
    hit = np.any(np.all(inside, axis=2), axis=1)
    assert np.mean(hit) >= 0.7


@pytest.mark.realdata
def test_an_exported_folder_is_opened_by_path(models: Path, shared_data: Path) -> None:
    """COCO classes become ours, and nothing else comes through."""
    with closing(open_detector(models, weights=shared_data / _TEACHER)) as detector:
        found = detector.detect(_frame(shared_data / _MOTORWAY, 100))
    assert detector.model_name == "yolo11n_int8"
    assert len(found) > 5
    assert (found.classes == VehicleClass.CAR).any()
    assert found.scores.min() >= 0.1


@pytest.mark.usefixtures("bundled")
def test_opening_asks_no_network_and_writes_nowhere_else(
    models: Path, tmp_path: Path
) -> None:
    """No name is looked up, no file appears in the home folder, torch stays away."""
    home = tmp_path / "home"
    home.mkdir()
    kept = {"PATH", "LANG", "SYSTEMROOT", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE"}
    environment = {k: v for k, v in os.environ.items() if k in kept}
    done = subprocess.run(
        [sys.executable, "-c", _QUIET, str(models)],
        cwd=PROJECT,
        env={**environment, "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not list(home.rglob("*"))


def test_a_missing_file_is_said(models: Path, tmp_path: Path) -> None:
    """A typing error in a path is a sentence."""
    with pytest.raises(ModelMissing, match=r"no model file nothing\.pt"):
        open_detector(models, weights=tmp_path / "nothing.pt")


def test_a_folder_without_a_model_is_said(models: Path, tmp_path: Path) -> None:
    """So is the wrong folder."""
    with pytest.raises(ModelMissing, match="no OpenVINO model"):
        open_detector(models, weights=tmp_path)


def test_a_damaged_weights_file_is_said(models: Path, tmp_path: Path) -> None:
    """Rubbish instead of weights: the export fails with a sentence."""
    path = tmp_path / "rubbish.pt"
    path.write_bytes(b"rubbish")
    with pytest.raises(ModelMissing, match="could not be prepared"):
        open_detector(models, weights=path)


def test_a_damaged_eight_bit_form_is_refused() -> None:
    """Whatever lies in the folder, only the files on record are loaded."""
    form = registry.EightBit(folder="atalaya-n-8bit", sha256="0" * 64)
    with pytest.raises(ModelMissing, match="damaged"):
        registry.resolve_eight_bit(form)


def test_where_no_library_runs_motion_is_seen_if_that_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine shows what moves; who asks for the model gets the fault."""
    for library in ("openvino", "onnxruntime", "ultralytics", "torch"):
        monkeypatch.setitem(sys.modules, library, None)
    with closing(open_detector(tmp_path, makeshift=True)) as detector:
        assert detector.model_name == "motion-fallback"
        assert not detector.evidential
    with pytest.raises(ModelMissing):
        open_detector(tmp_path)
    with pytest.raises(ModelMissing, match="no model named"):
        open_detector(tmp_path, "unheard-of", makeshift=True)


def test_a_form_that_cannot_run_gives_way_to_one_that_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without OpenVINO the verified weights run in another library, as evidence."""
    monkeypatch.setitem(sys.modules, "openvino", None)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with closing(open_detector(tmp_path, makeshift=True)) as detector:
        assert detector.model_name == registry.DEFAULT_DETECTOR
        assert detector.evidential
