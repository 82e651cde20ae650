CREATE TABLE atalaya.site (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    name text NOT NULL,
    timezone text NOT NULL,
    notice_prefix text NOT NULL CHECK (notice_prefix ~ '^[A-Z0-9]{1,8}$')
);
INSERT INTO atalaya.site (name, timezone, notice_prefix)
    VALUES ('Atalaya', 'America/Lima', 'PE');

CREATE TABLE atalaya.person (
    login text PRIMARY KEY,
    full_name text NOT NULL CHECK (length(full_name) BETWEEN 1 AND 120),
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE atalaya.camera (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    location text NOT NULL CHECK (length(location) <= 240),
    url text NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
    credential_ref text CHECK (length(credential_ref) <= 200),
    enabled boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    removed_at timestamptz,
    CONSTRAINT url_without_password CHECK (url !~ '://[^/?#]*@')
);

CREATE TABLE atalaya.camera_configuration (
    id uuid PRIMARY KEY,
    camera_id uuid NOT NULL REFERENCES atalaya.camera,
    version integer NOT NULL CHECK (version >= 1),
    body jsonb NOT NULL CHECK (
        jsonb_typeof(body) = 'object' AND body ? 'schema_version'
        AND length(body::text) <= 1000000
    ),
    note text NOT NULL CHECK (length(note) <= 2000),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL REFERENCES atalaya.person,
    UNIQUE (camera_id, version)
);

CREATE TABLE atalaya.vehicle (
    id uuid PRIMARY KEY,
    plate text NOT NULL UNIQUE CHECK (plate ~ '^[A-Z0-9][A-Z0-9-]{0,15}$'),
    vehicle_class text NOT NULL,
    make text NOT NULL DEFAULT '',
    model text NOT NULL DEFAULT '',
    colour text NOT NULL DEFAULT '',
    exempt boolean NOT NULL DEFAULT false,
    note text NOT NULL DEFAULT ''
);

CREATE TABLE atalaya.infraction (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('speeding', 'red_light')),
    camera_id uuid NOT NULL REFERENCES atalaya.camera,
    configuration_id uuid NOT NULL REFERENCES atalaya.camera_configuration,
    engine_id uuid NOT NULL,
    track_id bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    time_bucket bigint NOT NULL,
    vehicle_class text NOT NULL,
    plate_text text,
    plate_confidence double precision NOT NULL,
    speed_kmh double precision,
    limit_kmh double precision,
    red_for_ns bigint,
    document jsonb NOT NULL,
    document_sha256 text NOT NULL CHECK (document_sha256 ~ '^[0-9a-f]{64}$'),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'confirmed', 'rejected', 'notified')),
    plate_in_force text,
    CONSTRAINT infraction_same_track
        UNIQUE (camera_id, kind, engine_id, track_id, time_bucket),
    CONSTRAINT infraction_is_measured CHECK (
        (kind = 'speeding' AND speed_kmh IS NOT NULL AND limit_kmh IS NOT NULL)
        OR (kind = 'red_light' AND red_for_ns IS NOT NULL)
    )
);
CREATE INDEX infraction_newest ON atalaya.infraction (occurred_at DESC, id DESC);
CREATE INDEX infraction_queue
    ON atalaya.infraction (state, occurred_at DESC, id DESC);
CREATE INDEX infraction_plate ON atalaya.infraction (plate_in_force);
CREATE INDEX infraction_camera ON atalaya.infraction (camera_id, kind, occurred_at);

CREATE TABLE atalaya.infraction_twin (
    id uuid PRIMARY KEY,
    twin_of uuid NOT NULL REFERENCES atalaya.infraction,
    engine_id uuid NOT NULL,
    document jsonb NOT NULL,
    document_sha256 text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (twin_of, id)
);

CREATE TABLE atalaya.evidence (
    id uuid PRIMARY KEY,
    infraction_id uuid NOT NULL REFERENCES atalaya.infraction,
    kind text NOT NULL,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    media_type text NOT NULL,
    size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
    captured_at timestamptz NOT NULL
);
CREATE INDEX evidence_infraction ON atalaya.evidence (infraction_id);
CREATE INDEX evidence_sha256 ON atalaya.evidence (sha256);

CREATE TABLE atalaya.review (
    id uuid PRIMARY KEY,
    infraction_id uuid NOT NULL REFERENCES atalaya.infraction,
    reviewer text NOT NULL REFERENCES atalaya.person,
    verdict text NOT NULL CHECK (verdict IN ('confirm', 'reject')),
    reason text CHECK (reason IN (
        'plate_unreadable', 'plate_mismatch', 'lamp_or_line_not_visible',
        'crossed_before_red', 'permitted_manoeuvre', 'emergency_vehicle',
        'officer_directing', 'two_vehicles', 'clock_invalid', 'duplicate',
        'obstructed', 'exempt', 'within_tolerance', 'test'
    )),
    comment text NOT NULL CHECK (length(comment) <= 4000),
    plate_text text CHECK (plate_text ~ '^[A-Z0-9][A-Z0-9 -]{0,15}$'),
    decided_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT rejection_has_reason CHECK (verdict <> 'reject' OR reason IS NOT NULL),
    CONSTRAINT confirmation_has_plate
        CHECK (verdict <> 'confirm' OR plate_text IS NOT NULL)
);
CREATE INDEX review_infraction ON atalaya.review (infraction_id, decided_at);

CREATE TABLE atalaya.review_undo (
    review_id uuid PRIMARY KEY REFERENCES atalaya.review,
    undone_by text NOT NULL REFERENCES atalaya.person,
    undone_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE atalaya.notice (
    infraction_id uuid PRIMARY KEY REFERENCES atalaya.infraction,
    number text NOT NULL UNIQUE,
    issued_by text NOT NULL REFERENCES atalaya.person,
    issued_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE atalaya.notice_counter (
    year integer PRIMARY KEY,
    last integer NOT NULL CHECK (last >= 0)
);

CREATE TABLE atalaya.audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    login text NOT NULL,
    workstation text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    detail jsonb NOT NULL,
    sequence bigint UNIQUE,
    previous_sha256 text,
    sha256 text
);

CREATE TABLE atalaya.audit_head (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    sequence bigint NOT NULL,
    sha256 text NOT NULL
);
INSERT INTO atalaya.audit_head (sequence, sha256) VALUES (0, repeat('0', 64));

CREATE TABLE atalaya.outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL
        CHECK (topic IN ('infraction', 'camera', 'configuration', 'person')),
    row_id uuid,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE atalaya.dispatcher (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    holder integer NOT NULL,
    expires_at timestamptz NOT NULL
);
INSERT INTO atalaya.dispatcher (holder, expires_at) VALUES (0, '-infinity');

CREATE TABLE atalaya.engine (
    id uuid PRIMARY KEY,
    software_version text NOT NULL,
    model_name text NOT NULL,
    device text NOT NULL,
    camera_count integer NOT NULL,
    spooled integer NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE atalaya.camera_lease (
    camera_id uuid PRIMARY KEY REFERENCES atalaya.camera,
    engine_id uuid NOT NULL REFERENCES atalaya.engine,
    epoch bigint NOT NULL CHECK (epoch >= 1),
    expires_at timestamptz NOT NULL
);
