"""Stills on their way into a document: hashed again, and never a bomb."""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from app.domain.errors import EvidenceDamaged
from app.domain.ids import Sha256
from app.ports import EvidenceStore

MAX_BYTES = 64 * 1024 * 1024
MAX_PIXELS = 64_000_000
_FORMATS = ("JPEG", "PNG")


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPicture:
    """The bytes of a still whose hash was right, and its size in pixels."""

    data: bytes
    width_px: int
    height_px: int


def read_verified(store: EvidenceStore, sha256: Sha256) -> VerifiedPicture:
    """Read a still; EvidenceDamaged when the hash or the picture is wrong.

    Only the header is read here: size and format are checked before anything
    decodes the picture.
    """
    with store.open(sha256) as source:
        data = source.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise damaged(sha256, "is too large for a still")
    width_px, height_px = _size(data, sha256)
    return VerifiedPicture(data=data, width_px=width_px, height_px=height_px)


def _size(data: bytes, sha256: Sha256) -> tuple[int, int]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            header = Image.open(io.BytesIO(data), formats=_FORMATS)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError) as error:
        raise damaged(sha256, "is not a picture") from error
    except Image.DecompressionBombWarning as error:
        raise damaged(sha256, "is too large for a still") from error
    width_px, height_px = header.size
    if width_px * height_px > MAX_PIXELS:
        raise damaged(sha256, "is too large for a still")
    return width_px, height_px


def damaged(sha256: Sha256, what: str) -> EvidenceDamaged:
    """Return the fault of a file that is no picture one could show."""
    return EvidenceDamaged(
        f"The evidence file {sha256[:12]}… {what}. It is not shown or printed; "
        "restore it from the backup."
    )
