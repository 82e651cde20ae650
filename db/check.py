"""Compares rows, documents, hashes, the audit chain and the evidence files."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.domain.errors import EvidenceDamaged
from app.domain.ids import Sha256
from app.domain.infraction import Infraction
from app.evidence.codec import infraction_from_json
from app.ports import EvidenceStore
from db import address
from db.audit_check import chain_faults
from db.document import canonical_document, sha256_of
from db.faults import translated


class Trouble(StrEnum):
    """What can be wrong."""

    DOCUMENT_ALTERED = "document_altered"
    COLUMN_ALTERED = "column_altered"
    EVIDENCE_ROW_ALTERED = "evidence_row_altered"
    STATE_WITHOUT_REVIEW = "state_without_review"
    OBJECT_MISSING_OR_DAMAGED = "object_missing_or_damaged"
    OBJECT_WITHOUT_ROW = "object_without_row"
    AUDIT_BROKEN = "audit_broken"


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One thing that is wrong: what, where, and a sentence about it."""

    trouble: Trouble
    subject: str
    message: str


_ROWS = """
    SELECT id, document, document_sha256,
        jsonb_build_array(kind, camera_id, track_id, plate_text, speed_kmh, limit_kmh,
            red_for_ns, plate_confidence, vehicle_class, engine_id, configuration_id)
        IS NOT DISTINCT FROM jsonb_build_array(
            document ->> 'kind', document ->> 'camera_id',
            (document ->> 'track_id')::bigint, document #>> '{plate,text}',
            coalesce(document #>> '{measurement,speed_kmh}',
                document #>> '{measurement,crossing_speed_kmh}')::double precision,
            (document #>> '{measurement,limit_kmh}')::double precision,
            (document #>> '{measurement,red_for_ns}')::bigint,
            (document #>> '{plate,confidence}')::double precision,
            document ->> 'vehicle_class', document #>> '{provenance,engine_id}',
            document #>> '{provenance,configuration_id}')
        AND occurred_at = (document #>> '{occurred,wall}')::timestamptz
        AND id::text = document ->> 'id' AS agrees,
        ARRAY(SELECT e.sha256 FROM atalaya.evidence AS e
              WHERE e.infraction_id = i.id ORDER BY e.sha256) AS evidence
    FROM atalaya.infraction AS i ORDER BY occurred_at, id
"""
_TWINS = "SELECT id, document, document_sha256 FROM atalaya.infraction_twin ORDER BY id"
# The state that the standing reviews and notices lead to, where the row says another.
_STATES = """
    WITH expected AS (
        SELECT i.id, i.state, CASE
            WHEN EXISTS (SELECT FROM atalaya.notice AS n WHERE n.infraction_id = i.id)
                THEN 'notified'
            ELSE coalesce((
                SELECT CASE r.verdict WHEN 'confirm' THEN 'confirmed'
                    ELSE 'rejected' END
                FROM atalaya.review AS r
                WHERE r.infraction_id = i.id AND r.decisive AND NOT EXISTS (
                    SELECT FROM atalaya.review_undo AS u WHERE u.review_id = r.id)
                ORDER BY r.decided_at DESC, r.id DESC LIMIT 1), 'pending')
            END AS led_to
        FROM atalaya.infraction AS i
    )
    SELECT id, state, led_to FROM expected WHERE state <> led_to ORDER BY id
"""


def check(
    dsn: str, store: EvidenceStore, stored: Iterable[Sha256]
) -> list[CheckFinding]:
    """Return all that is wrong, empty when everything holds together.

    `dsn` is a superuser's or owner's. `stored` names every object in the store. Each
    object that a row names is hashed again.
    """
    findings: list[CheckFinding] = []
    named: set[Sha256] = set()
    with translated(), address.connect(address.parse(dsn)) as connection:
        connection.execute("SET statement_timeout = 0")
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        findings.extend(_check_infractions(connection, named))
        findings.extend(_check_twins(connection, named))
        findings.extend(_check_states(connection))
        findings.extend(_check_audit(connection))
    findings.extend(_check_objects(store, named))
    findings.extend(
        CheckFinding(Trouble.OBJECT_WITHOUT_ROW, name, "no case names this file")
        for name in sorted(set(stored) - named)
    )
    return findings


def _check_infractions(
    connection: address.Connection, named: set[Sha256]
) -> Iterator[CheckFinding]:
    with connection.cursor(name="check_infractions") as cursor:
        cursor.execute(_ROWS)
        for key, document, sha256, agrees, evidence in cursor:
            subject = str(key)
            infraction = _restore(document, sha256)
            named.update(Sha256(name) for name in evidence)
            if infraction is None:
                yield CheckFinding(
                    Trouble.DOCUMENT_ALTERED, subject, "the finding was altered"
                )
                continue
            if not agrees:
                yield CheckFinding(
                    Trouble.COLUMN_ALTERED, subject, "the row differs from the finding"
                )
            if sorted(item.sha256 for item in infraction.evidence) != evidence:
                yield CheckFinding(
                    Trouble.EVIDENCE_ROW_ALTERED,
                    subject,
                    "the evidence rows differ from the finding",
                )


def _check_twins(
    connection: address.Connection, named: set[Sha256]
) -> Iterator[CheckFinding]:
    for key, document, sha256 in connection.execute(_TWINS):
        twin = _restore(document, sha256)
        if twin is None:
            yield CheckFinding(
                Trouble.DOCUMENT_ALTERED, str(key), "the twin finding was altered"
            )
        else:
            named.update(item.sha256 for item in twin.evidence)


def _restore(document: dict[str, Any], sha256: str) -> Infraction | None:
    try:
        infraction = infraction_from_json(document)
    except ValueError:
        return None
    whole = sha256_of(canonical_document(infraction)) == sha256
    return infraction if whole else None


def _check_states(connection: address.Connection) -> Iterator[CheckFinding]:
    for key, state, led_to in connection.execute(_STATES):
        yield CheckFinding(
            Trouble.STATE_WITHOUT_REVIEW,
            str(key),
            f"the case is {state}, but its reviews lead to {led_to}",
        )


def _check_audit(connection: address.Connection) -> Iterator[CheckFinding]:
    for fault in chain_faults(connection):
        yield CheckFinding(
            Trouble.AUDIT_BROKEN, f"entry {fault.sequence}", fault.message
        )


def _check_objects(store: EvidenceStore, named: set[Sha256]) -> Iterator[CheckFinding]:
    for name in sorted(named):
        try:
            store.open(name).close()
        except EvidenceDamaged as error:
            yield CheckFinding(Trouble.OBJECT_MISSING_OR_DAMAGED, name, str(error))
