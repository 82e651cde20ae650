"""The certificates of what was erased, each with its place in the trail."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from db import address
from db.audit_source import over_the_whole_trail
from db.faults import translated

_CERTIFICATES = """
    SELECT e.certificate, e.certificate_sha256, a.sequence, a.previous_sha256, a.sha256
    FROM atalaya.erasure AS e
    LEFT JOIN atalaya.audit AS a ON a.action = 'certify_erasure'
        AND a.detail ->> 'erasure' = e.id::text
    WHERE e.finished_at IS NOT NULL AND (%(case)s::text IS NULL
        OR e.infraction_id::text = %(case)s::text)
    ORDER BY e.number
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Who erased which case, when and why, and each file with hash and size.

    `sha256` is of `document` as the server writes jsonb. The entry `sequence` of the
    trail holds it; None when the trail does not know it.
    """

    document: dict[str, Any]
    sha256: str
    sequence: int | None
    previous_sha256: str | None
    entry_sha256: str | None


def certificates(dsn: str, case: str | None = None) -> Iterator[Certificate]:
    """Yield the certificates in their order, of one case or all, as auditor."""
    with translated(), address.connect(address.parse(dsn)) as connection:
        connection.execute("SET statement_timeout = 0")
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        with connection.cursor(name="certificates") as cursor:
            query = over_the_whole_trail(connection, _CERTIFICATES)
            cursor.execute(query.encode(), {"case": case})
            for document, sha256, sequence, previous, entry in cursor:
                yield Certificate(
                    document=document,
                    sha256=sha256,
                    sequence=sequence,
                    previous_sha256=previous,
                    entry_sha256=entry,
                )
