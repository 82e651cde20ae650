"""The tables as queries see them.

The migrations make them, with their checks, guards and rights
(`db/migrations/sql/`); a test compares the two.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from db import tables_life, tables_people
from db.columns import (
    SCHEMA,
    act,
    flag,
    login,
    metadata,
    moment,
    one_row_key,
    refers,
    site_id,
    uuid_key,
    words,
)

__all__ = ("SCHEMA", "metadata", "tables_life", "tables_people")

site = Table(
    "site",
    metadata,
    one_row_key(),
    words("name"),
    words("timezone"),
    Column("notice_prefix", Text, nullable=False, unique=True),
    flag("second_review", "false"),
    flag("separate_notice", "false"),
    flag("claim_needed", "false"),
)

person = Table(
    "person",
    metadata,
    Column("login", Text, primary_key=True),
    words("full_name"),
    flag("active", "true"),
    moment("created_at"),
    flag("all_sites", "true"),
    flag("must_change_password", "false"),
)

camera = Table(
    "camera",
    metadata,
    uuid_key(),
    words("name"),
    words("location"),
    words("url"),
    words("sub_url", null=True),
    words("credential_ref", null=True),
    Column("enabled", Boolean, nullable=False),
    moment("created_at"),
    moment("removed_at", null=True),
    site_id(refers=True),
)

camera_configuration = Table(
    "camera_configuration",
    metadata,
    uuid_key(),
    refers("camera_id", "camera"),
    Column("version", Integer, nullable=False),
    Column("body", JSONB, nullable=False),
    words("note"),
    act("created_at"),
    login("created_by"),
    UniqueConstraint("camera_id", "version"),
)

vehicle = Table(
    "vehicle",
    metadata,
    uuid_key(),
    Column("plate", Text, nullable=False, unique=True),
    words("vehicle_class"),
    *(
        Column(name, Text, nullable=False, server_default=text("''"))
        for name in ("make", "model", "colour")
    ),
    Column("exempt", Boolean, nullable=False, server_default=text("false")),
    Column("note", Text, nullable=False, server_default=text("''")),
)

infraction = Table(
    "infraction",
    metadata,
    uuid_key(),
    words("kind"),
    refers("camera_id", "camera"),
    refers("configuration_id", "camera_configuration"),
    Column("engine_id", UUID, nullable=False),
    Column("track_id", BigInteger, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("time_bucket", BigInteger, nullable=False),
    words("vehicle_class"),
    words("plate_text", null=True),
    Column("plate_confidence", Float(53), nullable=False),
    Column("speed_kmh", Float(53)),
    Column("limit_kmh", Float(53)),
    Column("red_for_ns", BigInteger),
    Column("document", JSONB, nullable=False),
    words("document_sha256"),
    moment("recorded_at"),
    Column("state", Text, nullable=False, server_default=text("'pending'")),
    words("plate_in_force", null=True),
    site_id(),
    moment("erased_at", null=True),
)
Index(
    "infraction_newest",
    infraction.c.occurred_at.desc(),
    infraction.c.id.desc(),
    postgresql_include=["site_id"],
)
Index(
    "infraction_queue",
    infraction.c.state,
    infraction.c.occurred_at.desc(),
    infraction.c.id.desc(),
    postgresql_include=["site_id"],
)
Index("infraction_plate", infraction.c.plate_in_force)
Index(
    "infraction_camera",
    infraction.c.camera_id,
    infraction.c.kind,
    infraction.c.occurred_at,
    postgresql_include=["site_id"],
)

Index("infraction_track", infraction.c.engine_id, infraction.c.track_id)
Index(
    "infraction_kept",
    infraction.c.state,
    infraction.c.kind,
    infraction.c.occurred_at,
    postgresql_include=["site_id"],
    postgresql_where=infraction.c.erased_at.is_(None),
)
Index(
    "infraction_plate_pairs",
    func.atalaya.plate_pairs(func.translate(infraction.c.plate_in_force, " -", "")),
    postgresql_using="gin",
)

infraction_twin = Table(
    "infraction_twin",
    metadata,
    uuid_key(),
    refers("twin_of", "infraction"),
    Column("engine_id", UUID, nullable=False),
    Column("document", JSONB, nullable=False),
    words("document_sha256"),
    moment("recorded_at"),
    UniqueConstraint("twin_of", "id"),
)
Index("infraction_twin_engine", infraction_twin.c.engine_id)
Index(
    "infraction_twin_evidence",
    func.atalaya.evidence_names(infraction_twin.c.document),
    postgresql_using="gin",
)

evidence = Table(
    "evidence",
    metadata,
    uuid_key(),
    refers("infraction_id", "infraction"),
    words("kind"),
    words("sha256"),
    words("media_type"),
    Column("size_bytes", BigInteger, nullable=False),
    Column("captured_at", DateTime(timezone=True), nullable=False),
    site_id(),
)
Index("evidence_infraction", evidence.c.infraction_id)
Index("evidence_sha256", evidence.c.sha256)

review = Table(
    "review",
    metadata,
    uuid_key(),
    refers("infraction_id", "infraction"),
    login("reviewer"),
    words("verdict"),
    words("reason", null=True),
    words("comment"),
    words("plate_text", null=True),
    act("decided_at"),
    site_id(),
    flag("decisive", "true"),
    Column("salt", UUID, server_default=func.gen_random_uuid()),
)
Index("review_infraction", review.c.infraction_id, review.c.decided_at)

review_undo = Table(
    "review_undo",
    metadata,
    refers("review_id", "review", key=True),
    login("undone_by"),
    act("undone_at"),
    site_id(),
)

notice = Table(
    "notice",
    metadata,
    refers("infraction_id", "infraction", key=True),
    Column("number", Text, nullable=False, unique=True),
    login("issued_by"),
    act("issued_at"),
    site_id(),
)

notice_counter = Table(
    "notice_counter",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
    Column(
        "site_id",
        SmallInteger,
        ForeignKey(f"{SCHEMA}.site.id"),
        primary_key=True,
        server_default=text("1"),
    ),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    act("at", key=True),
    words("login"),
    words("workstation"),
    words("action"),
    words("subject"),
    Column("detail", JSONB, nullable=False),
    Column("sequence", BigInteger),
    words("previous_sha256", null=True),
    words("sha256", null=True),
)

Index("audit_login", audit.c.login, audit.c.sequence.desc())
Index("audit_action", audit.c.action, audit.c.sequence.desc())

audit_head = Table(
    "audit_head",
    metadata,
    one_row_key(),
    Column("sequence", BigInteger, nullable=False),
    words("sha256"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    words("topic"),
    Column("row_id", UUID),
    moment("created_at"),
)

dispatcher = Table(
    "dispatcher",
    metadata,
    one_row_key(),
    Column("holder", Integer, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

engine = Table(
    "engine",
    metadata,
    uuid_key(),
    words("software_version"),
    words("model_name"),
    words("device"),
    Column("camera_count", Integer, nullable=False),
    Column("spooled", Integer, nullable=False),
    moment("started_at"),
    moment("seen_at"),
)

camera_lease = Table(
    "camera_lease",
    metadata,
    refers("camera_id", "camera", key=True),
    refers("engine_id", "engine"),
    Column("epoch", BigInteger, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

plate = Table(
    "plate",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("text", Text(collation="C"), nullable=False, unique=True),
)
Index("plate_near", func.atalaya.plate_near(plate.c.text), postgresql_using="gin")
Index("plate_pairs", func.atalaya.plate_pairs(plate.c.text), postgresql_using="gin")
Index(
    "plate_reversed",
    func.reverse(plate.c.text),
    postgresql_include=["id", "text"],
)

plate_read = Table(
    "plate_read",
    metadata,
    uuid_key(),
    Column("plate_id", BigInteger, ForeignKey(plate.c.id), nullable=False),
    Column("published", Boolean, nullable=False),
    Column("confidence", Float(53), nullable=False),
    Column("read_count", Integer, nullable=False),
    refers("camera_id", "camera"),
    Column("engine_id", UUID, nullable=False),
    Column("track_id", BigInteger, nullable=False),
    words("vehicle_class"),
    Column("seen_at", DateTime(timezone=True), primary_key=True),
    moment("recorded_at"),
    site_id(),
)
Index(
    "plate_read_plate",
    plate_read.c.plate_id,
    plate_read.c.seen_at.desc(),
    plate_read.c.id.desc(),
    postgresql_include=["site_id"],
)
Index("plate_read_seen", plate_read.c.seen_at, plate_read.c.id)

plate_search = Table(
    "plate_search",
    metadata,
    uuid_key(),
    login("login"),
    words("pattern"),
    Column("look_alikes", Boolean, nullable=False),
    moment("since", null=True),
    moment("until", null=True),
    words("reason"),
    Column("asked_in", BigInteger, nullable=False),
    act("asked_at"),
)

watch_entry = Table(
    "watch_entry",
    metadata,
    uuid_key(),
    words("plate"),
    words("skeleton"),
    Column("look_alikes", Boolean, nullable=False),
    words("reason"),
    login("created_by"),
    act("created_at"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("ended_by", Text, ForeignKey(person.c.login)),
    moment("ended_at", null=True),
)
Index("watch_entry_skeleton", watch_entry.c.skeleton)

watch_hit = Table(
    "watch_hit",
    metadata,
    uuid_key(),
    refers("watch_id", "watch_entry"),
    Column("read_id", UUID, nullable=False),
    moment("hit_at"),
    moment("read_seen_at", null=True),
    site_id(),
    UniqueConstraint("watch_id", "read_id"),
    ForeignKeyConstraint(
        ["read_id", "read_seen_at"],
        [plate_read.c.id, plate_read.c.seen_at],
        name="watch_hit_read_id_fkey",
    ),
)
Index("watch_hit_newest", watch_hit.c.hit_at.desc(), watch_hit.c.id.desc())
Index("watch_hit_read", watch_hit.c.read_id)

plate_retention = Table(
    "plate_retention",
    metadata,
    one_row_key(),
    Column("keep_days", Integer, nullable=False),
)

plate_left = Table(
    "plate_left",
    metadata,
    Column("plate_id", BigInteger, primary_key=True, autoincrement=False),
)

engine_key = Table(
    "engine_key",
    metadata,
    Column("public_key", Text, primary_key=True),
    Column("station", UUID, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    words("workstation"),
    Column(
        "replaces", Text, ForeignKey(f"{SCHEMA}.engine_key.public_key"), unique=True
    ),
    words("handover", null=True),
    act("registered_at"),
    words("registered_by"),
)
Index(
    "engine_key_first",
    engine_key.c.station,
    unique=True,
    postgresql_where=engine_key.c.replaces.is_(None),
)

seal_stamp = Table(
    "seal_stamp",
    metadata,
    Column("seal_sha256", Text, primary_key=True),
    Column("response_sha256", Text, primary_key=True),
    Column("infraction_id", UUID, nullable=False),
    Column("response", LargeBinary, nullable=False),
    act("received_at"),
    site_id(),
)

case_claim = Table(
    "case_claim",
    metadata,
    refers("infraction_id", "infraction", key=True),
    login("login"),
    Column("epoch", BigInteger, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    site_id(),
)
