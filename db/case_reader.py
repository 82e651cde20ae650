"""One case as the database holds it, for whoever checks it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, select, union_all

from app.domain.errors import EvidenceDamaged
from app.domain.ids import InfractionId
from app.domain.infraction import Infraction
from app.evidence.codec import infraction_from_json
from db import address
from db.document import canonical_document, sha256_of
from db.faults import translated
from db.pool import open_pool
from db.store.seal_register import PostgresSealRegister
from db.tables import infraction, infraction_twin


class StoredCases:
    """The findings of a database, read as its owner."""

    def __init__(self, engine: Engine) -> None:
        """Use these connections."""
        self._engine = engine
        self.register = PostgresSealRegister(engine)

    def read(self, infraction_id: InfractionId) -> "StoredCase":
        """Return one; see `read_case`."""
        return read_case(self._engine, infraction_id)


@contextmanager
def open_cases(dsn: str) -> Iterator[StoredCases]:
    """Yield the cases of a database; `dsn` is a superuser's or owner's."""
    engine = open_pool(address.parse(dsn))
    try:
        yield StoredCases(engine)
    finally:
        engine.dispose()


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A finding, and whether it is the one that was stored."""

    infraction: Infraction
    whole: bool


def read_case(engine: Engine, infraction_id: InfractionId) -> StoredCase:
    """Return a finding, also one that was folded into another.

    Raises KeyError without one, EvidenceDamaged when it cannot be read at all.
    """
    found = union_all(
        *(
            select(table.c.document, table.c.document_sha256).where(
                table.c.id == infraction_id
            )
            for table in (infraction, infraction_twin)
        )
    )
    with translated(), engine.connect() as connection:
        row = connection.execute(found).first()
    if row is None:
        raise KeyError(infraction_id)
    try:
        read = infraction_from_json(row.document)
    except ValueError:
        raise EvidenceDamaged(
            f"The finding {infraction_id} cannot be read: it was altered. Restore the "
            "database from a backup."
        ) from None
    whole = sha256_of(canonical_document(read)) == row.document_sha256
    return StoredCase(read, whole)
