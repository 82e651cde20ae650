"""A detector that is only its `detect`."""

from concurrent.futures import Future

import numpy as np
import numpy.typing as npt

from app.domain.detection import Detections
from app.domain.ids import Sha256
from app.ports import ScalablePicture


class ImmediateDetector:
    """Looks at a picture within `submit`, at the picture's own size."""

    model_name = "immediate"
    model_sha256 = Sha256("0" * 64)
    device = "test"
    parallel = 1
    evidential = True

    def detect(self, image: npt.NDArray[np.uint8]) -> Detections:
        """Return what is seen; each kind says how."""
        raise NotImplementedError

    def submit(self, picture: ScalablePicture) -> Future[Detections]:
        """Look at once."""
        done: Future[Detections] = Future()
        try:
            image = picture.scaled_bgr(picture.width_px, picture.height_px)
            done.set_result(self.detect(image))
        except Exception as error:  # noqa: BLE001 - told to whoever waits
            done.set_exception(error)
        return done

    def close(self) -> None:
        """There is nothing to give back."""
