"""Tables of what a case lives through: holds, terms, erasures."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from db.columns import (
    SCHEMA,
    act,
    login,
    metadata,
    moment,
    one_row_key,
    refers,
    site_id,
    uuid_key,
    words,
)

case_hold = Table(
    "case_hold",
    metadata,
    uuid_key(),
    refers("infraction_id", "infraction"),
    words("kind"),
    words("reason"),
    login("set_by"),
    act("set_at"),
    moment("ends_at", null=True),
    Column("released_by", Text, ForeignKey(f"{SCHEMA}.person.login")),
    moment("released_at", null=True),
    words("release_reason", null=True),
    site_id(),
)
Index("case_hold_infraction", case_hold.c.infraction_id)

engine_station = Table(
    "engine_station",
    metadata,
    Column("station", UUID, primary_key=True),
    words("login", null=True),
)

twin_file = Table(
    "twin_file",
    metadata,
    refers("twin_id", "infraction_twin", key=True),
    Column("sha256", Text, primary_key=True),
    site_id(),
)
Index("twin_file_sha256", twin_file.c.sha256)

case_retention = Table(
    "case_retention",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("keep_days", Integer, nullable=False),
    act("changed_at"),
)

erasure = Table(
    "erasure",
    metadata,
    Column("id", UUID, primary_key=True, server_default=func.gen_random_uuid()),
    Column("number", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column(
        "infraction_id",
        UUID,
        ForeignKey(f"{SCHEMA}.infraction.id"),
        nullable=False,
        unique=True,
    ),
    words("reason"),
    Column("begun_by", Text, nullable=False, server_default=text("SESSION_USER")),
    act("begun_at"),
    words("document_sha256"),
    words("erased_sha256"),
    moment("finished_at", null=True),
    Column("certificate", JSONB),
    words("certificate_sha256", null=True),
    site_id(),
)
Index(
    "erasure_open", erasure.c.number, postgresql_where=erasure.c.finished_at.is_(None)
)

erasure_object = Table(
    "erasure_object",
    metadata,
    refers("erasure_id", "erasure", key=True),
    Column("sha256", Text, primary_key=True),
    words("kind"),
    Column("size_bytes", BigInteger, nullable=False),
    words("outcome", null=True),
    moment("done_at", null=True),
    site_id(),
)
Index("erasure_object_sha256", erasure_object.c.sha256)
Index(
    "erasure_object_open",
    erasure_object.c.erasure_id,
    postgresql_where=erasure_object.c.outcome.is_(None),
)

subject_request = Table(
    "subject_request",
    metadata,
    uuid_key(),
    login("login"),
    words("plate"),
    words("reason"),
    Column("asked_in", BigInteger, nullable=False),
    act("asked_at"),
)

trail_term = Table(
    "trail_term",
    metadata,
    one_row_key(),
    Column("keep_days", Integer),
    act("changed_at"),
)

archived_month = Table(
    "archived_month",
    metadata,
    Column("part", Text, primary_key=True),
    Column("entries", BigInteger, nullable=False),
    Column("first_sequence", BigInteger, nullable=False),
    Column("last_sequence", BigInteger, nullable=False),
    words("last_sha256"),
    act("archived_at"),
)
