"""Nothing can be cut from, moved within or put into what was sealed."""

import io
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence.sealed_format import (
    HEADER_BYTES,
    MAGIC,
    SEGMENT_BYTES,
    TAG_BYTES,
    DataKey,
    SealBroken,
    SegmentReader,
    SegmentWriter,
    instance_of,
)

_KEY = DataKey(bytes(range(32)), bytes(range(16)))
_SEALED = SEGMENT_BYTES + TAG_BYTES
_SIZES = (0, 1, SEGMENT_BYTES - 1, SEGMENT_BYTES, SEGMENT_BYTES + 1, 3 * SEGMENT_BYTES)


def _sealed(plain: bytes, key: DataKey = _KEY, cut: int = 1 << 20) -> bytes:
    target = io.BytesIO()
    writer = SegmentWriter(target, key)
    for begin in range(0, len(plain), cut):
        writer.write(plain[begin : begin + cut])
    writer.close()
    return target.getvalue()


def _opened(sealed: bytes, key: DataKey = _KEY) -> bytes:
    with io.BufferedReader(SegmentReader(io.BytesIO(sealed), key)) as reader:
        return reader.read()


def _segments(sealed: bytes) -> list[bytes]:
    body = sealed[HEADER_BYTES:]
    return [body[at : at + _SEALED] for at in range(0, len(body), _SEALED)]


@pytest.mark.parametrize("size_bytes", _SIZES)
def test_what_was_sealed_comes_back(size_bytes: int) -> None:
    plain = os.urandom(size_bytes)
    sealed = _sealed(plain)
    assert _opened(sealed) == plain
    assert instance_of(io.BytesIO(sealed)) == _KEY.instance
    assert SegmentReader(io.BytesIO(sealed), _KEY).size_bytes == size_bytes
    assert len(_segments(sealed)) == max(1, -(-size_bytes // SEGMENT_BYTES))


@settings(max_examples=25)
@given(
    st.integers(1, 2 * SEGMENT_BYTES + 7),
    st.lists(st.tuples(st.integers(0, 3 * SEGMENT_BYTES), st.integers(0, 70_000))),
)
def test_writing_in_any_pieces_and_reading_from_anywhere(
    cut: int, looks: list[tuple[int, int]]
) -> None:
    """How it was written cannot be told; every place reads as in the plaintext."""
    plain = bytes(range(256)) * (2 * SEGMENT_BYTES // 256) + b"the rest"
    sealed = _sealed(plain, cut=cut)
    assert sealed == _sealed(plain)
    with io.BufferedReader(SegmentReader(io.BytesIO(sealed), _KEY)) as reader:
        for place, length in looks:
            assert reader.seek(place) == place
            assert reader.read(length) == plain[place : place + length]


@pytest.mark.parametrize("size_bytes", _SIZES)
def test_it_cannot_be_cut_short(size_bytes: int) -> None:
    """Neither within a segment nor between two; nor may anything follow."""
    sealed = _sealed(bytes(size_bytes))
    cuts = {HEADER_BYTES + n * _SEALED for n in range(len(_segments(sealed)))}
    cuts |= {cut + extra for cut in cuts for extra in (1, TAG_BYTES - 1, TAG_BYTES)}
    for cut in sorted(each for each in cuts if each < len(sealed)):
        with pytest.raises(SealBroken):
            _opened(sealed[:cut])
    for more in (b"x", sealed[HEADER_BYTES:][:_SEALED]):
        with pytest.raises(SealBroken):
            _opened(sealed + more)


def test_segments_cannot_change_places() -> None:
    """Their number is part of the nonce."""
    sealed = _sealed(os.urandom(3 * SEGMENT_BYTES))
    first, second, last = _segments(sealed)
    for order in ((second, first, last), (first, last, second), (first, first, last)):
        with pytest.raises(SealBroken):
            _opened(sealed[:HEADER_BYTES] + b"".join(order))


def test_segments_of_another_object_do_not_fit() -> None:
    """Even if that had the same instance, it had another key."""
    mine, others = os.urandom(2 * SEGMENT_BYTES), os.urandom(2 * SEGMENT_BYTES)
    sealed = _sealed(mine)
    foreign = _sealed(others, DataKey(os.urandom(32), _KEY.instance))
    mixed = _segments(sealed)[0] + _segments(foreign)[1]
    with pytest.raises(SealBroken):
        _opened(sealed[:HEADER_BYTES] + mixed)


@settings(max_examples=60)
@given(st.data())
def test_any_flipped_bit_is_found(data: st.DataObject) -> None:
    """In the header as well: it is bound to each segment."""
    sealed = bytearray(_sealed(b"evidence" * 200))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    found = instance_of(io.BytesIO(bytes(sealed)))
    if place < len(MAGIC):
        assert found is None
    else:
        assert found is not None
        with pytest.raises(SealBroken):
            _opened(bytes(sealed), DataKey(_KEY.secret, found))


def test_equal_contents_are_sealed_differently() -> None:
    """Nobody can tell from the store that two files are one."""
    assert _sealed(b"same", DataKey.draw()) != _sealed(b"same", DataKey.draw())


def test_a_key_shows_itself_nowhere() -> None:
    """A traceback with local variables must not hold it."""
    assert _KEY.secret.hex() not in repr(_KEY)
    assert repr(_KEY.secret) not in repr(_KEY)
