"""Tables of people: their sites, passwords, lockouts, and what they ask to read."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    SmallInteger,
    Table,
    Text,
)

from db.columns import (
    SCHEMA,
    act,
    login,
    metadata,
    moment,
    one_row_key,
    uuid_key,
    words,
)

person_site = Table(
    "person_site",
    metadata,
    Column("login", Text, ForeignKey(f"{SCHEMA}.person.login"), primary_key=True),
    Column("site_id", SmallInteger, ForeignKey(f"{SCHEMA}.site.id"), primary_key=True),
)

reading = Table(
    "reading",
    metadata,
    Column("login", Text, ForeignKey(f"{SCHEMA}.person.login"), primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("asked_in", BigInteger, nullable=False),
    act("asked_at"),
)

known_password = Table(
    "known_password",
    metadata,
    Column("login", Text, ForeignKey(f"{SCHEMA}.person.login"), primary_key=True),
    words("verifier_sha256"),
    act("set_at"),
)

password_policy = Table(
    "password_policy",
    metadata,
    one_row_key(),
    Column("least_iterations", Integer, nullable=False),
    Column("most_days", Integer),
)

password_reset = Table(
    "password_reset",
    metadata,
    uuid_key(),
    login("login"),
    words("verifier"),
    words("reason"),
    login("asked_by"),
    act("asked_at"),
    Column("ended_by", Text, ForeignKey(f"{SCHEMA}.person.login")),
    moment("ended_at", null=True),
    Column("approved", Boolean),
)

lockout = Table(
    "lockout",
    metadata,
    Column("login", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("times", Integer, nullable=False),
    act("locked_at"),
    Column("locked_until", DateTime(timezone=True), nullable=False),
    words("lifted_by", null=True),
)
