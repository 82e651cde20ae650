"""Holds each row against its own hash, and against what the trail says of it.

The trail is the witness: it is chained, and its head is kept outside. No function of
the database is asked, because whoever can rewrite rows can rewrite those.
"""

from collections.abc import Iterator
from typing import Any

from app.domain.infraction import Infraction
from app.evidence.codec import infraction_from_json
from app.ports import Progress
from db.address import Connection
from db.audit_check import chain_faults
from db.audit_source import over_the_whole_trail
from db.check_finding import CheckFinding, Trouble
from db.document import canonical_document, sha256_of

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
        ARRAY(SELECT concat_ws(' ', e.sha256, e.kind, e.media_type, e.size_bytes)
              FROM atalaya.evidence AS e WHERE e.infraction_id = i.id) AS evidence,
        CASE WHEN erased_at IS NOT NULL THEN (
            SELECT a.detail ->> 'erased_sha256' IS NOT DISTINCT FROM encode(
                sha256(convert_to(i.document::text, 'UTF8')), 'hex')
            FROM atalaya.audit AS a
            WHERE a.action = 'erase_case' AND a.subject = i.id::text
                AND a.detail ->> 'document_sha256' = i.document_sha256
        ) END AS erased_as_told,
        erased_at IS NOT NULL AS erased
    FROM atalaya.infraction AS i ORDER BY occurred_at, id
"""
# Those of erased cases are named in the certificate.
_TWINS = """
    SELECT t.id, t.document, t.document_sha256, e.id IS NOT NULL,
        encode(sha256(convert_to(t.document::text, 'UTF8')), 'hex') = (
            SELECT w.twin ->> 'erased_sha256'
            FROM jsonb_array_elements(e.certificate -> 'twins') AS w(twin)
            WHERE w.twin ->> 'id' = t.id::text),
        ARRAY(SELECT f.sha256 FROM atalaya.twin_file AS f
              WHERE f.twin_id = t.id ORDER BY f.sha256)
    FROM atalaya.infraction_twin AS t
    LEFT JOIN atalaya.erasure AS e ON e.infraction_id = t.twin_of
    ORDER BY t.id
"""
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
# Erased cases keep row and hash. What came in before 0014 has no entry.
_ADDED = """
    SELECT a.subject, CASE
        WHEN coalesce(i.id, t.id) IS NULL THEN 'the case is gone'
        ELSE 'the finding is not the one that was added' END
    FROM atalaya.audit AS a
    LEFT JOIN atalaya.infraction AS i ON i.id::text = a.subject
    LEFT JOIN atalaya.infraction_twin AS t ON t.id::text = a.subject
    WHERE a.action = 'add_case' AND a.detail ->> 'document_sha256'
        IS DISTINCT FROM coalesce(i.document_sha256, t.document_sha256)
    ORDER BY a.sequence
"""
_CONFIGURATIONS = """
    SELECT coalesce(c.id::text, a.detail ->> 'configuration'), CASE
        WHEN c.id IS NULL THEN 'it is gone'
        WHEN a.id IS NULL THEN 'the trail does not know it'
        ELSE 'it is not the one that was published' END
    FROM atalaya.camera_configuration AS c
    FULL JOIN (SELECT * FROM atalaya.audit WHERE action = 'publish_configuration') AS a
        ON a.detail ->> 'configuration' = c.id::text
    WHERE c.id IS NULL OR a.id IS NULL OR a.subject <> c.camera_id::text
        OR a.login <> c.created_by OR a.detail ->> 'version' <> c.version::text
        OR a.detail ->> 'sha256'
            <> encode(sha256(convert_to(c.body::text, 'UTF8')), 'hex')
    ORDER BY 1
"""
# With a seal what the row says is compared; before there were seals, plate and verdict.
_REVIEWS = """
    SELECT coalesce(r.id::text, a.detail ->> 'review'), CASE
        WHEN r.id IS NULL THEN 'the decision is gone'
        WHEN a.id IS NULL THEN 'the trail does not know the decision'
        ELSE 'the decision was altered' END
    FROM atalaya.review AS r
    FULL JOIN (SELECT * FROM atalaya.audit WHERE action = 'decide') AS a
        ON a.detail ->> 'review' = r.id::text
    LEFT JOIN atalaya.infraction AS i ON i.id = r.infraction_id
    WHERE r.id IS NULL OR a.id IS NULL OR a.subject <> r.infraction_id::text
        OR a.login <> r.reviewer OR a.detail ->> 'verdict' <> r.verdict
        OR coalesce(a.detail ->> 'decisive', 'true') <> r.decisive::text
        OR i.erased_at IS NULL AND CASE WHEN a.detail ? 'seal' THEN
            a.detail ->> 'seal' <> encode(sha256(convert_to(jsonb_build_array(
                r.salt, r.id, r.infraction_id, r.reviewer, r.verdict, r.reason,
                r.comment, r.plate_text,
                (extract(epoch FROM r.decided_at) * 1000000)::bigint
            )::text, 'UTF8')), 'hex')
            ELSE a.detail ->> 'plate' IS DISTINCT FROM r.plate_text END
    ORDER BY 1
"""
_UNDOINGS = """
    SELECT coalesce(u.review_id::text, a.detail ->> 'review'), CASE
        WHEN u.review_id IS NULL THEN 'that it was undone is gone'
        WHEN a.id IS NULL THEN 'the trail does not know that it was undone'
        ELSE 'who undid it was altered' END
    FROM atalaya.review_undo AS u
    FULL JOIN (SELECT * FROM atalaya.audit WHERE action = 'undo') AS a
        ON a.detail ->> 'review' = u.review_id::text
    WHERE u.review_id IS NULL OR a.id IS NULL OR a.login <> u.undone_by
    ORDER BY 1
"""
_NOTICES = """
    SELECT coalesce(n.infraction_id::text, a.subject), CASE
        WHEN n.infraction_id IS NULL THEN 'the notice is gone'
        WHEN a.id IS NULL THEN 'the trail does not know the notice'
        ELSE 'the notice was altered' END
    FROM atalaya.notice AS n
    FULL JOIN (SELECT * FROM atalaya.audit WHERE action = 'issue_notice') AS a
        ON a.subject = n.infraction_id::text
    WHERE n.infraction_id IS NULL OR a.id IS NULL OR a.login <> n.issued_by
        OR a.detail ->> 'number' <> n.number
    ORDER BY 1
"""
_HOLDS = """
    SELECT coalesce(h.infraction_id::text, a.subject), CASE
        WHEN h.id IS NULL THEN 'a hold on it is gone'
        WHEN a.id IS NULL THEN 'the trail does not know a hold on it'
        ELSE 'a hold on it was altered' END
    FROM atalaya.case_hold AS h
    FULL JOIN (SELECT * FROM atalaya.audit WHERE action = 'set_hold') AS a
        ON a.detail ->> 'hold' = h.id::text
    LEFT JOIN (SELECT * FROM atalaya.audit WHERE action = 'release_hold') AS o
        ON o.detail ->> 'hold' = coalesce(h.id::text, a.detail ->> 'hold')
    WHERE h.id IS NULL OR a.id IS NULL OR a.subject <> h.infraction_id::text
        OR a.login <> h.set_by OR a.detail ->> 'kind' <> h.kind
        OR a.detail ->> 'reason' <> h.reason
        OR (a.detail ->> 'ends')::timestamptz IS DISTINCT FROM h.ends_at
        OR o.login IS DISTINCT FROM h.released_by
        OR o.detail ->> 'reason' IS DISTINCT FROM h.release_reason
    ORDER BY 1
"""
# Until somebody sets a term, it is the one that the tables came with (0008).
_RULES = """
    WITH furnished AS (
        SELECT k.kind || ' ' || s.state AS subject, s.keep_days
        FROM unnest(ARRAY['speeding', 'red_light']) AS k(kind), (VALUES
            ('pending', '730'), ('rejected', '90'), ('confirmed', '1461'),
            ('notified', '1826')) AS s(state, keep_days)
    ), told AS (
        SELECT DISTINCT ON (a.subject) a.subject, a.detail ->> 'keep_days' AS keep_days,
            a.at
        FROM atalaya.audit AS a WHERE a.action = 'set_case_retention'
        ORDER BY a.subject, a.sequence DESC
    )
    SELECT subject, CASE WHEN r.kind IS NULL THEN 'the term is gone'
        ELSE 'the term is not the one that was set last' END
    FROM furnished FULL JOIN told USING (subject)
    LEFT JOIN atalaya.case_retention AS r ON r.kind || ' ' || r.state = subject
    WHERE r.keep_days::text
        IS DISTINCT FROM coalesce(told.keep_days, furnished.keep_days)
        OR r.changed_at < told.at - interval '1 minute'
    ORDER BY 1
"""
_CERTIFICATES = """
    SELECT coalesce(e.infraction_id::text, b.subject), CASE
        WHEN e.id IS NULL THEN 'the certificate of its erasure is gone'
        WHEN b.id IS NULL THEN 'the trail does not know its erasure'
        ELSE 'the certificate of its erasure was altered' END
    FROM atalaya.erasure AS e
    FULL JOIN (SELECT * FROM atalaya.audit WHERE action = 'erase_case') AS b
        ON b.detail ->> 'erasure' = e.id::text
    LEFT JOIN (SELECT * FROM atalaya.audit WHERE action = 'certify_erasure') AS a
        ON a.detail ->> 'erasure' = e.id::text
    LEFT JOIN atalaya.infraction AS i ON i.id = e.infraction_id
    WHERE e.id IS NULL OR b.id IS NULL OR b.subject <> e.infraction_id::text
        OR b.detail ->> 'erased_sha256' <> e.erased_sha256 OR i.erased_at IS NULL
        OR b.detail ->> 'reason' <> e.reason OR b.login <> e.begun_by
        OR a.detail ->> 'certificate_sha256' IS DISTINCT FROM e.certificate_sha256
        OR e.certificate_sha256 IS DISTINCT FROM
            encode(sha256(convert_to(e.certificate::text, 'UTF8')), 'hex')
    ORDER BY 1
"""
_UNFINISHED = """
    SELECT e.infraction_id, 'its erasure was begun two days ago and more'
    FROM atalaya.erasure AS e WHERE e.finished_at IS NULL
        AND e.begun_at < now() - interval '2 days' ORDER BY e.number
"""
_BY_THE_TRAIL = (
    (Trouble.CASE_NOT_AS_ADDED, _ADDED),
    (Trouble.CONFIGURATION_ALTERED, _CONFIGURATIONS),
    (Trouble.REVIEW_ALTERED, _REVIEWS),
    (Trouble.REVIEW_ALTERED, _UNDOINGS),
    (Trouble.NOTICE_ALTERED, _NOTICES),
    (Trouble.HOLD_ALTERED, _HOLDS),
    (Trouble.RETENTION_ALTERED, _RULES),
    (Trouble.CERTIFICATE_ALTERED, _CERTIFICATES),
    (Trouble.ERASURE_UNFINISHED, _UNFINISHED),
)
_SHOWN_EVERY = 1000


def check_rows(connection: Connection, progress: Progress) -> Iterator[CheckFinding]:
    """Yield what is wrong with the rows of one snapshot; few are held in memory."""
    connection.execute("SET statement_timeout = 0")
    connection.execute("SET search_path = pg_catalog")
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    yield from _check_infractions(connection, progress)
    yield from _check_twins(connection)
    for key, state, led_to in connection.execute(_STATES):
        said = f"the case is {state}, but its reviews lead to {led_to}"
        yield CheckFinding(Trouble.STATE_WITHOUT_REVIEW, str(key), said)
    for trouble, query in _BY_THE_TRAIL:
        whole = over_the_whole_trail(connection, query)
        for subject, message in connection.execute(whole.encode()):
            yield CheckFinding(trouble, str(subject), message)
    for fault in chain_faults(connection):
        subject = f"entry {fault.sequence}"
        yield CheckFinding(Trouble.AUDIT_BROKEN, subject, fault.message)


def _check_infractions(
    connection: Connection, progress: Progress
) -> Iterator[CheckFinding]:
    counted = connection.execute("SELECT count(*) FROM atalaya.infraction").fetchone()
    total = counted[0] if counted else 0
    with connection.cursor(name="check_infractions") as cursor:
        cursor.execute(over_the_whole_trail(connection, _ROWS).encode())
        for number, row in enumerate(cursor, 1):
            yield from _check_infraction(*row)
            if number % _SHOWN_EVERY == 0:
                progress(f"{number} of {total} cases", number / max(total, number))


def _check_infraction(
    key: object,
    document: dict[str, Any],
    sha256: str,
    agrees: bool,
    evidence: list[str],
    erased_as_told: bool | None,
    erased: bool,
) -> Iterator[CheckFinding]:
    subject = str(key)
    infraction = _restored(document)
    whole = infraction is not None and (
        bool(erased_as_told)
        if erased
        else sha256_of(canonical_document(infraction)) == sha256
    )
    if infraction is None or not whole:
        yield CheckFinding(Trouble.DOCUMENT_ALTERED, subject, "the finding was altered")
        return
    if not agrees:
        yield CheckFinding(
            Trouble.COLUMN_ALTERED, subject, "the row differs from the finding"
        )
    described = [
        f"{each.sha256} {each.kind} {each.media_type} {each.size_bytes}"
        for each in infraction.evidence
    ]
    if sorted(described) != sorted(evidence):
        yield CheckFinding(
            Trouble.EVIDENCE_ROW_ALTERED,
            subject,
            "the evidence rows differ from the finding",
        )


def _check_twins(connection: Connection) -> Iterator[CheckFinding]:
    with connection.cursor(name="check_twins") as cursor:
        cursor.execute(_TWINS)
        for key, document, sha256, erased, as_told, files in cursor:
            twin = _restored(document)
            # Until there is a certificate, nothing tells what an erased twin was.
            whole = twin is not None and (
                as_told is not False
                if erased
                else sha256_of(canonical_document(twin)) == sha256
            )
            if twin is None or not whole:
                yield CheckFinding(
                    Trouble.DOCUMENT_ALTERED, str(key), "the twin finding was altered"
                )
            elif sorted({item.sha256 for item in twin.evidence}) != files:
                yield CheckFinding(
                    Trouble.EVIDENCE_ROW_ALTERED,
                    str(key),
                    "the files noted of the twin differ from the finding",
                )


def _restored(document: dict[str, Any]) -> Infraction | None:
    try:
        return infraction_from_json(document)
    except ValueError:
        return None
