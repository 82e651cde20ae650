"""Networks on an inference server, for sites whose inference outgrows a workstation."""

import hashlib
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from app.domain.errors import InferenceUnavailable, ModelMissing
from app.domain.ids import Sha256
from app.domain.vehicle import VehicleClass
from ml.detect.batch import host_slot, planes
from ml.detect.kserve import (
    KserveClient,
    ServedModel,
    ServerAway,
    ServerWrong,
)
from ml.detect.names import image_size_in, names_in
from ml.detect.network import Output, Slot

_TIMEOUT_S = 2.0
_CONNECTIONS = 4
_FIRST_PAUSE_S = 0.1
_TRIES = 3
_SILENCE_S = 5.0
"""How long a server that is away is not asked again."""

T = TypeVar("T")


class TritonNetwork:
    """A served YOLO network with float input (n, 3, h, w), RGB 0..1.

    Several connections keep the server's own batching busy. A call is tried three
    times; a server that is away then is left alone for a few seconds, so that the
    pictures that pile up fail at once.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout_s: float = _TIMEOUT_S,
        connections: int = _CONNECTIONS,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Ask the server for the model.

        Raises ConfigurationInvalid for the address, InferenceUnavailable when the
        server is away, ModelMissing when the model is not such a network.
        """
        self._model = ServedModel.of_url(url)
        self._now_s, self._away_until_s = now_s, -np.inf
        self._closed = threading.Event()
        self._connections = connections
        self._clients = [
            KserveClient(self._model, timeout_s) for _ in range(connections)
        ]
        self._idle: queue.LifoQueue[KserveClient] = queue.LifoQueue()
        for client in self._clients:
            self._idle.put(client)
        self._metadata = self._asked(KserveClient.metadata)
        self._note = self._asked(lambda client: client.note("metadata"))

    @property
    def device(self) -> str:
        """Return "triton:" and the server's name."""
        return f"triton:{self._model.host}"

    @property
    def name(self) -> str:
        """The model's name on the server."""
        return self._model.name

    @property
    def sha256(self) -> Sha256:
        """Hash of what the server says of the model: the weights stay with it."""
        said = f"{self._metadata.model_dump_json()}{self._note}"
        return Sha256(hashlib.sha256(said.encode()).hexdigest())

    @property
    def long_side_px(self) -> int | None:
        """The input size in the exporter's metadata, None when it does not say."""
        return image_size_in(self._note) if self._note else None

    @property
    def fixed_input_hw(self) -> tuple[int, int] | None:
        """(height, width) the network insists on, None when it takes any."""
        shape = self._metadata.inputs[0].shape
        if len(shape) != 4 or min(shape[2:]) < 1:
            return None
        return shape[2], shape[3]

    @property
    def parallel(self) -> int:
        """A picture for every connection, and one that is ready for each."""
        return 2 * self._connections

    @property
    def worker_count(self) -> int:
        """One thread for every connection."""
        return self._connections

    @property
    def batch_limit(self) -> int:
        """The server makes its own batches of what its clients send."""
        return 1

    def labels(self) -> dict[int, str]:
        """Return the classes in the model's configuration, else the product's own.

        Raises ModelMissing when there are none that fit the output.
        """
        if self._note:
            return names_in(self._note, "names")
        rows = self._metadata.outputs[0].shape[-2:][0]
        own = {int(cls): cls.name.lower() for cls in VehicleClass}
        if rows != 4 + len(own):
            raise ModelMissing(
                f"The model {self._model.name} on the inference server does not name "
                "its classes. Put the exporter's metadata into its config.pbtxt."
            )
        return own

    def slot(self, input_hw: tuple[int, int]) -> Slot:
        """Return an input in ordinary memory."""
        return host_slot(input_hw)

    def begin(self, slot: Slot) -> None:
        """Wait for a connection."""

    def finish(self, slots: Sequence[Slot]) -> Sequence[Output]:
        """Send pictures and return the outputs.

        Raises InferenceUnavailable when the server is away or answers nonsense.
        """
        numbers = planes(slots)
        output = self._asked(lambda client: client.infer(numbers, self._metadata))
        if output.ndim != 3 or len(output) != len(slots):
            raise self._nonsense()
        return list(output)

    def abandon(self, slot: Slot) -> None:
        """Nothing has begun."""

    def interrupt(self) -> None:
        """Give up the calls under way."""
        self._closed.set()
        for client in self._clients:
            client.interrupt()

    def close(self) -> None:
        """Hang up."""
        for client in self._clients:
            client.close()

    def _asked(self, ask: Callable[[KserveClient], T]) -> T:
        if self._closed.is_set() or self._now_s() < self._away_until_s:
            raise self._away()
        client = self._idle.get()
        try:
            return self._tried(client, ask)
        except ServerAway as error:
            self._away_until_s = self._now_s() + _SILENCE_S
            raise self._away() from error
        except ServerWrong as error:
            raise self._nonsense() from error
        finally:
            self._idle.put(client)

    def _tried(self, client: KserveClient, ask: Callable[[KserveClient], T]) -> T:
        for attempt in range(_TRIES - 1):
            try:
                return ask(client)
            except ServerAway:
                if self._closed.wait(_FIRST_PAUSE_S * 4**attempt):
                    raise
        return ask(client)

    def _away(self) -> InferenceUnavailable:
        return InferenceUnavailable(
            f"The inference server {self._model.host} does not answer. Check that it "
            "runs and that the network reaches it; pictures are looked at again as "
            "soon as it answers."
        )

    def _nonsense(self) -> InferenceUnavailable:
        return InferenceUnavailable(
            f"The inference server {self._model.host} does not serve the model "
            f"{self._model.name} as it should. Check the model's name and that it is "
            "a YOLO detector."
        )
