"""Decoding on the graphics card, where there is one that can.

The card is asked once per process; without one nothing is said. A stream that the card
does not know is decoded by the processor.
"""

import logging
import sys
from functools import cache

import av
from av.codec import Codec
from av.codec.hwaccel import HWAccel, hwdevices_available

_log = logging.getLogger(__name__)
_BY_PLATFORM = {
    "win32": ("cuda", "d3d11va"),
    "darwin": ("videotoolbox",),
}
_ELSEWHERE = ("cuda", "vaapi")
_REFUSALS = (av.FFmpegError, OSError, ValueError, RuntimeError, NotImplementedError)


def accelerator() -> HWAccel | None:
    """Return what a container is to be opened with; None without a fit card."""
    device = device_kind()
    if device is None:
        return None
    return HWAccel(device_type=device, allow_software_fallback=True)


@cache
def device_kind() -> str | None:
    """Return libav's name of the kind of card that decodes here; None without one."""
    known = set(hwdevices_available())
    for device in _BY_PLATFORM.get(sys.platform, _ELSEWHERE):
        if device in known and _works(device):
            _log.info("video is decoded on the graphics card (%s)", device)
            return device
    return None


def _works(device: str) -> bool:
    try:
        HWAccel(device_type=device).create(Codec("h264", "r"))
    except _REFUSALS as error:
        _log.debug("no decoding by %s: %s", device, error)
        return False
    return True
