"""Any frame of a clip, exactly, whichever way one steps."""

import queue
from pathlib import Path

import av
import numpy as np
import pytest

from app.evidence.folder_blobs import FolderBlobs
from app.evidence.master_keys import FileVault, MasterKeys
from app.evidence.sealing import Sealing
from app.evidence.store import BlobEvidenceStore
from tests.builders.clips import write_clip
from widgets.review.clip_reader import ClipFile, ClipFrame, ClipIndex, ClipReader

_WAIT_S = 20.0


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Return two seconds at 10 fps; frame n is brighter than frame n - 1."""
    return write_clip(tmp_path / "clip.mp4")


def _pixels(frame: ClipFrame) -> bytes:
    return np.frombuffer(frame.image.constBits(), np.uint8).tobytes()


def _decoded_in_order(clip: Path) -> list[bytes]:
    with av.open(str(clip)) as container:
        frames = container.decode(video=0)
        return [frame.to_ndarray(format="bgra").tobytes() for frame in frames]


def test_the_index_counts_frames_from_zero(clip: Path) -> None:
    file = ClipFile(clip.open("rb"))
    assert len(file.index) == 20
    assert file.index.times_ns[:3] == (0, 100_000_000, 200_000_000)
    assert file.index.nearest(1_040_000_000) == 10
    assert file.index.nearest(-5) == 0
    file.close()


@pytest.mark.parametrize(
    "order", [range(20), range(19, -1, -1), (10, 11, 3, 2, 1, 18, 0, 19)]
)
def test_every_frame_is_the_very_frame(clip: Path, order: tuple[int, ...]) -> None:
    expected = _decoded_in_order(clip)
    assert len(set(expected)) == 20
    file = ClipFile(clip.open("rb"))
    for index in order:
        frame = file.frame(index)
        assert frame is not None
        assert frame.index == index
        assert _pixels(frame) == expected[index]
    file.close()


def test_what_is_no_clip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"not a clip" * 100)
    delivered: queue.Queue[object] = queue.Queue()
    reader = ClipReader(lambda: path.open("rb"), delivered.put)
    assert delivered.get(timeout=_WAIT_S) is None
    reader.close(_WAIT_S)


def test_the_newest_wish_wins_and_nothing_comes_after_close(clip: Path) -> None:
    delivered: queue.Queue[ClipIndex | ClipFrame | None] = queue.Queue()
    reader = ClipReader(lambda: clip.open("rb"), delivered.put)
    assert isinstance(delivered.get(timeout=_WAIT_S), ClipIndex)
    for index in (3, 8, 15):
        reader.show(index)
    last = delivered.get(timeout=_WAIT_S)
    while not (isinstance(last, ClipFrame) and last.index == 15):
        last = delivered.get(timeout=_WAIT_S)
    reader.close(_WAIT_S)
    reader.show(1)
    assert delivered.empty()


def test_a_sealed_clip_is_played_without_a_file_in_clear(
    clip: Path, tmp_path: Path
) -> None:
    """It is decrypted where it is decoded, and closed with the reader."""
    blobs = FolderBlobs(tmp_path / "store", floor_bytes=0)
    keys = MasterKeys(FileVault(tmp_path / "keys.json"))
    store = BlobEvidenceStore(blobs, Sealing(blobs, keys))
    name, _ = store.put(clip)
    expected = _decoded_in_order(clip)
    content = clip.read_bytes()
    clip.unlink()
    file = ClipFile(store.open(name))
    for index in (0, 19, 7):
        frame = file.frame(index)
        assert frame is not None
        assert _pixels(frame) == expected[index]
        for path in tmp_path.rglob("*"):
            assert not path.is_file() or content[:64] not in path.read_bytes()
    file.close()
