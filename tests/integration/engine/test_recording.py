"""A recording becomes infractions, tracks and evidence, whole or named partial."""

import csv
import errno
import importlib
import json
import threading
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.camera.recording_file import hash_file
from app.domain.detection import Detections
from app.domain.errors import (
    AlreadyRunning,
    CameraUnreachable,
    ConfigurationInvalid,
    EnvironmentFault,
)
from app.domain.evidence import EvidenceKind
from app.domain.ids import Sha256
from app.evidence.manifest import damaged_files, read_manifest
from app.evidence.store import LocalEvidenceStore
from app.evidence.track_file import read_track
from app.ports import ScalablePicture
from app.runtime.recording import RecordingOutcome, analyse_recording
from app.runtime.recording_batch import BatchResult, analyse_batch
from app.runtime.recording_folder import RecordingFolder
from app.runtime.recording_job import RecordingJob, RecordingProgress
from app.runtime.recording_tracks import (
    CsvTrackWriter,
    TrackRow,
    read_csv,
    require_format,
)
from tests.builders.recordings import FRAMES, TRUE_KMH, analysis, job, write_recording
from tests.fakes.bright_box import BrightBoxDetector

START = datetime.fromisoformat("2026-03-14T10:00:00-05:00")


def run(video: Path, out: Path, **wishes: Any) -> RecordingOutcome:
    return analyse_recording(
        analysis(), job(video, out, **wishes), stop=threading.Event()
    )


def infractions(outcome: RecordingOutcome) -> list[dict[str, Any]]:
    text = (outcome.folder / "infractions.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)["infractions"]
    return found


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return write_recording(tmp_path / "norte 7.mp4")


def test_what_was_driven_is_measured(video: Path, tmp_path: Path) -> None:
    outcome = run(video, tmp_path / "out", start=START)

    (found,) = infractions(outcome)
    measured = found["measurement"]
    error_kmh = abs(measured["speed_kmh"] - TRUE_KMH)
    assert error_kmh <= measured["uncertainty_kmh"] < 5.0
    # The foot passes 70 m, pixel 350, when the left edge is at 318.
    assert found["stream_s"] == pytest.approx((318 - 20) / 4 * 0.04, abs=0.08)
    wall = datetime.fromisoformat(found["wall"])
    assert wall - START == timedelta(seconds=round(found["stream_s"], 6))
    assert found["provenance"]["model_name"] == "bright-box"


def test_no_picture_is_left_out(video: Path, tmp_path: Path) -> None:
    outcome = run(video, tmp_path / "out")
    summary = outcome.summary
    assert summary["complete"]
    assert summary["frames_decoded"] == summary["frames_looked_at"] == FRAMES
    assert summary["frames_dropped"] == {}
    rows = list(read_csv(outcome.folder / "tracks.csv"))
    assert [float(row["stream_s"]) for row in rows] == [
        pytest.approx(0.04 * index) for index in range(FRAMES)
    ]
    middle = rows[60]
    assert float(middle["y_m"]) == pytest.approx((20 + 240 + 32) * 0.2, abs=0.3)
    assert float(middle["speed_kmh"]) == pytest.approx(TRUE_KMH, abs=2)
    assert middle["camera"] == "norte"


def test_the_evidence_is_sealed_and_names_the_file(video: Path, tmp_path: Path) -> None:
    outcome = run(video, tmp_path / "out", start=START)
    (found,) = infractions(outcome)
    store = LocalEvidenceStore(outcome.folder / "evidence")
    kinds = {item["kind"]: Sha256(item["sha256"]) for item in found["evidence"]}
    assert set(kinds) == {kind.value for kind in EvidenceKind}
    with store.open(kinds["manifest"]) as file:
        manifest = read_manifest(file)
    assert damaged_files(manifest.infraction, store) == ()
    with store.open(kinds["track"]) as file:
        assert read_track(file).others == (), "the box drives alone, and that is told"
    sha256, _ = hash_file(video)
    assert manifest.camera.url == f"recording:norte%207.mp4#sha256={sha256}"
    assert outcome.summary["source"]["sha256"] == sha256
    for item in found["evidence"]:
        path = outcome.folder / item["path"]
        assert hash_file(path) == (item["sha256"], item["size_bytes"])
    assert (outcome.folder / found["case"] / "clip.mp4").is_file()


def test_the_table_says_the_same(video: Path, tmp_path: Path) -> None:
    outcome = run(video, tmp_path / "out", start=START)
    (found,) = infractions(outcome)
    path = outcome.folder / "infractions.csv"
    with path.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["id"] == found["id"]
    assert float(row["speed_kmh"]) == round(found["measurement"]["speed_kmh"], 2)
    assert row["wall"] == found["wall"]


def test_the_same_again_changes_nothing(video: Path, tmp_path: Path) -> None:
    first = run(video, tmp_path / "out")
    before = {p: p.stat().st_mtime_ns for p in first.folder.rglob("*") if p.is_file()}
    second = run(video, tmp_path / "out")
    assert first.fresh
    assert not second.fresh
    assert second.folder == first.folder
    assert second.summary == json.loads((first.folder / "summary.json").read_text())
    after = {p: p.stat().st_mtime_ns for p in first.folder.rglob("*") if p.is_file()}
    assert after == before


def test_another_start_has_results_of_its_own(video: Path, tmp_path: Path) -> None:
    first = run(video, tmp_path / "out", start=START)
    second = run(video, tmp_path / "out", start=START + timedelta(hours=1))
    assert second.folder != first.folder
    assert second.fresh


class _Stopping(BrightBoxDetector):
    """Has the run stopped when it has looked at so many pictures.

    From then on it is as slow as a real one: the rest does not fit into the moment
    that the run takes to notice.
    """

    def __init__(self, stop: threading.Event, after: int) -> None:
        self._stop = stop
        self._left = after
        self._slow = threading.Event()

    def submit(self, picture: ScalablePicture) -> Future[Detections]:
        self._left -= 1
        if self._left == 0:
            self._stop.set()
        if self._left < 0:
            self._slow.wait(0.05)
        return super().submit(picture)


def test_an_interrupted_run_is_named_partial(video: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    outcome = analyse_recording(
        analysis(lambda: _Stopping(stop, 30)), job(video, tmp_path / "out"), stop=stop
    )
    assert outcome.folder.name.endswith(".partial")
    assert not outcome.complete
    assert 0 < outcome.summary["frames_looked_at"] < FRAMES
    assert not (tmp_path / "out" / outcome.folder.stem).exists()

    whole = run(video, tmp_path / "out")
    assert whole.fresh
    assert whole.complete
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == [whole.folder.name]


def test_two_runs_do_not_write_over_each_other(video: Path, tmp_path: Path) -> None:
    other = RecordingFolder(tmp_path / "out", video, Sha256("a" * 64))
    other.begin()
    try:
        with pytest.raises(AlreadyRunning, match="Another analysis"):
            RecordingFolder(tmp_path / "out", video, Sha256("a" * 64)).begin()
    finally:
        other.release()


def test_time_is_the_recording_s_own(tmp_path: Path) -> None:
    """Uneven frames, and a pause of some seconds while nothing moved."""
    steps = [40, 20, 60, 33, 47] * 8
    steps[20] = 29_000
    moments = [0]
    for step in steps:
        moments.append(moments[-1] + step)
    video = write_recording(tmp_path / "vfr.mkv", pts_ms=moments)

    outcome = run(video, tmp_path / "out", measured=False)

    rows = list(read_csv(outcome.folder / "tracks.csv"))
    assert [round(float(row["stream_s"]) * 1000) for row in rows] == moments
    assert outcome.summary["frames_dropped"] == {}


def test_a_long_pause_is_as_long_as_it_was(tmp_path: Path) -> None:
    moments = [40 * index + (600_000 if index >= 50 else 0) for index in range(80)]
    video = write_recording(tmp_path / "pause.mkv", pts_ms=moments)
    outcome = run(video, tmp_path / "out")
    assert outcome.summary["complete"]
    assert outcome.summary["reached_s"] == pytest.approx(moments[-1] / 1000)


def test_without_a_site_nothing_is_measured(video: Path, tmp_path: Path) -> None:
    outcome = run(video, tmp_path / "out", measured=False)
    assert not outcome.summary["measured"]
    assert outcome.summary["configuration"] is None
    assert infractions(outcome) == []
    row = next(read_csv(outcome.folder / "tracks.csv"))
    assert row["x_m"] == row["speed_kmh"] == ""


def test_an_unknown_time_is_not_invented(video: Path, tmp_path: Path) -> None:
    outcome = run(video, tmp_path / "out")
    (found,) = infractions(outcome)
    assert outcome.summary["wall_time"] == {"source": "unknown", "start": None}
    assert found["wall"] is None


def test_the_file_s_own_time_is_used(tmp_path: Path) -> None:
    made = "2026-03-14T15:00:00.000000Z"
    video = write_recording(tmp_path / "a.mp4", created=made)
    outcome = run(video, tmp_path / "out")
    assert outcome.summary["wall_time"]["source"] == "creation_time"
    (found,) = infractions(outcome)
    assert datetime.fromisoformat(found["wall"]) > datetime.fromisoformat(made)


def test_a_broken_file_gives_what_it_had(video: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    data = video.read_bytes()
    broken.write_bytes(data[: len(data) * 4 // 5])

    outcome = run(broken, tmp_path / "out")

    assert not outcome.complete
    assert outcome.folder.name.startswith("broken-")
    assert not outcome.folder.name.endswith(".partial")
    assert "breaks off" in outcome.summary["ending"]
    assert 0.5 * FRAMES < outcome.summary["frames_looked_at"] < FRAMES
    assert outcome.summary["reached_s"] > 1
    assert len(infractions(outcome)) == 1


def test_garbage_in_the_middle_costs_only_itself(video: Path, tmp_path: Path) -> None:
    broken = tmp_path / "torn.mp4"
    data = bytearray(video.read_bytes())
    half = len(data) // 2
    data[half : half + 600] = b"\x5a" * 600
    broken.write_bytes(data)
    outcome = run(broken, tmp_path / "out")
    summary = outcome.summary
    assert summary["frames_looked_at"] > 0.5 * FRAMES
    assert summary["reached_s"] == pytest.approx((FRAMES - 1) * 0.04)
    assert summary["frames_dropped"]["corrupt"] > 0
    assert not summary["complete"]
    assert summary["ending"].startswith("Pictures damaged and left out")


@pytest.mark.parametrize("content", [b"", b"\x00" * 4096, b"#EXTM3U\nhttp://10.0.0.1/"])
def test_what_is_no_video_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    hostile = tmp_path / "hostile.mp4"
    hostile.write_bytes(content)
    with pytest.raises(CameraUnreachable):
        run(hostile, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_picture_larger_than_any_camera_s_is_refused(tmp_path: Path) -> None:
    video = write_recording(tmp_path / "huge.mp4", frames=2, size_px=(8208, 160))
    with pytest.raises(CameraUnreachable, match="8208 × 160"):
        run(video, tmp_path / "out")


def test_another_shape_is_not_measured(tmp_path: Path) -> None:
    video = write_recording(tmp_path / "tall.mp4", frames=30, size_px=(320, 240))
    with pytest.raises(ConfigurationInvalid, match="another shape"):
        run(video, tmp_path / "out")


def test_progress_is_told(video: Path, tmp_path: Path) -> None:
    told: list[RecordingProgress] = []
    slow = _Slow()
    analyse_recording(
        analysis(lambda: slow),
        job(video, tmp_path / "out"),
        stop=threading.Event(),
        tell=told.append,
    )
    shares = [progress.share for progress in told]
    assert shares
    assert shares == sorted(shares, key=lambda share: share or 0)
    assert all(share is not None and 0 < share <= 1 for share in shares)


def test_a_disk_that_fills_up_ends_the_run(
    video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may not hang, and it may not claim to be whole."""
    left = iter(range(10))

    def add(self: CsvTrackWriter, row: TrackRow) -> None:
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, "No space left on device", "tracks.csv")

    monkeypatch.setattr(CsvTrackWriter, "add", add)
    told: list[str] = []
    listener = _Listener(told)
    wishes = [job(video, tmp_path / "out"), job(tmp_path / "gone.mp4", tmp_path)]
    result = analyse_batch(analysis(), wishes, listener, threading.Event())
    assert result == BatchResult(failed=2)
    assert "refuses to read or write tracks.csv: No space left" in told[0]
    assert "no file" in told[1]
    assert [p.suffix for p in (tmp_path / "out").iterdir()] == [".partial"]


class _Listener:
    """Keeps what failed."""

    def __init__(self, told: list[str]) -> None:
        self._told = told

    def began(self, job: RecordingJob) -> None:
        """Nothing to keep."""

    def progress(self, job: RecordingJob, progress: RecordingProgress) -> None:
        """Nothing to keep."""

    def done(self, job: RecordingJob, outcome: RecordingOutcome) -> None:
        raise AssertionError(f"{job.video} cannot be done: {outcome}")

    def failed(self, job: RecordingJob, sentence: str) -> None:
        self._told.append(f"{job.video.name}: {sentence}")


class _Slow(BrightBoxDetector):
    """Takes its time."""

    def __init__(self, look_s: float = 0.005) -> None:
        self._look_s = look_s

    def submit(self, picture: ScalablePicture) -> Future[Detections]:
        threading.Event().wait(self._look_s)
        return super().submit(picture)


def test_parquet_without_its_library_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(EnvironmentFault, match="pip install pyarrow"):
        require_format("parquet")
    require_format("csv")


def test_parquet_holds_the_same_rows(video: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    wish = replace(job(video, tmp_path / "out"), tracks="parquet")
    outcome = analyse_recording(analysis(), wish, stop=threading.Event())
    table = parquet.read_table(outcome.folder / "tracks.parquet")
    assert table.num_rows == FRAMES
    assert table.column("stream_s")[1].as_py() == pytest.approx(0.04)


def test_a_slow_computer_leaves_nothing_out(tmp_path: Path) -> None:
    """A camera that is read too late is skipped; a recording waits."""
    video = write_recording(tmp_path / "long.mp4", frames=140)
    slow = _Slow(0.06)
    outcome = analyse_recording(
        analysis(lambda: slow), job(video, tmp_path / "out"), stop=threading.Event()
    )
    assert outcome.summary["seconds_worked"] > outcome.summary["reached_s"] + 2
    assert outcome.summary["frames_looked_at"] == 140
    assert outcome.summary["frames_dropped"] == {}
