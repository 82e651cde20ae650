"""Keeps the head of the audit chain outside of the database, once an hour."""

import hashlib
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from app.domain.audit import ChainHead
from app.domain.clock import Clock
from app.domain.errors import EnvironmentFault
from app.evidence.anchors import AnchorKey, append_anchor

_log = logging.getLogger(__name__)
EVERY_S = 3600.0
_AGAIN_AFTER_S = 60.0


def anchor_file(folder: Path, database: str) -> Path:
    """Return where the heads of one database are kept."""
    name = hashlib.sha256(database.encode()).hexdigest()[:16]
    return folder / f"heads-{name}.jsonl"


class Anchoring:
    """A thread of its own: a database that is away must not hold anything up."""

    def __init__(
        self,
        head: Callable[[], ChainHead],
        key: Callable[[], AnchorKey],
        folder: Path,
        clock: Clock,
        *,
        every_s: float = EVERY_S,
        again_after_s: float = _AGAIN_AFTER_S,
    ) -> None:
        """Take what asks the server, and what opens the key; nothing is asked yet."""
        self._head = head
        self._key = key
        self._folder = folder
        self._clock = clock
        self._waits_s = (every_s, again_after_s)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="anchoring", daemon=True)

    def start(self) -> None:
        """Begin; the first head is kept at once."""
        self._thread.start()

    def close(self) -> None:
        """End the thread after what it has in hand."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(5.0)

    def anchor(self) -> ChainHead:
        """Keep the head as it is now; EnvironmentFault when that cannot be done."""
        head = self._head()
        line = self._key().line(head, self._clock.now())
        append_anchor(anchor_file(self._folder, head.database), line)
        return head

    def _run(self) -> None:
        every_s, again_after_s = self._waits_s
        wait_s = 0.0
        while not self._stopping.wait(wait_s):
            wait_s = every_s if self._tried() else again_after_s

    def _tried(self) -> bool:
        try:
            head = self.anchor()
        except EnvironmentFault as fault:
            _log.warning("the head of the trail was not kept: %s", fault)
            return False
        except Exception:  # noqa: BLE001 - one bug must not end the anchors
            _log.exception("the head of the trail was not kept; it goes on")
            return False
        _log.info("the trail was anchored at entry %d", head.sequence)
        return True
