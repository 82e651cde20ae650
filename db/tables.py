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
    Identity,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

SCHEMA = "atalaya"
metadata = MetaData(schema=SCHEMA)


def _uuid_key(name: str = "id") -> Column[object]:
    return Column(name, UUID, primary_key=True)


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


def _moment(name: str, *, null: bool = False) -> Column[object]:
    default = None if null else func.now()
    kind = DateTime(timezone=True)
    return Column(name, kind, nullable=null, server_default=default)


def _act(name: str) -> Column[object]:
    """When a person did something: the clock, whenever the transaction began."""
    kind = DateTime(timezone=True)
    return Column(name, kind, nullable=False, server_default=func.clock_timestamp())


def _refers(name: str, target: str, *, key: bool = False) -> Column[object]:
    return Column(
        name,
        UUID,
        ForeignKey(f"{SCHEMA}.{target}.id"),
        primary_key=key,
        nullable=False,
    )


def _login(name: str) -> Column[str]:
    return Column(name, Text, ForeignKey(f"{SCHEMA}.person.login"), nullable=False)


def _flag(name: str, default: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=text(default))


def _site_id(*, refers: bool = False) -> Column[int]:
    """Which site a row is of; set by a trigger from what the row hangs on."""
    key = (ForeignKey(f"{SCHEMA}.site.id"),) if refers else ()
    return Column(
        "site_id", SmallInteger, *key, nullable=False, server_default=text("1")
    )


def _one_row_key() -> Column[int]:
    return Column("id", SmallInteger, primary_key=True, server_default=text("1"))


site = Table(
    "site",
    metadata,
    _one_row_key(),
    _text("name"),
    _text("timezone"),
    Column("notice_prefix", Text, nullable=False, unique=True),
    _flag("second_review", "false"),
    _flag("separate_notice", "false"),
    _flag("claim_needed", "false"),
)

person = Table(
    "person",
    metadata,
    Column("login", Text, primary_key=True),
    _text("full_name"),
    _flag("active", "true"),
    _moment("created_at"),
    _flag("all_sites", "true"),
    _flag("must_change_password", "false"),
)

person_site = Table(
    "person_site",
    metadata,
    Column("login", Text, ForeignKey(f"{SCHEMA}.person.login"), primary_key=True),
    Column("site_id", SmallInteger, ForeignKey(f"{SCHEMA}.site.id"), primary_key=True),
)

camera = Table(
    "camera",
    metadata,
    _uuid_key(),
    _text("name"),
    _text("location"),
    _text("url"),
    _text("sub_url", null=True),
    _text("credential_ref", null=True),
    Column("enabled", Boolean, nullable=False),
    _moment("created_at"),
    _moment("removed_at", null=True),
    _site_id(refers=True),
)

camera_configuration = Table(
    "camera_configuration",
    metadata,
    _uuid_key(),
    _refers("camera_id", "camera"),
    Column("version", Integer, nullable=False),
    Column("body", JSONB, nullable=False),
    _text("note"),
    _act("created_at"),
    _login("created_by"),
    UniqueConstraint("camera_id", "version"),
)

vehicle = Table(
    "vehicle",
    metadata,
    _uuid_key(),
    Column("plate", Text, nullable=False, unique=True),
    _text("vehicle_class"),
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
    _uuid_key(),
    _text("kind"),
    _refers("camera_id", "camera"),
    _refers("configuration_id", "camera_configuration"),
    Column("engine_id", UUID, nullable=False),
    Column("track_id", BigInteger, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("time_bucket", BigInteger, nullable=False),
    _text("vehicle_class"),
    _text("plate_text", null=True),
    Column("plate_confidence", Float(53), nullable=False),
    Column("speed_kmh", Float(53)),
    Column("limit_kmh", Float(53)),
    Column("red_for_ns", BigInteger),
    Column("document", JSONB, nullable=False),
    _text("document_sha256"),
    _moment("recorded_at"),
    Column("state", Text, nullable=False, server_default=text("'pending'")),
    _text("plate_in_force", null=True),
    _site_id(),
    _moment("erased_at", null=True),
    UniqueConstraint(
        "camera_id",
        "kind",
        "engine_id",
        "track_id",
        "time_bucket",
        name="infraction_same_track",
    ),
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
    postgresql_where=infraction.c.erased_at.is_(None),
)

infraction_twin = Table(
    "infraction_twin",
    metadata,
    _uuid_key(),
    _refers("twin_of", "infraction"),
    Column("engine_id", UUID, nullable=False),
    Column("document", JSONB, nullable=False),
    _text("document_sha256"),
    _moment("recorded_at"),
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
    _uuid_key(),
    _refers("infraction_id", "infraction"),
    _text("kind"),
    _text("sha256"),
    _text("media_type"),
    Column("size_bytes", BigInteger, nullable=False),
    Column("captured_at", DateTime(timezone=True), nullable=False),
    _site_id(),
)
Index("evidence_infraction", evidence.c.infraction_id)
Index("evidence_sha256", evidence.c.sha256)

review = Table(
    "review",
    metadata,
    _uuid_key(),
    _refers("infraction_id", "infraction"),
    _login("reviewer"),
    _text("verdict"),
    _text("reason", null=True),
    _text("comment"),
    _text("plate_text", null=True),
    _act("decided_at"),
    _site_id(),
    _flag("decisive", "true"),
    Column("salt", UUID, server_default=func.gen_random_uuid()),
)
Index("review_infraction", review.c.infraction_id, review.c.decided_at)

review_undo = Table(
    "review_undo",
    metadata,
    _refers("review_id", "review", key=True),
    _login("undone_by"),
    _act("undone_at"),
    _site_id(),
)

notice = Table(
    "notice",
    metadata,
    _refers("infraction_id", "infraction", key=True),
    Column("number", Text, nullable=False, unique=True),
    _login("issued_by"),
    _act("issued_at"),
    _site_id(),
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
    _act("at"),
    _text("login"),
    _text("workstation"),
    _text("action"),
    _text("subject"),
    Column("detail", JSONB, nullable=False),
    Column("sequence", BigInteger, unique=True),
    _text("previous_sha256", null=True),
    _text("sha256", null=True),
)

Index("audit_login", audit.c.login, audit.c.sequence.desc())
Index("audit_action", audit.c.action, audit.c.sequence.desc())

audit_head = Table(
    "audit_head",
    metadata,
    _one_row_key(),
    Column("sequence", BigInteger, nullable=False),
    _text("sha256"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _text("topic"),
    Column("row_id", UUID),
    _moment("created_at"),
)

dispatcher = Table(
    "dispatcher",
    metadata,
    _one_row_key(),
    Column("holder", Integer, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

engine = Table(
    "engine",
    metadata,
    _uuid_key(),
    _text("software_version"),
    _text("model_name"),
    _text("device"),
    Column("camera_count", Integer, nullable=False),
    Column("spooled", Integer, nullable=False),
    _moment("started_at"),
    _moment("seen_at"),
)

camera_lease = Table(
    "camera_lease",
    metadata,
    _refers("camera_id", "camera", key=True),
    _refers("engine_id", "engine"),
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

plate_read = Table(
    "plate_read",
    metadata,
    _uuid_key(),
    Column("plate_id", BigInteger, ForeignKey(plate.c.id), nullable=False),
    Column("published", Boolean, nullable=False),
    Column("confidence", Float(53), nullable=False),
    Column("read_count", Integer, nullable=False),
    _refers("camera_id", "camera"),
    Column("engine_id", UUID, nullable=False),
    Column("track_id", BigInteger, nullable=False),
    _text("vehicle_class"),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    _moment("recorded_at"),
    _site_id(),
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
    _uuid_key(),
    _login("login"),
    _text("pattern"),
    Column("look_alikes", Boolean, nullable=False),
    _moment("since", null=True),
    _moment("until", null=True),
    _text("reason"),
    Column("asked_in", BigInteger, nullable=False),
    _act("asked_at"),
)

watch_entry = Table(
    "watch_entry",
    metadata,
    _uuid_key(),
    _text("plate"),
    _text("skeleton"),
    Column("look_alikes", Boolean, nullable=False),
    _text("reason"),
    _login("created_by"),
    _act("created_at"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("ended_by", Text, ForeignKey(person.c.login)),
    _moment("ended_at", null=True),
)
Index("watch_entry_skeleton", watch_entry.c.skeleton)

watch_hit = Table(
    "watch_hit",
    metadata,
    _uuid_key(),
    _refers("watch_id", "watch_entry"),
    _refers("read_id", "plate_read"),
    _moment("hit_at"),
    _site_id(),
    UniqueConstraint("watch_id", "read_id"),
)
Index("watch_hit_newest", watch_hit.c.hit_at.desc(), watch_hit.c.id.desc())
Index("watch_hit_read", watch_hit.c.read_id)

plate_retention = Table(
    "plate_retention",
    metadata,
    _one_row_key(),
    Column("keep_days", Integer, nullable=False),
)

plate_left = Table(
    "plate_left",
    metadata,
    Column("plate_id", BigInteger, primary_key=True, autoincrement=False),
)

case_claim = Table(
    "case_claim",
    metadata,
    _refers("infraction_id", "infraction", key=True),
    _login("login"),
    Column("epoch", BigInteger, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    _site_id(),
)

reading = Table(
    "reading",
    metadata,
    Column("login", Text, ForeignKey(person.c.login), primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("asked_in", BigInteger, nullable=False),
    _act("asked_at"),
)

known_password = Table(
    "known_password",
    metadata,
    Column("login", Text, ForeignKey(person.c.login), primary_key=True),
    _text("verifier_sha256"),
    _act("set_at"),
)

password_policy = Table(
    "password_policy",
    metadata,
    _one_row_key(),
    Column("least_iterations", Integer, nullable=False),
    Column("most_days", Integer),
)

password_reset = Table(
    "password_reset",
    metadata,
    _uuid_key(),
    _login("login"),
    _text("verifier"),
    _text("reason"),
    _login("asked_by"),
    _act("asked_at"),
    Column("ended_by", Text, ForeignKey(person.c.login)),
    _moment("ended_at", null=True),
    Column("approved", Boolean),
)

lockout = Table(
    "lockout",
    metadata,
    Column("login", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("times", Integer, nullable=False),
    _act("locked_at"),
    Column("locked_until", DateTime(timezone=True), nullable=False),
    _text("lifted_by", null=True),
)

case_hold = Table(
    "case_hold",
    metadata,
    _uuid_key(),
    _refers("infraction_id", "infraction"),
    _text("kind"),
    _text("reason"),
    _login("set_by"),
    _act("set_at"),
    _moment("ends_at", null=True),
    Column("released_by", Text, ForeignKey(person.c.login)),
    _moment("released_at", null=True),
    _text("release_reason", null=True),
    _site_id(),
)
Index("case_hold_infraction", case_hold.c.infraction_id)

twin_file = Table(
    "twin_file",
    metadata,
    _refers("twin_id", "infraction_twin", key=True),
    Column("sha256", Text, primary_key=True),
    _site_id(),
)
Index("twin_file_sha256", twin_file.c.sha256)

case_retention = Table(
    "case_retention",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("keep_days", Integer, nullable=False),
    _act("changed_at"),
)

erasure = Table(
    "erasure",
    metadata,
    Column("id", UUID, primary_key=True, server_default=func.gen_random_uuid()),
    Column("number", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column(
        "infraction_id",
        UUID,
        ForeignKey(infraction.c.id),
        nullable=False,
        unique=True,
    ),
    _text("reason"),
    Column("begun_by", Text, nullable=False, server_default=text("SESSION_USER")),
    _act("begun_at"),
    _text("document_sha256"),
    _text("erased_sha256"),
    _moment("finished_at", null=True),
    Column("certificate", JSONB),
    _text("certificate_sha256", null=True),
    _site_id(),
)
Index(
    "erasure_open", erasure.c.number, postgresql_where=erasure.c.finished_at.is_(None)
)

erasure_object = Table(
    "erasure_object",
    metadata,
    _refers("erasure_id", "erasure", key=True),
    Column("sha256", Text, primary_key=True),
    _text("kind"),
    Column("size_bytes", BigInteger, nullable=False),
    _text("outcome", null=True),
    _moment("done_at", null=True),
    _site_id(),
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
    _uuid_key(),
    _login("login"),
    _text("plate"),
    _text("reason"),
    Column("asked_in", BigInteger, nullable=False),
    _act("asked_at"),
)
