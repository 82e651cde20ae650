"""What somebody brings is looked into, and takes its place only when it is harmless."""

import hashlib
import pickle
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.domain.errors import ModelMissing
from ml import bring as bringing
from ml import weights
from ml.bring import Contents, bring, look_into
from ml.weights import BUNDLED, ModelEntry, entries, resolve

_URL = "https://example.org/yolo11s.pt"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have an own manifest with one downloadable entry of content b'weights'."""
    path = tmp_path / "manifest.toml"
    sha256 = hashlib.sha256(b"weights").hexdigest()
    path.write_text(
        f"""
        [[model]]
        name = "yolo11s"
        title = "YOLO11s"
        task = "detect"
        classes = ["car"]
        input_size_px = 640
        licence = "AGPL-3.0"
        sha256 = "{sha256}"
        source = {{ kind = "url", url = "{_URL}" }}
        """
    )
    monkeypatch.setattr(weights, "MANIFEST", path)


def written(folder: Path, content: bytes, name: str = "mine.pt") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def sees_cars(_weights: Path, _models: Path, _name: str) -> Contents:
    return Contents("detect", ("car", 'a "quoted" name', "🚗"))


def refuses(_weights: Path, _models: Path, name: str) -> Contents:
    raise ModelMissing(f"The model {name} cannot be loaded safely.")


def brought(
    path: Path, models: Path, name: str, look: bringing.Look = sees_cars
) -> ModelEntry:
    return bring(
        path, models, name=name, licence="MIT\x7f", input_size_px=320, look=look
    )


def test_what_it_finds_is_taken_from_the_file(models: Path, tmp_path: Path) -> None:
    made = brought(written(tmp_path, b"mine"), models, "mine")
    assert made.classes == ("car", 'a "quoted" name', "🚗")
    assert (made.licence, made.input_size_px) == ("MIT", 320)
    assert made in entries(models)
    assert resolve("mine", models).read_bytes() == b"mine"
    assert {path.name for path in models.iterdir()} == {"mine.pt", "imported.toml"}


def test_what_cannot_be_loaded_safely_is_not_registered(
    models: Path, tmp_path: Path
) -> None:
    path = written(tmp_path, b"hostile")
    before = entries(models)
    with pytest.raises(ModelMissing, match="cannot be loaded safely"):
        brought(path, models, "mine", refuses)
    assert entries(models) == before
    assert not list(models.iterdir())


@pytest.mark.usefixtures("manifest")
def test_the_file_on_record_takes_its_place(models: Path, tmp_path: Path) -> None:
    """A closed network: what a fetch would have brought is brought by hand."""
    path = written(tmp_path, b"weights", "from a stick.pt")
    made = brought(path, models, "yolo11s", refuses)
    assert made.source.kind == "url"
    assert resolve("yolo11s", models).read_bytes() == b"weights"
    assert path.read_bytes() == b"weights"
    assert not (models / "imported.toml").exists()


@pytest.mark.usefixtures("manifest")
def test_another_file_does_not_take_the_place(models: Path, tmp_path: Path) -> None:
    path = written(tmp_path, b"other")
    with pytest.raises(ModelMissing, match=r"mine\.pt is not its file"):
        brought(path, models, "yolo11s")
    assert weights.file_here(weights.entry("yolo11s", models), models) is None


def test_an_imported_file_that_was_lost_is_brought_again(
    models: Path, tmp_path: Path
) -> None:
    path = written(tmp_path, b"mine")
    made = brought(path, models, "mine")
    (models / "mine.pt").unlink()
    assert brought(path, models, "mine") == made
    assert resolve("mine", models).read_bytes() == b"mine"


def test_the_bundled_ones_are_never_replaced(models: Path, tmp_path: Path) -> None:
    path = tmp_path / "atalaya-n.pt"
    shutil.copyfile(BUNDLED / "atalaya-n.pt", path)
    with pytest.raises(ModelMissing, match="comes with the program"):
        brought(path, models, "atalaya-n")


@pytest.mark.parametrize("name", ["gone.pt", "notes.txt"])
def test_what_is_no_weights_file_is_said(
    models: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / "notes.txt").write_text("any")
    with pytest.raises(ModelMissing, match=r"is not a \.pt model file"):
        brought(tmp_path / name, models, "mine")


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    models = written(tmp_path, b"a file where the folder should be", "models")
    with pytest.raises(ModelMissing, match="could not be copied"):
        brought(written(tmp_path, b"mine"), models, "mine")


@pytest.mark.parametrize(
    ("task", "names", "said"),
    [
        ("segment", {0: "car"}, "its task is segment"),
        ("detect", {0: "cat", 1: "dog"}, "neither road users nor plates"),
        ("detect", None, "does not name its classes"),
    ],
)
def test_a_model_that_is_of_no_use_is_refused(
    monkeypatch: pytest.MonkeyPatch, task: str, names: object, said: str
) -> None:
    opened = SimpleNamespace(task=task, names=names)
    monkeypatch.setattr(bringing, "load_yolo", lambda *_: opened)
    with pytest.raises(ModelMissing, match=said):
        look_into(Path("x.pt"), Path("models"), "x")


@pytest.mark.parametrize(
    ("names", "contents"),
    [
        ({1: "bus", 0: "car\n"}, Contents("detect", ("car", "bus"))),
        ({0: "License_Plate"}, Contents("plate", ("License_Plate",))),
    ],
)
def test_task_and_classes_are_read(
    monkeypatch: pytest.MonkeyPatch, names: object, contents: Contents
) -> None:
    opened = SimpleNamespace(task="detect", names=names)
    monkeypatch.setattr(bringing, "load_yolo", lambda *_: opened)
    assert look_into(Path("x.pt"), Path("models"), "x") == contents


class _Hostile:
    def __init__(self, witness: Path) -> None:
        self._witness = witness

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return (_touch, (str(self._witness), ""))


def _touch(path: str, content: str) -> None:
    Path(path).write_text(content)


def test_a_hostile_pickle_is_refused_unrun(models: Path, tmp_path: Path) -> None:
    """The real look, at a file that would run code."""
    torch = pytest.importorskip("torch")
    witness, path = tmp_path / "witness", tmp_path / "hostile.pt"
    torch.save({"model": _Hostile(witness)}, path, pickle_module=pickle)
    with pytest.raises(ModelMissing, match="cannot be loaded safely"):
        brought(path, models, "hostile", look_into)
    assert not witness.exists()
    assert "hostile" not in {entry.name for entry in entries(models)}
