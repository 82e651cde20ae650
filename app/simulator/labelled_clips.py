"""Frames of the bundled clips with their true boxes, to measure detectors by."""

from collections.abc import Sequence
from pathlib import Path

import av

from app.ports import Progress
from app.simulator.dataset import Rows, make_folders, yolo_row
from app.simulator.scenario import SimulatedCamera
from app.simulator.truth import Truth

_QUALITY = 2
"""Of libav's JPEG encoder: hardly a loss."""


def export_clips(
    out: Path, cameras: Sequence[SimulatedCamera], every: int, progress: Progress
) -> int:
    """Write every n-th frame of each clip, full size, as a YOLO data set below `out`.

    images/val/*.jpg, labels/val/*.txt (class x y w h, shares of the picture),
    aside/val/*.txt and data.yaml. Who is labelled, and who set aside, is as in
    `export_dataset`. Returns the number of pictures.
    """
    make_folders(out, "val")
    count = 0
    for number, camera in enumerate(cameras):
        progress(f"labelling {camera.key}", number / len(cameras))
        count += _export(out, camera, every)
    progress("done", 1.0)
    return count


def _export(out: Path, camera: SimulatedCamera, every: int) -> int:
    rows = rows_by_frame(camera.truth)
    count = 0
    with av.open(str(camera.clip)) as container:
        for frame, picture in enumerate(container.decode(video=0)):
            if frame % every == 0:
                stem = f"{camera.key}-{frame:05d}"
                picture.save(out / "images" / "val" / f"{stem}.jpg", qscale=_QUALITY)
                rows.get(frame, Rows()).write(out, "val", stem)
                count += 1
    return count


def rows_by_frame(truth: Truth) -> dict[int, Rows]:
    """Return the YOLO rows of each frame that shows anybody."""
    size_px = truth.width_px, truth.height_px
    rows: dict[int, Rows] = {}
    for vehicle in truth.vehicles:
        for sample in vehicle.samples:
            row = yolo_row(vehicle.vehicle_class, sample.box, size_px)
            rows.setdefault(sample.frame, Rows()).add(
                row, sample.box, sample.visible, sample.in_picture
            )
    return rows
