"""What a camera on an empty road costs, against one on a busy road.

Run: python -m tests.bench.quiet [--json FILE] [--seconds N]
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from app.config.paths import Paths
from app.ports import Detector
from app.simulator.scenario import SimulatedCamera, load_camera
from ml.session import open_detector
from tests.bench.legs import Comparison, alternate, parser, report
from tests.bench.rig import Served, run_cameras, served

GOAL = 0.15
_EMPTY_S = 20
_NOISE = 2.0
_SETTLE_S = 4.0


def write_empty_road(clip: Path, target: Path, fps: int = 20) -> None:
    """Write a clip of the same road without traffic, with a sensor's noise.

    The middle of many frames has no vehicle in it; every frame gets its own noise.
    """
    ground = _background(clip)
    rng = np.random.default_rng(3)
    with av.open(str(target), "w") as container:
        options = {"preset": "veryfast", "crf": "23", "x264-params": "scenecut=0"}
        stream = container.add_stream("libx264", rate=fps, options=options)
        stream.height, stream.width = ground.shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.gop_size = fps
        stream.codec_context.max_b_frames = 0
        for _ in range(_EMPTY_S * fps):
            noise = rng.normal(0, _NOISE, ground.shape[:2])[..., None]
            image = np.clip(ground + noise, 0, 255).astype(np.uint8)
            container.mux(stream.encode(VideoFrame.from_ndarray(image, "bgr24")))
        container.mux(stream.encode(None))


def _background(clip: Path) -> npt.NDArray[np.float32]:
    with av.open(str(clip)) as container:
        frames = [
            frame.to_ndarray(format="bgr24")
            for number, frame in enumerate(container.decode(video=0))
            if number % 60 == 0
        ]
    stacked = np.stack(frames).astype(np.float32)
    return np.asarray(np.percentile(stacked, 50, axis=0), np.float32)


def _leg(
    site: Served,
    name: str,
    simulated: SimulatedCamera,
    detector: Detector,
    folder: Path,
    seconds: float,
    looks: list[int],
) -> Callable[[], float]:
    def run() -> float:
        camera = site.camera(name)
        figures = run_cameras(
            {camera: simulated.configuration},
            detector,
            folder,
            settle_s=_SETTLE_S,
            seconds=seconds,
        )
        looks.append(round(figures.looks / figures.seconds))
        return figures.cores

    return run


def main() -> None:
    """Measure and report."""
    options = parser("a quiet camera against a busy one")
    options.add_argument("--seconds", type=float, default=8.0, help="per leg")
    chosen = options.parse_args()
    simulated = load_camera("avenue-speed")
    detector = open_detector(Paths.default().models)
    quiet_looks: list[int] = []
    busy_looks: list[int] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        empty = folder / "empty.mp4"
        write_empty_road(simulated.clip, empty)
        clips = {"busy": simulated.clip, "quiet": empty}
        with served(clips, folder) as site:
            legs = [
                _leg(site, name, simulated, detector, folder, chosen.seconds, looks)
                for name, looks in (("quiet", quiet_looks), ("busy", busy_looks))
            ]
            ours, peer = alternate(legs[0], legs[1], chosen.legs)
    detector.close()
    report(_comparison(ours, peer, quiet_looks, busy_looks), chosen.json)


def _comparison(
    ours: list[float], peer: list[float], quiet_looks: list[int], busy_looks: list[int]
) -> Comparison:
    return Comparison(
        name="quiet: an empty road against the same road with traffic",
        unit="cores",
        ours=ours,
        peer=peer,
        goal=GOAL,
        higher_is_better=False,
        extra={
            "quiet_looks_per_s": quiet_looks,
            "busy_looks_per_s": busy_looks,
            "notes": [
                "1280 x 720 and 640 x 360 at 20 fps over RTSP; receiving, decoding, "
                "the motion gate and the looks are counted, plates and evidence not."
            ],
        },
    )


if __name__ == "__main__":
    main()
