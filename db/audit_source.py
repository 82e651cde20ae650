"""Where the trail is: in its table, and in the months that were set aside."""

import re

from psycopg import sql

from db import address

_ARCHIVES = """
    SELECT c.relname::text FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = 'atalaya_archive' AND c.relkind = 'r'
        AND c.relname ~ '^audit_[0-9]{4}_[0-9]{2}(_[0-9]+)?$' ORDER BY 1
"""
_TRAIL = re.compile(r"\batalaya\.audit\b")


def archives_of(connection: address.Connection) -> tuple[sql.Identifier, ...]:
    """Return the tables of months that were set aside, the oldest first."""
    rows = connection.execute(_ARCHIVES.encode())
    return tuple(sql.Identifier("atalaya_archive", str(row[0])) for row in rows)


def over_the_whole_trail(connection: address.Connection, query: str) -> str:
    """Return a query over the trail that asks what was set aside of it as well."""
    places = archives_of(connection)
    if not places:
        return query
    tables = ["atalaya.audit", *(each.as_string(connection) for each in places)]
    source = " UNION ALL ".join(f"TABLE {each}" for each in tables)
    return _TRAIL.sub(lambda _: f"({source})", query)
