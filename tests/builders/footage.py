"""A drive past the camera of `tests.builders.site`: clip, track and stills agree.

The vehicle comes down the road towards the camera at an even speed and is where the
configuration's calibration says it is, so that what is computed from the files can be
compared with what was put in.
"""

import io
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from app.config.camera import ConfigurationVersion
from app.domain.clock import NS_PER_S
from app.domain.evidence import EvidenceItem, EvidenceKind
from app.domain.geometry import PixelBox, RoadPoint
from app.domain.ids import ConfigurationId, EvidenceId, new_uuid
from app.domain.infraction import Infraction, InfractionKind
from app.domain.signal import LampPhase
from app.domain.units import ms_from_kmh
from app.evidence.track_file import LampSample, TrackFile, TrackSample, write_track
from app.measure.calibration import RoadPlane
from app.ports import EvidenceStore

SIZE_PX = (1280, 720)
_LANE_X_M = 2.2
_WIDTH_M = 1.9
_BEFORE_S = 2.4
_AFTER_S = 1.4
_STILLS = (
    (EvidenceKind.STILL_BEFORE, -0.8),
    (EvidenceKind.STILL_DECISIVE, 0.0),
    (EvidenceKind.STILL_AFTER, 0.6),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """One drive; at the decisive moment the vehicle is at `decisive_y_m`."""

    infraction: Infraction
    configuration: ConfigurationVersion
    speed_kmh: float = 83.0
    decisive_y_m: float = 8.0
    fps: int = 15
    scale: float = 1.0
    """Size of the clip over the size of the picture."""

    def evidence(self, store: EvidenceStore, folder: Path) -> tuple[EvidenceItem, ...]:
        """Make all files, put them into `store` and return them."""
        items = [self._still(store, folder, kind, at) for kind, at in _STILLS]
        items.append(self._plate(store, folder))
        clip = self._write_clip(folder / "clip.mp4")
        items.append(
            self._item(store, EvidenceKind.CLIP, clip, "video/mp4", -_BEFORE_S)
        )
        track = folder / "track.json"
        write_track(self.track(), track)
        items.append(
            self._item(store, EvidenceKind.TRACK, track, "application/json", 0)
        )
        return tuple(items)

    def track(self) -> TrackFile:
        """Return what the engine would have written."""
        occurred = self.infraction.occurred
        samples, lamp = [], []
        for at_s in self._times_s():
            stream_ns = occurred.stream_ns + round(at_s * NS_PER_S)
            box = self._box(at_s)
            if box is not None:
                samples.append(
                    TrackSample(
                        stream_ns=stream_ns,
                        wall=occurred.wall + timedelta(seconds=at_s),
                        box=box,
                        score=0.91,
                        predicted=False,
                    )
                )
            lamp.append(
                LampSample(stream_ns=stream_ns, phase=self._phase(at_s), contrast=0.8)
            )
        has_lamp = self.infraction.kind is InfractionKind.RED_LIGHT
        return TrackFile(
            infraction_id=self.infraction.id,
            camera_id=self.infraction.camera_id,
            configuration_id=ConfigurationId(new_uuid())
            if str(self.infraction.provenance.configuration_id) != self.configuration.id
            else self.infraction.provenance.configuration_id,
            track_id=self.infraction.track_id,
            vehicle_class=self.infraction.vehicle_class,
            image_width_px=SIZE_PX[0],
            image_height_px=SIZE_PX[1],
            clip_start_ns=occurred.stream_ns - round(_BEFORE_S * NS_PER_S),
            decisive_ns=occurred.stream_ns,
            samples=tuple(samples),
            others=(),
            crop=None,
            lamp=tuple(lamp) if has_lamp else (),
        )

    def picture(self, at_s: float) -> Image.Image:
        """Return the street at a time relative to the decisive moment."""
        picture = Image.fromarray(_street())
        draw = ImageDraw.Draw(picture)
        draw.line((150, 640, 1130, 640), fill=(220, 220, 214), width=6)
        box = self._box(at_s)
        if box is not None:
            _draw_car(draw, box)
        draw.rectangle((1060, 60, 1094, 150), fill=(24, 26, 28))
        lit = {"red": 0, "amber": 1, "green": 2}.get(self._phase(at_s).value, 0)
        tints = ((230, 40, 40), (240, 180, 50), (60, 210, 110))
        for place in range(3):
            tint = tints[place] if place == lit else (60, 62, 66)
            top = 66 + place * 28
            draw.ellipse((1066, top, 1088, top + 22), fill=tint)
        return picture

    def _times_s(self) -> list[float]:
        count = round((_BEFORE_S + _AFTER_S) * self.fps)
        return [index / self.fps - _BEFORE_S for index in range(count)]

    def _phase(self, at_s: float) -> LampPhase:
        if at_s < -2.0:
            return LampPhase.AMBER
        return LampPhase.RED

    def _box(self, at_s: float) -> PixelBox | None:
        calibration = self.configuration.body.calibration
        if calibration is None:
            return None
        plane = RoadPlane.fit(calibration)
        y_m = self.decisive_y_m - ms_from_kmh(self.speed_kmh) * at_s
        left = plane.to_pixel(RoadPoint(_LANE_X_M, y_m))
        right = plane.to_pixel(RoadPoint(_LANE_X_M + _WIDTH_M, y_m))
        if left is None or right is None or not 0 < left.y_px < SIZE_PX[1] - 4:
            return None
        width = right.x_px - left.x_px
        return PixelBox(left.x_px, left.y_px - width * 0.8, right.x_px, left.y_px)

    def _write_clip(self, path: Path) -> Path:
        width, height = (round(side * self.scale / 2) * 2 for side in SIZE_PX)
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libx264", rate=self.fps)
            stream.width, stream.height = width, height
            stream.pix_fmt = "yuv420p"
            stream.codec_context.gop_size = self.fps
            stream.codec_context.max_b_frames = 0
            stream.options = {"preset": "ultrafast"}
            for index, at_s in enumerate(self._times_s()):
                image = np.asarray(self.picture(at_s).resize((width, height)))
                frame = av.VideoFrame.from_ndarray(image, format="rgb24")
                frame.pts, frame.time_base = index, Fraction(1, self.fps)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path

    def _still(
        self, store: EvidenceStore, folder: Path, kind: EvidenceKind, at_s: float
    ) -> EvidenceItem:
        picture = self.picture(at_s)
        draw = ImageDraw.Draw(picture)
        draw.rectangle((0, 0, SIZE_PX[0], 26), fill=(0, 0, 0))
        moment = self.infraction.occurred.wall + timedelta(seconds=at_s)
        draw.text((8, 6), f"{moment:%Y-%m-%d %H:%M:%S.%f} {kind}", fill=(255, 255, 255))
        return self._item(
            store, kind, _save(picture, folder / kind), "image/jpeg", at_s
        )

    def _plate(self, store: EvidenceStore, folder: Path) -> EvidenceItem:
        picture = Image.new("RGB", (240, 96), (232, 232, 226))
        draw = ImageDraw.Draw(picture)
        draw.rectangle((3, 3, 236, 92), outline=(30, 30, 30), width=4)
        text = self.infraction.plate.text or "?"
        draw.text((26, 14), text, fill=(20, 20, 20), font_size=56)
        path = _save(picture, folder / "plate")
        return self._item(store, EvidenceKind.PLATE, path, "image/jpeg", 0)

    def _item(
        self,
        store: EvidenceStore,
        kind: EvidenceKind,
        path: Path,
        media_type: str,
        at_s: float,
    ) -> EvidenceItem:
        sha256, size_bytes = store.put(path)
        return EvidenceItem(
            id=EvidenceId(new_uuid()),
            kind=kind,
            sha256=sha256,
            media_type=media_type,
            size_bytes=size_bytes,
            captured_at=self.infraction.occurred.wall + timedelta(seconds=at_s),
        )


def _save(picture: Image.Image, path: Path) -> Path:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    path.write_bytes(out.getvalue())
    return path


def _street() -> npt.NDArray[np.uint8]:
    width, height = SIZE_PX
    rows = np.linspace(0, 1, height)[:, None]
    columns = np.linspace(-1, 1, width)[None, :]
    road = np.abs(columns) < 0.1 + 1.0 * np.clip(rows - 0.2, 0, 1)
    shade = np.where(rows < 0.22, 168 - 60 * rows, np.where(road, 86, 112 - 20 * rows))
    noise = np.random.default_rng(7).normal(0, 2, (height, width))
    grey = np.clip(shade + noise, 0, 255)
    return (
        np.stack([grey * 0.97, grey, grey * 1.03], axis=2).clip(0, 255).astype(np.uint8)
    )


def _draw_car(draw: ImageDraw.ImageDraw, box: PixelBox) -> None:
    left, top, right, bottom = box.left_px, box.top_px, box.right_px, box.bottom_px
    tall, wide = bottom - top, right - left
    draw.rounded_rectangle(
        (left, top + tall * 0.3, right, bottom - tall * 0.06),
        radius=wide * 0.1,
        fill=(150, 32, 36),
    )
    draw.polygon(
        [
            (left + wide * 0.12, top + tall * 0.34),
            (left + wide * 0.24, top),
            (right - wide * 0.24, top),
            (right - wide * 0.12, top + tall * 0.34),
        ],
        fill=(40, 46, 54),
    )
    draw.rectangle(
        (
            left + wide * 0.32,
            bottom - tall * 0.3,
            right - wide * 0.32,
            bottom - tall * 0.16,
        ),
        fill=(226, 226, 220),
    )
