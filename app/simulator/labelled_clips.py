"""Frames of the bundled clips with their true boxes, to measure detectors by."""

from collections.abc import Sequence
from pathlib import Path

import av

from app.ports import Progress
from app.simulator.dataset import worth_a_label, write_yaml, yolo_row
from app.simulator.scenario import SimulatedCamera
from app.simulator.truth import Truth

_QUALITY = 2
"""Of libav's JPEG encoder: hardly a loss."""


def export_clips(
    out: Path, cameras: Sequence[SimulatedCamera], every: int, progress: Progress
) -> int:
    """Write every n-th frame of each clip, full size, as a YOLO data set below `out`.

    images/val/*.jpg, labels/val/*.txt (class x y w h, shares of the picture) and
    data.yaml. Who is labelled is as in `export_dataset`: at least a quarter visible,
    and nine pixels on the shorter side. Returns the number of pictures.
    """
    for kind in ("images", "labels"):
        (out / kind / "val").mkdir(parents=True, exist_ok=True)
    write_yaml(out)
    count = 0
    for number, camera in enumerate(cameras):
        progress(f"labelling {camera.key}", number / len(cameras))
        count += _export(out, camera, every)
    progress("done", 1.0)
    return count


def _export(out: Path, camera: SimulatedCamera, every: int) -> int:
    labels = labels_by_frame(camera.truth)
    count = 0
    with av.open(str(camera.clip)) as container:
        for frame, picture in enumerate(container.decode(video=0)):
            if frame % every == 0:
                stem = f"{camera.key}-{frame:05d}"
                picture.save(out / "images" / "val" / f"{stem}.jpg", qscale=_QUALITY)
                text = "".join(f"{line}\n" for line in labels.get(frame, ()))
                (out / "labels" / "val" / f"{stem}.txt").write_text(text, "utf-8")
                count += 1
    return count


def labels_by_frame(truth: Truth) -> dict[int, list[str]]:
    """Return the YOLO rows of each frame that has any."""
    size_px = truth.width_px, truth.height_px
    rows: dict[int, list[str]] = {}
    for vehicle in truth.vehicles:
        for sample in vehicle.samples:
            if worth_a_label(sample.box, sample.visible):
                row = yolo_row(vehicle.vehicle_class, sample.box, size_px)
                rows.setdefault(sample.frame, []).append(row)
    return rows
