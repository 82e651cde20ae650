"""Walks the audit chain and holds it against heads that were kept outside.

It trusts no function of the database: whoever can rewrite entries can rewrite those.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.domain.audit import Anchor, AuditTrouble
from db import address
from db.audit_source import over_the_whole_trail
from db.faults import translated

_OF_AN_ANCHOR = (AuditTrouble.OTHER_DATABASE, AuditTrouble.UNKNOWN_KEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFinding:
    """One thing that is wrong, and at which entry of the chain."""

    trouble: AuditTrouble
    sequence: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """What a walk found, in the order of the chain."""

    database: str
    entries: int
    anchors: int
    findings: tuple[AuditFinding, ...]

    @property
    def first_broken(self) -> AuditFinding | None:
        """The first link that does not hold; None when only anchors are in doubt."""
        links = (each for each in self.findings if each.trouble not in _OF_AN_ANCHOR)
        return min(links, key=lambda each: each.sequence, default=None)


# As `atalaya.audit_text` of the migrations has it, of the server's own functions only.
_ENTRIES = """
    SELECT a.id, a.sequence, a.previous_sha256, a.sha256,
        pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(
            pg_catalog.jsonb_build_array(
                a.previous_sha256, a.sequence, a.id,
                (extract(epoch FROM a.at) * 1000000)::pg_catalog.int8,
                a.login, a.workstation, a.action, a.subject, a.detail
            )::pg_catalog.text, 'UTF8')), 'hex') AS fresh
    FROM atalaya.audit AS a ORDER BY a.sequence NULLS LAST, a.id
"""
_DATABASE = """
    SELECT s.system_identifier || '/' || pg_catalog.current_database()
    FROM pg_catalog.pg_control_system() AS s
"""
_HEAD = "SELECT sequence, sha256 FROM atalaya.audit_head"
_NOTHING = "0" * 64


def verify_audit(
    dsn: str, anchors: Iterable[Anchor] = (), trusted: Iterable[str] = ()
) -> AuditReport:
    """Walk the whole chain of the database that `dsn` names; read only.

    `dsn` is an auditor's, the owner's or a superuser's. Every anchor must be of this
    database, signed by one of the `trusted` keys, and lie on the chain.
    """
    kept = sorted(anchors, key=lambda each: each.head.sequence)
    with translated(), address.connect(address.parse(dsn)) as connection:
        connection.execute("SET statement_timeout = 0")
        connection.execute("SET search_path = pg_catalog")
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        database = _one(connection, _DATABASE)
        walk = _Walk({each.head.sequence for each in kept})
        findings = [*walk.through(connection)]
        findings += _against_anchors(kept, set(trusted), database, walk)
    return AuditReport(
        database=database,
        entries=walk.count,
        anchors=len(kept),
        findings=tuple(sorted(findings, key=lambda each: each.sequence)),
    )


def chain_faults(connection: address.Connection) -> Iterator[AuditFinding]:
    """Yield what is wrong within the chain itself."""
    yield from _Walk(set()).through(connection)


def database_of(dsn: str) -> str:
    """Return what the anchors of a database call it."""
    with translated(), address.connect(address.parse(dsn)) as connection:
        return _one(connection, _DATABASE)


def _one(connection: address.Connection, query: str) -> str:
    row = connection.execute(query.encode()).fetchone()
    return "" if row is None else str(row[0])


class _Walk:
    """One pass over the chain; remembers the hashes at the entries asked for."""

    def __init__(self, wanted: set[int]) -> None:
        self._wanted = wanted
        self._last = (0, _NOTHING)
        self.count = 0
        self.hashes = {0: _NOTHING}

    @property
    def end(self) -> int:
        """Sequence of the last entry."""
        return self._last[0]

    def through(self, connection: address.Connection) -> Iterator[AuditFinding]:
        with connection.cursor(name="audit_walk") as cursor:
            cursor.execute(over_the_whole_trail(connection, _ENTRIES).encode())
            for identity, sequence, previous, sha256, fresh in cursor:
                self.count += 1
                if sequence is None:
                    yield _outside(identity, self.end)
                    continue
                yield from self._link(sequence, previous, sha256, fresh)
        yield from self._end(connection)

    def _link(
        self, sequence: int, previous: str, sha256: str, fresh: str
    ) -> Iterator[AuditFinding]:
        before, before_sha256 = self._last
        if sha256 != fresh:
            yield _finding(AuditTrouble.ALTERED, sequence, "the entry was altered")
        if sequence != before + 1 or previous != before_sha256:
            yield _finding(
                AuditTrouble.MISSING_BEFORE,
                sequence,
                "entries before it are missing, or were made anew",
            )
        self._last = (sequence, sha256)
        if sequence in self._wanted:
            self.hashes[sequence] = sha256

    def _end(self, connection: address.Connection) -> Iterator[AuditFinding]:
        head = connection.execute(_HEAD).fetchone()
        if head is not None and tuple(head) != self._last:
            yield _finding(
                AuditTrouble.MISSING_AFTER, self.end, "entries after it are missing"
            )


def _against_anchors(
    kept: list[Anchor], trusted: set[str], database: str, walk: _Walk
) -> Iterator[AuditFinding]:
    held = 0
    for anchor in kept:
        trouble = _trouble_of(anchor, trusted, database, walk)
        if trouble is None:
            held = anchor.head.sequence
            continue
        rebuilt = trouble is AuditTrouble.REBUILT
        sequence = min(held + 1, walk.end) if rebuilt else walk.end
        yield _finding(trouble, sequence, _said(trouble, anchor, held))


def _trouble_of(
    anchor: Anchor, trusted: set[str], database: str, walk: _Walk
) -> AuditTrouble | None:
    if anchor.key not in trusted:
        return AuditTrouble.UNKNOWN_KEY
    if anchor.head.database != database:
        return AuditTrouble.OTHER_DATABASE
    if anchor.head.sequence > walk.end:
        return AuditTrouble.TAIL_CUT
    if walk.hashes.get(anchor.head.sequence) != anchor.head.sha256:
        return AuditTrouble.REBUILT
    return None


def _said(trouble: AuditTrouble, anchor: Anchor, held: int) -> str:
    taken = f"{anchor.taken:%Y-%m-%d %H:%M:%S %Z}"
    if trouble is AuditTrouble.UNKNOWN_KEY:
        return (
            f"the anchor of {taken} is signed with the key {anchor.key}, which nobody "
            "here vouches for; name it with --key if you know whose it is"
        )
    if trouble is AuditTrouble.OTHER_DATABASE:
        return f"the anchor of {taken} is of another database"
    if trouble is AuditTrouble.TAIL_CUT:
        return (
            f"the chain ends here, but had {anchor.head.sequence} entries on {taken}: "
            "its tail was cut off"
        )
    return (
        f"entry {anchor.head.sequence} is not the one that stood there on {taken}: the "
        f"chain was made anew after entry {held}"
    )


def _outside(identity: int, after: int) -> AuditFinding:
    return _finding(
        AuditTrouble.OUTSIDE_THE_CHAIN,
        after,
        f"the entry with the id {identity} is outside of the chain",
    )


def _finding(trouble: AuditTrouble, sequence: int, message: str) -> AuditFinding:
    return AuditFinding(trouble=trouble, sequence=sequence, message=message)
