"""Makes the files of one case, each on its own, so that one failing costs no other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import cached_property, partial
from pathlib import Path

from app.domain.evidence import EvidenceKind
from app.domain.plate import PlateReading
from app.evidence import clip, stills, track_file
from app.evidence.bar_text import StillFacts, bar_rows
from app.evidence.capture import CaptureRequest
from app.evidence.frames import Picture, pick_pictures
from app.evidence.labels import Labels
from app.evidence.manifest import StreamFacts
from app.evidence.marks import Marks, Polyline, place_lines
from app.evidence.plate_view import (
    PlateLook,
    PlateView,
    largest_view,
    look_for_plate,
    times_to_try,
)
from app.evidence.track_file import TrackFile
from app.ports import PlateReader


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that is ready to be stored."""

    path: Path
    media_type: str
    captured_at: datetime


@dataclass(frozen=True, slots=True)
class Style:
    """How stills speak: the words, and the time zone (None: the computer's own)."""

    labels: Labels
    zone: tzinfo | None = None


class NotMade(Exception):
    """A piece of evidence cannot be had from this video; the text says why."""


class CaseMaker:
    """Makes the evidence of one request in `folder`."""

    def __init__(
        self,
        request: CaptureRequest,
        folder: Path,
        style: Style,
        plate_reader: PlateReader | None,
    ) -> None:
        self._request = request
        self._folder = folder
        self._style = style
        self._plate_reader = plate_reader
        self._clip: clip.Clip | None = None
        self._view: PlateView | None = None
        self.plate = request.infraction.plate
        """What is known of the plate; surer once the PLATE step is done."""

    def steps(self) -> Iterator[tuple[EvidenceKind, Callable[[], MadeFile]]]:
        """Yield what to make and how, in the order that later steps rely on."""
        yield EvidenceKind.CLIP, self._make_clip
        yield EvidenceKind.PLATE, self._make_plate
        yield EvidenceKind.TRACK, self._make_track
        for index, (kind, _) in enumerate(self._request.stills):
            yield kind, partial(self._make_still, kind, index)

    @property
    def stream_facts(self) -> StreamFacts:
        """What the manifest says of the video, once the clip was made."""
        stream, made = self._request.stream, self._clip
        return StreamFacts(
            codec=stream.codec,
            width_px=stream.width_px,
            height_px=stream.height_px,
            clip_start_ns=made.start_ns if made else None,
            clip_end_ns=made.end_ns if made else None,
            clip_frame_count=made.frame_count if made else 0,
        )

    @cached_property
    def _track(self) -> TrackFile:
        return self._request.track_file(self._clip.start_ns if self._clip else None)

    @cached_property
    def _pictures(self) -> list[Picture | None]:
        """The three stills, then the looks at the plate; decoded in one go."""
        request = self._request
        wanted = [at for _, at in request.stills]
        wanted.extend(times_to_try(request))
        return pick_pictures(request.stream, request.packets, wanted)

    @cached_property
    def _lines(self) -> tuple[Polyline, ...]:
        request = self._request
        size = (request.stream.width_px, request.stream.height_px)
        return place_lines(request.infraction.kind, request.configuration.body, size)

    def _make_clip(self) -> MadeFile:
        path = self._folder / "clip.mp4"
        made = clip.write_clip(self._request.stream, self._request.packets, path)
        self._clip = made
        return MadeFile(path, clip.MEDIA_TYPE, self._request.wall_at(made.start_ns))

    def _make_track(self) -> MadeFile:
        path = self._folder / "track.json"
        place = self._view.place if self._view else None
        track_file.write_track(replace(self._track, crop=place), path)
        begun = self._track.samples[0].wall if self._track.samples else None
        return MadeFile(
            path,
            track_file.MEDIA_TYPE,
            begun or self._request.infraction.occurred.wall,
        )

    def _make_plate(self) -> MadeFile:
        pictures = self._unlike_pictures()
        look = self._look(pictures)
        view = look.best(self.plate.text) or largest_view(pictures, self._track)
        if view is None:
            raise NotMade("The vehicle is in no picture that can be decoded.")
        self._view = view
        path = self._folder / "plate.jpg"
        stills.write_crop(path, view.image)
        wall = self._request.wall_at(view.place.stream_ns)
        return MadeFile(path, stills.MEDIA_TYPE, wall)

    def _unlike_pictures(self) -> list[Picture]:
        """Return each decoded picture once: a frame twice is no second witness."""
        decoded = {p.stream_ns: p for p in self._pictures if p is not None}
        return list(decoded.values())

    def _look(self, pictures: list[Picture]) -> PlateLook:
        """Read again, in the clip's best frames, and believe it when it saw more."""
        if self._plate_reader is None:
            return PlateLook((), ())
        look = look_for_plate(pictures, self._track, self._plate_reader)
        if look.reads:
            self.plate = _agreed(self.plate, self._plate_reader.vote(look.reads))
        return look

    def _make_still(self, kind: EvidenceKind, index: int) -> MadeFile:
        picture = self._pictures[index]
        if picture is None:
            raise NotMade("No picture near this moment can be decoded.")
        path = self._folder / f"{kind}.jpg"
        wall = self._request.wall_at(picture.stream_ns)
        stills.write_still(
            path,
            picture.image,
            self._rows(kind, picture, wall),
            self._marks(kind, picture),
            self._view.image if self._view else None,
        )
        return MadeFile(path, stills.MEDIA_TYPE, wall)

    def _rows(
        self, kind: EvidenceKind, picture: Picture, wall: datetime
    ) -> stills.Rows:
        request = self._request
        facts = StillFacts(
            kind=kind,
            number=picture.number,
            count=picture.count,
            wall=wall,
            lamp=request.lamp_at(picture.stream_ns),
        )
        return bar_rows(
            replace(request.infraction, plate=self.plate),
            request.camera,
            request.configuration,
            facts,
            self._style.labels,
            self._style.zone,
        )

    def _marks(self, kind: EvidenceKind, picture: Picture) -> Marks:
        decisive = kind is EvidenceKind.STILL_DECISIVE
        return Marks(
            vehicle=self._track.box_at(picture.stream_ns),
            lines=self._lines if decisive else (),
        )


def _agreed(live: PlateReading, again: PlateReading) -> PlateReading:
    """Return the later, better reading; nothing is published where the two differ."""
    if again.text is None:
        return live if live.text is not None else again
    if live.text is not None and live.text != again.text:
        return replace(again, text=None)
    return again
