-- Several sites share one database. What there is belongs to the first; people go on
-- seeing all of them until an administrator says otherwise.
ALTER TABLE atalaya.site DROP CONSTRAINT site_id_check;
ALTER TABLE atalaya.site
    ADD COLUMN second_review boolean NOT NULL DEFAULT false,
    ADD COLUMN separate_notice boolean NOT NULL DEFAULT false,
    ADD COLUMN claim_needed boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT site_notice_prefix_key UNIQUE (notice_prefix),
    ADD CONSTRAINT site_is_brief CHECK (
        id BETWEEN 1 AND 1000 AND length(name) BETWEEN 1 AND 120
        AND length(timezone) <= 60);

ALTER TABLE atalaya.person
    ADD COLUMN all_sites boolean NOT NULL DEFAULT true,
    ADD COLUMN must_change_password boolean NOT NULL DEFAULT false;

CREATE TABLE atalaya.person_site (
    login text NOT NULL REFERENCES atalaya.person,
    site_id smallint NOT NULL REFERENCES atalaya.site,
    PRIMARY KEY (login, site_id)
);

ALTER TABLE atalaya.camera
    ADD COLUMN site_id smallint NOT NULL DEFAULT 1 REFERENCES atalaya.site;

-- Beside each row that must be told apart by site, so that a policy compares one small
-- number. Set by the triggers of policies.sql, whoever inserts.
ALTER TABLE atalaya.infraction ADD COLUMN site_id smallint NOT NULL DEFAULT 1;
ALTER TABLE atalaya.evidence ADD COLUMN site_id smallint NOT NULL DEFAULT 1;
ALTER TABLE atalaya.review
    ADD COLUMN site_id smallint NOT NULL DEFAULT 1,
    ADD COLUMN decisive boolean NOT NULL DEFAULT true;
ALTER TABLE atalaya.review_undo ADD COLUMN site_id smallint NOT NULL DEFAULT 1;
ALTER TABLE atalaya.notice ADD COLUMN site_id smallint NOT NULL DEFAULT 1;
ALTER TABLE atalaya.plate_read ADD COLUMN site_id smallint NOT NULL DEFAULT 1;
ALTER TABLE atalaya.watch_hit ADD COLUMN site_id smallint NOT NULL DEFAULT 1;
ALTER TABLE atalaya.case_hold ADD COLUMN site_id smallint NOT NULL DEFAULT 1;
ALTER TABLE atalaya.erasure ADD COLUMN site_id smallint NOT NULL DEFAULT 1;
ALTER TABLE atalaya.erasure_object ADD COLUMN site_id smallint NOT NULL DEFAULT 1;
ALTER TABLE atalaya.seal_stamp ADD COLUMN site_id smallint NOT NULL DEFAULT 1;

-- The search chooses its page in this index alone, the site included.
DROP INDEX atalaya.plate_read_plate;
CREATE INDEX plate_read_plate
    ON atalaya.plate_read (plate_id, seen_at DESC, id DESC) INCLUDE (site_id);

-- The same for the pages and counts of cases: without the site in the index, each case
-- that is counted would be fetched from its table first (measured: 60 times as long).
DROP INDEX atalaya.infraction_newest, atalaya.infraction_queue,
    atalaya.infraction_camera;
CREATE INDEX infraction_newest
    ON atalaya.infraction (occurred_at DESC, id DESC) INCLUDE (site_id);
CREATE INDEX infraction_queue
    ON atalaya.infraction (state, occurred_at DESC, id DESC) INCLUDE (site_id);
CREATE INDEX infraction_camera
    ON atalaya.infraction (camera_id, kind, occurred_at) INCLUDE (site_id);

-- Each site numbers its own notices without gaps.
ALTER TABLE atalaya.notice_counter
    ADD COLUMN site_id smallint NOT NULL DEFAULT 1 REFERENCES atalaya.site;
ALTER TABLE atalaya.notice_counter DROP CONSTRAINT notice_counter_pkey;
ALTER TABLE atalaya.notice_counter ADD PRIMARY KEY (site_id, year);

-- Who has a case in hand. The epoch grows with each taking and never falls, so that an
-- old claim can be told from the one in force.
CREATE TABLE atalaya.case_claim (
    infraction_id uuid PRIMARY KEY REFERENCES atalaya.infraction,
    login text NOT NULL REFERENCES atalaya.person,
    epoch bigint NOT NULL CHECK (epoch >= 1),
    expires_at timestamptz NOT NULL,
    site_id smallint NOT NULL DEFAULT 1
);

-- A topic of its own, or each claim would have every desktop read its cases again.
ALTER TABLE atalaya.outbox DROP CONSTRAINT outbox_topic_check;
ALTER TABLE atalaya.outbox ADD CONSTRAINT outbox_topic_check CHECK (topic IN (
    'infraction', 'camera', 'configuration', 'person', 'watch', 'watch_hit', 'claim'));

-- Who asked to read what, and why: the disclosure itself comes in a later transaction,
-- so that taking the question back takes the answer back as well.
CREATE TABLE atalaya.reading (
    login text NOT NULL REFERENCES atalaya.person,
    purpose text NOT NULL CHECK (purpose IN (
        'list', 'open', 'clip', 'print', 'export', 'find', 'unmask', 'owner')),
    subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 60),
    asked_in bigint NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (login, subject, purpose)
);

-- Which password a person is known to have; read by nobody but the functions and the
-- guard of the server.
CREATE TABLE atalaya.known_password (
    login text PRIMARY KEY REFERENCES atalaya.person,
    verifier_sha256 text NOT NULL CHECK (verifier_sha256 ~ '^[0-9a-f]{64}$'),
    set_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE atalaya.password_policy (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    least_iterations integer NOT NULL CHECK (least_iterations BETWEEN 4096 AND 9999999),
    most_days integer CHECK (most_days BETWEEN 1 AND 3650)
);
INSERT INTO atalaya.password_policy (least_iterations) VALUES (4096);

CREATE TABLE atalaya.password_reset (
    id uuid PRIMARY KEY,
    login text NOT NULL REFERENCES atalaya.person,
    verifier text NOT NULL,
    reason text NOT NULL CHECK (length(reason) BETWEEN 5 AND 200),
    asked_by text NOT NULL REFERENCES atalaya.person,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_by text REFERENCES atalaya.person,
    ended_at timestamptz,
    approved boolean,
    CONSTRAINT reset_by_two CHECK (
        asked_by <> login AND (approved IS NOT TRUE OR ended_by NOT IN (asked_by, login)))
);

-- Logins that failed too often from an address. Kept by the guard of the server.
CREATE TABLE atalaya.lockout (
    login text NOT NULL CHECK (length(login) <= 63),
    address text NOT NULL CHECK (length(address) <= 60),
    failures integer NOT NULL CHECK (failures >= 1),
    times integer NOT NULL CHECK (times >= 1),
    locked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    locked_until timestamptz NOT NULL,
    lifted_by text,
    PRIMARY KEY (login, address)
);

-- A twin names its files once more, because whether another case needs a file is asked of
-- each before it goes. Below a policy the index on the documents of twins serves nobody:
-- its operator might leak, equal texts do not.
CREATE TABLE atalaya.twin_file (
    twin_id uuid NOT NULL REFERENCES atalaya.infraction_twin,
    sha256 text NOT NULL,
    site_id smallint NOT NULL DEFAULT 1,
    PRIMARY KEY (twin_id, sha256)
);
CREATE INDEX twin_file_sha256 ON atalaya.twin_file (sha256);
