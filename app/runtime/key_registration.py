"""The server knows a key before it gets a case that was sealed with it."""

import logging
from collections.abc import Callable

from app.domain.errors import DatabaseUnavailable, EnvironmentFault
from app.domain.infraction import Infraction
from app.ports import InfractionSink

Act = Callable[[], None]

_log = logging.getLogger(__name__)


class RegisteringSink:
    """An `InfractionSink` that tells the engine's key first, once.

    A server that refuses the key gets the cases all the same: they are shown as sealed
    with a key that nobody knows. Only one that is away makes them wait, as it does
    without a key.
    """

    def __init__(self, sink: InfractionSink, register: Act, probe: Act) -> None:
        """Wrap a sink; both acts raise an EnvironmentFault when they cannot."""
        self._sink = sink
        self._register: Act | None = register
        self._probe = probe

    def add(self, infraction: Infraction) -> None:
        """Register if that is still to be done, and hand on."""
        self._registered()
        self._sink.add(infraction)

    def probe(self) -> None:
        """Return if the server answers, and knows the key; DatabaseUnavailable."""
        self._registered()
        self._probe()

    def _registered(self) -> None:
        register = self._register
        if register is None:
            return
        try:
            register()
        except DatabaseUnavailable:
            raise
        except EnvironmentFault as fault:
            _log.error("the key of this engine's seals was refused: %s", fault)
        self._register = None
