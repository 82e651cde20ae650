"""The streams of a camera of the site, ready to be read."""

import threading
from collections.abc import Callable
from urllib.parse import urlsplit

from app.camera.credentials import Credentials
from app.camera.source import CameraSource, Pace
from app.domain.camera import Camera
from app.domain.clock import Clock


def sources_of(
    camera: Camera,
    credentials: Callable[[], Credentials | None],
    clock: Clock,
    stop: threading.Event,
) -> tuple[CameraSource, CameraSource | None]:
    """Return the main stream of a camera and its second one, None if it has none.

    The credentials go to the camera's own host only. A main stream that is decoded
    for want of a second one is worth a graphics card.
    """
    alone = camera.sub_url is None
    main = CameraSource(
        camera.url,
        credentials,
        clock,
        stop,
        pace=_pace_of(camera.url),
        accelerate=alone,
    )
    if camera.sub_url is None:
        return main, None
    allowed = credentials if same_host(camera.url, camera.sub_url) else _nobody
    pace = _pace_of(camera.sub_url)
    return main, CameraSource(camera.sub_url, allowed, clock, stop, pace=pace)


def same_host(url: str, other: str) -> bool:
    """Whether two addresses name the same host; False when either is malformed."""
    try:
        return urlsplit(url).hostname == urlsplit(other).hostname
    except ValueError:
        return False


def _pace_of(url: str) -> Pace:
    return Pace.LIVE if "://" in url else Pace.REAL_TIME


def _nobody() -> None:
    return None
