"""Columns that many tables have, and what all tables stand in."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    MetaData,
    SmallInteger,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

SCHEMA = "atalaya"
metadata = MetaData(schema=SCHEMA)


def uuid_key(name: str = "id") -> Column[object]:
    """Identify a row."""
    return Column(name, UUID, primary_key=True)


def words(name: str, *, null: bool = False) -> Column[str]:
    """Hold words."""
    return Column(name, Text, nullable=null)


def moment(name: str, *, null: bool = False) -> Column[object]:
    """Hold a moment, by default that in which the transaction began."""
    default = None if null else func.now()
    kind = DateTime(timezone=True)
    return Column(name, kind, nullable=null, server_default=default)


def act(name: str, *, key: bool = False) -> Column[object]:
    """When a person did something: the clock, whenever the transaction began."""
    return Column(
        name,
        DateTime(timezone=True),
        primary_key=key,
        nullable=False,
        server_default=func.clock_timestamp(),
    )


def refers(name: str, target: str, *, key: bool = False) -> Column[object]:
    """Refer to a row by its identity."""
    return Column(
        name,
        UUID,
        ForeignKey(f"{SCHEMA}.{target}.id"),
        primary_key=key,
        nullable=False,
    )


def login(name: str) -> Column[str]:
    """Refer to a person."""
    return Column(name, Text, ForeignKey(f"{SCHEMA}.person.login"), nullable=False)


def flag(name: str, default: str) -> Column[bool]:
    """Hold yes or no."""
    return Column(name, Boolean, nullable=False, server_default=text(default))


def site_id(*, refers: bool = False) -> Column[int]:
    """Which site a row is of; set by a trigger from what the row hangs on."""
    key = (ForeignKey(f"{SCHEMA}.site.id"),) if refers else ()
    return Column(
        "site_id", SmallInteger, *key, nullable=False, server_default=text("1")
    )


def one_row_key() -> Column[int]:
    """Identify the only row of a table."""
    return Column("id", SmallInteger, primary_key=True, server_default=text("1"))
