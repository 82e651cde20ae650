"""Every vehicle of every picture of a recording, as rows of a table."""

import csv
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from app.domain.errors import EnvironmentFault

_BATCH_ROWS = 20_000


class TrackRow(NamedTuple):
    """One vehicle in one picture, in this order of columns.

    The box is in pixels of the full-size picture. `x_m`, `y_m` and `speed_kmh` are
    None where nothing is calibrated; the speed is the live estimate of the wall, which
    no finding rests on. `predicted`: the tracker guessed and the detector did not see.
    """

    camera: str
    stream_s: float
    track_id: int
    vehicle_class: str
    score: float
    predicted: bool
    left_px: float
    top_px: float
    right_px: float
    bottom_px: float
    x_m: float | None
    y_m: float | None
    speed_kmh: float | None


class TrackWriter(Protocol):
    """Takes the rows of a recording, in order of stream time."""

    def add(self, row: TrackRow) -> None:
        """Write a row."""
        ...

    def close(self) -> None:
        """Write what is left, and end the file."""
        ...


class CsvTrackWriter:
    """Comma-separated values with a header; the unknown is an empty field."""

    NAME = "tracks.csv"

    def __init__(self, folder: Path) -> None:
        """Begin the file."""
        self._file = (folder / self.NAME).open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(TrackRow._fields)

    def add(self, row: TrackRow) -> None:
        """Write a row."""
        self._writer.writerow(
            (inert(row.camera), *row[1:5], int(row.predicted), *row[6:])
        )

    def close(self) -> None:
        """End the file."""
        self._file.close()


class ParquetTrackWriter:
    """Apache Parquet, in row groups; needs the optional library pyarrow."""

    NAME = "tracks.parquet"

    def __init__(self, folder: Path) -> None:
        """Begin the file; EnvironmentFault without pyarrow."""
        self._arrow, parquet = _pyarrow()
        self._schema = _schema(self._arrow)
        self._writer = parquet.ParquetWriter(folder / self.NAME, self._schema)
        self._rows: list[TrackRow] = []

    def add(self, row: TrackRow) -> None:
        """Keep a row until a group is full."""
        self._rows.append(row)
        if len(self._rows) >= _BATCH_ROWS:
            self._flush()

    def close(self) -> None:
        """Write what is left, and end the file."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if not self._rows:
            return
        columns = list(map(list, zip(*self._rows, strict=True)))
        arrays = [
            self._arrow.array(column, type=field.type)
            for column, field in zip(columns, self._schema, strict=True)
        ]
        table = self._arrow.Table.from_arrays(arrays, schema=self._schema)
        self._writer.write_table(table)
        self._rows.clear()


FORMATS = ("csv", "parquet")


def open_track_writer(form: str, folder: Path) -> TrackWriter:
    """Begin the file of one of `FORMATS` in `folder`."""
    return ParquetTrackWriter(folder) if form == "parquet" else CsvTrackWriter(folder)


def require_format(form: str) -> None:
    """Raise EnvironmentFault when this computer cannot write the format."""
    if form == "parquet":
        _pyarrow()


def read_csv(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a file that `CsvTrackWriter` wrote."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def inert(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _pyarrow() -> tuple[Any, Any]:
    try:
        return (
            importlib.import_module("pyarrow"),
            importlib.import_module("pyarrow.parquet"),
        )
    except ImportError:
        raise EnvironmentFault(
            "Parquet needs the library pyarrow, which is not installed. Install it "
            "with: pip install pyarrow. Or choose --tracks csv."
        ) from None


def _schema(arrow: Any) -> Any:
    types = {
        str: arrow.string(),
        float: arrow.float64(),
        int: arrow.int64(),
        bool: arrow.bool_(),
    }
    kinds = TrackRow.__annotations__
    return arrow.schema(
        [(name, types.get(kinds[name], arrow.float64())) for name in TrackRow._fields]
    )
