"""Renders the bundled clips with their truth."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Self

import av
import numpy as np
import numpy.typing as npt

from app.domain.signal import LampPhase
from app.domain.units import kmh_from_ms
from app.simulator.picture import FramePainter, Sight
from app.simulator.scenario import SCENARIOS, CameraSheet, Scenario
from app.simulator.schedule import FPS
from app.simulator.traffic import Mover
from app.simulator.truth import Truth, TruthLampSpan, TruthSample, TruthVehicle
from app.simulator.verdicts import infractions

Bytes = npt.NDArray[np.uint8]
Progress = Callable[[str, float], None]

_SAMPLE_LEAST_PX = 3.0


def render_all(
    out: Path, progress: Progress, keys: Sequence[str] = tuple(SCENARIOS)
) -> None:
    """Write clip, truth and camera sheet of the bundled cameras into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    for number, key in enumerate(keys):

        def report(share: float, number: int = number, key: str = key) -> None:
            progress(key, (number + share) / len(keys))

        render_scenario(SCENARIOS[key](), out, report)


def render_scenario(
    scenario: Scenario, out: Path, report: Callable[[float], None]
) -> None:
    """Write the three files of one camera."""
    stem = out / scenario.key
    save_sheet(scenario, out)
    samples: dict[int, list[TruthSample]] = {}
    count = scenario.world.frame_count
    with ClipWriter(stem.with_suffix(".mp4"), scenario) as clip:
        for frame, (image, sights) in enumerate(pictures(scenario)):
            clip.add(image)
            note_sights(scenario, frame, sights, samples)
            report((frame + 1) / count)
    truth_of(scenario, samples).save(stem.with_suffix(".truth.json"))


def save_sheet(scenario: Scenario, out: Path) -> None:
    """Write the camera's name, place and configuration."""
    sheet = CameraSheet(
        name=scenario.name,
        location=scenario.location,
        configuration=scenario.configuration,
    )
    (out / f"{scenario.key}.camera.json").write_text(
        sheet.model_dump_json(indent=1) + "\n", encoding="utf-8"
    )


def pictures(
    scenario: Scenario, frames: Sequence[int] | None = None
) -> Iterator[tuple[Bytes, dict[int, Sight]]]:
    """Yield the picture and the sights of every frame, or of the frames asked for."""
    painter = FramePainter(
        scenario.camera,
        scenario.street,
        scenario.lighting,
        scenario.heads,
        scenario.seed,
    )
    for frame in range(scenario.world.frame_count) if frames is None else frames:
        actors = [m.actor(frame) for m in scenario.world.movers if m.present(frame)]
        phase = phase_of(scenario, frame)
        yield painter.paint(actors, phase, noise_seed=frame)


def phase_of(scenario: Scenario, frame: int) -> LampPhase:
    """Return what the signal shows in a frame; UNKNOWN in a scene without one."""
    plan = scenario.world.plan
    return LampPhase.UNKNOWN if plan is None else plan.phase_at(frame / FPS)


def note_sights(
    scenario: Scenario,
    frame: int,
    sights: dict[int, Sight],
    samples: dict[int, list[TruthSample]],
) -> None:
    """Add one frame's rows to `samples`, by road user."""
    movers = {mover.key: mover for mover in scenario.world.movers}
    for key, sight in sights.items():
        if min(sight.box.width_px, sight.box.height_px) >= _SAMPLE_LEAST_PX:
            row = _sample(scenario, movers[key], frame, sight)
            samples.setdefault(key, []).append(row)


def _sample(scenario: Scenario, mover: Mover, frame: int, sight: Sight) -> TruthSample:
    front, rear = mover.ends(frame)
    x, y = front if scenario.end == "front" else rear
    box = sight.box
    return TruthSample(
        frame,
        round(box.left_px, 1),
        round(box.top_px, 1),
        round(box.right_px, 1),
        round(box.bottom_px, 1),
        round(sight.in_picture, 3),
        round(float(sight.visible), 3),
        round(x, 3),
        round(y, 3),
        round(kmh_from_ms(float(mover.speed_ms[frame])), 2),
    )


def truth_of(scenario: Scenario, samples: dict[int, list[TruthSample]]) -> Truth:
    """Return the clip's truth."""
    world = scenario.world
    vehicles = tuple(
        TruthVehicle(
            id=mover.key,
            vehicle_class=mover.body.vehicle_class,
            plate=mover.plate,
            plate_shown=_shows_plate(scenario, mover),
            samples=tuple(samples.get(mover.key, ())),
        )
        for mover in world.movers
        if mover.key in samples
    )
    return Truth(
        camera=scenario.key,
        fps=FPS,
        frame_count=world.frame_count,
        duration_s=world.duration_s,
        width_px=scenario.camera.width_px,
        height_px=scenario.camera.height_px,
        vehicles=vehicles,
        lamp=_lamp_spans(scenario),
        infractions=infractions(scenario),
    )


def _shows_plate(scenario: Scenario, mover: Mover) -> bool:
    # A motorcycle carries its only plate behind.
    towards = mover.lane in scenario.enforced and scenario.end == "front"
    return mover.plate is not None and (len(mover.body.plates) > 1 or not towards)


def _lamp_spans(scenario: Scenario) -> tuple[TruthLampSpan, ...]:
    if scenario.world.plan is None:
        return ()
    count = scenario.world.frame_count
    phases = [phase_of(scenario, frame) for frame in range(count)]
    starts = [0] + [k for k in range(1, count) if phases[k] is not phases[k - 1]]
    ends = [*starts[1:], count]
    return tuple(
        TruthLampSpan(first_frame=start, end_frame=end, phase=phases[start])
        for start, end in zip(starts, ends, strict=True)
    )


class ClipWriter:
    """Encodes pictures to H.264 as a traffic camera would: 1 s GOP, no B-frames."""

    def __init__(self, path: Path, scenario: Scenario) -> None:
        """Open the file for writing."""
        self._container = av.open(str(path), "w", options={"movflags": "faststart"})
        self._stream = self._container.add_stream("libx264", rate=FPS)
        self._stream.width = scenario.camera.width_px
        self._stream.height = scenario.camera.height_px
        self._stream.pix_fmt = "yuv420p"
        self._stream.options = {
            "preset": "veryfast",
            "crf": "28",
            "profile": "high",
            "threads": "1",
            "x264-params": (
                f"keyint={FPS}:min-keyint={FPS}:scenecut=0:bframes=0:"
                "colorprim=bt709:transfer=bt709:colormatrix=bt709"
            ),
        }
        self._next = 0

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def add(self, image: Bytes) -> None:
        """Append one BGR picture."""
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="bgr24")
        frame = frame.reformat(
            format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
        )
        frame.pts = self._next
        self._next += 1
        self._container.mux(self._stream.encode(frame))

    def __exit__(self, *exception: object) -> None:
        """Finish the file, also when a picture failed."""
        self._container.mux(self._stream.encode(None))
        self._container.close()
