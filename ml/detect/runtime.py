"""Reads OpenVINO networks, and runs one at a time with bounded threads."""

from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.domain.errors import ModelMissing
from ml.environment import inference_threads, load_openvino

_MAX_SHAPES = 4


class OpenVinoModel:
    """A network on disk, compiled for BGR bytes of any size it takes.

    Scaling to 0..1, channel order and layout are done inside the network.
    """

    def __init__(self, xml: Path, models: Path) -> None:
        """Read the network; raises ModelMissing when the files cannot be read."""
        self._ov: Any = load_openvino(models)
        self._xml = xml
        self._core: Any = self._ov.Core()
        self._model: Any = self._read()

    @property
    def fixed_input_hw(self) -> tuple[int, int] | None:
        """(height, width) the network insists on, None when it takes any."""
        shape = self._model.input().get_partial_shape()
        if shape[2].is_dynamic or shape[3].is_dynamic:
            return None
        return int(shape[2].get_length()), int(shape[3].get_length())

    def labels(self) -> dict[int, str]:
        """Return the class names that the exporter wrote into the network."""
        try:
            text = self._model.get_rt_info(["model_info", "labels"]).astype(str)
        except RuntimeError as error:
            raise ModelMissing(
                f"The model in {self._xml.parent.name} does not name its classes. "
                "Export it again from its weights."
            ) from error
        return dict(enumerate(text.split()))

    def compile(
        self, input_hw: tuple[int, int], device: str, settings: dict[str, Any]
    ) -> Any:
        """Return it compiled for one picture of this size; ModelMissing if it cannot.

        The input is (1, height, width, 3) bytes.
        """
        model = self._read()
        if self.fixed_input_hw is None:
            model.reshape([1, 3, *input_hw])
        try:
            return self._core.compile_model(
                self._with_preprocessing(model), device, settings
            )
        except RuntimeError as error:
            raise ModelMissing(
                f"OpenVINO cannot run the model on the device {device}. Choose another "
                "with: python main.py models optimise"
            ) from error

    def _read(self) -> Any:
        try:
            return self._core.read_model(str(self._xml))
        except RuntimeError as error:
            raise ModelMissing(
                f"The OpenVINO model in {self._xml.parent.name} cannot be read. "
                "Delete that folder; it is made again from the weights."
            ) from error

    def _with_preprocessing(self, model: Any) -> Any:
        preprocess = self._ov.preprocess
        steps = preprocess.PrePostProcessor(model)
        tensor = steps.input().tensor()
        tensor.set_element_type(self._ov.Type.u8)
        tensor.set_layout(self._ov.Layout("NHWC"))
        tensor.set_color_format(preprocess.ColorFormat.BGR)
        steps.input().preprocess().convert_color(
            preprocess.ColorFormat.RGB
        ).convert_element_type(self._ov.Type.f32).scale(255.0)
        steps.input().model().set_layout(self._ov.Layout("NCHW"))
        return steps.build()


class SynchronousNetwork:
    """A network that takes a BGR picture and gives its first output, at once.

    Compiles once for each input size and keeps the last few, `most_shapes`. One
    instance serves one thread.
    """

    def __init__(
        self,
        xml: Path,
        models: Path,
        threads: int | None = None,
        *,
        most_shapes: int = _MAX_SHAPES,
    ) -> None:
        """Read the network; raises ModelMissing when the files cannot be read."""
        self._model = OpenVinoModel(xml, models)
        self._threads = threads or inference_threads()
        self._most_shapes = most_shapes
        self._requests: OrderedDict[tuple[int, int], Any] = OrderedDict()

    def run(self, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Return the first output, batch axis removed, for (h, w, 3) BGR bytes.

        The array is only valid until the next call.
        """
        request = self._request((image.shape[0], image.shape[1]))
        request.infer([image[None]], share_inputs=True, share_outputs=True)
        output: npt.NDArray[np.float32] = request.get_output_tensor(0).data[0]
        return output

    def _request(self, input_hw: tuple[int, int]) -> Any:
        if input_hw not in self._requests:
            settings = {
                "PERFORMANCE_HINT": "LATENCY",
                "INFERENCE_NUM_THREADS": self._threads,
                # In 16 bits, where a processor can, boxes would shift a little, and
                # whoever measures would get other figures there than elsewhere.
                "INFERENCE_PRECISION_HINT": "f32",
            }
            compiled = self._model.compile(input_hw, "CPU", settings)
            self._requests[input_hw] = compiled.create_infer_request()
        self._requests.move_to_end(input_hw)
        if len(self._requests) > self._most_shapes:
            self._requests.popitem(last=False)
        return self._requests[input_hw]
