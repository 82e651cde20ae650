"""Tables of plates: which picture shows which plate, and where."""

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import ConfigurationInvalid
from app.domain.geometry import PixelBox
from ml.plate.grammar import ALPHABET

_IMAGE = ("image", "path", "file", "filename", "img", "picture", "imagen", "archivo")
_PLATE = ("plate", "text", "label", "number", "license_plate", "placa", "patente")
_LEFT, _TOP = ("x", "left", "xmin", "x1"), ("y", "top", "ymin", "y1")
_WIDTH, _HEIGHT = ("width", "w"), ("height", "h")
_RIGHT, _BOTTOM = ("right", "xmax", "x2"), ("bottom", "ymax", "y2")
_PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff")
_DELIMITERS = ",;\t|"
_MOST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class PlateLabel:
    """A plate as people read it: capitals and digits only; empty when unreadable."""

    text: str
    box: PixelBox | None


@dataclass(frozen=True, slots=True)
class PlateTable:
    """The plates of each picture, in the order of the file; and what was left out."""

    pictures: Mapping[Path, Sequence[PlateLabel]]
    missing_pictures: int = 0
    broken_rows: int = 0


def read_table(path: Path) -> PlateTable:
    """Read a table with columns image, plate and perhaps x, y, width, height.

    `path,text` and other usual headers are understood, and files without a header in
    that order; commas, semicolons, tabs or bars. Paths are relative to the file, or to
    a folder above it. Raises ConfigurationInvalid when nothing can be made of it.
    """
    rows = _rows(_text(path))
    if not rows:
        raise ConfigurationInvalid(f"The table {path.name} is empty.")
    header = [cell.strip().lower() for cell in rows[0]]
    if _column(header, _IMAGE) is None or _column(header, _PLATE) is None:
        if not rows[0][0].strip().lower().endswith(_PICTURES) or len(rows[0]) < 2:
            raise ConfigurationInvalid(
                f"The table {path.name} has no columns image and plate; its first row "
                f"is: {', '.join(rows[0])[:80]}."
            )
        header = ["image", "plate", "x", "y", "width", "height"]
    else:
        rows = rows[1:]
    return _table(path, header, rows)


def normal(text: str) -> str:
    """Return a plate's text in capitals and digits only, accents and signs dropped."""
    plain = unicodedata.normalize("NFKD", text).upper()
    return "".join(c for c in plain if c in ALPHABET)


def _table(path: Path, header: list[str], rows: list[list[str]]) -> PlateTable:
    pictures: dict[Path, list[PlateLabel]] = {}
    missing, broken = set(), 0
    for row in rows:
        cells = dict(zip(header, row, strict=False))
        named, text = _cell(cells, _IMAGE), _cell(cells, _PLATE)
        if not named or text is None:
            broken += 1
            continue
        picture = _find(named, path)
        if picture is None:
            missing.add(named)
            continue
        pictures.setdefault(picture, []).append(PlateLabel(normal(text), _box(cells)))
    if not pictures:
        raise ConfigurationInvalid(
            f"None of the pictures in {path.name} is there: looked for "
            f"{next(iter(missing), 'any')!r} beside the table and in the folders above."
        )
    return PlateTable(pictures, len(missing), broken)


def _find(named: str, table: Path) -> Path | None:
    name = Path(named.replace("\\", "/"))
    folder = table.resolve().parent
    places = [folder / name, *(above / name for above in folder.parents[:2])]
    return next((p for p in (*places, folder / name.name) if p.is_file()), None)


def _box(cells: Mapping[str, str]) -> PixelBox | None:
    left, top = _number(cells, _LEFT), _number(cells, _TOP)
    width, height = _number(cells, _WIDTH), _number(cells, _HEIGHT)
    right, bottom = _number(cells, _RIGHT), _number(cells, _BOTTOM)
    if left is None or top is None:
        return None
    if right is None and width is not None:
        right = left + width
    if bottom is None and height is not None:
        bottom = top + height
    if right is None or bottom is None or right <= left or bottom <= top:
        return None
    return PixelBox(left, top, right, bottom)


def _number(cells: Mapping[str, str], names: Sequence[str]) -> float | None:
    text = (_cell(cells, names) or "").replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return None
    # Not a number compares false, and no picture is so large.
    return number if -1e5 < number < 1e5 else None


def _cell(cells: Mapping[str, str], names: Sequence[str]) -> str | None:
    found = next((cells[name] for name in names if name in cells), None)
    return None if found is None else found.strip().strip("\"'").strip()


def _column(header: Sequence[str], names: Sequence[str]) -> str | None:
    return next((name for name in names if name in header), None)


def _rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return []
    delimiter = max(_DELIMITERS, key=lambda sign: lines[0].count(sign))
    try:
        return list(
            csv.reader(
                io.StringIO("\n".join(lines)),
                delimiter=delimiter,
                skipinitialspace=True,
            )
        )
    except csv.Error:
        return [line.split(delimiter) for line in lines]


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(_MOST_BYTES)
    except OSError as error:
        raise ConfigurationInvalid(
            f"The table {path} cannot be read. Give a CSV file with columns image and "
            "plate."
        ) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")
