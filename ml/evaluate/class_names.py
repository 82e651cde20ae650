"""What the class numbers of a labelled folder are called."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

_VERIFIED = "CLASSES_VERIFIED.txt"
_LISTS = ("classes.txt", "obj.names", "classes.names", "names.txt", "labels.txt")
_ABOVE = 3
_MOST_CHARS = 1 << 20


def names_for(pictures: Path, labels: Path, root: Path) -> Mapping[int, str]:
    """Return the class names that hold for a folder, empty when nothing says them.

    Looked for from the folder upwards, three steps beyond `root` at most: first a
    CLASSES_VERIFIED.txt (rows `number name`: somebody looked), then a data.yaml (the
    root itself, where it is one) or any other with names, then a list such as
    classes.txt, one name a line.
    """
    folders = list(_upwards(pictures, root))
    # Some tools put the list beside the labels.
    for folder in (*folders, labels):
        if names := _verified(folder / _VERIFIED):
            return names
    if root.is_file() and (names := names_in_yaml(root)):
        return names
    for folder in (*folders, labels):
        if names := _beside(folder):
            return names
    return {}


def names_in_yaml(path: Path) -> Mapping[int, str]:
    """Return the names in a data.yaml, a list or a mapping; empty when it has none."""
    content = yaml_in(path)
    names = content.get("names")
    if isinstance(names, list):
        return {number: str(name) for number, name in enumerate(names)}
    if not isinstance(names, dict):
        return {}
    pairs = [(str(number), str(name)) for number, name in names.items()]
    return {int(number): name for number, name in pairs if number.isdigit()}


def yaml_in(path: Path) -> dict[str, object]:
    """Return the mapping in a YAML file, empty when it is not one."""
    try:
        content = yaml.safe_load(_text(path))
    except yaml.YAMLError:
        return {}
    return content if isinstance(content, dict) else {}


def _upwards(folder: Path, root: Path) -> Iterator[Path]:
    top = root.resolve() if root.is_dir() else root.resolve().parent
    beyond = 0
    for parent in (folder.resolve(), *folder.resolve().parents):
        inside = parent == top or top in parent.parents
        beyond += not inside
        if beyond > _ABOVE:
            return
        yield parent


def _beside(folder: Path) -> Mapping[int, str]:
    usual = [folder / "data.yaml", folder / "dataset.yaml"]
    others = sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])
    for path in dict.fromkeys([*usual, *others]):
        if path.is_file() and (names := names_in_yaml(path)):
            return names
    for name in _LISTS:
        path = folder / name
        if path.is_file() and (names := _listed(path)):
            return names
    return {}


def _listed(path: Path) -> Mapping[int, str]:
    lines = [line.strip() for line in _text(path).strip().splitlines()]
    # A label file may have the same name: its rows are numbers.
    if any(re.fullmatch(r"[\d\s.eE+-]+", line) for line in lines):
        return {}
    return dict(enumerate(lines))


def _verified(path: Path) -> Mapping[int, str]:
    if not path.is_file():
        return {}
    rows = (
        re.match(r"^(\d+)[\s:,=]+(\S.*)$", line) for line in _text(path).split("\n")
    )
    return {int(row[1]): row[2].strip() for row in rows if row}


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(_MOST_CHARS).decode("utf-8-sig", "replace")
    except OSError:
        return ""
