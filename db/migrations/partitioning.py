"""Puts a divided table in the place of one that has rows, which becomes its first part.

No row is written again: the table moves to the schema of the parts, with its indexes,
and is attached once a look at all rows has shown that they lie below the border.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from psycopg import sql

from db.migrations.fixtures import (
    Connection,
    Constraint,
    Fixtures,
    fixtures_of,
    what_still_refers,
)

SCHEMA = "atalaya"
PARTS = "atalaya_months"
_LIKE = (
    "INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING IDENTITY INCLUDING STORAGE"
    " INCLUDING COMPRESSION INCLUDING STATISTICS INCLUDING COMMENTS"
    # As the server has them: read again from their text they would be other ones.
    " INCLUDING CONSTRAINTS"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a table is divided: by the range of `key`, with `primary_key` as its key.

    Where the primary key changes, `references` says how keys from elsewhere, by the
    name of their constraint, refer to it from now on.
    """

    table: str
    key: str
    primary_key: tuple[str, ...]
    references: Mapping[str, str] = field(default_factory=dict)

    @property
    def whole(self) -> sql.Identifier:
        """The table that everybody asks."""
        return sql.Identifier(SCHEMA, self.table)

    @property
    def first(self) -> sql.Identifier:
        """What the table with all rows until now becomes."""
        return sql.Identifier(PARTS, f"{self.table}_first")

    @property
    def rest(self) -> sql.Identifier:
        """Where a row goes that no month was made for."""
        return sql.Identifier(PARTS, f"{self.table}_rest")


def divide(connection: Connection, plan: Plan, border: str) -> None:
    """Divide a table; what it holds now lies below `border`, a literal of its key.

    Runs as superuser, with `search_path = pg_catalog`, so that names come out whole.
    Raises RuntimeError when something would go on using the old table unseen.
    """
    table = _number_of(connection, plan)
    kept = fixtures_of(connection, table)
    for statement in kept.taken_off():
        _run(connection, statement)
    _run(
        connection,
        sql.SQL("ALTER TABLE {} SET SCHEMA {}").format(plan.whole, _id(PARTS)),
    )
    _run(
        connection,
        sql.SQL("ALTER TABLE {} RENAME TO {}").format(
            sql.Identifier(PARTS, plan.table), _id(f"{plan.table}_first")
        ),
    )
    left = what_still_refers(connection, table)
    if left:
        raise RuntimeError(f"{plan.table} cannot be divided: {', '.join(left)}")
    _make_whole(connection, plan, kept)
    _attach_first(connection, plan, kept, border)
    for each in kept.incoming:
        _run(connection, _referring(plan, each.on))


def _make_whole(connection: Connection, plan: Plan, kept: Fixtures) -> None:
    like = sql.SQL("CREATE TABLE {} (LIKE {} {}) PARTITION BY RANGE ({})")
    _run(
        connection,
        like.format(plan.whole, plan.first, sql.SQL(_LIKE), _id(plan.key)),
    )
    for statement in _constraints_of_whole(plan, kept.constraints):
        _run(connection, statement)
    for index, unique in kept.indexes:
        # One that cannot hold for the whole holds within each part.
        if not unique:
            _run(connection, index)
    _move_identities(connection, plan)
    for each in kept.put_on():
        _run(connection, each)


def _constraints_of_whole(
    plan: Plan, constraints: Sequence[Constraint]
) -> Iterator[sql.Composed]:
    add = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}")
    for each in constraints:
        name = _id(each.name)
        definition: sql.Composable = sql.SQL(each.definition)
        if each.kind == "c" and not each.is_loose:
            continue
        if each.kind == "p":
            keys = sql.SQL(", ").join(map(_id, plan.primary_key))
            definition = sql.SQL("PRIMARY KEY ({})").format(keys)
        elif each.kind in "ux" and plan.key not in each.columns:
            continue
        elif each.kind == "c":
            # Old rows break it: so must both tables know it, by the same text.
            drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}")
            for table in (plan.whole, plan.first):
                yield drop.format(table, name)
            yield add.format(plan.first, name, definition)
        yield add.format(plan.whole, name, definition)
        comment = sql.SQL("COMMENT ON CONSTRAINT {} ON {} IS {}")
        yield comment.format(_id(each.name), plan.whole, sql.Literal(each.comment))


def _move_identities(connection: Connection, plan: Plan) -> None:
    """Have the whole go on counting where the table left off."""
    columns = connection.execute(
        "SELECT attname::text FROM pg_attribute WHERE attrelid = %s::regclass"
        " AND attidentity <> ''",
        (f"{PARTS}.{plan.table}_first",),
    ).fetchall()
    for (column,) in columns:
        old, new = (
            _one(
                connection,
                "SELECT pg_get_serial_sequence(%s, %s)",
                (f"{schema}.{name}", column),
            )
            for schema, name in (
                (PARTS, f"{plan.table}_first"),
                (SCHEMA, plan.table),
            )
        )
        carry = sql.SQL("SELECT setval({}, last_value, is_called) FROM {}")
        _run(connection, carry.format(sql.Literal(new), sql.SQL(old)))
        drop = sql.SQL("ALTER TABLE {} ALTER COLUMN {} DROP IDENTITY")
        _run(connection, drop.format(plan.first, _id(column)))


def _attach_first(
    connection: Connection, plan: Plan, kept: Fixtures, border: str
) -> None:
    primary = next(each for each in kept.constraints if each.kind == "p")
    if primary.columns != plan.primary_key:
        change = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}, ADD CONSTRAINT {} {}")
        keys = sql.SQL("PRIMARY KEY ({})").format(
            sql.SQL(", ").join(map(_id, plan.primary_key))
        )
        name = _id(primary.name)
        _run(connection, change.format(plan.first, name, name, keys))
    rest = sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL EXCLUDING IDENTITY)")
    _run(connection, rest.format(plan.rest, plan.first))
    # Made by a superuser, it belongs to whom the table belongs.
    belong = sql.SQL("ALTER TABLE {} OWNER TO {}").format(plan.rest, _id(kept.owner))
    _run(connection, belong)
    _move_beyond(connection, plan, border)
    attach = sql.SQL("ALTER TABLE {} ATTACH PARTITION {} {}")
    below = sql.SQL("FOR VALUES FROM (MINVALUE) TO ({})").format(sql.Literal(border))
    _run(connection, attach.format(plan.whole, plan.first, below))
    _run(connection, attach.format(plan.whole, plan.rest, sql.SQL("DEFAULT")))


def _move_beyond(connection: Connection, plan: Plan, border: str) -> None:
    """Move what is dated after the border, by a clock that is wrong, to the rest."""
    move = sql.SQL(
        "WITH gone AS (DELETE FROM {} WHERE {} >= {} RETURNING *)"
        " INSERT INTO {} SELECT * FROM gone"
    )
    _run(
        connection,
        move.format(plan.first, _id(plan.key), sql.Literal(border), plan.rest),
    )


def _referring(plan: Plan, statement: str) -> str:
    for name, definition in plan.references.items():
        before, found, _ = statement.partition(f" ADD CONSTRAINT {name} ")
        if found:
            return before + found + definition
    return statement


def _number_of(connection: Connection, plan: Plan) -> int:
    return int(
        _one(
            connection, "SELECT %s::regclass::oid::bigint", (f"{SCHEMA}.{plan.table}",)
        )
    )


def _one(connection: Connection, query: str, values: tuple[str, ...]) -> str:
    row = connection.execute(query.encode(), values).fetchone()
    if row is None:
        raise TypeError("a query of one row gave none")
    return str(row[0])


def _run(connection: Connection, statement: str | sql.Composed) -> None:
    text = statement if isinstance(statement, sql.Composed) else statement.encode()
    connection.execute(text)


def _id(name: str) -> sql.Identifier:
    return sql.Identifier(name)
