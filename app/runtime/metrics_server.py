"""The address that a monitoring system reads: /metrics and /healthz, nothing else."""

import logging
import socket
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST

from app.domain.errors import AlreadyRunning

_log = logging.getLogger(__name__)
_HOST = "127.0.0.1"
_MOST_CONNECTIONS = 8
_PATIENCE_S = 2.0
_PLAIN = "text/plain; charset=utf-8"


class MetricsServer:
    """Answers GET on two paths; `close` ends its thread.

    `metrics` returns the text format, `trouble` a sentence when the engine does not do
    its work. Loopback only unless `host` says otherwise: there is no password, and the
    names of the site's cameras are in it.
    """

    def __init__(
        self,
        port: int,
        metrics: Callable[[], bytes],
        trouble: Callable[[], str],
        host: str = _HOST,
    ) -> None:
        """Listen on `port`, 0 for any that is free; AlreadyRunning when it is taken."""
        self._metrics = metrics
        self._trouble = trouble
        try:
            self._server = _Server((host, port), self._handler())
        except OSError as error:
            raise AlreadyRunning(
                f"Port {port} for the engine's figures is in use. Choose another one."
            ) from error
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.1},
            name="metrics",
            daemon=True,
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """The TCP port."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(1.0)

    def answer(self, path: str) -> tuple[HTTPStatus, str, bytes]:
        """Return status, content type and body for a path."""
        match path:
            case "/metrics":
                return HTTPStatus.OK, CONTENT_TYPE_LATEST, self._metrics()
            case "/healthz":
                trouble = self._trouble()
                if trouble:
                    body = trouble.encode() + b"\n"
                    return HTTPStatus.SERVICE_UNAVAILABLE, _PLAIN, body
                return HTTPStatus.OK, _PLAIN, b"ok\n"
            case _:
                return HTTPStatus.NOT_FOUND, _PLAIN, b"not found\n"

    def _handler(self) -> type["_Handler"]:
        answer = self.answer

        class Handler(_Handler):
            answering = staticmethod(answer)

        return Handler


class _Server(ThreadingHTTPServer):
    """A thread for each connection, and no more of them than is reasonable."""

    daemon_threads = True
    block_on_close = False

    def __init__(
        self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]
    ) -> None:
        self._places = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        _log.debug("a reader of the figures left", exc_info=True)

    def server_bind(self) -> None:
        """Bind without asking a name server for the host's name."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = _HOST, int(self.server_address[1])


class _Handler(BaseHTTPRequestHandler):
    """Closes after each answer; a client that dawdles is left."""

    timeout = _PATIENCE_S
    answering: Callable[[str], tuple[HTTPStatus, str, bytes]]

    def version_string(self) -> str:
        """Tell nothing of what runs here."""
        return "atalaya"

    def do_GET(self) -> None:
        """Answer."""
        try:
            status, kind, body = self.answering(self.path.partition("?")[0])
        except Exception:  # noqa: BLE001 - a scrape must not harm the engine
            _log.exception("the engine's figures could not be told")
            status, kind, body = HTTPStatus.INTERNAL_SERVER_ERROR, _PLAIN, b"failed\n"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: a scrape comes every few seconds."""
