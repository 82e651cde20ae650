"""A real HTTP server of the KServe v2 protocol, answering with ONNX Runtime."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np

_LENGTH = "Inference-Header-Content-Length"

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""


class KserveServer:
    """Serves one ONNX network; `spoil` may change each answer to an inference."""

    def __init__(self, path: Path, name: str) -> None:
        """Load the network; `serving` opens the port."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        self.root = f"/v2/models/{name}"
        self.name = name
        self.spoil: Callable[[Answer], Answer] = lambda answer: answer
        self.asked = 0

    @property
    def metadata(self) -> dict[str, Any]:
        """Return what the model takes and gives."""
        return {
            "name": self.name,
            "versions": ["1"],
            "platform": "onnxruntime_onnx",
            "inputs": [
                {"name": "images", "datatype": "FP32", "shape": [-1, 3, -1, -1]}
            ],
            "outputs": [{"name": "output0", "datatype": "FP32", "shape": [-1, 10, -1]}],
        }

    @property
    def config(self) -> dict[str, Any]:
        """Return Triton's configuration with the exporter's metadata in it."""
        noted = self._session.get_modelmeta().custom_metadata_map
        note = str(
            {"names": _literal(noted["names"]), "imgsz": _literal(noted["imgsz"])}
        )
        return {"parameters": {"metadata": {"string_value": note}}}

    def infer(self, header_length: int, body: bytes) -> Answer:
        """Return the network's answer in binary form."""
        self.asked += 1
        given = json.loads(body[:header_length])["inputs"][0]
        numbers = np.frombuffer(body[header_length:], np.float32)
        output = self._session.run(None, {"images": numbers.reshape(given["shape"])})[0]
        binary = output.astype(np.float32).tobytes()
        answer = {
            "model_name": self.name,
            "outputs": [
                {
                    "name": "output0",
                    "datatype": "FP32",
                    "shape": list(output.shape),
                    "parameters": {"binary_data_size": len(binary)},
                }
            ],
        }
        header = json.dumps(answer).encode()
        return self.spoil((200, {_LENGTH: str(len(header))}, header + binary))

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Yield the model's address on the loopback interface."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = False
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/{self.name}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def _literal(text: str) -> Any:
    import ast

    return ast.literal_eval(text)


def _handler(served: KserveServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 2.0

        def do_GET(self) -> None:
            documents = {
                served.root: served.metadata,
                f"{served.root}/config": served.config,
            }
            found = documents.get(self.path)
            body = json.dumps(found).encode()
            self._send((200 if found else 404, {}, body))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._send(served.infer(int(self.headers[_LENGTH]), body))

        def _send(self, answer: Answer) -> None:
            status, headers, body = answer
            self.send_response(status)
            for key, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Stay quiet."""

    return Handler
