"""Video of real cameras through clip and stills: nothing changes, no frame is lost."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import pytest

from app.decode.packets import PacketRecord, StreamFormat
from app.evidence.clip import write_clip
from app.evidence.frames import pick_pictures
from app.evidence.nal import Framing, length_prefixed_units

NS = 1_000_000_000
SOURCES = (
    "OpenTrafficCam__OTAnalytics/"
    "tests__data__Testvideo_Cars-Truck_FR20_2020-01-01_00-00-00.mp4",
    "OldManBrook__TfLJamCams/img__00001.07450.mp4",
    "ahmetozlu__vehicle_counting_tensorflow/input_video.mp4",
)

pytestmark = pytest.mark.realdata


@pytest.fixture(params=SOURCES, ids=[source.split("_")[0] for source in SOURCES])
def footage(
    request: pytest.FixtureRequest, shared_data: Path
) -> tuple[StreamFormat, list[PacketRecord]]:
    """Give the test the packets of one file, length-prefixed as MP4 has them."""
    path = shared_data / "clips" / request.param
    if not path.is_file():
        pytest.skip(f"development footage is missing: {path}")
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        form = StreamFormat(
            codec=context.name,
            width_px=context.width,
            height_px=context.height,
            extradata=bytes(context.extradata or b""),
        )
        return form, list(_packets(container, stream))[:120]


def _packets(
    container: "av.container.InputContainer", stream: av.VideoStream
) -> Iterator[PacketRecord]:
    base = stream.time_base or Fraction(1)
    for packet in container.demux(stream):
        if packet.size and packet.pts is not None and packet.dts is not None:
            yield PacketRecord(
                stream_ns=round(packet.pts * base * NS),
                decode_ns=round(packet.dts * base * NS),
                duration_ns=round((packet.duration or 0) * base * NS),
                keyframe=packet.is_keyframe,
                data=bytes(packet),
            )


def test_remuxed_byte_for_byte_and_in_time(
    footage: tuple[StreamFormat, list[PacketRecord]], tmp_path: Path
) -> None:
    """Units, their order, and the first presentation time."""
    form, packets = footage
    length_bytes = Framing.of(form).length_bytes
    assert length_bytes is not None
    clip = write_clip(form, packets, tmp_path / "clip.mp4")
    sent = [list(length_prefixed_units(p.data, length_bytes)) for p in packets]
    with av.open(str(clip.path)) as container:
        kept = [
            list(length_prefixed_units(bytes(packet), 4))
            for packet in container.demux(video=0)
            if packet.size
        ]
    assert kept == sent
    with av.open(str(clip.path), mode="r") as container:
        assert next(container.decode(video=0)).pts == 0


def test_stills_are_the_frames_that_a_player_shows(
    footage: tuple[StreamFormat, list[PacketRecord]], tmp_path: Path
) -> None:
    """The picture picked by time is the one that plain decoding gives at its place."""
    form, packets = footage
    order = sorted(packet.stream_ns for packet in packets)
    places = [0, 17, len(order) // 2, len(order) - 1]
    pictures = pick_pictures(form, packets, [order[place] for place in places])
    clip = write_clip(form, packets, tmp_path / "clip.mp4")
    with av.open(str(clip.path), mode="r") as container:
        shown = [f.to_ndarray(format="bgr24") for f in container.decode(video=0)]
    for place, picture in zip(places, pictures, strict=True):
        assert picture is not None
        assert picture.stream_ns == order[place]
        assert (picture.image == shown[place]).all()
