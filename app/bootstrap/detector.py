"""The detector, by the name that somebody gave."""

import os
from collections.abc import Callable
from pathlib import Path

from app.config.paths import Paths
from app.ports import Detector, Progress


def detector_maker(
    paths: Paths,
    model: str | None,
    progress: Progress | None = None,
    *,
    makeshift: bool = False,
) -> Callable[[], Detector]:
    """Return what opens the detector: a registry name, a path, a server's address.

    `makeshift`: where no network can run, what moves is shown, and recorded never.
    """

    def make() -> Detector:
        from ml.session import open_detector

        served = model is not None and "://" in model
        if model and not served and (Path(model).exists() or os.sep in model):
            return open_detector(paths.models, weights=Path(model), progress=progress)
        return open_detector(
            paths.models, name=model, progress=progress, makeshift=makeshift
        )

    return make
