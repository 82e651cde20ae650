"""Which pictures a folder, a data.yaml or one of its parts means."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.domain.errors import ConfigurationInvalid
from ml.evaluate.class_names import yaml_in

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})
_ALIASES = {
    "val": ("val", "valid", "validation"),
    "test": ("test", "testing"),
    "train": ("train", "training"),
}


def pictures_of(root: Path, part: str | None) -> list[Path]:
    """Return the pictures below a folder, or of a data.yaml, in a fixed order.

    Of a data.yaml without `part` it is the part that it validates by: `val`, else
    `test`, else `train`. Of a folder it is everything.
    """
    if root.is_dir():
        return [p for p in _below(root) if part is None or _in_part(p, root, part)]
    if root.suffix.lower() not in {".yaml", ".yml"}:
        raise ConfigurationInvalid(
            f"{root.name} is neither a folder nor a data.yaml. Give a folder with "
            "pictures and YOLO labels, or its data.yaml."
        )
    return _of_yaml(root, part)


def _of_yaml(path: Path, part: str | None) -> list[Path]:
    content = yaml_in(path)
    wanted = aliases(part) if part else [n for ns in _ALIASES.values() for n in ns]
    for name in wanted:
        given = content.get(name)
        listed = [given] if isinstance(given, str) else given
        if isinstance(listed, list):
            found = [
                p for entry in listed for p in _of_entry(str(entry), path, content)
            ]
            if found:
                return list(dict.fromkeys(found))
    # Paths of another computer: what lies beside the file is meant.
    here = path.resolve().parent
    everything = list(_below(here))
    for name in wanted:
        if found := [p for p in everything if _in_part(p, here, name)]:
            return found
    return [] if part else everything


def _of_entry(entry: str, path: Path, content: dict[str, object]) -> Sequence[Path]:
    here = path.resolve().parent
    base = here / str(content.get("path") or "")
    entry = entry.replace("\\", "/")
    # Some exports write "../train/images" for what lies beside the file itself.
    plain = entry.removeprefix("../")
    for place in (base / entry, here / entry, here / plain):
        if place.is_dir():
            return list(_below(place))
        if place.is_file():
            return _listed(place, base)
    return ()


def _listed(path: Path, base: Path) -> list[Path]:
    if path.suffix.lower() in PICTURES:
        return [path]
    lines = path.read_text("utf-8", "replace").splitlines()
    named = [line.strip() for line in lines if line.strip()]
    found = [
        next((p for p in (path.parent / n, base / n) if p.is_file()), None)
        for n in named
    ]
    return [p for p in found if p is not None and p.suffix.lower() in PICTURES]


def _below(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        folders.sort()
        for name in sorted(files):
            if Path(name).suffix.lower() in PICTURES and not name.startswith("."):
                yield Path(folder, name)


def _in_part(picture: Path, root: Path, part: str) -> bool:
    within = picture.relative_to(root).parts[:-1]
    inside = {name.lower() for name in (*within, root.resolve().name)}
    return bool(inside & set(aliases(part)))


def aliases(part: str) -> list[str]:
    """Return the names that a part of a set goes by, "val" also being "valid"."""
    for names in _ALIASES.values():
        if part.lower() in names:
            return [part.lower(), *(name for name in names if name != part.lower())]
    return [part.lower()]
