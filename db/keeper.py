"""Keeps the embedded server alive for as long as the desktop runs."""

import logging
import threading

from app.domain.errors import EnvironmentFault
from db.embedded import EmbeddedServer

_log = logging.getLogger(__name__)
_LOOK_EVERY_S = 2.0


class Keeper:
    """A thread that starts the server again, at its port, when it is gone.

    Only for a server that was started here: another's is its owner's business.
    """

    def __init__(self, server: EmbeddedServer) -> None:
        """Begin to look after `server`."""
        self._server = server
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="database-keeper")
        if server.started_here:
            self._thread.start()

    def close(self) -> None:
        """Let the server be; it may be stopped after this."""
        self._closing.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._closing.wait(_LOOK_EVERY_S):
            try:
                again = EmbeddedServer.start(self._server.data_dir, self._server.port)
            except EnvironmentFault as fault:
                _log.error("the built-in database cannot be restarted: %s", fault)
                continue
            if again.started_here:
                _log.warning("the built-in database was gone; it is back")
