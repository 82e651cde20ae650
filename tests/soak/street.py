"""Cameras that can be put into trouble: clips, a server, and relays before it."""

import random
from pathlib import Path

from app.domain.clock import SystemClock
from app.simulator.faults import RelayHouse
from app.simulator.scenario import SimulatedCamera, load_bundled
from app.simulator.server import RtspServer
from app.simulator.small_streams import SUFFIX
from app.simulator.variants import (
    SwitchableClip,
    Variant,
    load_variants,
    make_variants,
)
from tests.soak.plan import Trouble


class Street:
    """`count` looping cameras over the bundled clips; `close` ends them.

    Every other camera, the first included, has a second stream of half the size, which
    is what an engine mostly meets; the trouble of a camera is that of both.
    """

    def __init__(
        self, count: int, folder: Path, *, seed: int, seconds: float, height_px: int
    ) -> None:
        """Render the variants of the clips, and serve."""
        bundled = load_bundled()
        self.sheets = [bundled[index % len(bundled)] for index in range(count)]
        names = [f"camera-{index}" for index in range(count)]
        main = _rendered(self.sheets, folder, seconds, height_px)
        small = _rendered(self.sheets[::2], folder / SUFFIX, seconds, height_px // 2)
        served = dict(zip(names, main, strict=True))
        second = {
            f"{name}/{SUFFIX}": clip
            for name, clip in zip(names[::2], small, strict=True)
        }
        served |= second
        self._clips = served
        self._server = RtspServer(served, clock=SystemClock(), seed=seed).start()
        self._relays = RelayHouse(random.Random(seed).getrandbits(32))  # noqa: S311
        self._names = names
        self.urls = [self._relayed(name) for name in names]
        self.sub_urls = [
            f"{url}/{SUFFIX}" if f"{name}/{SUFFIX}" in second else None
            for name, url in zip(names, self.urls, strict=True)
        ]

    def disturb(self, camera: int, trouble: Trouble) -> None:
        """Put a camera into trouble."""
        self._show(camera, trouble.variant)
        self._relays.set_fault(self._names[camera], trouble.fault)

    def restore(self, camera: int) -> None:
        """Let a camera be well again."""
        self._show(camera, Variant.NORMAL)
        self._relays.set_fault(self._names[camera], None)

    def close(self) -> None:
        """End the relays and the server."""
        self._relays.close()
        self._server.close()

    def _show(self, camera: int, variant: Variant) -> None:
        name = self._names[camera]
        for served, clip in self._clips.items():
            if served in (name, f"{name}/{SUFFIX}"):
                clip.show(variant)

    def _relayed(self, name: str) -> str:
        port = self._relays.add(name, self._server.port)
        return f"rtsp://127.0.0.1:{port}/{name}"


def _rendered(
    sheets: list[SimulatedCamera], folder: Path, seconds: float, height_px: int
) -> list[SwitchableClip]:
    folder.mkdir(exist_ok=True)
    clips = {sheet.key: sheet.clip for sheet in sheets}
    paths = {
        key: make_variants(clip, folder, seconds=seconds, height_px=height_px)
        for key, clip in clips.items()
    }
    return [load_variants(paths[sheet.key]) for sheet in sheets]
