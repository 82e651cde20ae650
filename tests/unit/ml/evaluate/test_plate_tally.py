"""What is read of a clip's plates is counted by track."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.domain.geometry import PixelBox
from app.domain.plate import PlateAlternative, PlateReading
from app.ports import PlateRead
from ml.evaluate.plate_tally import TallyingReader, against_truth, summary
from tests.fakes.plate_reader import FixedRead

_PICTURE = np.zeros((4, 4, 3), np.uint8)
_CAR = PixelBox(0, 0, 40, 30)


@dataclass
class _Listed:
    """Reads one text after the other; None where there is none. Publishes two alike."""

    texts: list[str | None]

    def read(self, image: npt.NDArray[np.uint8], vehicle: PixelBox) -> PlateRead | None:
        assert image.ndim == 3
        text = self.texts.pop(0)
        return None if text is None else FixedRead(text, 0.9, vehicle)

    def vote(self, reads: Sequence[PlateRead]) -> PlateReading:
        texts = [read.text for read in reads]
        return PlateReading(
            text=texts[0] if texts.count(texts[0]) > 1 else None,
            confidence=0.9,
            alternatives=(PlateAlternative(text=texts[0], probability=0.9),),
            read_count=len(reads),
        )


def test_the_last_vote_of_each_track_counts() -> None:
    """Two tracks, three reads, four looks; one is published."""
    reader = TallyingReader(_Listed(["ABC123", None, "M1W737", "ABC123"]))
    reads = [reader.read(_PICTURE, _CAR) for _ in range(4)]
    first, nothing, other, again = reads
    assert nothing is None
    assert first is not None
    assert other is not None
    assert again is not None
    for seen in ([first], [other], [first, again]):
        reader.vote(seen)
    tracks = reader.tracks()
    assert (tracks.attempts, tracks.reads) == (4, 3)
    assert [r.text for r in tracks.readings] == ["ABC123", None]
    assert tracks.reads_per_track == 1.5
    text = summary(tracks, 7)
    assert "7 tracks, 2 with a read, 1 published; 1.5 reads a track, at most 2" in text
    assert "○ M1W737" in text


def test_a_clip_without_a_plate() -> None:
    """Nothing is divided by nothing."""
    assert "0.0 reads a track, at most 0" in summary(
        TallyingReader(_Listed([])).tracks(), 0
    )


def _reading(text: str, *, published: bool) -> PlateReading:
    guess = PlateAlternative(text=text, probability=0.9)
    said = text if published else None
    return PlateReading(text=said, confidence=0.9, alternatives=(guess,), read_count=2)


def test_readings_are_held_against_the_plates_of_the_clip() -> None:
    """A plate far away may be read, too, and is then not wrong."""
    readings = (
        _reading("ABC-123", published=True),
        _reading("ABC-124", published=False),
        _reading("FAR-999", published=True),
        _reading("NON-000", published=True),
    )
    legible = {"ABC-123", "ABC-124", "ABC-125"}
    compared = against_truth(readings, legible, legible | {"FAR-999"})
    assert (compared.legible, compared.published, compared.read) == (3, 1, 2)
    assert compared.wrong == ("NON-000",)
    assert "1 wrong (NON-000)" in compared.summary()
    assert "none wrong" in against_truth((), legible, legible).summary()
