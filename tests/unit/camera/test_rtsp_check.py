"""A hostile or broken server is found out before libav meets it."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from app.camera.rtsp_check import check_rtsp
from app.domain.errors import CameraUnreachable

Answer = Callable[[socket.socket], None]


@contextlib.contextmanager
def server(answer: Answer) -> Iterator[str]:
    """Serve one connection with `answer` after reading the request."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(4096)
                answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"rtsp://127.0.0.1:{listener.getsockname()[1]}/main"
        finally:
            thread.join()


def text(reply: str) -> Answer:
    return lambda connection: connection.sendall(reply.encode())


@pytest.mark.parametrize("status", ["200 OK", "401 Unauthorized"])
def test_a_good_answer_passes(status: str) -> None:
    with server(text(f"RTSP/1.0 {status}\r\nCSeq: 1\r\n\r\n")) as url:
        check_rtsp(url, 2.0)


def test_redirect_to_another_host_is_refused() -> None:
    reply = "RTSP/1.0 302 Found\r\nLocation: rtsp://169.254.169.254/x\r\n\r\n"
    with server(text(reply)) as url, pytest.raises(CameraUnreachable, match="refused"):
        check_rtsp(url, 2.0)


def test_redirect_on_the_same_host_passes() -> None:
    with server(
        text("RTSP/1.0 302 Found\r\nLocation: rtsp://127.0.0.1/y\r\n\r\n")
    ) as u:
        check_rtsp(u, 2.0)


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        ("RTSP/1.0 404 Not Found\r\n\r\n", "no video at"),
        ("RTSP/1.0 453 Not Enough Bandwidth\r\n\r\n", "no bandwidth"),
        ("RTSP/1.0 500 Oops\r\n\r\n", "RTSP error 500"),
        ("SSH-2.0-OpenSSH_9.2\r\n\r\n", "not an RTSP server"),
        ("RTSP/1.0 \xff\r\n\r\n", "not an RTSP server"),
        ("", "not an RTSP server"),
    ],
)
def test_refusals_say_what_to_do(reply: str, sentence: str) -> None:
    with server(text(reply)) as url, pytest.raises(CameraUnreachable, match=sentence):
        check_rtsp(url, 2.0)


def test_a_server_that_trickles_is_given_up() -> None:
    def trickle(connection: socket.socket) -> None:
        connection.sendall(b"RTSP/1.0 200 OK\r\nX-Never: ")
        for _ in range(100):
            connection.sendall(b"x")
            time.sleep(0.02)

    began = time.monotonic()
    with server(trickle) as url:
        with pytest.raises(CameraUnreachable, match="does not answer"):
            check_rtsp(url, 0.3)
        assert time.monotonic() - began < 1.5


def test_an_endless_head_is_not_read_to_the_end() -> None:
    def flood(connection: socket.socket) -> None:
        for _ in range(1000):
            connection.sendall(b"a" * 65536)

    with server(flood) as url, pytest.raises(CameraUnreachable):
        check_rtsp(url, 5.0)


def test_who_babbles_on_is_not_listened_to_until_the_time_is_up() -> None:
    """A device on that port that speaks something else, and keeps the line open."""

    def babble(connection: socket.socket) -> None:
        connection.sendall(b"\x8f\x00 hello, I am no camera")
        connection.recv(4096)  # until the other side hangs up

    with server(babble) as url, pytest.raises(CameraUnreachable, match="not an RTSP"):
        check_rtsp(url, 5.0)


def test_a_good_answer_may_come_in_pieces() -> None:
    def dribble(connection: socket.socket) -> None:
        for piece in (b"R", b"TSP/1.0 200", b" OK\r\n", b"\r\n"):
            connection.sendall(piece)

    with server(dribble) as url:
        check_rtsp(url, 2.0)
