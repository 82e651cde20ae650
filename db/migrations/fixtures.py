"""What hangs on a table, read from the catalogue: how to take it off and put it on.

A table that becomes another one (a divided one, in its place and with its name) takes
along everything that refers to it by its number: rights, policies, guards, keys from
elsewhere, functions over its rows. Nothing of it is listed by hand, so that what
another migration added in between is kept as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import psycopg

Connection = psycopg.Connection[Any]

# Functions that take or give rows of the table, or lists of them.
_FUNCTIONS = """
    SELECT format('DROP FUNCTION %s', p.oid::regprocedure),
        pg_get_functiondef(p.oid) || E';\\n'
        || format('ALTER FUNCTION %s OWNER TO %I;', p.oid::regprocedure,
            pg_get_userbyid(p.proowner))
        || format('REVOKE ALL ON FUNCTION %s FROM PUBLIC;', p.oid::regprocedure)
        || coalesce((
            SELECT string_agg(format('GRANT EXECUTE ON FUNCTION %s TO %s%s;',
                p.oid::regprocedure,
                CASE a.grantee WHEN 0 THEN 'PUBLIC'
                    ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
                CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END), '')
            FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a), '')
        || format('COMMENT ON FUNCTION %s IS %L', p.oid::regprocedure,
            obj_description(p.oid, 'pg_proc'))
    FROM pg_proc AS p, pg_class AS c
    JOIN pg_type AS t ON t.oid = c.reltype
    WHERE c.oid = $table AND (p.prorettype IN (t.oid, t.typarray)
        OR coalesce(p.proallargtypes, p.proargtypes::oid[])
            && ARRAY[t.oid, t.typarray])
    ORDER BY p.oid
"""
_POLICIES = """
    SELECT format('DROP POLICY %I ON %s', p.polname, p.polrelid::regclass),
        format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', p.polname,
            p.polrelid::regclass,
            CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
            CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT'
                WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
            (SELECT string_agg(CASE r.role WHEN 0 THEN 'PUBLIC'
                ELSE quote_ident(pg_get_userbyid(r.role)) END, ', ')
                FROM unnest(p.polroles) AS r(role)))
        || coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
        || coalesce(' WITH CHECK ('
            || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')
        || format('; COMMENT ON POLICY %I ON %s IS %L', p.polname,
            p.polrelid::regclass, obj_description(p.oid, 'pg_policy'))
    FROM pg_policy AS p
    WHERE p.polrelid = $table OR p.oid IN (
        SELECT d.objid FROM pg_depend AS d WHERE d.classid = 'pg_policy'::regclass
            AND d.refclassid = 'pg_class'::regclass AND d.refobjid = $table)
    ORDER BY p.polrelid, p.polname
"""
_TRIGGERS = """
    SELECT format('DROP TRIGGER %I ON %s', t.tgname, t.tgrelid::regclass),
        pg_get_triggerdef(t.oid)
        || CASE t.tgenabled WHEN 'O' THEN ''
            ELSE format('; ALTER TABLE %s %s TRIGGER %I', t.tgrelid::regclass,
                CASE t.tgenabled WHEN 'D' THEN 'DISABLE'
                    WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE REPLICA' END, t.tgname)
            END
        || format('; COMMENT ON TRIGGER %I ON %s IS %L', t.tgname,
            t.tgrelid::regclass, obj_description(t.oid, 'pg_trigger'))
    FROM pg_trigger AS t WHERE t.tgrelid = $table AND NOT t.tgisinternal
    ORDER BY t.tgname
"""
_INCOMING = """
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname),
        format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname,
            pg_get_constraintdef(k.oid))
        || format('; COMMENT ON CONSTRAINT %I ON %s IS %L', k.conname,
            k.conrelid::regclass, obj_description(k.oid, 'pg_constraint'))
    FROM pg_constraint AS k
    WHERE k.contype = 'f' AND k.confrelid = $table AND k.conrelid <> $table
    ORDER BY k.conrelid::regclass::text, k.conname
"""
_RIGHTS = """
    WITH granted AS (
        SELECT a.*, '' AS part FROM pg_class AS c, aclexplode(c.relacl) AS a
            WHERE c.oid = $table AND a.grantee <> c.relowner
        UNION ALL
        SELECT a.*, format(' (%I)', n.attname) FROM pg_attribute AS n,
            aclexplode(n.attacl) AS a
            WHERE n.attrelid = $table AND NOT n.attisdropped
    )
    SELECT format('REVOKE %s%s ON %s FROM %s', g.privilege_type, g.part, w.place,
            w.who),
        format('GRANT %s%s ON %s TO %s%s', g.privilege_type, g.part, w.place, w.who,
            CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM granted AS g CROSS JOIN LATERAL (SELECT
        $table::regclass AS place, CASE g.grantee WHEN 0 THEN 'PUBLIC'
            ELSE quote_ident(pg_get_userbyid(g.grantee)) END AS who) AS w
    ORDER BY 2
"""
_REST = """
    SELECT format('ALTER TABLE %s OWNER TO %I', c.oid::regclass,
            pg_get_userbyid(c.relowner)) FROM pg_class AS c WHERE c.oid = $table
    UNION ALL
    SELECT format('COMMENT ON TABLE %s IS %L', $table::regclass,
            obj_description($table, 'pg_class'))
        WHERE obj_description($table, 'pg_class') IS NOT NULL
    UNION ALL
    SELECT format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', c.oid::regclass)
        FROM pg_class AS c WHERE c.oid = $table AND c.relrowsecurity
    UNION ALL
    SELECT format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', c.oid::regclass)
        FROM pg_class AS c WHERE c.oid = $table AND c.relforcerowsecurity
    UNION ALL
    SELECT format('ALTER TABLE %s REPLICA IDENTITY %s', c.oid::regclass,
            CASE c.relreplident WHEN 'f' THEN 'FULL' ELSE 'NOTHING' END)
        FROM pg_class AS c WHERE c.oid = $table AND c.relreplident IN ('f', 'n')
    UNION ALL
    SELECT format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s',
            a.attrelid::regclass, a.attname, a.attstattarget)
        FROM pg_attribute AS a WHERE a.attrelid = $table AND a.attnum > 0
            AND NOT a.attisdropped AND a.attstattarget >= 0
"""
_CONSTRAINTS = """
    SELECT k.conname, k.contype::text, pg_get_constraintdef(k.oid),
        ARRAY(SELECT a.attname::text
            FROM unnest(k.conkey) WITH ORDINALITY AS n(num, place)
            JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = n.num
            ORDER BY n.place),
        obj_description(k.oid, 'pg_constraint')
    FROM pg_constraint AS k
    WHERE k.conrelid = $table AND k.contype IN ('c', 'f', 'p', 'u', 'x')
    ORDER BY k.contype, k.conname
"""
_INDEXES = """
    SELECT pg_get_indexdef(i.indexrelid)
        || format('; COMMENT ON INDEX %s IS %L', i.indexrelid::regclass,
            obj_description(i.indexrelid, 'pg_class')),
        i.indisunique
    FROM pg_index AS i
    WHERE i.indrelid = $table AND NOT EXISTS (SELECT FROM pg_constraint AS k
        WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
    ORDER BY i.indexrelid::regclass::text
"""
_OWNER = "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = $table"
# What still knows the old table by its number: from outside of it, and not made by it.
_LEFT = """
    SELECT pg_describe_object(d.classid, d.objid, d.objsubid) FROM pg_depend AS d
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = $table
        AND d.deptype IN ('n', 'e', 'x')
        AND NOT (d.classid = 'pg_class'::regclass AND EXISTS (
            SELECT FROM pg_index AS i WHERE i.indexrelid = d.objid
                AND i.indrelid = $table))
        AND NOT (d.classid = 'pg_constraint'::regclass AND EXISTS (
            SELECT FROM pg_constraint AS k WHERE k.oid = d.objid
                AND k.conrelid = $table))
    UNION ALL
    SELECT pg_describe_object(d.classid, d.objid, d.objsubid) FROM pg_depend AS d
    JOIN pg_class AS c ON c.oid = $table
    JOIN pg_type AS t ON t.oid = c.reltype
    WHERE d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray)
        AND d.deptype IN ('n', 'e', 'x')
"""


@dataclass(frozen=True, slots=True)
class Fixture:
    """How something is taken off a table, and put on again."""

    off: str
    on: str


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint of the table itself; `kind` is the letter of the catalogue."""

    name: str
    kind: str
    definition: str
    columns: tuple[str, ...]
    comment: str | None

    @property
    def is_loose(self) -> bool:
        """Whether it holds for new rows only."""
        return self.definition.endswith("NOT VALID")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixtures:
    """All that hangs on one table. Statements name it as it is called by then."""

    functions: tuple[Fixture, ...]
    policies: tuple[Fixture, ...]
    triggers: tuple[Fixture, ...]
    incoming: tuple[Fixture, ...]
    rights: tuple[Fixture, ...]
    rest: tuple[str, ...]
    constraints: tuple[Constraint, ...]
    indexes: tuple[tuple[str, bool], ...]
    owner: str

    def taken_off(self) -> Iterator[str]:
        """Yield what takes all off, the rights included, in an order that works."""
        for group in (self.incoming, self.policies, self.triggers, self.functions):
            yield from (each.off for each in group)
        yield from (each.off for each in self.rights)

    def put_on(self) -> Iterator[str]:
        """Yield what puts rights, functions, guards and policies on its successor."""
        yield from self.rest
        for group in (self.functions, self.rights, self.triggers, self.policies):
            yield from (each.on for each in group)


def fixtures_of(connection: Connection, table: int) -> Fixtures:
    """Read what hangs on a table, given by its number; names come out qualified."""

    def ask(query: str) -> list[tuple[Any, ...]]:
        return _ask(connection, query, table)

    def pairs(query: str) -> tuple[Fixture, ...]:
        return tuple(Fixture(off, on) for off, on in ask(query))

    return Fixtures(
        functions=pairs(_FUNCTIONS),
        policies=pairs(_POLICIES),
        triggers=pairs(_TRIGGERS),
        incoming=pairs(_INCOMING),
        rights=pairs(_RIGHTS),
        rest=tuple(row[0] for row in ask(_REST)),
        constraints=tuple(
            Constraint(name, kind, definition, tuple(columns), comment)
            for name, kind, definition, columns, comment in ask(_CONSTRAINTS)
        ),
        indexes=tuple((row[0], bool(row[1])) for row in ask(_INDEXES)),
        owner=str(ask(_OWNER)[0][0]),
    )


def what_still_refers(connection: Connection, table: int) -> list[str]:
    """Name what would silently go on using the old table."""
    return [row[0] for row in _ask(connection, _LEFT, table)]


def _ask(connection: Connection, query: str, table: int) -> list[tuple[Any, ...]]:
    # The number stands in the text: signs of format() are no places for parameters.
    text = query.replace("$table", f"({int(table)}::oid)")
    found = connection.execute(text.encode()).fetchall()
    return cast("list[tuple[Any, ...]]", found)
