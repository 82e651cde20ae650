"""A finding becomes evidence that can be checked, and is never lost."""

import errno
import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path
from typing import cast

import av
import numpy as np
import pytest
from PIL import Image

from app.domain.errors import EvidenceDamaged, StorageFull
from app.domain.evidence import EvidenceItem, EvidenceKind
from app.domain.ids import Sha256
from app.domain.infraction import Infraction
from app.domain.plate import PlateReading
from app.domain.signal import LampPhase
from app.evidence.manifest import damaged_files, read_manifest
from app.evidence.recorder import CaptureRequest, Recorder
from app.evidence.seal import read_seal
from app.evidence.spool import Spool
from app.evidence.store import LocalEvidenceStore
from app.evidence.track_file import read_track
from tests.builders.captures import (
    CAMERA,
    HEIGHT_PX,
    START_NS,
    WIDTH_PX,
    at,
    box_in,
    capture,
    wall_at,
)
from tests.builders.infractions import PLATE, speeding
from tests.builders.sealed import ORIGIN, SealedCases
from tests.builders.video import Encoded, encode, number_of
from tests.fakes.evidence_store import MemoryEvidenceStore
from tests.fakes.manual_clock import ManualClock
from tests.fakes.plate_reader import FixedPlateReader
from tests.fakes.sink import MemorySink

LIMA = timezone(timedelta(hours=-5))
STILLS = {
    EvidenceKind.STILL_BEFORE: 30,
    EvidenceKind.STILL_DECISIVE: 50,
    EvidenceKind.STILL_AFTER: 70,
}


@pytest.fixture(scope="module")
def video() -> Encoded:
    """Give the tests four seconds of video."""
    return encode(frames=100, width_px=WIDTH_PX, height_px=HEIGHT_PX, b_frames=2)


@pytest.fixture
def store(tmp_path: Path) -> MemoryEvidenceStore:
    """Give the test an empty store."""
    return MemoryEvidenceStore()


@pytest.fixture
def sink() -> MemorySink:
    """Give the test something to take the infraction."""
    return MemorySink()


@pytest.fixture
def recorder(store: MemoryEvidenceStore, sink: MemorySink, tmp_path: Path) -> Recorder:
    """Give the test a recorder without plate reader."""
    return Recorder(
        store,
        sink,
        ManualClock(),
        tmp_path / "work",
        zone=LIMA,
        origin=ORIGIN,
        sealer=SealedCases(store=store, folder=tmp_path).sealer,
    )


def _item(infraction: Infraction, kind: EvidenceKind) -> EvidenceItem:
    return next(item for item in infraction.evidence if item.kind is kind)


def _content(store: MemoryEvidenceStore, item: EvidenceItem) -> bytes:
    with store.open(item.sha256) as file:
        return file.read()


def _picture(store: MemoryEvidenceStore, item: EvidenceItem) -> Image.Image:
    return Image.open(io.BytesIO(_content(store, item)))


def _kinds(infraction: Infraction) -> list[EvidenceKind]:
    return [item.kind for item in infraction.evidence]


def test_everything_is_made_stored_and_spooled(
    recorder: Recorder,
    store: MemoryEvidenceStore,
    sink: MemorySink,
    video: Encoded,
    tmp_path: Path,
) -> None:
    """All eight files, in the order of their kinds, true to their hashes."""
    request = capture(video)
    infraction = recorder.record(request)
    assert _kinds(infraction) == list(EvidenceKind)
    for item in infraction.evidence:
        content = _content(store, item)
        assert hashlib.sha256(content).hexdigest() == item.sha256
        assert len(content) == item.size_bytes
    assert sink.held == [infraction]
    assert replace(infraction, evidence=()) == request.infraction
    assert list((tmp_path / "work").iterdir()) == []


@pytest.mark.parametrize(("kind", "number"), STILLS.items())
def test_stills_show_the_very_frames(
    recorder: Recorder,
    store: MemoryEvidenceStore,
    video: Encoded,
    kind: EvidenceKind,
    number: int,
) -> None:
    """Each still is the frame of its moment, whole, with the bar below it."""
    item = _item(recorder.record(capture(video)), kind)
    picture = _picture(store, item)
    assert (picture.format, item.media_type) == ("JPEG", "image/jpeg")
    assert picture.width == WIDTH_PX
    assert picture.height > HEIGHT_PX
    image = np.asarray(picture)[:HEIGHT_PX]
    assert number_of(image) == number
    assert item.captured_at == wall_at(at(number))


def test_only_the_decisive_still_shows_the_line(
    recorder: Recorder, store: MemoryEvidenceStore, video: Encoded
) -> None:
    """The line is drawn where the configuration has it; the vehicle is in all three."""
    infraction = recorder.record(capture(video))
    for kind, number in STILLS.items():
        image = np.asarray(_picture(store, _item(infraction, kind))).astype(int)
        line = image[500, 600]
        assert (line[2] > 180) == (kind is EvidenceKind.STILL_DECISIVE)
        box = box_in(number)
        corner = image[round(box.top_px) - 1, round(box.left_px) + 5]
        assert corner[0] > 180
        assert corner[2] < 120


def test_the_clip_is_the_cameras_own_video(
    recorder: Recorder, store: MemoryEvidenceStore, video: Encoded
) -> None:
    """All frames of the cut, the first at time 0."""
    item = _item(recorder.record(capture(video)), EvidenceKind.CLIP)
    with av.open(io.BytesIO(_content(store, item)), mode="r") as container:
        frames = list(container.decode(video=0))
    assert [number_of(f.to_ndarray(format="bgr24")) for f in frames] == [*range(100)]
    assert frames[0].pts == 0
    assert item.captured_at == wall_at(START_NS)


def test_the_track_replays_over_the_clip(
    recorder: Recorder, store: MemoryEvidenceStore, video: Encoded
) -> None:
    """Box and lamp of each frame can be looked up by stream time."""
    item = _item(recorder.record(capture(video)), EvidenceKind.TRACK)
    track = read_track(io.BytesIO(_content(store, item)))
    assert track.clip_start_ns == START_NS
    assert track.decisive_ns == at(50)
    assert [track.box_at(at(n)) for n in (10, 50, 89)] == [
        box_in(10),
        box_in(50),
        box_in(89),
    ]
    assert track.phase_at(at(39)) is LampPhase.GREEN
    assert track.phase_at(at(40)) is LampPhase.RED
    assert sum(sample.predicted for sample in track.samples) == 11


def test_the_manifest_seals_the_case(
    recorder: Recorder, store: MemoryEvidenceStore, video: Encoded
) -> None:
    """It names every other file; a change of one, or of the case, is found."""
    infraction = recorder.record(capture(video))
    item = _item(infraction, EvidenceKind.MANIFEST)
    sealed = read_manifest(io.BytesIO(_content(store, item)))
    assert sealed.infraction.evidence == infraction.evidence[:-2]
    seal = read_seal(io.BytesIO(_content(store, _item(infraction, EvidenceKind.SEAL))))
    assert (seal.infraction_id, seal.manifest_sha256) == (infraction.id, item.sha256)
    assert (sealed.sealing_key, sealed.origin) == (seal.key, ORIGIN)
    assert sealed.camera == CAMERA
    assert sealed.configuration_version == 3
    assert sealed.calibration_sha256 is not None
    assert sealed.stream.clip_frame_count == 100
    assert sealed.missing == ()
    assert damaged_files(infraction, store) == ()
    forged = replace(infraction, plate=PlateReading(text="XYZ987", confidence=1.0))
    assert damaged_files(forged, store) == (item,)
    clip = _item(infraction, EvidenceKind.CLIP)
    store.files[clip.sha256] += b"!"
    assert damaged_files(infraction, store) == (clip,)


class TestPlate:
    """Which look at the plate is kept."""

    def _recorded(
        self,
        reader: FixedPlateReader | None,
        request: CaptureRequest,
        store: MemoryEvidenceStore,
        folder: Path,
    ) -> tuple[EvidenceItem, Image.Image]:
        recorder = _recorder(reader, store, folder)
        item = _item(recorder.record(request), EvidenceKind.PLATE)
        return item, _picture(store, item)

    def test_without_reader_the_vehicle_where_it_is_largest(
        self, store: MemoryEvidenceStore, video: Encoded, tmp_path: Path
    ) -> None:
        """The last frame in which it was seen, not guessed."""
        item, picture = self._recorded(None, capture(video), store, tmp_path)
        assert item.captured_at == wall_at(at(89))
        assert picture.width == pytest.approx(60 + 89, abs=2)

    def test_the_published_text_wins_over_confidence(
        self, store: MemoryEvidenceStore, video: Encoded, tmp_path: Path
    ) -> None:
        """The crop must show the plate that the case is about."""
        text = str(PLATE.text)
        reader = FixedPlateReader(
            {89: ("A8C123", 0.99), 86: (text, 0.6), 50: (text, 0.8)}
        )
        item, picture = self._recorded(reader, capture(video), store, tmp_path)
        assert item.captured_at == wall_at(at(50))
        assert picture.width == pytest.approx(40 * 1.7, abs=2)

    def test_an_unread_plate_shows_the_surest_read(
        self, store: MemoryEvidenceStore, video: Encoded, tmp_path: Path
    ) -> None:
        """Nothing was published; the person decides by the best look."""
        request = capture(video, speeding(plate=PlateReading.unread()))
        reader = FixedPlateReader({89: ("ABC", 0.2), 70: ("A8C", 0.4)})
        item, _ = self._recorded(reader, request, store, tmp_path)
        assert item.captured_at == wall_at(at(70))
        assert len(reader.asked) <= 9  # three stills and six looks

    @pytest.mark.parametrize("read", [True, False])
    def test_the_track_tells_where_it_was_cut_out(
        self, store: MemoryEvidenceStore, video: Encoded, tmp_path: Path, read: bool
    ) -> None:
        """Or a copy for outside could not tell whom the crop shows."""
        reader = FixedPlateReader({50: (str(PLATE.text), 0.8)}) if read else None
        infraction = _recorder(reader, store, tmp_path).record(capture(video))
        picture = _picture(store, _item(infraction, EvidenceKind.PLATE))
        with store.open(_item(infraction, EvidenceKind.TRACK).sha256) as file:
            place = read_track(file).crop
        assert place is not None
        assert [place.box.width_px, place.box.height_px] == list(picture.size)
        assert place.stream_ns == at(50 if read else 89)
        assert place.is_plate == read

    def test_what_two_frames_agree_on_is_published(
        self, store: MemoryEvidenceStore, video: Encoded, tmp_path: Path
    ) -> None:
        """The clip's best frames may show what no live read did."""
        request = capture(video, speeding(plate=PlateReading.unread()))
        reader = FixedPlateReader({89: ("AHK472", 0.9), 86: ("AHK472", 0.9)})
        recorded = _recorder(reader, store, tmp_path).record(request)
        assert recorded.plate.text == "AHK472"

    def test_a_contradiction_publishes_nothing(
        self, store: MemoryEvidenceStore, video: Encoded, tmp_path: Path
    ) -> None:
        """A person decides when the live reads and the clip disagree."""
        reader = FixedPlateReader({89: ("ZZZ999", 0.9), 86: ("ZZZ999", 0.9)})
        recorded = _recorder(reader, store, tmp_path).record(capture(video))
        assert recorded.plate.text is None


class TestPartialFailure:
    """What cannot be made costs nothing else."""

    def test_a_hurried_case_keeps_what_needs_no_decoding(
        self, store: MemoryEvidenceStore, video: Encoded, tmp_path: Path
    ) -> None:
        """The engine is being stopped; the case must not be lost with it."""
        sink = MemorySink()
        recorder = Recorder(store, sink, ManualClock(), tmp_path / "work")
        recorder.hurry()
        recorded = recorder.record(capture(video))
        kinds = {item.kind for item in recorded.evidence}
        assert kinds == {EvidenceKind.CLIP, EvidenceKind.TRACK, EvidenceKind.MANIFEST}
        item = _item(recorded, EvidenceKind.MANIFEST)
        with store.open(item.sha256) as file:
            reasons = {missing.reason for missing in read_manifest(file).missing}
        assert reasons == {"The engine was being stopped."}

    def _missing(
        self, infraction: Infraction, store: MemoryEvidenceStore
    ) -> list[EvidenceKind]:
        item = _item(infraction, EvidenceKind.MANIFEST)
        sealed = read_manifest(io.BytesIO(_content(store, item)))
        assert all(missing.reason for missing in sealed.missing)
        return [missing.kind for missing in sealed.missing]

    def test_no_video_at_all(
        self,
        recorder: Recorder,
        store: MemoryEvidenceStore,
        sink: MemorySink,
        video: Encoded,
    ) -> None:
        """The measurement and the track still stand."""
        infraction = recorder.record(capture(video, packets=[]))
        kinds = [EvidenceKind.TRACK, EvidenceKind.MANIFEST, EvidenceKind.SEAL]
        assert _kinds(infraction) == kinds
        assert self._missing(infraction, store) == [
            EvidenceKind.CLIP,
            EvidenceKind.PLATE,
            *STILLS,
        ]
        assert sink.held == [infraction]

    def test_a_codec_that_cannot_be_kept(
        self, recorder: Recorder, store: MemoryEvidenceStore, video: Encoded
    ) -> None:
        """No clip and no stills, and the manifest says so."""
        stream = replace(video.stream, codec="mjpeg")
        infraction = recorder.record(capture(video, stream=stream))
        assert EvidenceKind.CLIP in self._missing(infraction, store)

    def test_damage_in_the_video_moves_a_still_and_says_so(
        self, recorder: Recorder, store: MemoryEvidenceStore, video: Encoded
    ) -> None:
        """The nearest sound frame stands in, with its own time."""
        packets = [
            replace(p, data=p.data[:5] + b"\xff" * 40) if p.stream_ns >= at(60) else p
            for p in video.packets
        ]
        infraction = recorder.record(capture(video, packets=packets))
        after = _item(infraction, EvidenceKind.STILL_AFTER)
        assert wall_at(at(52)) < after.captured_at < wall_at(at(60))
        assert self._missing(infraction, store) == []

    def test_a_bug_in_the_plate_reader(
        self,
        store: MemoryEvidenceStore,
        sink: MemorySink,
        video: Encoded,
        tmp_path: Path,
    ) -> None:
        """Only the plate's crop is missing."""
        broken = FixedPlateReader(cast("dict[int, tuple[str, float]]", None))
        recorder = Recorder(
            store, sink, ManualClock(), tmp_path / "work", plate_reader=broken
        )
        infraction = recorder.record(capture(video))
        assert self._missing(infraction, store) == [EvidenceKind.PLATE]
        assert len(infraction.evidence) == 6

    def test_a_full_store_stops_the_work_and_leaves_nothing_spooled(
        self,
        recorder: Recorder,
        store: MemoryEvidenceStore,
        sink: MemorySink,
        video: Encoded,
        tmp_path: Path,
    ) -> None:
        """The engine tries again; then all is made."""
        store.capacity_bytes = 30_000
        with pytest.raises(StorageFull):
            recorder.record(capture(video))
        assert sink.held == []
        assert list((tmp_path / "work").iterdir()) == []
        store.capacity_bytes = 1 << 30
        assert _kinds(recorder.record(capture(video))) == list(EvidenceKind)

    def test_a_disk_that_refuses_is_tried_again(
        self, sink: MemorySink, video: Encoded, tmp_path: Path
    ) -> None:
        """A file system that went read-only costs no infraction."""

        class ReadOnly(MemoryEvidenceStore):
            def put(self, source: Path) -> tuple[Sha256, int]:
                raise OSError(errno.EROFS, "Read-only file system", str(source))

        recorder = Recorder(ReadOnly(), sink, ManualClock(), tmp_path / "work")
        with pytest.raises(StorageFull, match="Read-only file system"):
            recorder.record(capture(video))
        assert sink.held == []


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    """Give the test a real spool."""
    made = Spool(tmp_path / "spool.db", ManualClock(), ballast_bytes=0)
    yield made
    made.close()


def test_with_the_real_store_and_spool(
    video: Encoded, spool: Spool, tmp_path: Path
) -> None:
    """What waits in the spool opens in the store, until somebody touches it."""
    store = LocalEvidenceStore(tmp_path / "store", floor_bytes=0)
    recorder = Recorder(store, spool, ManualClock(), tmp_path / "work", language="en")
    infraction = recorder.record(capture(video, speeding()))
    assert spool.pending() == [infraction]
    assert damaged_files(infraction, store) == ()
    clip = _item(infraction, EvidenceKind.CLIP)
    path = store.local_path(clip.sha256)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(EvidenceDamaged):
        store.open(clip.sha256)
    assert damaged_files(infraction, store) == (clip,)


def _recorder(
    reader: FixedPlateReader | None, store: MemoryEvidenceStore, folder: Path
) -> Recorder:
    return Recorder(
        store, MemorySink(), ManualClock(), folder / "work", plate_reader=reader
    )
