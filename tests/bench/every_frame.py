"""Every frame of a recording: decode, detect, track; against the loop a user writes.

Run: python -m tests.bench.every_frame [--clip F] [--weights W] [--frames N]
     [--form 8|32] [--json FILE]

`--weights` is a `.pt` file, or a folder that ultralytics exported to OpenVINO, which
then is what all sides run; without it the bundled detector is, in the form that the
product runs on a processor (8 bits) unless `--form 32`.

Four sides take turns in one process, over the same stretch of one clip:

* ours: PyAV, `Picture.scaled_bgr`, the detector with several pictures under way,
  `ByteTracker`;
* loop: `YOLO(export).track(frame, persist=True)` over `cv2.VideoCapture`, with the very
  OpenVINO files that ours runs: same weights, precision and input size. The goal is
  against this one;
* torch loop: the same with the `.pt` file, as most tutorials have it;
* model: the compiled network alone, inputs filled beforehand, as many requests under
  way as it wants.
"""

import argparse
import gc
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

import av
import cv2
import numpy as np
import yaml
from av.video.frame import VideoFrame

from app.config.paths import RESOURCES, Paths
from app.decode.opencv import work_alone
from app.decode.packets import PacketRing, StreamFormat
from app.decode.picture import Converter, Picture, Session
from app.domain.clock import CaptureTime
from app.domain.detection import Detections, Tracks
from app.domain.ids import CameraId, new_uuid
from app.ports import Detector
from ml import weights as registry
from ml.backends import Backend, Model, Variant, open_variant
from ml.detect.classes import class_columns
from ml.detect.letterbox import input_size_for
from ml.detect.openvino_network import OpenVinoNetwork
from ml.detect.postprocess import Thresholds
from ml.detect.runtime import OpenVinoModel
from ml.detect.yolo import load_yolo
from ml.evaluate.agreement import agreement
from ml.evaluate.track import NamedBoxes, score_tracks
from ml.export import Form, exported
from ml.session import open_detector
from ml.track.tracker import ByteTracker
from tests.bench.legs import Comparison, parser, report

GOAL_LOOP = 1.5
GOAL_MODEL = 0.87
GOAL_F1 = 0.99
_SCORE = 0.25
_CLIP = RESOURCES / "simulator" / "junction-front.mp4"
# What ultralytics' `track` looks at, and how this compares boxes of all classes.
_ULTRALYTICS = {"conf": 0.1, "iou": 0.6, "agnostic_nms": True, "verbose": False}
_COMPARABLE = Thresholds(min_score=0.1, max_iou=0.6, class_agnostic=True)


@dataclass(frozen=True, slots=True)
class Leg:
    """One turn of one side."""

    fps: float
    cpu_ms: float


Side = Callable[[], int]
"""Works through the stretch and returns how many frames there were."""


def cut(clip: Path, target: Path, start_s: float, frames: int) -> None:
    """Copy the packets of a stretch, from the keyframe before `start_s` on."""
    with av.open(str(clip)) as source, av.open(str(target), "w") as out:
        stream = source.streams.video[0]
        base = Fraction(stream.time_base or 1)
        source.seek(int(start_s / base), stream=stream)
        copied = out.add_stream_from_template(stream)
        first: int | None = None
        for count, packet in enumerate(source.demux(stream)):
            if count >= frames or packet.dts is None or packet.pts is None:
                break
            first = packet.dts if first is None else first
            packet.dts, packet.pts = packet.dts - first, packet.pts - first
            packet.stream = copied
            out.mux(packet)


def pictures(clip: Path) -> Iterator[Picture]:
    """Yield the frames of a recording as the engine would have them."""
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "SLICE"
        session = Session(
            number=1,
            format=StreamFormat(
                codec="h264",
                width_px=stream.width,
                height_px=stream.height,
                extradata=b"",
            ),
            ring=PacketRing(),
        )
        camera, to_network, to_wall = CameraId(new_uuid()), Converter(), Converter()
        for sequence, frame in enumerate(container.decode(stream)):
            yield Picture(
                camera_id=camera,
                sequence=sequence,
                time=_time_of(frame),
                session=session,
                video_frame=frame,
                to_network=to_network,
                to_wall=to_wall,
            )


def _time_of(frame: VideoFrame) -> CaptureTime:
    stream_ns = int((frame.time or 0.0) * 1e9)
    return CaptureTime(
        stream_ns=stream_ns, monotonic_ns=stream_ns, wall=datetime.now(UTC)
    )


def tracked(clip: Path, detector: Detector) -> Iterator[Tracks]:
    """Yield the tracks of every frame, our way."""
    tracker = ByteTracker()
    under_way: deque[tuple[Picture, Future[Detections]]] = deque()
    for picture in pictures(clip):
        under_way.append((picture, detector.submit(picture)))
        if len(under_way) >= detector.parallel:
            first, future = under_way.popleft()
            yield tracker.update(future.result(), first.time)
    for first, future in under_way:
        yield tracker.update(future.result(), first.time)


def seen(clip: Path, detector: Detector) -> list[Detections]:
    """Return our boxes of every frame."""
    return [future.result() for future in map(detector.submit, pictures(clip))]


class UserLoop:
    """The loop a user would write."""

    def __init__(self, clip: Path, model: Any, size_px: int) -> None:
        """Take ultralytics' model."""
        self._clip, self._model, self._size_px = clip, model, size_px

    def results(self) -> Iterator[Any]:
        """Yield ultralytics' tracking result of every frame, from a fresh start."""
        if self._model.predictor is not None:
            for tracker in getattr(self._model.predictor, "trackers", []):
                tracker.reset()
        for frame in self._frames():
            yield self._model.track(
                frame,
                persist=True,
                tracker="bytetrack.yaml",
                imgsz=self._size_px,
                device="cpu",
                verbose=False,
            )[0]

    def seen(self) -> list[Detections]:
        """Return what `predict` sees in every frame, under comparable settings."""
        # A model that tracks gives the tracks' boxes; one that predicts, its own.
        self._model.predictor = None
        # Of what a network knows besides, ours says nothing.
        road_users = class_columns(self._model.names)[0].tolist()
        found = []
        for frame in self._frames():
            boxes = self._model.predict(
                frame,
                imgsz=self._size_px,
                device="cpu",
                classes=road_users,
                **_ULTRALYTICS,
            )[0].boxes
            found.append(_detections(boxes))
        self._model.predictor = None
        return found

    def _frames(self) -> Iterator[Any]:
        capture = cv2.VideoCapture(str(self._clip))
        try:
            while True:
                ok, frame = capture.read()
                if not ok:
                    return
                yield frame
        finally:
            capture.release()


def _detections(boxes: Any) -> Detections:
    return Detections(
        boxes_px=boxes.xyxy.cpu().numpy().astype(np.float32).reshape(-1, 4),
        scores=boxes.conf.cpu().numpy().astype(np.float32),
        classes=boxes.cls.cpu().numpy().astype(np.int32),
    )


def model_alone(xml: Path, models: Path, input_hw: tuple[int, int], count: int) -> Side:
    """Return what runs the compiled network and nothing else, `count` times."""
    network = OpenVinoNetwork(xml, models)
    network.slot(input_hw)  # compiles, and so knows how many are worth it
    slots = [network.slot(input_hw) for _ in range(network.parallel)]
    rng = np.random.default_rng(7)
    for slot in slots:
        shape = slot.canvas.pixels.shape
        slot.canvas.pixels[:] = rng.integers(0, 255, shape, np.uint8)

    def run() -> int:
        for number in range(count):
            slot = slots[number % len(slots)]
            if number >= len(slots):
                network.finish([slot])
            network.begin(slot)
        network.finish(slots[: min(count, len(slots))])
        return count

    return run


def turns(sides: dict[str, Side], legs: int) -> dict[str, list[Leg]]:
    """Return the legs of every side; each turn goes the other way round."""
    done: dict[str, list[Leg]] = {name: [] for name in sides}
    for side in sides.values():
        side()
    # What torch and ultralytics loaded is walked through by the garbage collector time
    # and again, on whoever's turn; the product's engine never loads them.
    gc.collect()
    gc.freeze()
    for leg in range(legs):
        order = list(sides) if leg % 2 == 0 else list(reversed(sides))
        for name in order:
            begin, cpu = time.perf_counter(), time.process_time()
            count = sides[name]()
            fps = count / (time.perf_counter() - begin)
            done[name].append(Leg(fps, (time.process_time() - cpu) / count * 1000))
    return done


def _named(tracks: Tracks) -> NamedBoxes:
    boxes = [
        [b.box.left_px, b.box.top_px, b.box.right_px, b.box.bottom_px] for b in tracks
    ]
    return NamedBoxes(
        np.asarray([b.track_id for b in tracks], np.int64),
        np.asarray(boxes, np.float32).reshape(-1, 4),
    )


def _named_result(result: Any) -> NamedBoxes:
    boxes = result.boxes
    if boxes.id is None:
        return NamedBoxes(np.empty(0, np.int64), np.empty((0, 4), np.float32))
    return NamedBoxes(
        boxes.id.cpu().numpy().astype(np.int64),
        boxes.xyxy.cpu().numpy().astype(np.float32).reshape(-1, 4),
    )


def folder_for_ultralytics(
    xml: Path, target: Path, size: int | tuple[int, int], names: Any
) -> Path:
    """Write a form to where ultralytics finds it, with the note that it wants.

    With (height, width) the size is fixed, which makes it faster there; with one
    number it takes pictures of any shape.
    """
    import openvino

    network = openvino.Core().read_model(str(xml))
    sides = [size, size] if isinstance(size, int) else list(size)
    if not isinstance(size, int):
        network.reshape([1, 3, *size])
    target.mkdir()
    openvino.save_model(network, str(target / "model.xml"), compress_to_fp16=True)
    note = {
        "stride": 32,
        "task": "detect",
        "batch": 1,
        "imgsz": sides,
        "names": dict(names),
        "args": {"dynamic": isinstance(size, int)},
        "channels": 3,
        "end2end": False,
    }
    (target / "metadata.yaml").write_text(yaml.safe_dump(note), "utf-8")
    return target


@dataclass(frozen=True, slots=True)
class Contest:
    """One network, and how each side opens it. `size_px` is its longer side.

    `weights` is what the torch loop loads, None for a network that is exported already.
    """

    title: str
    xml: Path
    models: Path
    size_px: int
    open_ours: Callable[[Thresholds | None], Detector]
    weights: Path | None = None

    @classmethod
    def of_model(cls, model: Model, variant: Variant) -> "Contest":
        """Return the contest over a form of a model of the registry."""
        return cls(
            title=str(variant),
            xml=_xml(model, variant),
            models=model.models,
            size_px=model.long_side_px,
            open_ours=lambda thresholds: open_variant(
                model, variant, thresholds=thresholds
            ),
            weights=model.weights,
        )

    @classmethod
    def of_export(cls, folder: Path, models: Path, size_px: int) -> "Contest":
        """Return the contest over an OpenVINO folder."""
        return cls(
            title=folder.name,
            xml=next(folder.glob("*.xml")),
            models=models,
            size_px=size_px,
            open_ours=lambda thresholds: open_detector(
                models, weights=folder, thresholds=thresholds
            ),
        )

    def input_hw(self, image: Picture) -> tuple[int, int]:
        """Return the input's size for pictures like this one."""
        fixed = OpenVinoModel(self.xml, self.models).fixed_input_hw
        image_hw = (image.height_px, image.width_px)
        return fixed or input_size_for(image_hw, self.size_px)

    def loop_folder(self, input_hw: tuple[int, int], target: Path) -> Path:
        """Return the very files in a folder that ultralytics opens."""
        if self.weights is None:
            return self.xml.parent
        names = load_yolo(self.weights, self.models, self.title).names
        return folder_for_ultralytics(self.xml, target, input_hw, names)


@dataclass(frozen=True, slots=True)
class Setting:
    """What is compared on what."""

    clip: Path
    contest: Contest
    legs: int
    torch_loop: bool = True
    model_runs: int = 100


def run(setting: Setting, scratch: Path) -> tuple[Comparison, Comparison]:
    """Return ours against the loop, and against the model alone."""
    contest, models = setting.contest, setting.contest.models
    input_hw = contest.input_hw(next(pictures(setting.clip)))
    folder = contest.loop_folder(input_hw, scratch / "peer_openvino_model")
    model = ultralytics_model(folder, models)
    loop = UserLoop(setting.clip, model, contest.size_px)
    sides: dict[str, Side] = {}
    with ExitStack() as stack:
        ours = stack.enter_context(closing(contest.open_ours(None)))
        sides["ours"] = lambda: len(list(tracked(setting.clip, ours)))
        sides["loop"] = lambda: len(list(loop.results()))
        if setting.torch_loop and contest.weights is not None:
            torch_model = load_yolo(contest.weights, models, contest.title)
            torch_loop = UserLoop(setting.clip, torch_model, contest.size_px)
            sides["torch loop"] = lambda: len(list(torch_loop.results()))
        sides["model"] = model_alone(contest.xml, models, input_hw, setting.model_runs)
        done = turns(sides, setting.legs)
        quality = _quality(setting, ours, loop)
    return _comparisons(setting, done, quality)


def _xml(model: Model, variant: Variant) -> Path:
    if variant.eight_bit and model.eight_bit is not None:
        return registry.resolve_eight_bit(model.eight_bit)
    return exported(
        Form.OPENVINO,
        model.weights,
        model.sha256,
        model.models,
        long_side_px=model.long_side_px,
    )


def ultralytics_model(folder: Path, models: Path) -> Any:
    """Return ultralytics' model of an exported folder."""
    from ml.environment import load_ultralytics

    return load_ultralytics(models).YOLO(str(folder), task="detect")


def _quality(setting: Setting, ours: Detector, loop: UserLoop) -> dict[str, float]:
    """Return how far the boxes and the tracks of both are the same."""
    theirs_tracked = [_named_result(result) for result in loop.results()]
    own_tracked = [_named(tracks) for tracks in tracked(setting.clip, ours)]
    with closing(setting.contest.open_ours(_COMPARABLE)) as alike:
        pairs = list(zip(seen(setting.clip, alike), loop.seen(), strict=True))
    product = zip(seen(setting.clip, ours), (two for _, two in pairs), strict=True)
    score = score_tracks(theirs_tracked, own_tracked)
    boxes = agreement(pairs, _SCORE, _SCORE)
    return {
        "box_f1": boxes.f1,
        "boxes": boxes.theirs,
        "box_f1_with_our_rules_between_classes": agreement(product, _SCORE, _SCORE).f1,
        "track_agreement_hota": score.hota,
        "track_agreement_association": score.association_accuracy,
    }


def _comparisons(
    setting: Setting, done: dict[str, list[Leg]], quality: dict[str, float]
) -> tuple[Comparison, Comparison]:
    fps = {name: [leg.fps for leg in legs] for name, legs in done.items()}
    cpu = {name: median(leg.cpu_ms for leg in legs) for name, legs in done.items()}
    extra: dict[str, object] = {
        "clip": setting.clip.name,
        "form": setting.contest.title,
        "fps": fps,
        "cpu_ms_per_frame": cpu,
        **quality,
        "goal_box_f1": GOAL_F1,
        "met_box_f1": quality["box_f1"] >= GOAL_F1,
    }
    notes = [
        f"{name}: median {median(fps[name]):.1f} fps, {cpu[name]:.1f} ms CPU a frame"
        for name in fps
    ]
    notes.append(
        f"box F1 {quality['box_f1']:.4f} over {quality['boxes']:.0f} boxes at score "
        f"{_SCORE} (goal {GOAL_F1}); track agreement (HOTA against the loop's tracks) "
        f"{quality['track_agreement_hota']:.3f}"
    )
    if "torch loop" in fps:
        pairs = zip(fps["ours"], fps["torch loop"], strict=True)
        notes.append(f"against the .pt loop: {median(a / b for a, b in pairs):.2f}")
    loop = Comparison(
        name="every frame, against the same OpenVINO files in ultralytics' track loop",
        unit="fps",
        ours=fps["ours"],
        peer=fps["loop"],
        higher_is_better=True,
        goal=GOAL_LOOP,
        extra={**extra, "notes": notes},
    )
    alone = Comparison(
        name="every frame, against the compiled network alone",
        unit="fps",
        ours=fps["ours"],
        peer=fps["model"],
        higher_is_better=True,
        goal=GOAL_MODEL,
        extra=extra,
    )
    return loop, alone


def _setting(options: argparse.Namespace, clip: Path) -> Setting:
    return Setting(
        clip=clip,
        contest=_contest(options, Paths.default().models),
        legs=options.legs,
        torch_loop=not options.without_torch,
    )


def _contest(options: argparse.Namespace, models: Path) -> Contest:
    weights: Path | None = options.weights
    if weights is not None and weights.is_dir():
        return Contest.of_export(weights, models, options.size)
    if weights is None:
        wanted = registry.entry(registry.DEFAULT_DETECTOR, models)
        model = Model.of_entry(wanted, models)
    else:
        model = Model(
            models=models,
            weights=weights,
            name=registry.safe_name(weights.stem),
            sha256=registry.file_sha256(weights),
            long_side_px=options.size,
        )
    eight_bit = options.form == 8 and model.eight_bit is not None
    return Contest.of_model(
        model, Variant(Backend.OPENVINO, "CPU", eight_bit=eight_bit)
    )


def main() -> None:
    """Measure and report."""
    options = parser(__doc__ or "")
    options.add_argument("--clip", type=Path, default=_CLIP)
    options.add_argument("--weights", type=Path, help="a .pt file or OpenVINO folder")
    options.add_argument("--size", type=int, default=640, help="input of --weights")
    options.add_argument("--frames", type=int, default=150)
    options.add_argument("--start", type=float, default=20.0, help="seconds into it")
    options.add_argument("--form", type=int, choices=(8, 32), default=8)
    options.add_argument("--without-torch", action="store_true")
    chosen = options.parse_args()
    work_alone()  # as the engine does
    with tempfile.TemporaryDirectory() as scratch:
        clip = Path(scratch) / chosen.clip.name
        cut(chosen.clip, clip, chosen.start, chosen.frames)
        loop, alone = run(_setting(chosen, clip), Path(scratch))
    report(alone, None)
    against = {"ratio": alone.median_ratio, "goal": alone.goal, "met": alone.met}
    loop.extra["against_model_alone"] = against
    report(loop, chosen.json)


if __name__ == "__main__":
    main()
