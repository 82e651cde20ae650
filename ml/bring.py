"""Takes the weights that somebody brings into the registry, looked into before.

The file is copied first, and what is looked into, hashed and kept is that copy: nobody
can change it in between.
"""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from app.domain.errors import ModelMissing
from app.domain.ids import Sha256
from app.ports import Progress
from ml.detect.classes import vehicle_class_of
from ml.detect.yolo import load_yolo
from ml.weights import (
    Bundled,
    ModelEntry,
    entries,
    file_sha256,
    import_file,
    keep,
)

_PLATE_WORDS = ("plate", "placa", "matricula", "patente")
_MOST_CLASSES = 1000
_LONGEST_CLASS = 60


@dataclass(frozen=True, slots=True)
class Contents:
    """What a weights file says of itself."""

    task: Literal["detect", "plate"]
    classes: tuple[str, ...]


class Look(Protocol):
    """Opens weights without running what is in them, and says what they are."""

    def __call__(self, weights: Path, models: Path, name: str, /) -> Contents:
        """Return the contents; raises ModelMissing when they are of no use here."""
        ...


def look_into(weights: Path, models: Path, name: str) -> Contents:
    """Load a `.pt` file restricted to known layers and return what it finds.

    Raises ModelMissing when it cannot be loaded safely, or finds nothing of use.
    """
    model = load_yolo(weights, models, name)
    task = _printable(str(model.task))
    if task != "detect":
        raise ModelMissing(
            f"The model {name} is none that finds objects: its task is {task}. "
            "Choose a detector."
        )
    classes = _classes(model)
    return Contents(_task(classes, name), classes)


def bring(
    path: Path,
    models: Path,
    *,
    name: str,
    licence: str,
    input_size_px: int,
    progress: Progress | None = None,
    look: Look = look_into,
) -> ModelEntry:
    """Take a file into the registry and return its entry.

    A file that is the one on record for `name` is put into that entry's place: on a
    closed network it is brought by hand. Any other is loaded before it is registered.
    Raises ModelMissing when it is refused.
    """
    if path.suffix != ".pt" or not path.is_file():
        raise ModelMissing(f"{path.name} is not a .pt model file that can be read.")
    try:
        models.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=models) as scratch:
            copy = Path(shutil.copyfile(path, Path(scratch) / "weights.pt"))
            known = _on_record(copy, path.name, name, models)
            if known is not None:
                keep(copy, known, models)
                return known
            if progress is not None:
                progress(f"Looking into {path.name}", 0.2)
            found = look(copy, models, name)
            return import_file(
                copy,
                models,
                name=name,
                task=found.task,
                classes=found.classes,
                input_size_px=input_size_px,
                licence=_printable(licence),
            )
    except OSError as error:
        raise ModelMissing(
            f"{path.name} could not be copied to the models folder. Check that it can "
            "be read, that there is room, and that this user may write there."
        ) from error


def _on_record(copy: Path, title: str, name: str, models: Path) -> ModelEntry | None:
    """Return the entry whose file this is; raises when the name is of another."""
    known = next((one for one in entries(models) if one.name == name), None)
    if known is None:
        return None
    found = file_sha256(copy)
    if isinstance(known.source, Bundled):
        raise ModelMissing(
            f"The model {name} comes with the program. Choose another name."
        )
    if found != Sha256(known.sha256):
        raise ModelMissing(
            f"There is a model named {name} already, and {title} is not its file "
            f"(SHA-256 {found[:12]}… instead of {known.sha256[:12]}…). "
            "Choose another name."
        )
    return known


def _classes(model: Any) -> tuple[str, ...]:
    try:
        named = sorted(dict(model.names).items())[:_MOST_CLASSES]
    except (AttributeError, TypeError, ValueError) as error:
        raise ModelMissing(
            "The model does not name its classes. Export it again from its weights."
        ) from error
    return tuple(_printable(str(one)) for _, one in named)


def _task(classes: Sequence[str], name: str) -> Literal["detect", "plate"]:
    if any(vehicle_class_of(one) is not None for one in classes):
        return "detect"
    if any(word in one.lower() for one in classes for word in _PLATE_WORDS):
        return "plate"
    raise ModelMissing(
        f"The model {name} finds neither road users nor plates. Choose another."
    )


def _printable(text: str) -> str:
    """Return a text from outside as the registry can hold it."""
    kept = "".join(character for character in text if character.isprintable())
    return kept[:_LONGEST_CLASS]
