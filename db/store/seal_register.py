"""The keys that cases are sealed with, and their time-stamps."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, select

from app.domain.ids import Sha256
from app.domain.seal import EngineKey
from db.faults import translated
from db.tables import engine_key, seal_stamp

_KEYS = select(engine_key).order_by(engine_key.c.since, engine_key.c.public_key)


class PostgresSealRegister:
    """`app.ports.SealRegister` on the tables of the server."""

    def __init__(self, engine: Engine) -> None:
        """Use the connections of one person."""
        self._engine = engine

    def keys(self) -> Sequence[EngineKey]:
        """Return all keys that ever sealed here, by when they came into force."""
        with translated(), self._engine.connect() as connection:
            return [_key(row) for row in connection.execute(_KEYS)]

    def stamps(self, seals: Collection[Sha256]) -> Mapping[Sha256, Sequence[bytes]]:
        """Return the responses by the seals' hashes, the earliest received first."""
        wanted = (
            select(seal_stamp.c.seal_sha256, seal_stamp.c.response)
            .where(seal_stamp.c.seal_sha256.in_(list(seals)))
            .order_by(seal_stamp.c.received_at, seal_stamp.c.response_sha256)
        )
        found: dict[Sha256, list[bytes]] = {}
        with translated(), self._engine.connect() as connection:
            for sha256, response in connection.execute(wanted):
                found.setdefault(Sha256(sha256), []).append(response)
        return found


def _key(row: Any) -> EngineKey:
    return EngineKey(
        station=row.station,
        key=row.public_key,
        since=row.since,
        workstation=row.workstation,
        replaces=row.replaces,
        handover=row.handover,
        registered_at=row.registered_at,
    )
