"""A recorded clip as an endless live source of H.264 access units."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import av

from app.domain.errors import EnvironmentFault
from app.simulator.rtp import (
    parameter_sets,
    session_description,
    split_annex_b,
    split_length_prefixed,
)


@dataclass(frozen=True, slots=True)
class AccessUnit:
    """One coded picture: its NAL units and its time in the clip, in seconds."""

    units: tuple[bytes, ...]
    time_s: float
    keyframe: bool


class EndlessClip(Protocol):
    """Pictures without end, and how a session describes them."""

    @property
    def description(self) -> str:
        """The session description (SDP)."""
        ...

    def access_unit(self, number: int) -> tuple[AccessUnit, float]:
        """Return picture `number` and its time in seconds."""
        ...


@dataclass(frozen=True, slots=True)
class LiveClip:
    """A whole clip in memory, ready to be sent round and round."""

    access_units: tuple[AccessUnit, ...]
    duration_s: float
    description: str

    def access_unit(self, number: int) -> tuple[AccessUnit, float]:
        """Return picture `number` of the endless stream and its time in seconds."""
        loop, index = divmod(number, len(self.access_units))
        unit = self.access_units[index]
        return unit, loop * self.duration_s + unit.time_s


def load_clip(path: Path) -> LiveClip:
    """Read an H.264 clip without B-frames; EnvironmentFault when it is none."""
    try:
        with av.open(str(path)) as container:
            return _read(container, path.stem)
    except (OSError, av.FFmpegError) as error:
        raise EnvironmentFault(
            f"The clip {path.name} cannot be read ({error}). Render it again."
        ) from error


def _read(container: av.container.InputContainer, name: str) -> LiveClip:
    stream = container.streams.video[0]
    extradata = stream.codec_context.extradata or b""
    rate = stream.average_rate
    if stream.codec_context.name != "h264" or rate is None or not extradata:
        raise EnvironmentFault(f"The clip {name} is not H.264 at a known rate.")
    avcc = extradata[0] == 1
    split = split_length_prefixed if avcc else split_annex_b
    sps, pps = parameter_sets(extradata) if avcc else split_annex_b(extradata)[:2]
    units = tuple(
        AccessUnit(
            units=((sps, pps) if packet.is_keyframe else ())
            + tuple(split(bytes(packet))),
            time_s=float(packet.pts * packet.time_base),
            keyframe=packet.is_keyframe,
        )
        for packet in container.demux(stream)
        if packet.size and packet.pts is not None and packet.time_base is not None
    )
    return LiveClip(
        units, len(units) / float(rate), session_description(sps, pps, name)
    )
