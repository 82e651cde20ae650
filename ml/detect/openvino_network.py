"""OpenVINO with several asynchronous requests, on processor, graphics or NPU."""

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml.detect.canvas import Canvas
from ml.detect.network import Output, Slot
from ml.detect.runtime import OpenVinoModel
from ml.environment import inference_threads

_MAX_SIZES = 4


@dataclass(frozen=True, slots=True, eq=False)
class _Request:
    request: Any
    canvas: Canvas


class OpenVinoNetwork:
    """Several streams, fed by requests that own their input memory.

    A picture is laid straight into a request's tensor. Requests beyond the streams
    wait inside OpenVINO. One compiled network for each input size.
    """

    def __init__(
        self,
        xml: Path,
        models: Path,
        *,
        device: str = "CPU",
        threads: int | None = None,
    ) -> None:
        """Read the network; raises ModelMissing when the files cannot be read."""
        self._model = OpenVinoModel(xml, models)
        self._device = device
        self._threads = threads or inference_threads()
        self._compiled: OrderedDict[tuple[int, int], Any] = OrderedDict()
        self._stream_count = 1
        self._precision = ""

    @property
    def device(self) -> str:
        """Return e.g. "openvino:cpu", or "openvino:cpu:bf16" where that is native."""
        return f"openvino:{self._device.lower()}{self._precision}"

    @property
    def fixed_input_hw(self) -> tuple[int, int] | None:
        """(height, width) the network insists on, None when it takes any."""
        return self._model.fixed_input_hw

    @property
    def parallel(self) -> int:
        """One picture for each stream, and one that is ready when a stream is."""
        return self._stream_count + 1

    @property
    def worker_count(self) -> int:
        """Requests end nearly in the order they began: one thread waits for all."""
        return 1

    @property
    def batch_limit(self) -> int:
        """Streams do here what batches do on a card."""
        return 1

    def labels(self) -> dict[int, str]:
        """Return the class names that the exporter wrote into the network."""
        return self._model.labels()

    def slot(self, input_hw: tuple[int, int]) -> Slot:
        """Return a request of its own for this size, compiling for it if need be."""
        request = self._network(input_hw).create_infer_request()
        return _Request(request, Canvas(request.get_input_tensor().data[0]))

    def begin(self, slot: Slot) -> None:
        """Start the request; OpenVINO's threads work on it from here on."""
        _request_of(slot).start_async()

    def finish(self, slots: Sequence[Slot]) -> Sequence[Output]:
        """Wait for the requests and return views of their outputs."""
        return [_output_of(_request_of(slot)) for slot in slots]

    def abandon(self, slot: Slot) -> None:
        """Cancel the request and wait until it is at rest."""
        request = _request_of(slot)
        request.cancel()
        with suppress(RuntimeError):  # it says that it was cancelled
            request.wait()

    def interrupt(self) -> None:
        """A picture takes a moment only."""

    def close(self) -> None:
        """Drop the compiled networks and their threads."""
        self._compiled.clear()

    def _network(self, input_hw: tuple[int, int]) -> Any:
        if input_hw not in self._compiled:
            settings = _settings(self._device, self._threads)
            made = self._model.compile(input_hw, self._device, settings)
            self._stream_count = int(
                made.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")
            )
            self._precision = _reduced_precision(made)
            self._compiled[input_hw] = made
        self._compiled.move_to_end(input_hw)
        if len(self._compiled) > _MAX_SIZES:
            self._compiled.popitem(last=False)
        return self._compiled[input_hw]


def _settings(device: str, threads: int) -> dict[str, Any]:
    # OpenVINO itself chooses the streams: one thread each on few cores, groups on many.
    bound = {"INFERENCE_NUM_THREADS": threads} if device == "CPU" else {}
    return {"PERFORMANCE_HINT": "THROUGHPUT", **bound}


def _reduced_precision(compiled: Any) -> str:
    """Return ":bf16" or the like where OpenVINO computes in less than 32 bits.

    It does so by itself where the processor knows such numbers: scores then differ from
    those of another computer in the second decimal, which the evidence is to say.
    """
    kind = str(compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name())
    return "" if kind == "f32" else f":{kind}"


def _request_of(slot: Slot) -> Any:
    if not isinstance(slot, _Request):
        raise TypeError("this slot belongs to another network")
    return slot.request


def _output_of(request: Any) -> Output:
    request.wait()
    output: Output = request.get_output_tensor(0).data[0]
    return output
