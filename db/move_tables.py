"""What a move reads of a database: tables in their order, rows as text, hashes.

Rows are read as PostgreSQL's COPY writes them, in the order of the primary key and
under settings that make one text of one value, so that two servers can be compared.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from psycopg import sql

from db import address
from db.audit_source import archives_of
from db.tables import SCHEMA

_TABLES = """
    SELECT c.oid::bigint, c.relname,
        array_agg(a.attname::text ORDER BY a.attnum),
        (SELECT array_agg(k.attname::text ORDER BY array_position(i.indkey, k.attnum))
            FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_attribute AS k
                ON k.attrelid = c.oid AND k.attnum = ANY (i.indkey)
            WHERE i.indrelid = c.oid AND i.indisprimary),
        (SELECT coalesce(array_agg(f.confrelid::bigint), '{}')
            FROM pg_catalog.pg_constraint AS f
            WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid
                AND f.conparentid = 0),
        EXISTS (SELECT FROM pg_catalog.pg_constraint AS o
            WHERE o.conrelid = c.oid AND o.contype = 'c'
                AND pg_catalog.pg_get_constraintdef(o.oid) = 'CHECK ((id = 1))')
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_attribute AS a
        ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attgenerated = ''
    WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'p')
        AND NOT c.relispartition AND c.relname <> ALL (%s)
    GROUP BY c.oid, c.relname ORDER BY c.relname
"""
# Where the schema stands, and which months of the trail lie aside: true of one server,
# for what lay aside moves back into the trail.
_OF_THE_SERVER = ["alembic_version", "archived_month"]
# Beside the tables of one row, which their constraint tells.
_FURNISHED = frozenset({"case_retention", "site"})
_TEXTS = """
    SELECT attname::text FROM pg_catalog.pg_attribute
    WHERE attrelid = %s AND attcollation <> 0 AND attnum > 0
"""
_SEQUENCES = """
    SELECT sequencename::text, coalesce(last_value, 0) FROM pg_catalog.pg_sequences
    WHERE schemaname = %s ORDER BY 1
"""
# One text for one value, whatever the server, the client or its environment says.
_ONE_TEXT = (
    "SET client_encoding = 'UTF8'",
    "SET timezone = 'UTC'",
    "SET datestyle = 'ISO, YMD'",
    "SET intervalstyle = 'postgres'",
    "SET bytea_output = 'hex'",
    "SET extra_float_digits = 1",
    "SET search_path = pg_catalog",
    "SET statement_timeout = 0",
    "SET idle_in_transaction_session_timeout = 0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedTable:
    """A table; `furnished` when the schema itself puts rows into it.

    `beside` are tables that hold rows of it which were set aside: they move into it.
    """

    name: str
    columns: tuple[str, ...]
    order: tuple[str, ...]
    texts: frozenset[str]
    furnished: bool
    beside: tuple[sql.Identifier, ...] = field(default=(), compare=False)

    @property
    def qualified(self) -> sql.Identifier:
        """Its name in a statement."""
        return sql.Identifier(SCHEMA, self.name)

    @property
    def _column_list(self) -> sql.Composed:
        return sql.SQL(", ").join(map(sql.Identifier, self.columns))

    def reading(self) -> sql.Composed:
        """Return the statement that gives all rows, the same way everywhere."""
        order = sql.SQL(", ").join(
            sql.SQL("{} COLLATE {}").format(sql.Identifier(name), sql.Identifier("C"))
            if name in self.texts
            else sql.Identifier(name)
            for name in self.order
        )
        each = sql.SQL("SELECT {} FROM {}")
        rows = sql.SQL(" UNION ALL ").join(
            each.format(self._column_list, place)
            for place in (self.qualified, *self.beside)
        )
        return sql.SQL("COPY (SELECT * FROM ({}) AS r ORDER BY {}) TO STDOUT").format(
            rows, order
        )

    def writing(self) -> sql.Composed:
        """Return the statement that takes them, identities included."""
        return sql.SQL("COPY {} ({}) FROM STDIN").format(
            self.qualified, self._column_list
        )


@dataclass(frozen=True, slots=True)
class Digest:
    """How many rows a table has, and the SHA-256 of all their texts."""

    rows: int
    sha256: str


def prepare(connection: address.Connection) -> None:
    """Make this session read and write rows in one text."""
    for statement in _ONE_TEXT:
        connection.execute(statement.encode())


def tables_of(connection: address.Connection) -> list[MovedTable]:
    """Return all tables, each after those that it refers to."""
    found = connection.execute(_TABLES.encode(), (SCHEMA, _OF_THE_SERVER)).fetchall()
    made = {row[0]: _table(connection, row) for row in found}
    order = TopologicalSorter({row[0]: set(row[4]) for row in found}).static_order()
    return [made[oid] for oid in order]


def _table(connection: address.Connection, row: tuple[object, ...]) -> MovedTable:
    oid, name, columns, key, _, furnished = row
    texts = connection.execute(_TEXTS.encode(), (oid,)).fetchall()
    if not isinstance(columns, list) or not isinstance(name, str):
        raise TypeError("the catalogue answers otherwise than it was asked")
    return MovedTable(
        name=name,
        columns=tuple(columns),
        order=tuple(key) if isinstance(key, list) else tuple(columns),
        texts=frozenset(each[0] for each in texts),
        furnished=bool(furnished) or name in _FURNISHED,
        beside=archives_of(connection) if name == "audit" else (),
    )


def sequences_of(connection: address.Connection) -> dict[str, int]:
    """Return the last value that each sequence gave; 0 where it gave none."""
    return dict(connection.execute(_SEQUENCES.encode(), (SCHEMA,)).fetchall())


def digest_of(
    connection: address.Connection,
    table: MovedTable,
    take: Callable[[bytes], object] = lambda _: None,
) -> Digest:
    """Read all rows once; `take` gets their text, piece by piece."""
    digest, rows = hashlib.sha256(), 0
    for piece in _pieces(connection, table):
        digest.update(piece)
        # A line is a row: COPY writes a new line within a value as two letters.
        rows += piece.count(b"\n")
        take(piece)
    return Digest(rows, digest.hexdigest())


def _pieces(connection: address.Connection, table: MovedTable) -> Iterator[bytes]:
    with connection.cursor() as cursor, cursor.copy(table.reading()) as copy:
        for piece in copy:
            yield bytes(piece)


def total_of(digests: dict[str, Digest], sequences: dict[str, int]) -> str:
    """Return one SHA-256 over all tables and sequences, by name."""
    lines = [f"{name} {each.rows} {each.sha256}" for name, each in digests.items()]
    lines += [f"{name} {value}" for name, value in sequences.items()]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
