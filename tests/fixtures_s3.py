"""A real S3 server for tests, SeaweedFS: one for a run, on the loopback alone."""

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import obstore
import pytest
from obstore.exceptions import BaseError

from app.domain.ids import new_uuid
from app.evidence.folder_blobs import FolderBlobs
from app.evidence.s3_blobs import S3Blobs, S3Place

LOGIN = ("atalaya-tests", "s3cret-of-the-test-server")
BUCKET = "evidence"
_PORTS = ("master", "volume", "filer", "s3")
_READY_WITHIN_S = 90.0
_LOG_CHARACTERS = 4000


@dataclass(frozen=True, slots=True)
class S3Server:
    """A running server with the bucket `evidence`."""

    endpoint: str

    def place(self, prefix: str = "") -> S3Place:
        """Return a place of its own in the bucket."""
        return S3Place(
            endpoint=self.endpoint, bucket=BUCKET, prefix=prefix or str(new_uuid())
        )

    def blobs(
        self, scratch: FolderBlobs, place: S3Place | None = None, retry_s: float = 15.0
    ) -> S3Blobs:
        """Return blobs in a place of their own."""
        return S3Blobs(place or self.place(), LOGIN, scratch, retry_s=retry_s)


@contextmanager
def running_s3(folder: Path) -> Iterator[S3Server]:
    """Run a server on free ports until the end of the block."""
    identity = {
        "name": "tests",
        "credentials": [{"accessKey": LOGIN[0], "secretKey": LOGIN[1]}],
        "actions": ["Admin", "Read", "Write", "List"],
    }
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [identity]}))
    data = folder / "data"
    data.mkdir()
    ports = _free_ports(2 * len(_PORTS))
    log = (folder / "log").open("wb")
    server = subprocess.Popen(
        _command(config, data, ports), stdout=log, stderr=subprocess.STDOUT
    )
    try:
        made = S3Server(f"http://127.0.0.1:{ports[6]}")
        _await(made, server, folder / "log")
        yield made
    finally:
        # Nothing of it is wanted any more, and an orderly end takes it 15 s.
        server.kill()
        server.wait()
        log.close()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """Give the run's server; its data goes with it."""
    with (
        tempfile.TemporaryDirectory(prefix="atalaya-s3-") as folder,
        running_s3(Path(folder)) as server,
    ):
        yield server


def _command(config: Path, data: Path, ports: list[int]) -> list[str]:
    """Return the command line: whatever is not needed stays off."""
    chosen = [
        f"-{name}.port{kind}={port}"
        for (name, kind), port in zip(
            ((name, kind) for name in _PORTS for kind in ("", ".grpc")),
            ports,
            strict=True,
        )
    ]
    return [
        str(Path(sys.executable).with_name("weed")), "-logtostderr=true", "server",
        f"-dir={data}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", *chosen,
        "-filer", "-s3", f"-s3.config={config}", "-s3.port.iceberg=0",
        "-s3.port.lance=0", "-s3.iam=false", "-master.telemetry=false",
        "-master.volumeSizeLimitMB=64", "-volume.max=50",
    ]  # fmt: skip


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        held = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in held]


def _await(made: S3Server, server: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until an object can be stored; the bucket comes with the first one."""
    from app.evidence.s3_blobs import _client

    store = _client(made.place("ready"), LOGIN, 1.0, 1.0)
    deadline_s = time.monotonic() + _READY_WITHIN_S
    while True:
        try:
            obstore.put(store, "ready", b"ready")
        except BaseError:
            if server.poll() is not None or time.monotonic() > deadline_s:
                text = log.read_text(errors="replace")[-_LOG_CHARACTERS:]
                pytest.fail(f"the S3 server does not start:\n{text}")
            time.sleep(0.2)
        else:
            return
