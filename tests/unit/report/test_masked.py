"""Copies for a notice hide third parties, and leave the evidence alone."""

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pypdf
import pytest
from PIL import Image

from app.domain.detection import TrackedBox
from app.domain.errors import EvidenceDamaged
from app.domain.evidence import EvidenceItem, EvidenceKind
from app.domain.geometry import PixelBox
from app.domain.ids import EvidenceId, TrackId, new_uuid
from app.domain.infraction import Infraction
from app.domain.seal import SealReport
from app.domain.vehicle import VehicleClass
from app.evidence.bar_text import Cell
from app.evidence.data_bar import inset_area
from app.evidence.marks import Marks
from app.evidence.recorder import Recorder
from app.evidence.stills import crop, crop_area, write_crop, write_still
from app.evidence.track_file import (
    OtherSample,
    OtherTrack,
    PlateCrop,
    TrackFile,
    TrackSample,
    write_track,
)
from app.report.catalogue import Catalogue
from app.report.masked import masked_pictures
from app.report.notice import compose
from app.report.notice_pdf import notice_pdf
from tests.builders.captures import HEIGHT_PX, WIDTH_PX, capture, capture_time
from tests.builders.cases import case_of, confirmed, with_evidence
from tests.builders.infractions import OCCURRED, speeding
from tests.builders.sealed import HEAD
from tests.builders.video import encode
from tests.fakes.evidence_store import MemoryEvidenceStore
from tests.fakes.manual_clock import ManualClock
from tests.fakes.sink import MemorySink

WIDTH, HEIGHT = 1280, 720
CAR = PixelBox(400.4, 300.2, 700.6, 520.3)
BODY = PixelBox(440, 440, 660, 510)
GLASS = PixelBox(410, 310, 690, 410)
PLATE = PixelBox(500, 450, 600, 490)
OTHER = PixelBox(900, 100, 1100, 240)
FREE = PixelBox(20, 560, 300, 700)
FINDING = speeding()
_AT = {
    EvidenceKind.STILL_BEFORE: -800,
    EvidenceKind.STILL_DECISIVE: 0,
    EvidenceKind.STILL_AFTER: 800,
    EvidenceKind.PLATE: 0,
}
Pixels = npt.NDArray[np.uint8]


class _Made:
    """A case whose stills are noise, so that whatever is hidden shows as smooth."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = MemoryEvidenceStore()
        self.picture: Pixels = np.random.default_rng(5).integers(
            0, 256, (HEIGHT, WIDTH, 3), np.uint8
        )

    def case(
        self,
        track: TrackFile | None,
        *,
        plate: PixelBox = PLATE,
        kinds: Sequence[EvidenceKind] = tuple(_AT),
    ) -> Infraction:
        """Store stills, the crop of `plate` and the track; return their case."""
        inset = crop(self.picture, plate)
        assert inset is not None
        items = []
        for kind in kinds:
            path = self.folder / f"{kind}.jpg"
            if kind is EvidenceKind.PLATE:
                write_crop(path, inset)
            else:
                rows = [[Cell("Case", "1", 4)] for _ in range(4)]
                write_still(path, self.picture, rows, Marks(), inset)
            items.append(self.stored(kind, path))
        if track is not None:
            path = self.folder / "track.json"
            write_track(track, path)
            items.append(self.stored(EvidenceKind.TRACK, path))
        return replace(FINDING, evidence=tuple(items))

    def stored(self, kind: EvidenceKind, path: Path) -> EvidenceItem:
        """Put a file into the store and return it as evidence."""
        sha256, size_bytes = self.store.put(path)
        return EvidenceItem(
            id=EvidenceId(new_uuid()),
            kind=kind,
            sha256=sha256,
            media_type="application/octet-stream",
            size_bytes=size_bytes,
            captured_at=OCCURRED.wall + timedelta(milliseconds=_AT.get(kind, 0)),
        )

    def copies(self, infraction: Infraction) -> dict[EvidenceKind, Pixels]:
        """Return the masked copies as pixels."""
        pictures = masked_pictures(infraction, self.store)
        return {kind: _pixels(picture.data) for kind, picture in pictures.items()}

    def inset_is_hidden(self, infraction: Infraction) -> bool:
        """Tell whether the decisive still's copy hides what its bar repeats."""
        copy = self.copies(infraction)[EvidenceKind.STILL_DECISIVE]
        return _smooth(copy, inset_area((WIDTH, copy.shape[0]), HEIGHT))

    def original(self, infraction: Infraction, kind: EvidenceKind) -> Pixels:
        """Return an original as pixels."""
        item = next(i for i in infraction.evidence if i.kind is kind)
        return _pixels(self.store.files[item.sha256])


@pytest.fixture
def made(tmp_path: Path) -> _Made:
    """Return a maker of cases with an empty store."""
    return _Made(tmp_path)


def _pixels(data: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.uint8)


def _track(
    box: PixelBox = CAR, others: tuple[OtherTrack, ...] | None = ()
) -> TrackFile:
    times = [OCCURRED.stream_ns + step * 100_000_000 for step in range(-12, 13)]
    return TrackFile(
        infraction_id=FINDING.id,
        camera_id=FINDING.camera_id,
        configuration_id=FINDING.provenance.configuration_id,
        track_id=FINDING.track_id,
        vehicle_class=VehicleClass.CAR,
        image_width_px=WIDTH,
        image_height_px=HEIGHT,
        clip_start_ns=None,
        decisive_ns=OCCURRED.stream_ns,
        samples=tuple(
            TrackSample(
                stream_ns=at, wall=OCCURRED.wall, box=box, score=0.9, predicted=False
            )
            for at in times
        ),
        others=others,
        crop=_place(PLATE),
        lamp=(),
    )


def _place(box: PixelBox, *, is_plate: bool = True) -> PlateCrop:
    """Return where the crop of `box` is said to be from."""
    area = crop_area((WIDTH, HEIGHT), box)
    assert area is not None
    return PlateCrop(
        stream_ns=OCCURRED.stream_ns, box=PixelBox(*area), is_plate=is_plate
    )


def _beside(
    kind: VehicleClass = VehicleClass.CAR, box: PixelBox = OTHER
) -> tuple[OtherTrack, ...]:
    """Return somebody who is only there at the decisive moment."""
    sample = OtherSample(stream_ns=OCCURRED.stream_ns, box=box, predicted=False)
    return (OtherTrack(track_id=TrackId(5), vehicle_class=kind, samples=(sample,)),)


def _part(image: Pixels, box: PixelBox) -> Pixels:
    return image[
        round(box.top_px) : round(box.bottom_px),
        round(box.left_px) : round(box.right_px),
    ]


def _smooth(image: Pixels, box: PixelBox) -> bool:
    """Tell whether a part holds no noise: neighbours are nearly the same."""
    steps = np.abs(np.diff(_part(image, box).astype(int), axis=1))
    return bool(steps.mean() < 3)


def _same(image: Pixels, original: Pixels, box: PixelBox) -> bool:
    """Tell whether a part is as it was, but for a second JPEG."""
    apart = _part(image, box).astype(int) - _part(original, box)
    return bool(np.abs(apart).mean() < 6)


def test_people_in_the_vehicle_and_others_are_hidden_and_its_plate_is_not(
    made: _Made,
) -> None:
    infraction = made.case(_track(others=_beside()))
    kind = EvidenceKind.STILL_DECISIVE
    copy, original = made.copies(infraction)[kind], made.original(infraction, kind)
    assert copy.shape == original.shape
    for hidden in (GLASS, OTHER):
        assert _smooth(copy, hidden)
        assert not _smooth(original, hidden)
    bar = PixelBox(0, HEIGHT, WIDTH * 0.7, original.shape[0])
    for shown in (BODY, FREE, bar):
        assert _same(copy, original, shown)


def test_each_still_has_the_masks_of_its_own_moment(made: _Made) -> None:
    infraction = made.case(_track(others=_beside()))
    copies = made.copies(infraction)
    assert _smooth(copies[EvidenceKind.STILL_DECISIVE], OTHER)
    assert not _smooth(copies[EvidenceKind.STILL_BEFORE], OTHER)


def test_a_track_that_does_not_tell_of_others_hides_all_but_the_vehicle(
    made: _Made,
) -> None:
    infraction = made.case(_track(others=None))
    kind = EvidenceKind.STILL_DECISIVE
    copy, original = made.copies(infraction)[kind], made.original(infraction, kind)
    for hidden in (GLASS, OTHER, FREE):
        assert _smooth(copy, hidden)
    assert _same(copy, original, BODY)


@pytest.mark.parametrize("trouble", ["no track", "unreadable", "other size", "away"])
def test_where_nothing_is_known_all_is_hidden(made: _Made, trouble: str) -> None:
    track = _track()
    if trouble == "other size":
        track = replace(track, image_width_px=1920, image_height_px=1080)
    if trouble == "away":
        track = replace(track, samples=track.samples[:1])
    infraction = made.case(None if trouble == "no track" else track)
    if trouble == "unreadable":
        path = made.folder / "later.json"
        path.write_text(json.dumps({"schema_version": 99}))
        item = made.stored(EvidenceKind.TRACK, path)
        infraction = replace(infraction, evidence=(*infraction.evidence[:-1], item))
    kind = EvidenceKind.STILL_DECISIVE
    height, width = made.original(infraction, kind).shape[:2]
    assert _smooth(made.copies(infraction)[kind], PixelBox(0, 0, width, height))


def test_a_plate_stays_and_a_whole_vehicle_in_its_place_is_masked(made: _Made) -> None:
    """Where no plate was found the recorder keeps the vehicle, and who is in it."""
    kind = EvidenceKind.PLATE
    whole = replace(_track(), crop=_place(CAR, is_plate=False))
    for infraction, hidden in (
        (made.case(_track()), False),
        (made.case(whole, plate=CAR), True),
    ):
        copies = made.copies(infraction)
        original = made.original(infraction, kind)
        height, width = original.shape[:2]
        upper = PixelBox(0, 0, width, height * 0.5)
        assert _smooth(copies[kind], upper) == hidden
        assert _same(copies[kind], original, PixelBox(0, height * 0.6, width, height))
        assert made.inset_is_hidden(infraction) == hidden


def test_the_plate_of_one_who_stands_before_the_vehicle_is_hidden(made: _Made) -> None:
    """A plate was read within the vehicle's box, and it may be another's."""
    nearer = PixelBox(470, 400, 640, 560)
    infraction = made.case(_track(others=_beside(VehicleClass.MOTORCYCLE, nearer)))
    plate = made.copies(infraction)[EvidenceKind.PLATE]
    assert _smooth(plate, PixelBox(0, 0, plate.shape[1], plate.shape[0]))
    assert made.inset_is_hidden(infraction)


@pytest.mark.parametrize("trouble", ["no place", "other size", "no track", "away"])
def test_a_crop_from_nobody_knows_where_is_hidden(made: _Made, trouble: str) -> None:
    track = replace(_track(), crop=None) if trouble == "no place" else _track()
    if trouble == "other size":
        track = replace(track, crop=_place(CAR))
    if trouble == "away":
        later_ns = OCCURRED.stream_ns + 5_000_000_000
        track = replace(track, crop=replace(_place(PLATE), stream_ns=later_ns))
    infraction = made.case(None if trouble == "no track" else track)
    plate = made.copies(infraction)[EvidenceKind.PLATE]
    assert _smooth(plate, PixelBox(0, 0, plate.shape[1], plate.shape[0]))
    assert made.inset_is_hidden(infraction)


def test_a_crop_that_is_missing_is_hidden_in_the_stills(made: _Made) -> None:
    """Its picture was lost, and the stills repeat it all the same."""
    infraction = made.case(_track(), kinds=[EvidenceKind.STILL_DECISIVE])
    assert made.inset_is_hidden(infraction)


@pytest.mark.parametrize("apart_ns", [-1_400, -1, 1, 1_400])
def test_rounding_does_not_put_a_still_out_of_its_track(
    made: _Made, apart_ns: int
) -> None:
    """The track has nanoseconds, the evidence microseconds."""
    track = _track()
    at_ns = OCCURRED.stream_ns + apart_ns
    track = replace(track, samples=(replace(track.samples[0], stream_ns=at_ns),))
    infraction = made.case(track, kinds=[EvidenceKind.STILL_DECISIVE])
    kind = EvidenceKind.STILL_DECISIVE
    assert _same(made.copies(infraction)[kind], made.original(infraction, kind), BODY)


def test_the_narrow_picture_of_a_wide_card_is_masked_where_it_lies(
    made: _Made,
) -> None:
    made.picture = np.ascontiguousarray(made.picture[:360, :640])
    car, other = PixelBox(200, 150, 350, 260), PixelBox(400, 50, 500, 120)
    track = replace(
        _track(car, _beside(box=other)), image_width_px=640, image_height_px=360
    )
    infraction = made.case(track, plate=PixelBox(250, 230, 280, 245))
    copy = made.copies(infraction)[EvidenceKind.STILL_DECISIVE]
    aside = (960 - 640) // 2
    assert _smooth(copy, PixelBox(aside + 400, 50, aside + 500, 120))
    assert not _smooth(copy, PixelBox(aside + 520, 50, aside + 620, 120))


def test_the_originals_stay_as_they_are_and_are_named(made: _Made) -> None:
    infraction = made.case(_track(others=_beside()))
    before = dict(made.store.files)
    pictures = masked_pictures(infraction, made.store)
    assert made.store.files == before
    by_kind = {item.kind: item.sha256 for item in infraction.evidence}
    assert {kind: p.original for kind, p in pictures.items()} == {
        kind: by_kind[kind] for kind in _AT
    }


@pytest.mark.parametrize("kind", [EvidenceKind.TRACK, EvidenceKind.STILL_AFTER])
def test_of_damaged_evidence_no_copy_is_made(made: _Made, kind: EvidenceKind) -> None:
    infraction = made.case(_track())
    item = next(i for i in infraction.evidence if i.kind is kind)
    made.store.files[item.sha256] += b"!"
    with pytest.raises(EvidenceDamaged):
        masked_pictures(infraction, made.store)


def test_a_picture_that_ends_early_makes_no_copy(made: _Made) -> None:
    infraction = made.case(_track())
    item = infraction.evidence[0]
    path = made.folder / "half.jpg"
    path.write_bytes(made.store.files[item.sha256][:2000])
    half = made.stored(item.kind, path)
    broken = replace(infraction, evidence=(half, *infraction.evidence[1:]))
    with pytest.raises(EvidenceDamaged, match="not a whole picture"):
        masked_pictures(broken, made.store)


def test_the_notice_holds_the_copies_alone_and_says_so(made: _Made) -> None:
    case = confirmed(
        with_evidence(case_of(FINDING), made.case(_track(others=_beside())).evidence)
    )
    pictures = masked_pictures(case.infraction, made.store)
    pdf = notice_pdf(
        compose(case, Catalogue.load(), "en", report=SealReport(), head=HEAD), pictures
    )
    # A JPEG stands in a PDF byte for byte.
    assert all(picture.data in pdf for picture in pictures.values())
    for item in case.infraction.evidence:
        assert made.store.files[item.sha256] not in pdf
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    first, *_ = texts = ["".join(page.extract_text().split()) for page in pages]
    assert "othervehiclesarehidden" in first
    for kind in _AT:
        assert pictures[kind].original[:12] in first
        assert pictures[kind].original in "".join(texts)


def test_what_the_engine_saw_is_hidden_in_what_the_recorder_made(
    tmp_path: Path,
) -> None:
    """From the engine's boxes to the copy: the same picture and the same moment."""
    other = TrackedBox(
        track_id=TrackId(4),
        box=PixelBox(100, 20, 924, 270),
        score=0.9,
        vehicle_class=VehicleClass.BUS,
    )
    store = MemoryEvidenceStore()
    recorder = Recorder(store, MemorySink(), ManualClock(), tmp_path / "work")
    video = encode(frames=100, width_px=WIDTH_PX, height_px=HEIGHT_PX)
    beside = ((capture_time(50), other),)
    infraction = recorder.record(capture(video, others=(beside,)))
    copies = masked_pictures(infraction, store)
    # The video's numbers are bars, black and white, in the upper half.
    row = slice(140, 150), slice(110, 900)
    steps = {
        kind: int(np.abs(np.diff(_pixels(copy.data)[row].astype(int), axis=1)).max())
        for kind, copy in copies.items()
        if kind is not EvidenceKind.PLATE
    }
    assert steps[EvidenceKind.STILL_DECISIVE] < 30
    assert steps[EvidenceKind.STILL_BEFORE] > 100
    assert steps[EvidenceKind.STILL_AFTER] > 100
