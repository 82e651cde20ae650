"""What a hostile or broken inference server can send, and what becomes of it."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import ConfigurationInvalid, InferenceUnavailable, ModelMissing
from ml.detect.canvas import Canvas
from ml.detect.kserve import KserveClient, ServedModel, ServerAway, ServerWrong
from ml.detect.names import image_size_in, names_in
from ml.detect.triton_network import TritonNetwork

_HEADER = "Inference-Header-Content-Length"
_METADATA = {
    "name": "cars",
    "inputs": [{"name": "images", "datatype": "FP32", "shape": [-1, 3, -1, -1]}],
    "outputs": [{"name": "output0", "datatype": "FP32", "shape": [-1, 10, -1]}],
}


class _ScriptedServer:
    """Answers every request with what it is told to, byte for byte."""

    def __init__(self) -> None:
        self.answers: Callable[[str], bytes] = lambda _: b""
        self.asked: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Yield the address of its model."""
        accepting = threading.Thread(target=self._accept)
        accepting.start()
        try:
            yield f"http://127.0.0.1:{self._socket.getsockname()[1]}/cars"
        finally:
            self._closing.set()
            # A last caller wakes the thread that accepts.
            socket.create_connection(self._socket.getsockname()).close()
            accepting.join()
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            for thread in self._threads:
                thread.join()
            self._socket.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            connection, _ = self._socket.accept()
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream, suppress(OSError):
            while line := stream.readline():
                path, length = line.split()[1].decode(), 0
                while header := stream.readline().strip():
                    if header.lower().startswith(b"content-length:"):
                        length = int(header.split(b":")[1])
                stream.read(length)
                self.asked.append(path)
                connection.sendall(self.answers(path))


def _http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def _tensor(output: dict[str, object], binary: bytes, length: object = None) -> bytes:
    header = json.dumps({"outputs": [output]}).encode()
    said = len(header) if length is None else length
    return _http(header + binary, "200 OK", f"{_HEADER}: {said}")


def _output(shape: list[int], size: object) -> dict[str, object]:
    return {
        "name": "output0",
        "datatype": "FP32",
        "shape": shape,
        "parameters": {"binary_data_size": size},
    }


def _server(infer: bytes, config: bytes | None = None) -> _ScriptedServer:
    server = _ScriptedServer()
    answers = {
        "/v2/models/cars": _http(json.dumps(_METADATA).encode()),
        "/v2/models/cars/config": config or _http(b"{}", "404 Not Found"),
        "/v2/models/cars/infer": infer,
    }
    server.answers = lambda path: answers[path]
    return server


_GOOD = np.zeros((1, 10, 2), np.float32).tobytes()
_WRONG = {
    "no JSON": _http(b"<html>"),
    "another output": _tensor({**_output([1, 10, 2], 80), "name": "other"}, _GOOD),
    "fewer bytes than said": _tensor(_output([1, 10, 2], 80), _GOOD[:-4]),
    "more bytes than the shape": _tensor(_output([1, 10, 1], 80), _GOOD),
    "a negative shape": _tensor(_output([1, -10, -2], 80), _GOOD),
    "a shape beyond all memory": _tensor(_output([1 << 40, 1 << 40], 80), _GOOD),
    "five dimensions": _tensor(_output([1, 1, 1, 10, 2], 80), _GOOD),
    "another kind of number": _tensor(
        {**_output([1, 10, 2], 80), "datatype": "BYTES"}, _GOOD
    ),
    "no size": _tensor({**_output([1, 10, 2], 80), "parameters": {}}, _GOOD),
    "a header longer than all": _tensor(_output([1, 10, 2], 80), _GOOD, 10**7),
    "a header of minus one": _tensor(_output([1, 10, 2], 80), _GOOD, -1),
    "words for numbers": _http(
        json.dumps(
            {"outputs": [{**_output([2], 8), "data": ["one", {"two": 2}]}]}
        ).encode()
    ),
    "a batch of two for one": _tensor(_output([2, 5, 2], 80), _GOOD),
    "not found": _http(b"{}", "404 Not Found"),
    "a redirect elsewhere": _http(b"", "302 Found", "Location: http://127.0.0.1:1/"),
}


@pytest.mark.parametrize("answer", _WRONG.values(), ids=_WRONG.keys())
def test_nonsense_is_refused_with_a_sentence(answer: bytes) -> None:
    """Nothing the server says is believed before it is measured."""
    with (
        _server(answer).serving() as url,
        closing(TritonNetwork(url, connections=1)) as network,
        pytest.raises(InferenceUnavailable, match="as it should"),
    ):
        network.finish([network.slot((32, 32))])


@pytest.mark.parametrize("form", ["binary", "list"])
def test_both_forms_of_the_protocol_are_read(form: str) -> None:
    """Servers without the binary extension answer with a list of numbers."""
    numbers = np.arange(20, dtype=np.float32)
    plain = {**_output([1, 10, 2], 80), "data": numbers.tolist(), "parameters": {}}
    answer = (
        _tensor(_output([1, 10, 2], 80), numbers.tobytes())
        if form == "binary"
        else _http(json.dumps({"outputs": [plain]}).encode())
    )
    with (
        _server(answer).serving() as url,
        closing(TritonNetwork(url, connections=1)) as network,
    ):
        output = network.finish([network.slot((32, 32))])[0]
    np.testing.assert_array_equal(output, numbers.reshape(10, 2))


@pytest.mark.parametrize(
    "answer",
    [_http(b"", "503 Service Unavailable"), b"", b"HTTP/1.1 200 OK\r\n"],
    ids=["busy", "hangs up", "cut off"],
)
def test_a_server_that_is_away_is_tried_again_and_then_left_alone(
    answer: bytes,
) -> None:
    """Three tries, then the pictures that pile up fail at once, for a while."""
    now = [0.0]
    server = _server(answer)
    with server.serving() as url:
        served = TritonNetwork(url, timeout_s=0.3, connections=1, now_s=lambda: now[0])
        with closing(served) as network:
            slot = network.slot((32, 32))
            for _ in range(5):
                with pytest.raises(InferenceUnavailable, match="does not answer"):
                    network.finish([slot])
            assert server.asked.count("/v2/models/cars/infer") == 3
            now[0] = 60.0
            server.answers = lambda _: _tensor(_output([1, 10, 2], 80), _GOOD)
            assert len(network.finish([slot])) == 1


def test_nobody_there() -> None:
    """A closed port is a sentence that names the server."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(InferenceUnavailable, match=r"127\.0\.0\.1 does not answer"):
        TritonNetwork(f"http://127.0.0.1:{port}/cars", timeout_s=0.3)


def test_closing_does_not_wait_for_a_silent_server() -> None:
    """A call under way is cut off."""
    silent = threading.Event()
    asked = threading.Event()
    server = _server(b"")
    answers = server.answers

    def hang(path: str) -> bytes:
        if path.endswith("/infer"):
            asked.set()
            silent.wait(20)
        return answers(path)

    server.answers = hang
    with server.serving() as url, closing(TritonNetwork(url, timeout_s=15)) as network:
        failed: list[BaseException] = []

        def look() -> None:
            try:
                network.finish([network.slot((32, 32))])
            except InferenceUnavailable as fault:
                failed.append(fault)

        looking = threading.Thread(target=look)
        looking.start()
        assert asked.wait(10)
        network.interrupt()
        looking.join(5)
        silent.set()
        assert not looking.is_alive()
        assert failed


def test_the_names_come_from_the_model_s_configuration() -> None:
    """So does the size that it was trained for."""
    note = "{'names': {0: 'car', 1: 'person'}, 'imgsz': [480, 480]}"
    config = {"parameters": {"metadata": {"string_value": note}}}
    server = _server(b"", _http(json.dumps(config).encode()))
    with server.serving() as url, closing(TritonNetwork(url)) as network:
        assert network.labels() == {0: "car", 1: "person"}
        assert network.long_side_px == 480
        assert len(network.sha256) == 64


@pytest.mark.parametrize(
    "url",
    [
        "http://user:secret@server:8000/cars",
        "ftp://server/cars",
        "http://server:8000/",
        "http://server:99999/cars",
        "http://server:8000/a/b",
        "grpc://server:8001/cars",
    ],
)
def test_an_address_that_is_none(url: str) -> None:
    """It is said how one looks, and no password is repeated."""
    with pytest.raises(ConfigurationInvalid, match="looks like") as caught:
        ServedModel.of_url(url)
    assert "secret" not in str(caught.value)


@given(st.binary(max_size=300), st.integers(-5, 400))
def test_no_answer_whatever_breaks_the_client(body: bytes, length: int) -> None:
    """Only the two errors of the protocol come out."""
    from ml.detect.kserve import _tensor as read

    with pytest.raises(ServerWrong):
        read(body, length, "output0")


@given(st.text(max_size=200))
def test_no_note_whatever_breaks_the_reader(text: str) -> None:
    """Names are literals or a sentence."""
    image_size_in(text)
    try:
        names = names_in(text)
    except ModelMissing:
        return
    assert names


def test_a_note_is_never_run() -> None:
    """It is data, even if it looks like a program."""
    with pytest.raises(ModelMissing):
        names_in("__import__('os').system('true')")


def test_an_unreachable_client_says_away() -> None:
    """The two kinds of trouble are told apart below the sentences."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    client = KserveClient(ServedModel.of_url(f"http://127.0.0.1:{port}/cars"), 0.3)
    with pytest.raises(ServerAway):
        client.metadata()
    client.close()


def test_a_canvas_paints_its_surround_again_for_another_shape() -> None:
    """No stripe of the last picture is left beside the next."""
    from ml.detect.array_picture import ArrayPicture
    from ml.detect.letterbox import Letterbox

    canvas = Canvas.of_size((64, 64))
    for hw in ((32, 64), (64, 32), (32, 64)):
        image = np.full((*hw, 3), 9, np.uint8)
        letterbox = Letterbox(hw, (64, 64))
        canvas.lay(ArrayPicture(image), letterbox)
        np.testing.assert_array_equal(canvas.pixels, letterbox.apply(image))
