"""Acts against every table, column, guard, sequence and function that there is."""

from collections.abc import Iterator
from dataclasses import dataclass

from db.address import Connection
from tests.integration.rights.acts import DENIED, UNKNOWN_OBJECT, Act
from tests.integration.rights.matrix import ALL_COLUMNS, CALLABLE, READABLE

_COLUMNS = """
    SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'atalaya'::regnamespace AND c.relkind IN ('r', 'p')
        AND a.attnum > 0 AND NOT a.attisdropped
    GROUP BY 1 ORDER BY 1
"""
_FUNCTIONS = """
    SELECT substr(oid::regprocedure::text, length('atalaya.') + 1) FROM pg_proc
    WHERE pronamespace = 'atalaya'::regnamespace ORDER BY 1
"""
_TRIGGERS = """
    SELECT t.tgname, c.relname FROM pg_trigger AS t JOIN pg_class AS c
    ON c.oid = t.tgrelid WHERE c.relnamespace = 'atalaya'::regnamespace
    AND NOT t.tgisinternal ORDER BY 2, 1
"""
_CONSTRAINTS = """
    SELECT k.conname, c.relname FROM pg_constraint AS k JOIN pg_class AS c
    ON c.oid = k.conrelid WHERE c.relnamespace = 'atalaya'::regnamespace
    AND k.contype IN ('c', 'f', 'u') AND k.conparentid = 0 ORDER BY 2, 1
"""
_RELATIONS = """
    SELECT relname FROM pg_class WHERE relnamespace = 'atalaya'::regnamespace
    AND relkind::text = ANY (%s) ORDER BY 1
"""
_SAMPLES = {
    "uuid": "gen_random_uuid()",
    "bytea": "'x'::bytea",
    "text": "'x'",
    "boolean": "true",
    "integer": "1",
    "bigint": "1",
    "smallint": "1::smallint",
    "smallint[]": "'{}'::smallint[]",
    "text[]": "'{}'::text[]",
    "uuid[]": "'{}'::uuid[]",
    "jsonb": "'{}'::jsonb",
    "timestamp with time zone": "now()",
    "oid": "0::oid",
    "bigint[]": "'{}'::bigint[]",
    "integer[]": "'{}'::integer[]",
    "atalaya.audit": "NULL::atalaya.audit",
    "atalaya.erasure": "NULL::atalaya.erasure",
    "atalaya.infraction": "NULL::atalaya.infraction",
    "atalaya.review": "NULL::atalaya.review",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What the schema holds, as its server says."""

    columns: dict[str, list[str]]
    functions: list[str]
    triggers: list[tuple[str, str]]
    constraints: list[tuple[str, str]]
    indexes: list[str]
    sequences: list[str]


def read_catalogue(superuser: Connection) -> Catalogue:
    """Ask the server what there is."""

    def relations(*kinds: str) -> list[str]:
        found = superuser.execute(_RELATIONS.encode(), (list(kinds),))
        return [row[0] for row in found]

    return Catalogue(
        columns=dict(superuser.execute(_COLUMNS.encode()).fetchall()),
        functions=[row[0] for row in superuser.execute(_FUNCTIONS.encode())],
        triggers=superuser.execute(_TRIGGERS.encode()).fetchall(),
        constraints=superuser.execute(_CONSTRAINTS.encode()).fetchall(),
        indexes=relations("i", "I"),
        sequences=relations("S"),
    )


def acts_of(login: str, there: Catalogue) -> Iterator[Act]:
    """Yield all that `login` must be refused by the matrix, thing by thing."""
    for table, columns in there.columns.items():
        yield from _writes(table, columns)
        yield from _reads(login, table, columns)
        yield from _definitions(table)
    for function in there.functions:
        yield from _calls(login, function)
    yield from _on_guards(there)
    for sequence in there.sequences:
        yield from _on_sequence(sequence)


def _writes(table: str, columns: list[str]) -> Iterator[Act]:
    name = f"atalaya.{table}"
    yield Act(f"INSERT INTO {name} DEFAULT VALUES")
    into = f"INSERT INTO {name} OVERRIDING SYSTEM VALUE"
    yield Act(f"{into} TABLE {name}")
    yield Act(f"DELETE FROM {name}")  # noqa: S608
    yield Act(f"TRUNCATE {name}")
    yield Act(f"TRUNCATE {name} CASCADE")
    yield Act(f"BEGIN; LOCK TABLE {name} IN EXCLUSIVE MODE")
    yield Act(f"SELECT FROM {name} FOR UPDATE")
    yield Act(f"COPY {name} FROM STDIN")
    merge = f"MERGE INTO {name} AS t USING (SELECT 1) AS s ON true"
    yield Act(f"{merge} WHEN MATCHED THEN DELETE")
    for column in columns:
        yield Act(f"UPDATE {name} SET {column} = DEFAULT")  # noqa: S608


def _reads(login: str, table: str, columns: list[str]) -> Iterator[Act]:
    open_to = READABLE[table].get(login, ())
    if open_to == ALL_COLUMNS:
        return
    yield Act(f"TABLE atalaya.{table}")
    yield Act(f"COPY atalaya.{table} TO STDOUT")
    for column in columns:
        if column not in open_to:
            yield Act(f"SELECT {column} FROM atalaya.{table}")  # noqa: S608


def _definitions(table: str) -> Iterator[Act]:
    name = f"atalaya.{table}"
    yield Act(f"ALTER TABLE {name} OWNER TO CURRENT_USER")
    yield Act(f"ALTER TABLE {name} DISABLE TRIGGER ALL")
    yield Act(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    yield Act(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY")
    yield Act(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
    yield Act(f"DROP POLICY by_site ON {name}", (DENIED, UNKNOWN_OBJECT))
    yield Act(f"ALTER POLICY by_site ON {name} USING (true)", (DENIED, UNKNOWN_OBJECT))
    yield Act(f"ALTER TABLE {name} ADD COLUMN mine int")
    yield Act(f"ALTER TABLE {name} RENAME TO gone")
    yield Act(f"ALTER TABLE {name} SET SCHEMA public")
    yield Act(f"DROP TABLE {name} CASCADE")
    yield Act(f"CREATE INDEX mine ON {name} ((1))")
    yield Act(f"CREATE RULE mine AS ON INSERT TO {name} DO INSTEAD NOTHING")
    yield Act(f"CREATE POLICY mine ON {name} USING (true)")
    yield Act(
        f"CREATE TRIGGER mine BEFORE INSERT ON {name} FOR EACH ROW "
        "EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    )
    yield Act(f"COMMENT ON TABLE {name} IS 'mine'")
    yield Act(f"CLUSTER {name}")
    yield Act(f"REINDEX TABLE {name}")


def _calls(login: str, function: str) -> Iterator[Act]:
    name = f"atalaya.{function}"
    if login not in CALLABLE[function]:
        yield Act(f"SELECT {sample_call(function)}")
    yield Act(f"ALTER FUNCTION {name} OWNER TO CURRENT_USER")
    yield Act(f"ALTER FUNCTION {name} SECURITY INVOKER")
    yield Act(f"ALTER FUNCTION {name} SET search_path = public")
    yield Act(f"ALTER FUNCTION {name} RENAME TO gone")
    yield Act(f"DROP FUNCTION {name} CASCADE")


def sample_call(function: str) -> str:
    """Return a call with plausible arguments; strict functions get no null."""
    name, _, rest = function.partition("(")
    kinds = [each for each in rest.removesuffix(")").split(",") if each]
    return f"atalaya.{name}({', '.join(_SAMPLES[kind] for kind in kinds)})"


def _on_guards(there: Catalogue) -> Iterator[Act]:
    for trigger, table in there.triggers:
        yield Act(f"DROP TRIGGER {trigger} ON atalaya.{table}")
        yield Act(f"ALTER TABLE atalaya.{table} DISABLE TRIGGER {trigger}")
    for constraint, table in there.constraints:
        yield Act(f"ALTER TABLE atalaya.{table} DROP CONSTRAINT {constraint}")
    for index in there.indexes:
        yield Act(f"DROP INDEX atalaya.{index}")


def _on_sequence(sequence: str) -> Iterator[Act]:
    name = f"atalaya.{sequence}"
    yield Act(f"SELECT nextval('{name}')")
    yield Act(f"SELECT setval('{name}', 1)")
    yield Act(f"SELECT last_value FROM {name}")  # noqa: S608
    yield Act(f"ALTER SEQUENCE {name} RESTART")
