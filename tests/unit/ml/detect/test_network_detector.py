"""Pictures under way: batches, faults, waiting and the end, without a library."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing

import numpy as np
import numpy.typing as npt
import pytest

from app.domain.errors import InferenceUnavailable, ModelMissing
from app.domain.ids import Sha256
from ml.detect.array_picture import ArrayPicture
from ml.detect.batch import host_slot
from ml.detect.network import Output, Slot
from ml.detect.network_detector import ModelIdentity, NetworkDetector

_NAMES = {0: "person", 1: "bicycle", 2: "motorcycle", 3: "car", 4: "bus", 5: "truck"}
_IDENTITY = ModelIdentity(name="fake", sha256=Sha256("0" * 64), long_side_px=64)


class _GatedNetwork:
    """Finds one car, as bright as the picture's middle; works only when let."""

    device, fixed_input_hw, parallel, worker_count = "fake", None, 2, 1
    batch_limit = 4

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self.batches: list[list[tuple[int, ...]]] = []
        self.abandoned = 0
        self.slots = 0
        self.closed = False
        self.fault: Exception | None = None
        self.rows = 10
        self.rubbish: float | None = None

    def labels(self) -> dict[int, str]:
        return _NAMES

    def slot(self, input_hw: tuple[int, int]) -> Slot:
        self.slots += 1
        return host_slot(input_hw)

    def begin(self, slot: Slot) -> None:
        pass

    def finish(self, slots: Sequence[Slot]) -> Sequence[Output]:
        self.entered.set()
        self.gate.wait(10)
        self.batches.append([slot.canvas.pixels.shape for slot in slots])
        if self.fault is not None:
            raise self.fault
        return [self._seen(slot.canvas.pixels) for slot in slots]

    def _seen(self, pixels: npt.NDArray[np.uint8]) -> Output:
        if self.rubbish is not None:
            return np.full((self.rows, 5), self.rubbish, np.float32)
        height, width = pixels.shape[:2]
        output = np.zeros((self.rows, 1), np.float32)
        output[:4, 0] = [width / 2, height / 2, 10, 10]
        output[7 % self.rows, 0] = pixels[height // 2, width // 2, 0] / 255
        return output

    def abandon(self, slot: Slot) -> None:
        self.abandoned += slot.canvas.pixels.ndim == 3

    def interrupt(self) -> None:
        self.gate.set()

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def network() -> Iterator[_GatedNetwork]:
    """Yield a network; its gate is open at the end, whatever a test did."""
    made = _GatedNetwork()
    yield made
    made.gate.set()


def _picture(brightness: int, hw: tuple[int, int] = (32, 64)) -> ArrayPicture:
    return ArrayPicture(np.full((*hw, 3), brightness, np.uint8))


def test_pictures_that_wait_become_one_batch_of_one_size(
    network: _GatedNetwork,
) -> None:
    """Up to the limit, whatever lies between them; each gets its own answer."""
    with closing(NetworkDetector(network, _IDENTITY)) as detector:
        network.gate.clear()
        held = detector.submit(_picture(100))
        assert network.entered.wait(10)
        wide = [detector.submit(_picture(200 + n)) for n in range(3)]
        square = [detector.submit(_picture(150 + n, (64, 64))) for n in range(2)]
        more = [detector.submit(_picture(220 + n)) for n in range(2)]
        network.gate.set()
        scores = [f.result(10).scores[0] for f in [held, *wide, *square, *more]]
    bright = [100, 200, 201, 202, 150, 151, 220, 221]
    np.testing.assert_allclose(scores, np.asarray(bright) / 255, atol=1e-6)
    assert [len(batch) for batch in network.batches] == [1, 4, 2, 1]
    assert all(len(set(batch)) == 1 for batch in network.batches)


def test_inputs_are_used_again(network: _GatedNetwork) -> None:
    """A steady stream makes one, besides the one of the usual shape."""
    with closing(NetworkDetector(network, _IDENTITY)) as detector:
        for brightness in range(100, 200):
            detector.detect(_picture(brightness).image)
    assert network.slots == 2


def test_a_fault_belongs_to_its_batch(network: _GatedNetwork) -> None:
    """Whoever waits is told; the next picture is looked at again."""
    with closing(NetworkDetector(network, _IDENTITY)) as detector:
        network.fault = InferenceUnavailable("The server is away. Start it.")
        with pytest.raises(InferenceUnavailable, match="away"):
            detector.submit(_picture(200)).result(10)
        network.fault = None
        assert len(detector.submit(_picture(200)).result(10)) == 1


def test_an_output_of_another_network_is_refused(network: _GatedNetwork) -> None:
    """Six classes make ten rows; eleven are not read as if they were ten."""
    with closing(NetworkDetector(network, _IDENTITY)) as detector:
        network.rows = 11
        with pytest.raises(ModelMissing, match="not the network"):
            detector.submit(_picture(200)).result(10)


def test_submit_waits_when_far_too_many_are_under_way(network: _GatedNetwork) -> None:
    """Memory stays bounded; as soon as one is done, the next is taken."""
    with closing(NetworkDetector(network, _IDENTITY)) as detector:
        network.gate.clear()
        taken = [detector.submit(_picture(200)) for _ in range(8)]
        late = threading.Thread(
            target=lambda: taken.append(detector.submit(_picture(200)))
        )
        late.start()
        late.join(0.2)
        assert late.is_alive()
        network.gate.set()
        late.join(10)
        assert [len(future.result(10)) for future in taken] == [1] * 9


def test_closing_cancels_what_no_worker_has_taken(network: _GatedNetwork) -> None:
    """Those at work are answered, those that wait are cancelled and put to rest."""
    detector = NetworkDetector(network, _IDENTITY)
    network.gate.clear()
    first = detector.submit(_picture(200))
    assert network.entered.wait(10)
    waiting = [detector.submit(_picture(200)) for _ in range(5)]
    detector.close()
    assert len(first.result(0)) == 1
    assert all(future.cancelled() for future in waiting)
    assert network.abandoned == 5
    assert network.closed


def test_a_cancelled_picture_frees_its_input(network: _GatedNetwork) -> None:
    """Who changed his mind takes nothing from the others."""
    with closing(NetworkDetector(network, _IDENTITY)) as detector:
        network.gate.clear()
        detector.submit(_picture(200))
        assert network.entered.wait(10)
        for _ in range(30):
            network.gate.set()
            detector.submit(_picture(200)).cancel()
        assert len(detector.submit(_picture(200)).result(10)) == 1


@pytest.mark.parametrize("rubbish", [np.nan, np.inf, -np.inf, 1e30])
def test_numbers_that_are_none_make_no_boxes(
    network: _GatedNetwork, rubbish: float
) -> None:
    """A damaged network's infinities never reach the tracker."""
    network.rubbish = rubbish
    with closing(NetworkDetector(network, _IDENTITY)) as detector:
        assert len(detector.detect(_picture(9).image)) == 0
