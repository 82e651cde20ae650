"""Cameras that can be put into trouble: clips, a server, and relays before it."""

import random
from pathlib import Path

from app.domain.clock import SystemClock
from app.simulator.faults import RelayHouse
from app.simulator.scenario import SimulatedCamera, load_bundled
from app.simulator.server import RtspServer
from app.simulator.variants import (
    Variant,
    load_variants,
    make_variants,
)
from tests.soak.plan import Trouble


class Street:
    """`count` looping cameras over the bundled clips; `close` ends them."""

    def __init__(
        self, count: int, folder: Path, *, seed: int, seconds: float, height_px: int
    ) -> None:
        """Render the variants of the clips, and serve."""
        bundled = load_bundled()
        self.sheets = [bundled[index % len(bundled)] for index in range(count)]
        paths = _rendered(self.sheets, folder, seconds, height_px)
        self._clips = [load_variants(paths[sheet.key]) for sheet in self.sheets]
        names = [f"camera-{index}" for index in range(count)]
        served = dict(zip(names, self._clips, strict=True))
        self._server = RtspServer(served, clock=SystemClock(), seed=seed).start()
        self._relays = RelayHouse(random.Random(seed).getrandbits(32))  # noqa: S311
        self._names = names
        self.urls = [self._relayed(name) for name in names]

    def disturb(self, camera: int, trouble: Trouble) -> None:
        """Put a camera into trouble."""
        self._clips[camera].show(trouble.variant)
        self._relays.set_fault(self._names[camera], trouble.fault)

    def restore(self, camera: int) -> None:
        """Let a camera be well again."""
        self._clips[camera].show(Variant.NORMAL)
        self._relays.set_fault(self._names[camera], None)

    def close(self) -> None:
        """End the relays and the server."""
        self._relays.close()
        self._server.close()

    def _relayed(self, name: str) -> str:
        port = self._relays.add(name, self._server.port)
        return f"rtsp://127.0.0.1:{port}/{name}"


def _rendered(
    sheets: list[SimulatedCamera], folder: Path, seconds: float, height_px: int
) -> dict[str, dict[Variant, Path]]:
    clips = {sheet.key: sheet.clip for sheet in sheets}
    return {
        key: make_variants(clip, folder, seconds=seconds, height_px=height_px)
        for key, clip in clips.items()
    }
