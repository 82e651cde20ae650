"""What an engine seals its cases with, put together and kept running."""

import platform
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Protocol

from app.config.paths import Paths
from app.config.timestamping import load_timestamping, timestamp_file
from app.domain.clock import Clock
from app.domain.errors import (
    ConfigurationInvalid,
    DatabaseUnavailable,
    EnvironmentFault,
)
from app.domain.ids import InfractionId, Sha256
from app.domain.network import NetworkFacts
from app.domain.seal import EngineKey
from app.evidence.manifest import Origin
from app.evidence.seal import Sealer, open_sealer
from app.evidence.seal_key import entries_before
from app.evidence.stamp_queue import StampQueue
from app.evidence.timestamp import TimestampAuthority
from app.ports import EvidenceStore, InfractionSink, SecretStore
from app.runtime.key_registration import RegisteringSink
from app.runtime.stamping import Stamping

_LONGEST_NAME = 200


class SealGateway(InfractionSink, Protocol):
    """What the server takes of an engine that seals."""

    def probe(self) -> None:
        """Return if the server answers; raises DatabaseUnavailable."""
        ...

    def register_key(self, entry: EngineKey) -> None:
        """Take the key, as often as it is told."""
        ...

    def add_stamp(
        self, infraction_id: InfractionId, seal_sha256: Sha256, response: bytes
    ) -> None:
        """Take a time-stamp; KeyError while its case is not there."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """`sealer` is None where there is no key, `stamps` where no authority is set."""

    sink: RegisteringSink
    sealer: Sealer | None
    stamps: StampQueue | None


@contextmanager
def sealing(
    paths: Paths,
    store: EvidenceStore,
    secrets: SecretStore,
    clock: Clock,
    gateway: SealGateway,
) -> Iterator[Sealing]:
    """Yield what seals; time-stamps are asked for until the end of the block."""
    wanted = timestamp_file(paths.root).exists()
    sealer = open_sealer(secrets, clock, workstation(), time_stamp=wanted)

    def register() -> None:
        if sealer is not None:
            before = entries_before(secrets, sealer.entry)
            _register_all(gateway, [*before, sealer.entry])

    with ExitStack() as stack:
        stamps = None
        if wanted:
            stamps = stack.enter_context(_stamping(paths, store, clock, gateway))
        sink = RegisteringSink(gateway, register, gateway.probe)
        yield Sealing(sink=sink, sealer=sealer, stamps=stamps)


def _register_all(gateway: SealGateway, entries: Sequence[EngineKey]) -> None:
    """Tell keys in their order; one that is refused keeps no later one."""
    refused: EnvironmentFault | None = None
    for entry in entries:
        try:
            gateway.register_key(entry)
        except DatabaseUnavailable:
            raise
        except EnvironmentFault as fault:
            refused = fault
    if refused is not None:
        raise refused


def origin_of(networks: tuple[NetworkFacts, NetworkFacts] | None) -> Origin:
    """Return what a manifest says of this computer and its plate reader."""
    reader, locator = networks or (None, None)
    return Origin(workstation=workstation(), plate_reader=reader, plate_locator=locator)


def workstation() -> str:
    """Return the name of this computer, printable and brief."""
    name = "".join(c for c in platform.node() if c.isprintable())
    return name[:_LONGEST_NAME] or "unnamed"


@contextmanager
def _stamping(
    paths: Paths, store: EvidenceStore, clock: Clock, gateway: SealGateway
) -> Iterator[StampQueue]:
    queue = StampQueue(paths.spool / "stamps.sqlite", clock)

    def authority() -> TimestampAuthority:
        # Read anew each time: a mended file counts at once.
        settings = load_timestamping(paths.root)
        if settings is None:
            raise ConfigurationInvalid(
                "The settings of time-stamps are gone. Put the file back, or start "
                "the engine again to go on without."
            )
        return TimestampAuthority(settings)

    worker = Stamping(queue, store, authority, gateway.add_stamp)
    worker.start()
    try:
        yield queue
    finally:
        if worker.close():
            queue.close()
