"""The packet ring keeps what evidence needs, and no more than it may."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from app.decode.packets import PacketRecord, PacketRing

FRAME_NS = 40_000_000


def packet(index: int, *, gop: int = 10, size: int = 100) -> PacketRecord:
    """Return the packet of frame `index` of a 25 fps stream."""
    return PacketRecord(
        stream_ns=index * FRAME_NS,
        decode_ns=index * FRAME_NS,
        duration_ns=FRAME_NS,
        keyframe=index % gop == 0,
        data=bytes(size),
    )


def test_cut_begins_with_the_keyframe_before_the_start() -> None:
    ring = PacketRing()
    for index in range(50):
        ring.append(packet(index))

    cut = ring.cut(25 * FRAME_NS, 33 * FRAME_NS)

    assert cut[0].keyframe
    assert cut[0].stream_ns == 20 * FRAME_NS
    assert cut[-1].stream_ns == 33 * FRAME_NS


def test_cut_before_all_that_is_held_begins_with_the_oldest_keyframe() -> None:
    ring = PacketRing()
    for index in range(20, 40):
        ring.append(packet(index))

    assert ring.cut(0, 25 * FRAME_NS)[0].stream_ns == 20 * FRAME_NS
    assert ring.cut(0, 10 * FRAME_NS) == []


def test_packets_without_their_keyframe_are_not_kept() -> None:
    ring = PacketRing()
    for index in range(5, 10):
        ring.append(packet(index))

    assert ring.size_bytes == 0
    assert ring.newest_ns == 9 * FRAME_NS


def test_cut_keeps_decode_order_with_b_frames() -> None:
    ring = PacketRing()
    presentation = [0, 3, 1, 2, 6, 4, 5]
    for decode, shown in enumerate(presentation):
        ring.append(
            PacketRecord(
                stream_ns=shown * FRAME_NS,
                decode_ns=(decode - 1) * FRAME_NS,
                duration_ns=FRAME_NS,
                keyframe=decode == 0,
                data=b"x",
            )
        )

    cut_order = [p.stream_ns // FRAME_NS for p in ring.cut(FRAME_NS, 4 * FRAME_NS)]

    assert cut_order == [0, 3, 1, 2, 6, 4]


@given(
    count=st.integers(1, 300),
    gop=st.integers(1, 60),
    keep_frames=st.integers(1, 100),
)
def test_bound_in_seconds_keeps_enough_and_at_most_one_group_more(
    count: int, gop: int, keep_frames: int
) -> None:
    ring = PacketRing(keep_ns=keep_frames * FRAME_NS)
    for index in range(count):
        ring.append(packet(index, gop=gop))

    held = ring.cut(0, count * FRAME_NS)
    span = (held[-1].stream_ns - held[0].stream_ns) // FRAME_NS

    assert held[0].keyframe
    assert span >= min(keep_frames, count - 1)
    assert span < keep_frames + 2 * gop


@given(st.lists(st.integers(1, 400), min_size=1, max_size=100), st.integers(1, 20))
def test_bound_in_bytes_is_hard(sizes: list[int], gop: int) -> None:
    ring = PacketRing(max_bytes=1000)
    for index, size in enumerate(sizes):
        ring.append(packet(index, gop=gop, size=size))
        assert ring.size_bytes <= 1000
        held = ring.cut(0, index * FRAME_NS)
        assert ring.size_bytes == sum(len(p.data) for p in held)
        assert not held or held[0].keyframe


def test_waiting_ends_when_the_packet_comes() -> None:
    ring = PacketRing()
    ring.append(packet(0))
    writer = threading.Thread(target=lambda: ring.append(packet(5)))
    writer.start()

    assert ring.wait_for(5 * FRAME_NS, timeout_s=5)
    writer.join()


def test_waiting_ends_when_the_stream_breaks_off() -> None:
    ring = PacketRing()
    ring.append(packet(0))
    closer = threading.Thread(target=ring.close)
    closer.start()

    assert not ring.wait_for(5 * FRAME_NS, timeout_s=5)
    closer.join()
    assert ring.closed


def test_a_lower_limit_lets_the_oldest_groups_go_at_once() -> None:
    ring = PacketRing()
    for second in range(10):
        ring.append(_of_a_kilobyte(second))
    assert ring.size_bytes == 10_000

    ring.limit(3500)

    kept = ring.cut(0, 10**12)
    assert [packet.stream_ns // 10**9 for packet in kept] == [7, 8, 9]
    ring.append(_of_a_kilobyte(10))
    assert ring.size_bytes == 3000
    ring.limit(10)
    assert ring.size_bytes == 0
    ring.append(_of_a_kilobyte(11))
    assert ring.newest_ns == 11 * 10**9


def _of_a_kilobyte(second: int) -> PacketRecord:
    return PacketRecord(
        stream_ns=second * 10**9,
        decode_ns=second * 10**9,
        duration_ns=10**9,
        keyframe=True,
        data=bytes(1000),
    )
