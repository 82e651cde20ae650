"""A preview's times and overlay as packed bytes, to lie beside its pixels.

Little-endian: a head, a row of fixed size per box, then the plates' texts. The wall
decodes 400 captions a second, and what it decodes came out of shared memory: every
length is checked before it is used, and a caption of another dialect is refused.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from app.domain.clock import CaptureTime
from app.domain.geometry import PixelBox
from app.domain.ids import TrackId
from app.domain.infraction import InfractionKind
from app.domain.overlay import Overlay, OverlayBox
from app.domain.signal import LampPhase
from app.domain.vehicle import VehicleClass

MOST_BOXES = 200
"""More vehicles than a picture can show legibly; the most certain are kept."""
_MOST_PLATE_BYTES: Final = 255
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_NONE: Final = -(2**31)
_NO_VIOLATION: Final = 0xFF
_KINDS: Final = tuple(InfractionKind)
_LAMPS: Final = (None, *LampPhase)
_CLASSES: Final = {int(vehicle): vehicle for vehicle in VehicleClass}

# Dialect, stream, monotonic and wall time, clock offset and whether there is one,
# source size, lamp, configuration, boxes, bytes of text.
_HEAD: Final = struct.Struct("<IqqqqBIIBiHI")
# Track, edges in tenths of a pixel, speed in tenths, score in thousandths, class,
# whether predicted, violation, bytes of plate (0: none, else one more than there are).
_BOX: Final = struct.Struct("<q4iiHBBBH")
_DIALECT: Final = zlib.crc32(
    repr((2, _HEAD.format, _BOX.format, _KINDS, _LAMPS)).encode()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameCaption:
    """All that is known of a published picture besides its pixels."""

    time: CaptureTime
    source_width_px: int
    source_height_px: int
    overlay: Overlay


def encode_caption(caption: FrameCaption) -> bytes:
    """Return `caption` packed, at most about 60 kB; the wall time becomes UTC."""
    time, overlay = caption.time, caption.overlay
    boxes = _most_certain(overlay.boxes)
    plates = [_plate_bytes(box.plate) for box in boxes]
    rows = [_encode_box(box, plate) for box, plate in zip(boxes, plates, strict=True)]
    text = b"".join(plate for plate in plates if plate)
    offset_ns, version = time.clock_offset_ns, overlay.configuration_version
    head = _HEAD.pack(
        _DIALECT,
        time.stream_ns,
        time.monotonic_ns,
        (time.wall - _EPOCH) // _MICROSECOND,
        offset_ns or 0,
        offset_ns is not None,
        caption.source_width_px,
        caption.source_height_px,
        _LAMPS.index(overlay.lamp),
        _NONE if version is None else version,
        len(rows),
        len(text),
    )
    return b"".join((head, *rows, text))


def decode_caption(data: bytes) -> FrameCaption:
    """Return what `encode_caption` was given; ValueError on any other bytes."""
    try:
        return _decode(data)
    except (struct.error, LookupError, OverflowError) as error:
        raise ValueError("not a caption") from error


def _decode(data: bytes) -> FrameCaption:
    head = _HEAD.unpack_from(data)
    dialect, stream_ns, monotonic_ns, wall_us, offset_ns, has_offset = head[:6]
    width_px, height_px, lamp, version, count, text_bytes = head[6:]
    text_start = _HEAD.size + count * _BOX.size
    whole = len(data) == text_start + text_bytes
    if dialect != _DIALECT or count > MOST_BOXES or not whole:
        raise ValueError("a caption of another dialect or length")
    rows = _BOX.iter_unpack(memoryview(data)[_HEAD.size : text_start])
    return FrameCaption(
        time=CaptureTime(
            stream_ns=stream_ns,
            monotonic_ns=monotonic_ns,
            wall=_EPOCH + timedelta(microseconds=wall_us),
            clock_offset_ns=offset_ns if has_offset else None,
        ),
        source_width_px=width_px,
        source_height_px=height_px,
        overlay=Overlay(
            boxes=tuple(_decode_boxes(rows, data[text_start:])),
            lamp=_LAMPS[lamp],
            configuration_version=None if version == _NONE else version,
        ),
    )


def _most_certain(boxes: Sequence[OverlayBox]) -> Sequence[OverlayBox]:
    if len(boxes) <= MOST_BOXES:
        return boxes
    by_weight = sorted(boxes, key=lambda b: (b.violation is None, -b.score))
    return by_weight[:MOST_BOXES]


def _plate_bytes(plate: str | None) -> bytes | None:
    if plate is None:
        return None
    cut = plate.encode("utf-8", "replace")[:_MOST_PLATE_BYTES]
    return cut.decode("utf-8", "ignore").encode()


def _encode_box(box: OverlayBox, plate: bytes | None) -> bytes:
    edges, speed_kmh, violation = box.box, box.speed_kmh, box.violation
    return _BOX.pack(
        box.track_id,
        round(edges.left_px * 10),
        round(edges.top_px * 10),
        round(edges.right_px * 10),
        round(edges.bottom_px * 10),
        _NONE if speed_kmh is None else round(speed_kmh * 10),
        round(box.score * 1000),
        box.vehicle_class,
        box.predicted,
        _NO_VIOLATION if violation is None else _KINDS.index(violation),
        0 if plate is None else len(plate) + 1,
    )


def _decode_boxes(rows: Iterable[tuple[int, ...]], text: bytes) -> Iterator[OverlayBox]:
    at = 0
    for row in rows:
        track_id, left, top, right, bottom, speed, score = row[:7]
        vehicle, predicted, violation, plate_bytes = row[7:]
        plate = None
        if plate_bytes:
            end = at + plate_bytes - 1
            if end > len(text):
                raise ValueError("a caption whose plate is cut off")
            plate, at = text[at:end].decode(), end
        yield OverlayBox(
            track_id=TrackId(track_id),
            box=PixelBox(left / 10, top / 10, right / 10, bottom / 10),
            vehicle_class=_CLASSES[vehicle],
            score=score / 1000,
            predicted=bool(predicted),
            speed_kmh=None if speed == _NONE else speed / 10,
            plate=plate,
            violation=None if violation == _NO_VIOLATION else _KINDS[violation],
        )
