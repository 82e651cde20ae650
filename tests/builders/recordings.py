"""Recordings of a box that breaks a limit, and the parts that analyse them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from app.config.camera import (
    Calibration,
    CameraConfiguration,
    ControlPoint,
    MeasuredStretch,
    SpeedingRule,
)
from app.config.site_file import SiteCamera
from app.domain.clock import SystemClock
from app.domain.geometry import PixelPoint, RoadPoint
from app.evidence.recorder import Recorder
from app.evidence.seal import open_sealer
from app.ports import Detector, EvidenceStore, InfractionSink
from app.runtime.recording import AnalysisParts
from app.runtime.recording_job import RecordingJob
from tests.fakes.bright_box import BrightBoxDetector, SingleTracker
from tests.fakes.secrets import MemorySecrets

SIZE_PX = (640, 240)
STEP_PX = 4
TRUE_KMH = 72.0
"""4 px in 40 ms, and 0.2 m for each pixel."""
METRES_PER_PX = 0.2
FRAMES = 120


def write_recording(
    path: Path,
    *,
    pts_ms: Sequence[int] | None = None,
    frames: int = FRAMES,
    size_px: tuple[int, int] = SIZE_PX,
    created: str = "",
) -> Path:
    """Encode a box that moves 4 px a frame; by default 25 frames a second.

    The header stands before the pictures, so that a cut file still opens.
    """
    moments = pts_ms or [40 * index for index in range(frames)]
    options = {"movflags": "faststart"} if path.suffix == ".mp4" else {}
    with av.open(str(path), "w", options=options) as container:
        if created:
            container.metadata["creation_time"] = created
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height = size_px
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        stream.codec_context.gop_size = 10
        stream.options = {"preset": "ultrafast", "bf": "0"}
        for index, moment in enumerate(moments):
            image = np.full((size_px[1], size_px[0], 3), 90, np.uint8)
            left = 20 + index * STEP_PX
            image[100:148, left : left + 64] = 250
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = moment, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def camera() -> SiteCamera:
    """Return a camera that looks down on a road which runs to the right."""
    corners = ((0.0, 20.0), (600.0, 20.0), (0.0, 220.0), (600.0, 220.0))
    points = tuple(
        ControlPoint(
            pixel=PixelPoint(x, y), road=RoadPoint(y * METRES_PER_PX, x * METRES_PER_PX)
        )
        for x, y in corners
    )
    body = CameraConfiguration(
        image_width_px=SIZE_PX[0],
        image_height_px=SIZE_PX[1],
        calibration=Calibration(points=points, pixel_sigma_px=0.5, road_sigma_m=0.01),
        stretch=MeasuredStretch(start_y_m=20.0, end_y_m=70.0),
        rules=(SpeedingRule(limit_kmh=50.0),),
        pre_roll_s=1.0,
        post_roll_s=1.0,
    )
    return SiteCamera(name="norte", location="Lince", configuration=body)


def analysis(detector: Callable[[], Detector] = BrightBoxDetector) -> AnalysisParts:
    """Return parts that find the box, and make real evidence."""
    clock = SystemClock()
    sealer = open_sealer(MemorySecrets(), clock, "desk", time_stamp=False)

    def recorder(store: EvidenceStore, sink: InfractionSink, work: Path) -> Recorder:
        return Recorder(store, sink, clock, work, sealer=sealer)

    return AnalysisParts(
        clock=clock,
        detector=detector(),
        tracker=SingleTracker,
        plate_reader=lambda: None,
        make_recorder=recorder,
        software_version="0.1.0",
    )


def job(
    video: Path, out: Path, *, measured: bool = True, start: datetime | None = None
) -> RecordingJob:
    """Return the analysis of `video` as the camera's."""
    return RecordingJob(
        video=video, out=out, camera=camera() if measured else None, start=start
    )
