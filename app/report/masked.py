"""The pictures of a case as they may leave the house: third parties are hidden.

The originals stay in the evidence store as they are. What a picture shows is taken from
the track that is sealed with the case; where that says nothing, all of it is hidden.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from app.domain.evidence import EvidenceItem, EvidenceKind
from app.domain.geometry import PixelBox
from app.domain.ids import Sha256
from app.domain.infraction import Infraction
from app.domain.masks import Scene, hidden_parts
from app.evidence.data_bar import inset_area
from app.evidence.masking import cell_px, hide
from app.evidence.stills import crop_area, picture_left_px
from app.evidence.track_file import TrackFile, read_track
from app.ports import EvidenceStore
from app.report.pictures import VerifiedPicture, damaged, read_verified

PRINTED = (
    EvidenceKind.STILL_DECISIVE,
    EvidenceKind.STILL_BEFORE,
    EvidenceKind.STILL_AFTER,
    EvidenceKind.PLATE,
)
"""What a notice shows, the decisive picture first."""

_QUALITY = 92
_SLACK_PX = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedPicture:
    """A copy that may leave the house, as JPEG; `original` is what it was made of."""

    data: bytes
    width_px: int
    height_px: int
    original: Sha256


def masked_pictures(
    infraction: Infraction, store: EvidenceStore
) -> Mapping[EvidenceKind, MaskedPicture]:
    """Return masked copies of the pictures that a notice shows.

    Raises EvidenceDamaged when a picture or the track is not what was recorded.
    """
    by_kind = {item.kind: item for item in infraction.evidence}
    track = _track(by_kind.get(EvidenceKind.TRACK), store)
    shown = [
        _Shown(item, read_verified(store, item.sha256), _scene(track, item, infraction))
        for kind in PRINTED
        if (item := by_kind.get(kind)) is not None
    ]
    inset_hidden = any(one.is_vehicle_crop for one in shown)
    return {one.item.kind: one.masked(inset_hidden=inset_hidden) for one in shown}


def _track(item: EvidenceItem | None, store: EvidenceStore) -> TrackFile | None:
    if item is None:
        return None
    with store.open(item.sha256) as source:
        try:
            return read_track(source)
        except ValueError:
            # Of a later release, perhaps: then nothing is known of the pictures.
            return None


def _scene(
    track: TrackFile | None, item: EvidenceItem, infraction: Infraction
) -> Scene | None:
    if track is None:
        return None
    occurred = infraction.occurred
    later_s = (item.captured_at - occurred.wall).total_seconds()
    return track.scene_at(occurred.stream_ns + round(later_s * 1e9))


@dataclass(frozen=True, slots=True)
class _Shown:
    """A picture of the case with what is known of its moment."""

    item: EvidenceItem
    picture: VerifiedPicture
    scene: Scene | None

    @property
    def is_vehicle_crop(self) -> bool:
        """Whether it is the whole vehicle, cut out because no plate was found.

        The recorder cuts it along the vehicle's box, so that its size tells.
        """
        return self._vehicle_at() is not None

    def masked(self, *, inset_hidden: bool) -> MaskedPicture:
        """Return the copy; `inset_hidden` for stills that repeat a vehicle crop."""
        image = _decoded(self.picture, self.item.sha256)
        size = self.picture.width_px, self.picture.height_px
        if self.scene is not None:
            size = self.scene.width_px, self.scene.height_px
        copy = hide(image, self._parts(inset_hidden), cell_px(*size))
        return MaskedPicture(
            data=_encoded(copy),
            width_px=self.picture.width_px,
            height_px=self.picture.height_px,
            original=self.item.sha256,
        )

    def _parts(self, inset_hidden: bool) -> Sequence[PixelBox]:
        card = self.picture.width_px, self.picture.height_px
        everything = (PixelBox(0, 0, *card),)
        if self.scene is None or self.scene.concerned is None:
            return everything
        if self.item.kind is EvidenceKind.PLATE:
            return self._crop_parts(self.scene)
        picture = self.scene.width_px, self.scene.height_px
        left_px = picture_left_px(card, picture)
        if left_px is None:
            return everything
        parts = [_moved(part, left_px, 0) for part in hidden_parts(self.scene)]
        return [*parts, inset_area(card, picture[1])] if inset_hidden else parts

    def _crop_parts(self, scene: Scene) -> Sequence[PixelBox]:
        """Return what is hidden of the crop: nothing when it is the plate alone."""
        corner = self._vehicle_at()
        if corner is None:
            return ()
        return [_moved(part, -corner[0], -corner[1]) for part in hidden_parts(scene)]

    def _vehicle_at(self) -> tuple[int, int] | None:
        """Return where in the picture a vehicle crop begins, None if it is none."""
        scene = self.scene
        if scene is None or scene.concerned is None:
            return None
        if self.item.kind is not EvidenceKind.PLATE:
            return None
        picture = scene.width_px, scene.height_px
        area = crop_area(picture, scene.concerned.box)
        if area is None:
            return None
        left, top, right, bottom = area
        alike = (
            abs(right - left - self.picture.width_px) <= _SLACK_PX
            and abs(bottom - top - self.picture.height_px) <= _SLACK_PX
        )
        return (left, top) if alike else None


def _moved(box: PixelBox, right_px: float, down_px: float) -> PixelBox:
    return PixelBox(
        box.left_px + right_px,
        box.top_px + down_px,
        box.right_px + right_px,
        box.bottom_px + down_px,
    )


def _decoded(picture: VerifiedPicture, sha256: Sha256) -> npt.NDArray[np.uint8]:
    try:
        with Image.open(io.BytesIO(picture.data)) as source:
            return np.asarray(source.convert("RGB"), np.uint8)
    except OSError as error:
        raise damaged(sha256, "is not a whole picture") from error


def _encoded(image: npt.NDArray[np.uint8]) -> bytes:
    out = io.BytesIO()
    # Full chroma: a lamp of few pixels must keep its colour.
    Image.fromarray(image).save(out, "JPEG", quality=_QUALITY, subsampling=0)
    return out.getvalue()
