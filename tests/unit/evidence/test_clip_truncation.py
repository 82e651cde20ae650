"""A crash while a clip is written leaves a file that plays as far as it goes."""

import struct
from pathlib import Path
from typing import Any

import av
import pytest

from app.evidence import clip as clip_module
from app.evidence.clip import write_clip
from tests.bench.remux import filled_ring
from tests.builders.moving_box_clip import write_moving_box

_PICTURES, _GROUP = 100, 10
_BOX_HEADER_BYTES = 8


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("clip")
    source = write_moving_box(folder / "source.mp4", frame_count=_PICTURES, gop=_GROUP)
    stream, ring = filled_ring(source)
    written = write_clip(stream, ring.cut(0, 10**12), folder / "clip.mp4")
    return written.path.read_bytes()


def boxes(data: bytes) -> list[tuple[str, int, int]]:
    """Return kind, begin and end of the boxes at the top (ISO/IEC 14496-12)."""
    found, at = [], 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        found.append((kind.decode(), at, at + size))
        at += size
    return found


def fragment_ends(data: bytes) -> list[int]:
    return [end for kind, _, end in boxes(data) if kind == "mdat"]


def pictures(data: bytes, path: Path) -> int:
    path.write_bytes(data)
    count = 0
    with av.open(str(path)) as container:
        try:
            for _ in container.decode(video=0):
                count += 1
        except av.error.FFmpegError:
            pass
    return count


def test_there_is_a_fragment_for_each_group_of_pictures(clip: bytes) -> None:
    kinds = [kind for kind, _, _ in boxes(clip)]
    assert kinds[:2] == ["ftyp", "moov"]
    assert kinds.count("moof") == kinds.count("mdat") == _PICTURES // _GROUP


def test_cut_off_after_any_fragment_all_before_it_plays(
    clip: bytes, tmp_path: Path
) -> None:
    for number, end in enumerate(fragment_ends(clip), start=1):
        shown = pictures(clip[:end], tmp_path / f"{number}.mp4")
        assert shown == number * _GROUP


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_cut_off_within_any_fragments_pictures_all_before_them_play(
    clip: bytes, tmp_path: Path, share: float
) -> None:
    found = boxes(clip)
    bodies = [(begin, end) for kind, begin, end in found if kind == "mdat"]
    for number, (begin, end) in enumerate(bodies[1:], start=1):
        cut = begin + _BOX_HEADER_BYTES + round((end - begin - 8) * share)
        shown = pictures(clip[:cut], tmp_path / f"{number}.mp4")
        assert number * _GROUP <= shown <= (number + 1) * _GROUP


def test_no_header_is_ever_half_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that ends within a `moof` does not open at all: none may be torn."""
    source = write_moving_box(tmp_path / "s.mp4", size_px=(1280, 720), gop=_GROUP)
    stream, ring = filled_ring(source)
    path = tmp_path / "clip.mp4"
    sizes: set[int] = set()
    mux = clip_module._mux

    def watched(*args: Any) -> None:
        mux(*args)
        sizes.add(path.stat().st_size)

    monkeypatch.setattr(clip_module, "_mux", watched)
    write_clip(stream, ring.cut(0, 10**12), path)

    headers = [
        (begin, end) for kind, begin, end in boxes(path.read_bytes()) if kind != "mdat"
    ]
    assert len(sizes) > 5, "it is written as it goes"
    torn = [size for size in sizes for b, e in headers if b < size < e]
    assert torn == []
