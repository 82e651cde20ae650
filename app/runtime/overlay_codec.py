"""A preview's times and overlay as compact JSON, to lie beside its pixels."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.clock import CaptureTime
from app.domain.geometry import PixelBox
from app.domain.ids import TrackId
from app.domain.infraction import InfractionKind
from app.domain.overlay import Overlay, OverlayBox
from app.domain.signal import LampPhase
from app.domain.vehicle import VehicleClass

MOST_BOXES = 200
"""More vehicles than a picture can show legibly; the most certain are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameCaption:
    """All that is known of a published picture besides its pixels."""

    time: CaptureTime
    source_width_px: int
    source_height_px: int
    overlay: Overlay


def encode_caption(caption: FrameCaption) -> bytes:
    """Return `caption` as JSON in UTF-8, at most about 40 kB."""
    time = caption.time
    overlay = caption.overlay
    document = {
        "t": [time.stream_ns, time.monotonic_ns, time.wall.isoformat()],
        "o": time.clock_offset_ns,
        "s": [caption.source_width_px, caption.source_height_px],
        "l": overlay.lamp,
        "v": overlay.configuration_version,
        "b": [_encode_box(box) for box in _most_certain(overlay.boxes)],
    }
    return json.dumps(document, separators=(",", ":")).encode()


def decode_caption(data: bytes) -> FrameCaption:
    """Return what `encode_caption` was given; ValueError or KeyError on others."""
    document: Mapping[str, Any] = json.loads(data)
    stream_ns, monotonic_ns, wall = document["t"]
    width_px, height_px = document["s"]
    lamp = document["l"]
    return FrameCaption(
        time=CaptureTime(
            stream_ns=stream_ns,
            monotonic_ns=monotonic_ns,
            wall=datetime.fromisoformat(wall),
            clock_offset_ns=document["o"],
        ),
        source_width_px=width_px,
        source_height_px=height_px,
        overlay=Overlay(
            boxes=tuple(_decode_box(row) for row in document["b"]),
            lamp=None if lamp is None else LampPhase(lamp),
            configuration_version=document["v"],
        ),
    )


def _most_certain(boxes: Sequence[OverlayBox]) -> Sequence[OverlayBox]:
    if len(boxes) <= MOST_BOXES:
        return boxes
    by_weight = sorted(boxes, key=lambda b: (b.violation is None, -b.score))
    return by_weight[:MOST_BOXES]


def _encode_box(box: OverlayBox) -> list[object]:
    edges = box.box
    return [
        int(box.track_id),
        [
            round(float(edge), 1)
            for edge in (
                edges.left_px,
                edges.top_px,
                edges.right_px,
                edges.bottom_px,
            )
        ],
        int(box.vehicle_class),
        round(float(box.score), 3),
        int(box.predicted),
        None if box.speed_kmh is None else round(float(box.speed_kmh), 1),
        box.plate,
        box.violation,
    ]


def _decode_box(row: Sequence[Any]) -> OverlayBox:
    track_id, edges, vehicle_class, score, predicted, speed_kmh, plate, violation = row
    return OverlayBox(
        track_id=TrackId(track_id),
        box=PixelBox(*edges),
        vehicle_class=VehicleClass(vehicle_class),
        score=score,
        predicted=bool(predicted),
        speed_kmh=speed_kmh,
        plate=plate,
        violation=None if violation is None else InfractionKind(violation),
    )
