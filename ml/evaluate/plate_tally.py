"""Counts what is read of the plates of a clip, track by track."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from app.domain.geometry import PixelBox
from app.domain.plate import PlateReading
from app.ports import PlateRead, PlateReader


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateTracks:
    """What was read on a clip.

    `attempts` are looks for a plate, `reads` those that gave a text. `readings` are the
    votes of the tracks that have one, in the order of their first read.
    """

    attempts: int
    reads: int
    readings: tuple[PlateReading, ...]

    @property
    def reads_per_track(self) -> float:
        """Mean over the tracks with a read, 0 without any."""
        return self.reads / len(self.readings) if self.readings else 0.0


@dataclass(slots=True)
class TallyingReader:
    """Hands everything on to a reader, and counts; implements `app.ports.PlateReader`.

    It is used by one thread; ask for `tracks` when that has ended.
    """

    reader: PlateReader
    _attempts: int = 0
    _reads: int = 0
    _votes: dict[int, tuple[PlateRead, PlateReading]] = field(default_factory=dict)

    def read(self, image: npt.NDArray[np.uint8], vehicle: PixelBox) -> PlateRead | None:
        """Read, and count it."""
        self._attempts += 1
        found = self.reader.read(image, vehicle)
        self._reads += found is not None
        return found

    def vote(self, reads: Sequence[PlateRead]) -> PlateReading:
        """Vote; the last vote over reads that begin alike is the track's."""
        reading = self.reader.vote(reads)
        if reads:
            # The read is kept, so that no other object gets its identity.
            self._votes[id(reads[0])] = (reads[0], reading)
        return reading

    def tracks(self) -> PlateTracks:
        """Return what was counted."""
        readings = tuple(reading for _, reading in self._votes.values())
        return PlateTracks(
            attempts=self._attempts, reads=self._reads, readings=readings
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateTruth:
    """What was read of the vehicles whose plates can be read.

    `legible` plates passed in full view; of these `published` were published right, and
    `read` were the best guess at least. `wrong` were published and stand on no vehicle
    of the clip.
    """

    legible: int
    published: int
    read: int
    wrong: tuple[str, ...]

    def summary(self) -> str:
        """Return the figures as a line of text."""
        wrong = f"{len(self.wrong)} wrong ({', '.join(self.wrong)})"
        return (
            f"of {self.legible} plates in full view {self.published} were published "
            f"right, {self.read} read right; {wrong if self.wrong else 'none wrong'}"
        )


def against_truth(
    readings: Sequence[PlateReading],
    legible: Collection[str],
    all_plates: Collection[str],
) -> PlateTruth:
    """Compare readings with the plates of a clip, of which some are legible."""
    published = {reading.text for reading in readings if reading.text is not None}
    guessed = {r.alternatives[0].text for r in readings if r.alternatives}
    return PlateTruth(
        legible=len(legible),
        published=len(published & set(legible)),
        read=len((published | guessed) & set(legible)),
        wrong=tuple(sorted(published - set(all_plates))),
    )


def summary(tracks: PlateTracks, track_count: int) -> str:
    """Return the figures as lines of text, a line for each track with a read."""
    lines = []
    for reading in tracks.readings:
        best = reading.alternatives[0].text if reading.alternatives else "-"
        mark = "●" if reading.text else "○"
        shown = f"{reading.text or best:10} {reading.confidence:.2f}"
        lines.append(f"{mark} {shown}  {reading.read_count} reads")
    most = max((r.read_count for r in tracks.readings), default=0)
    published = sum(reading.text is not None for reading in tracks.readings)
    lines.append(
        f"{track_count} tracks, {len(tracks.readings)} with a read, {published} "
        f"published; {tracks.reads_per_track:.1f} reads a track, at most {most}; "
        f"{tracks.attempts} looks for a plate"
    )
    return "\n".join(lines)
