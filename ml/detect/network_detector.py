"""The detector: letterbox, network, boxes, with several pictures under way."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from app.domain.detection import Detections
from app.domain.ids import Sha256
from app.ports import ScalablePicture
from ml.detect.array_picture import ArrayPicture
from ml.detect.head import YoloHead
from ml.detect.letterbox import Letterbox, input_size_for
from ml.detect.network import Network, Output, Slot
from ml.detect.postprocess import Thresholds

_LEAST_WAITING = 8
_USUAL_HW = (1080, 1920)
_MAX_SIZES = 4
"""Input sizes whose inputs are kept; a site has cameras of few shapes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelIdentity:
    """What an infraction says of the model that saw it; input size in pixels."""

    name: str
    sha256: Sha256
    long_side_px: int


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    slot: Slot
    letterbox: Letterbox
    future: Future[Detections]
    begun_s: float


class NetworkDetector:
    """A YOLO network on any backend; implements `app.ports.Detector`.

    The picture is scaled once, by the submitting thread, straight into the network's
    input. Workers wait for the network and read its output. Inputs are used again, so
    a steady stream allocates nothing; four times `parallel` pictures may be under way
    before `submit` waits for one to finish.
    """

    def __init__(
        self,
        network: Network,
        identity: ModelIdentity,
        thresholds: Thresholds | None = None,
    ) -> None:
        """Take over the network; raises ModelMissing when it knows no vehicles."""
        self._network, self._identity = network, identity
        self._head = YoloHead.of(network.labels(), identity.name, thresholds)
        self._letterbox = lru_cache(maxsize=64)(self._letterbox_for)
        self._changed = threading.Condition()
        self._waiting: deque[_Job] = deque()
        self._free: OrderedDict[tuple[int, int], list[Slot]] = OrderedDict()
        self._under_way = 0
        self._closed = False
        self._last_network_s = 0.0
        # Compiled before the first picture comes, for the shape that most have.
        usual = self._letterbox(_USUAL_HW).input_hw
        self._free[usual] = [network.slot(usual)]
        self._most = max(_LEAST_WAITING, 4 * network.parallel)
        self._workers = [self._started(n) for n in range(network.worker_count)]

    @property
    def model_name(self) -> str:
        """Name in the model registry."""
        return self._identity.name

    @property
    def model_sha256(self) -> Sha256:
        """Hash of the weights that are loaded."""
        return self._identity.sha256

    @property
    def device(self) -> str:
        """Where it runs."""
        return self._network.device

    @property
    def parallel(self) -> int:
        """How many pictures are worth having under way at once."""
        return self._network.parallel

    @property
    def evidential(self) -> bool:
        """A network's boxes may become infractions."""
        return True

    @property
    def last_network_s(self) -> float:
        """Seconds that the network alone had the last picture, without its scaling.

        Meaningful while one picture at a time is under way.
        """
        return self._last_network_s

    def submit(self, picture: ScalablePicture) -> Future[Detections]:
        """Scale a picture and begin to look at it.

        Raises RuntimeError when the detector is closed.
        """
        letterbox = self._letterbox((picture.height_px, picture.width_px))
        slot = self._take(letterbox.input_hw)
        try:
            slot.canvas.lay(picture, letterbox)
            job = _Job(slot, letterbox, Future(), time.perf_counter())
            self._network.begin(slot)
            self._hand_over(job)
        except BaseException:
            self._network.abandon(slot)
            self._give_back([slot])
            raise
        return job.future

    def detect(self, image: npt.NDArray[np.uint8]) -> Detections:
        """Return what is seen in a BGR picture of shape (height, width, 3)."""
        return self.submit(ArrayPicture(image)).result()

    def close(self) -> None:
        """End the workers; what no worker has taken up is cancelled."""
        with self._changed:
            self._closed = True
            left = list(self._waiting)
            self._waiting.clear()
            self._changed.notify_all()
        self._network.interrupt()
        for worker in self._workers:
            worker.join()
        for job in left:
            job.future.cancel()
            self._network.abandon(job.slot)
        self._free.clear()
        self._network.close()

    def _hand_over(self, job: _Job) -> None:
        with self._changed:
            self._refuse_if_closed()
            self._waiting.append(job)
            self._changed.notify()

    def _letterbox_for(self, image_hw: tuple[int, int]) -> Letterbox:
        fixed = self._network.fixed_input_hw
        input_hw = fixed or input_size_for(image_hw, self._identity.long_side_px)
        return Letterbox(image_hw, input_hw)

    def _take(self, input_hw: tuple[int, int]) -> Slot:
        with self._changed:
            self._changed.wait_for(self._has_room)
            self._refuse_if_closed()
            self._under_way += 1
            if free := self._free_of(input_hw):
                return free.pop()
        try:
            return self._network.slot(input_hw)
        except BaseException:
            self._give_back([])
            raise

    def _has_room(self) -> bool:
        return self._closed or self._under_way < self._most

    def _free_of(self, input_hw: tuple[int, int]) -> list[Slot]:
        free = self._free.setdefault(input_hw, [])
        self._free.move_to_end(input_hw)
        if len(self._free) > _MAX_SIZES:
            self._free.popitem(last=False)
        return free

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise RuntimeError("the detector is closed")

    def _give_back(self, slots: Sequence[Slot], count: int = 1) -> None:
        with self._changed:
            self._under_way -= count
            for slot in slots:
                height, width = slot.canvas.pixels.shape[:2]
                self._free_of((height, width)).append(slot)
            self._changed.notify_all()

    def _started(self, number: int) -> threading.Thread:
        thread = threading.Thread(
            target=self._run, name=f"detector-{number}", daemon=True
        )
        thread.start()
        return thread

    def _run(self) -> None:
        while jobs := self._next_batch():
            answers = self._answers(jobs)
            # The inputs first: who waits for an answer finds one free at once.
            self._give_back([job.slot for job in jobs], len(jobs))
            _settle_all(jobs, answers)
            # A worker at rest must not keep the last pictures' results alive.
            del jobs, answers

    def _next_batch(self) -> list[_Job]:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting)
            if not self._waiting:
                return []
            first = self._waiting.popleft()
            size = first.letterbox.input_hw
            alike = [job for job in self._waiting if job.letterbox.input_hw == size]
            chosen = [first, *alike[: self._network.batch_limit - 1]]
            for job in chosen[1:]:
                self._waiting.remove(job)
            return chosen

    def _answers(self, jobs: Sequence[_Job]) -> Sequence[Detections | Exception]:
        try:
            outputs = self._network.finish([job.slot for job in jobs])
            self._last_network_s = time.perf_counter() - jobs[0].begun_s
        except Exception as error:  # noqa: BLE001 - told to whoever waits
            return [error] * len(jobs)
        return [self._answer(job, out) for job, out in zip(jobs, outputs, strict=True)]

    def _answer(self, job: _Job, output: Output) -> Detections | Exception:
        try:
            return self._head.read(output, job.letterbox)
        except Exception as error:  # noqa: BLE001 - told to whoever waits
            return error


def _settle_all(
    jobs: Sequence[_Job], answers: Sequence[Detections | Exception]
) -> None:
    for job, answer in zip(jobs, answers, strict=True):
        _settle(job.future, answer)


def _settle(future: Future[Detections], answer: Detections | Exception) -> None:
    if not future.set_running_or_notify_cancel():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
