"""A client of the KServe v2 inference protocol, as NVIDIA Triton speaks it.

HTTP with the binary tensor extension (Open Inference Protocol v2): a JSON header whose
length is in `Inference-Header-Content-Length`, and the tensors' bytes behind it. What
the server sends is measured before it is believed.
"""

import http.client
import json
import math
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import quote, urlsplit

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.domain.errors import ConfigurationInvalid

_HEADER = "Inference-Header-Content-Length"
_MAX_BYTES = 64 << 20
_DTYPES: Mapping[str, Any] = {"FP32": np.float32, "FP16": np.float16}


M = TypeVar("M", bound=BaseModel)


class ServerAway(Exception):
    """The server did not answer, or not now; trying again may help."""


class ServerWrong(Exception):
    """The server answered what the protocol does not allow."""


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Tensor(_Message):
    """One input or output as the server describes it; -1 is any length."""

    name: str = Field(max_length=200)
    datatype: Literal["FP32", "FP16"]
    shape: Annotated[tuple[int, ...], Field(max_length=4)]


class ModelMetadata(_Message):
    """What the server says of a model."""

    name: str = Field(max_length=200)
    inputs: Annotated[tuple[Tensor, ...], Field(min_length=1, max_length=8)]
    outputs: Annotated[tuple[Tensor, ...], Field(min_length=1, max_length=8)]


class _OutputHeader(_Message):
    name: str
    datatype: Literal["FP32", "FP16"]
    shape: Annotated[tuple[int, ...], Field(min_length=1, max_length=4)]
    parameters: dict[str, Any] = Field(default_factory=dict)
    data: list[Any] | None = None


class _InferHeader(_Message):
    outputs: Annotated[tuple[_OutputHeader, ...], Field(min_length=1, max_length=8)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModel:
    """Where a model is served."""

    secure: bool
    host: str
    port: int
    name: str

    @classmethod
    def of_url(cls, url: str) -> "ServedModel":
        """Read `http://host:8000/model`; raises ConfigurationInvalid."""
        parts = urlsplit(url)
        name = parts.path.strip("/")
        try:
            port = parts.port or (443 if parts.scheme == "https" else 8000)
        except ValueError:
            port = 0
        right = parts.scheme in {"http", "https"} and parts.hostname and port
        if not right or not name or "/" in name or "@" in parts.netloc:
            raise ConfigurationInvalid(
                "The address of a model on a server looks like "
                "http://server:8000/model-name, with Triton's HTTP port and no "
                "password in it. Correct the address."
            )
        secure = parts.scheme == "https"
        return cls(secure=secure, host=str(parts.hostname), port=port, name=name)


class KserveClient:
    """One connection to one model; one instance serves one thread."""

    def __init__(self, model: ServedModel, timeout_s: float) -> None:
        """Connect at the first call; no call takes much longer than `timeout_s`."""
        self._root = f"/v2/models/{quote(model.name, safe='')}"
        if model.secure:
            context = ssl.create_default_context()
            self._http: http.client.HTTPConnection = http.client.HTTPSConnection(
                model.host, model.port, timeout=timeout_s, context=context
            )
        else:
            self._http = http.client.HTTPConnection(
                model.host, model.port, timeout=timeout_s
            )

    def metadata(self) -> ModelMetadata:
        """Ask what the model takes and gives; ServerAway or ServerWrong otherwise."""
        _, body = self._ask("GET", self._root, b"", {})
        return _parsed(ModelMetadata, body)

    def note(self, key: str) -> str:
        """Return a text of the model's configuration, "" without one.

        `config` is Triton's own; other servers of the protocol have none.
        """
        try:
            _, body = self._ask("GET", f"{self._root}/config", b"", {})
            text = json.loads(body)["parameters"][key]["string_value"]
        except (ServerWrong, ValueError, LookupError, TypeError):
            return ""
        return text if isinstance(text, str) else ""

    def infer(
        self, numbers: npt.NDArray[np.float32], metadata: ModelMetadata
    ) -> npt.NDArray[np.float32]:
        """Return the first output for the only input."""
        wanted, given = metadata.outputs[0], metadata.inputs[0]
        payload = numbers.astype(_DTYPES[given.datatype], copy=False).tobytes()
        header = json.dumps(_request(given, wanted, numbers.shape, len(payload)))
        sent = {
            "Content-Type": "application/octet-stream",
            _HEADER: str(len(header)),
        }
        said, body = self._ask(
            "POST", f"{self._root}/infer", header.encode() + payload, sent
        )
        return _tensor(body, said, wanted.name)

    def interrupt(self) -> None:
        """End the call under way, from another thread; it raises ServerAway."""
        connection: socket.socket | None = self._http.sock
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def _ask(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        """Return the length of the JSON part (-1 when all of it is) and the body."""
        try:
            self._http.request(method, path, body, headers)
            response = self._http.getresponse()
            answer = response.read(_MAX_BYTES + 1)
        except (OSError, http.client.HTTPException) as error:
            self._http.close()
            raise ServerAway(type(error).__name__) from error
        if len(answer) > _MAX_BYTES:
            self._http.close()
            raise ServerWrong("the answer is longer than any answer may be")
        if response.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ServerAway(f"status {response.status}")
        if response.status != http.HTTPStatus.OK:
            raise ServerWrong(f"status {response.status}")
        return _length(response.getheader(_HEADER)), answer


def _request(
    given: Tensor, wanted: Tensor, shape: tuple[int, ...], size: int
) -> dict[str, Any]:
    return {
        "inputs": [
            {
                "name": given.name,
                "datatype": given.datatype,
                "shape": list(shape),
                "parameters": {"binary_data_size": size},
            }
        ],
        "outputs": [{"name": wanted.name, "parameters": {"binary_data": True}}],
    }


def _length(said: str | None) -> int:
    if said is None:
        return -1
    if not (said.isascii() and said.isdecimal() and len(said) < 9):
        raise ServerWrong("the length of the header is no number")
    return int(said)


def _tensor(body: bytes, header_length: int, name: str) -> npt.NDArray[np.float32]:
    split = len(body) if header_length < 0 else header_length
    if split > len(body):
        raise ServerWrong("the header is longer than the answer")
    output = _parsed(_InferHeader, body[:split]).outputs[0]
    if output.name != name or min(output.shape) < 1:
        raise ServerWrong("another output than the one asked for")
    count, dtype = math.prod(output.shape), np.dtype(_DTYPES[output.datatype])
    if output.data is not None:
        return _shaped(np.asarray(_numbers(output.data)), count, output.shape)
    binary = body[split:]
    said = output.parameters.get("binary_data_size")
    if said != len(binary) or len(binary) != count * dtype.itemsize:
        raise ServerWrong("the bytes of the output are not as many as its shape says")
    return _shaped(np.frombuffer(binary, dtype), count, output.shape)


def _numbers(data: list[Any]) -> list[float]:
    try:
        return [float(number) for number in data]
    except (TypeError, ValueError) as error:
        raise ServerWrong("the output holds something else than numbers") from error


def _shaped(
    flat: npt.NDArray[Any], count: int, shape: tuple[int, ...]
) -> npt.NDArray[np.float32]:
    if flat.size != count:
        raise ServerWrong("the numbers of the output are not as many as its shape says")
    return flat.astype(np.float32, copy=False).reshape(shape)


def _parsed(kind: type[M], body: bytes) -> M:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise ServerWrong("an answer that the protocol does not know") from error
