"""The S3 store on a real server: refusals, absences, secrets, and coming back."""

import logging
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from app.config.evidence_setting import EvidenceSetting, save_evidence_setting
from app.config.paths import Paths
from app.config.secret_store import FileSecretStore
from app.domain.errors import StorageUnavailable
from app.evidence.check import evidence_troubles
from app.evidence.folder_blobs import FolderBlobs
from app.evidence.open_store import S3_SECRET, open_evidence
from app.evidence.s3_blobs import S3Blobs
from tests.fixtures_s3 import BUCKET, LOGIN, S3Server

_NAME = "5a" * 32


@pytest.fixture
def scratch(tmp_path: Path) -> FolderBlobs:
    """Give a place for drafts."""
    return FolderBlobs(tmp_path / "scratch", floor_bytes=0)


def _closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _refusal(blobs: S3Blobs, scratch: FolderBlobs) -> str:
    draft = scratch.draft(1)
    draft.write_bytes(b"x")
    with pytest.raises(StorageUnavailable) as caught:
        blobs.add(_NAME, draft)
    assert draft.read_bytes() == b"x"
    return f"{caught.value} {caught.value.__cause__}"


def test_each_refusal_is_a_sentence_without_secrets(
    s3_server: S3Server, scratch: FolderBlobs, caplog: pytest.LogCaptureFixture
) -> None:
    """What was to be stored is still there to be tried again."""
    place = s3_server.place()
    wrong = (LOGIN[0], "c4n4ry-of-the-secret-key")
    gone = replace(place, endpoint=f"http://127.0.0.1:{_closed_port()}")
    with caplog.at_level(logging.DEBUG):
        said = {
            "access key": _refusal(S3Blobs(place, wrong, scratch), scratch),
            "does not answer": _refusal(
                S3Blobs(gone, LOGIN, scratch, connect_s=1.0, retry_s=0.5), scratch
            ),
        }
    for part, sentence in said.items():
        assert part in sentence
        assert BUCKET in sentence
    everything = f"{said} {caplog.text}"
    assert wrong[1] not in everything
    assert LOGIN[1] not in everything


def test_a_large_object_goes_in_parts_and_comes_back(
    s3_server: S3Server, scratch: FolderBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Larger than one request: looked for first, then sent in parts."""
    monkeypatch.setattr("app.evidence.s3_blobs._ONE_REQUEST_BYTES", 1 << 20)
    blobs = s3_server.blobs(scratch)
    content = bytes(range(256)) * (12 << 12)
    for first in (True, False):
        draft = scratch.draft(len(content))
        draft.write_bytes(content)
        assert blobs.add(_NAME, draft) is first
    with blobs.open(_NAME) as file:
        assert file.read() == content


def test_what_is_fetched_leaves_nothing_on_this_disk(
    s3_server: S3Server, scratch: FolderBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even while it is open: the file has no name."""
    monkeypatch.setattr("app.evidence.s3_blobs._IN_MEMORY_BYTES", 1000)
    blobs = s3_server.blobs(scratch)
    draft = scratch.draft(5000)
    draft.write_bytes(b"evidence" * 625)
    blobs.add(_NAME, draft)
    draft.unlink(missing_ok=True)
    with blobs.open(_NAME) as file:
        assert file.read(8) == b"evidence"
        assert list(scratch.incoming.iterdir()) == []


def test_a_workstation_whose_server_comes_late(
    s3_server: S3Server, tmp_path: Path
) -> None:
    """Findings wait sealed on its disk, and follow when the server is there."""
    paths = Paths(tmp_path / "home")
    secrets = FileSecretStore(paths.secrets)
    secrets.put(S3_SECRET, *LOGIN)
    away = EvidenceSetting(
        place="s3",
        endpoint=f"http://127.0.0.1:{_closed_port()}",
        bucket=BUCKET,
        prefix=s3_server.place().prefix,
    )
    save_evidence_setting(paths, away)
    source = tmp_path / "clip"
    source.write_bytes(b"what the camera saw" * 100)
    opened = open_evidence(paths, secrets)
    name, _ = opened.store.put(source)
    assert "does not answer" in opened.trouble()
    troubles = list(evidence_troubles(opened))
    assert any("does not answer" in trouble for trouble in troubles)
    assert any("1 evidence files wait" in trouble for trouble in troubles)
    on_disk = [path for path in paths.spool.rglob("*") if path.is_file()]
    assert all(b"camera" not in path.read_bytes() for path in on_disk)

    save_evidence_setting(
        paths, away.model_copy(update={"endpoint": s3_server.endpoint})
    )
    back = open_evidence(paths, secrets)
    assert back.outbox is not None
    assert back.outbox.forward() == 1
    assert list(evidence_troubles(back)) == []
    assert list(back.kept[-1].names()) == [name]
    with back.store.open(name) as file:
        assert file.read() == source.read_bytes()
