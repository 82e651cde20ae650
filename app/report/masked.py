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
from app.domain.masks import Scene, hidden_in, hidden_parts, moved
from app.evidence.data_bar import inset_area
from app.evidence.masking import cell_px, hide
from app.evidence.stills import picture_left_px
from app.evidence.track_file import PlateCrop, TrackFile, read_track
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
        _Shown(
            item,
            read_verified(store, item.sha256),
            _scene(track, item, infraction),
            None if track is None else track.crop,
        )
        for kind in PRINTED
        if (item := by_kind.get(kind)) is not None
    ]
    inset_shown = any(one.is_plate_alone for one in shown)
    return {one.item.kind: one.masked(inset_shown=inset_shown) for one in shown}


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
    if item.kind is EvidenceKind.PLATE:
        return None if track.crop is None else track.scene_at(track.crop.stream_ns)
    occurred = infraction.occurred
    later_s = (item.captured_at - occurred.wall).total_seconds()
    return track.scene_at(occurred.stream_ns + round(later_s * 1e9))


@dataclass(frozen=True, slots=True)
class _Shown:
    """A picture of the case with what is known of its moment.

    `crop` is where the case's plate was cut out, None when that is not known.
    """

    item: EvidenceItem
    picture: VerifiedPicture
    scene: Scene | None
    crop: PlateCrop | None

    @property
    def is_plate_alone(self) -> bool:
        """Whether it is a crop of which all may be seen."""
        return self.item.kind is EvidenceKind.PLATE and not self._crop_parts()

    def masked(self, *, inset_shown: bool) -> MaskedPicture:
        """Return the copy; a still repeats the plate's crop, and may show it or not."""
        image = _decoded(self.picture, self.item.sha256)
        size = self.picture.width_px, self.picture.height_px
        if self.scene is not None:
            size = self.scene.width_px, self.scene.height_px
        copy = hide(image, self._parts(inset_shown), cell_px(*size))
        return MaskedPicture(
            data=_encoded(copy),
            width_px=self.picture.width_px,
            height_px=self.picture.height_px,
            original=self.item.sha256,
        )

    def _parts(self, inset_shown: bool) -> Sequence[PixelBox]:
        if self.item.kind is EvidenceKind.PLATE:
            return self._crop_parts()
        if self.scene is None or self.scene.concerned is None:
            return self._everything()
        card = self.picture.width_px, self.picture.height_px
        picture = self.scene.width_px, self.scene.height_px
        left_px = picture_left_px(card, picture)
        if left_px is None:
            return self._everything()
        parts = [moved(part, left_px, 0) for part in hidden_parts(self.scene)]
        return parts if inset_shown else [*parts, inset_area(card, picture[1])]

    def _crop_parts(self) -> Sequence[PixelBox]:
        """Return what is hidden of the crop: all of it where nobody noted its place."""
        scene, place = self.scene, self.crop
        if scene is None or scene.concerned is None or place is None:
            return self._everything()
        if (place.box.width_px, place.box.height_px) != (
            self.picture.width_px,
            self.picture.height_px,
        ):
            return self._everything()
        return hidden_in(scene, place.box, is_plate=place.is_plate)

    def _everything(self) -> Sequence[PixelBox]:
        return (PixelBox(0, 0, self.picture.width_px, self.picture.height_px),)


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
