"""The head is kept at once, then again and again, whatever the server does."""

import threading
from pathlib import Path

import pytest

from app.config.secret_store import FileSecretStore
from app.domain.audit import ChainHead
from app.domain.errors import DatabaseUnavailable
from app.domain.ids import Sha256
from app.evidence.anchors import AnchorKey, read_anchors
from app.runtime.anchoring import Anchoring, anchor_file
from tests.fakes.manual_clock import ManualClock

_DATABASE = "1/atalaya"
_PATIENCE_S = 10.0


class _Server:
    """A chain that grows each time it is asked; away for the first `away` times."""

    def __init__(self, away: int = 0) -> None:
        self._away = away
        self._asked = 0
        self.seen = threading.Semaphore(0)

    def head(self) -> ChainHead:
        """Return where the chain ends."""
        self._asked += 1
        self.seen.release()
        if self._asked <= self._away:
            raise DatabaseUnavailable("away")
        return ChainHead(
            database=_DATABASE, sequence=self._asked, sha256=Sha256("a" * 64)
        )


@pytest.fixture
def key(tmp_path: Path) -> AnchorKey:
    return AnchorKey.of(FileSecretStore(tmp_path))


def _anchoring(server: _Server, key: AnchorKey, folder: Path) -> Anchoring:
    clock = ManualClock()
    return Anchoring(
        server.head, lambda: key, folder, clock, every_s=0.01, again_after_s=0.01
    )


@pytest.mark.parametrize("away", [0, 2])
def test_heads_follow_each_other(tmp_path: Path, key: AnchorKey, away: int) -> None:
    server = _Server(away)
    anchoring = _anchoring(server, key, tmp_path)
    anchoring.start()
    for _ in range(away + 4):
        assert server.seen.acquire(timeout=_PATIENCE_S)
    anchoring.close()
    kept = [a.head.sequence for a in read_anchors(anchor_file(tmp_path, _DATABASE))]
    assert kept[:3] == [away + 1, away + 2, away + 3]


def test_each_database_has_a_file(tmp_path: Path) -> None:
    assert anchor_file(tmp_path, "1/a") != anchor_file(tmp_path, "1/b")
    assert anchor_file(tmp_path, "1/../../a").parent == tmp_path


def test_closing_without_a_start_is_harmless(tmp_path: Path, key: AnchorKey) -> None:
    _anchoring(_Server(), key, tmp_path).close()
