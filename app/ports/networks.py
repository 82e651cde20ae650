"""Networks and what they read: detector, tracker, plates."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Protocol

import numpy as np
import numpy.typing as npt

from app.domain.clock import CaptureTime
from app.domain.detection import Detections, Tracks
from app.domain.forecast import Forecast
from app.domain.geometry import PixelBox
from app.domain.ids import Sha256
from app.domain.plate import PlateReading


class ScalablePicture(Protocol):
    """A picture that is not pixels yet: it scales itself to what a network wants."""

    @property
    def width_px(self) -> int:
        """Width before scaling, in pixels."""
        ...

    @property
    def height_px(self) -> int:
        """Height before scaling, in pixels."""
        ...

    def scaled_bgr(self, width_px: int, height_px: int) -> npt.NDArray[np.uint8]:
        """Return it at exactly this size: shape (height, width, 3), BGR."""
        ...


class Detector(Protocol):
    """Finds road users in pictures. One thread submits; any thread may wait."""

    @property
    def model_name(self) -> str:
        """Name in the model registry."""
        ...

    @property
    def model_sha256(self) -> Sha256:
        """Hash of the weights that are loaded."""
        ...

    @property
    def device(self) -> str:
        """Where it runs, for the status bar: "cuda:0", "openvino:cpu", "cpu".

        A further word names a precision below 32 bits: "openvino:cpu:bf16".
        """
        ...

    @property
    def parallel(self) -> int:
        """How many pictures are worth having under way at once, at least 1."""
        ...

    @property
    def evidential(self) -> bool:
        """Whether what it finds may become an infraction; false of a makeshift."""
        ...

    def submit(self, picture: ScalablePicture) -> "Future[Detections]":
        """Begin to look at a picture; its boxes come in the picture's own pixels.

        The picture is scaled before this returns. More than `parallel` pictures
        under way are accepted, and wait.
        """
        ...

    def detect(self, image: npt.NDArray[np.uint8]) -> Detections:
        """Return what is seen in a BGR picture of shape (height, width, 3)."""
        ...

    def close(self) -> None:
        """Give back what it holds; pictures under way are finished or cancelled."""
        ...


class Tracker(Protocol):
    """Gives vehicles of one camera an identity over time."""

    def update(self, detections: Detections, time: CaptureTime) -> Tracks:
        """Take the detections of the next frame, in order of stream time."""
        ...

    def forecast(self) -> Forecast:
        """Return a snapshot of the vehicles that says where they go next."""
        ...

    def reset(self) -> None:
        """Forget all tracks: the stream broke off. Identities are not used again."""
        ...


class PlateReader(Protocol):
    """Reads the number plate of one vehicle, and votes over its track."""

    def read(
        self, image: npt.NDArray[np.uint8], vehicle: PixelBox
    ) -> "PlateRead | None":
        """Return one read from a full-size BGR picture, None when no plate is seen."""
        ...

    def vote(self, reads: Sequence["PlateRead"]) -> PlateReading:
        """Return the reading that the reads of one track agree on."""
        ...


class PlateRead(Protocol):
    """One read of one plate in one frame."""

    @property
    def text(self) -> str:
        """The characters, upper case, without hyphen."""
        ...

    @property
    def confidence(self) -> float:
        """Least sure character, 0..1."""
        ...

    @property
    def box(self) -> PixelBox:
        """Where the plate lies in the full-size picture."""
        ...
