"""What reading a camera costs with its second stream, against decoding the first.

Both over loopback RTSP, from a server in a process of its own; processor time of this
process for each picture that is handed on. `python -m tests.bench.capture`.
"""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app.camera.source import CameraSource
from app.config.paths import PROJECT, RESOURCES
from app.decode.capture import Capture
from app.decode.mailbox import Mailbox
from app.decode.picture import Picture, Session
from app.domain.clock import SystemClock
from app.domain.ids import CameraId, new_uuid
from app.progress import print_progress
from app.simulator.server import RtspServer
from app.simulator.small_streams import small_streams
from tests.bench.legs import Comparison, alternate, parser, report

CLIP = RESOURCES / "simulator" / "avenue-speed.mp4"
GOAL = 0.75
_NAME = "road"
_PATIENCE_S = 30.0


class _Count:
    """Counts the pictures of a capture."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0

    def session_began(self, session: Session) -> None:
        """Not of interest here."""

    def received(self, picture: Picture) -> None:  # noqa: ARG002 - only counted
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def dropped(self, reason: str, count: int = 1) -> None:
        """Not of interest here."""

    def session_lost(self, message: str, retry_in_s: float | None) -> None:
        """Not of interest here."""

    def stream_remark(self, sentence: str) -> None:
        """Not of interest here."""

    def wait_for(self, more: int) -> None:
        with self._changed:
            wanted = self._count + more
            if not self._changed.wait_for(lambda: self._count >= wanted, _PATIENCE_S):
                raise RuntimeError("the camera sends too few pictures")


def cost_ms(main_url: str, second_url: str | None, pictures: int) -> float:
    """Return milliseconds of processor time for each picture."""
    clock, stop, count = SystemClock(), threading.Event(), _Count()
    second = None
    if second_url is not None:
        second = CameraSource(second_url, lambda: None, clock, stop)
    capture = Capture(
        CameraId(new_uuid()),
        CameraSource(main_url, lambda: None, clock, stop),
        stop,
        Mailbox[Picture](),
        count,
        second=second,
    )
    capture.start()
    try:
        # What had waited in the socket comes in one burst.
        count.wait_for(pictures // 3)
        began_s = time.process_time()
        count.wait_for(pictures)
        return (time.process_time() - began_s) / pictures * 1000
    finally:
        capture.stop()
        capture.join(5.0)


def run(clip: Path, folder: Path, *, legs: int, pictures: int) -> Comparison:
    """Measure `legs` turns of each over `clip`; its small stream lands in `folder`."""
    second = small_streams({_NAME: clip}, folder, print_progress)[f"{_NAME}/sub"]
    with _served(clip, second) as url:
        ours, peer = alternate(
            lambda: cost_ms(url, f"{url}/sub", pictures),
            lambda: cost_ms(url, None, pictures),
            legs,
        )
    return Comparison(
        name="capture of two streams against decoding the first",
        unit="ms of processor time per picture",
        ours=ours,
        peer=peer,
        higher_is_better=False,
        goal=GOAL,
        extra={"clip": clip.name, "pictures": pictures},
    )


def serve(main: Path, second: Path) -> None:
    """Serve two streams, print the address, and end with the standard input."""
    clips = {_NAME: main, f"{_NAME}/sub": second}
    with closing(RtspServer(clips, clock=SystemClock()).start()) as server:
        print(server.url(_NAME), flush=True)
        sys.stdin.read()


@contextmanager
def _served(main: Path, second: Path) -> Iterator[str]:
    program = "import sys; from pathlib import Path; from tests.bench.capture import "
    program += "serve; serve(Path(sys.argv[1]), Path(sys.argv[2]))"
    command = [sys.executable, "-c", program, str(main), str(second)]
    with subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the server has no pipes")
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


def main() -> None:
    """Run the benchmark."""
    options = parser(__doc__ or "").parse_args()
    with tempfile.TemporaryDirectory() as folder:
        comparison = run(CLIP, Path(folder), legs=options.legs, pictures=120)
    report(comparison, options.json)


if __name__ == "__main__":
    main()
