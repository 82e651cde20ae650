-- A lock keeps a case until a day, a hold until somebody else releases it. While one
-- stands, nothing of the case is erased.
CREATE TABLE atalaya.case_hold (
    id uuid PRIMARY KEY,
    infraction_id uuid NOT NULL REFERENCES atalaya.infraction,
    kind text NOT NULL CHECK (kind IN ('lock', 'hold')),
    reason text NOT NULL CHECK (length(reason) BETWEEN 5 AND 200),
    set_by text NOT NULL REFERENCES atalaya.person,
    set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ends_at timestamptz,
    released_by text REFERENCES atalaya.person,
    released_at timestamptz,
    release_reason text CHECK (length(release_reason) BETWEEN 5 AND 200),
    site_id smallint NOT NULL DEFAULT 1,
    CONSTRAINT lock_has_an_end CHECK ((kind = 'lock') = (ends_at IS NOT NULL)),
    CONSTRAINT released_as_a_whole CHECK (
        (released_by IS NULL) = (released_at IS NULL)
        AND (released_by IS NULL) = (release_reason IS NULL)),
    CONSTRAINT released_by_another CHECK (released_by <> set_by)
);
CREATE INDEX case_hold_infraction ON atalaya.case_hold (infraction_id);

-- For how many days a case is kept in a state, counted from when it came into it. What
-- has no line here is kept. The terms are provisional: a lawyer must set them.
CREATE TABLE atalaya.case_retention (
    kind text NOT NULL CHECK (length(kind) <= 40),
    state text NOT NULL CHECK (length(state) <= 40),
    keep_days integer NOT NULL CHECK (keep_days BETWEEN 8 AND 36500),
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (kind, state)
);
INSERT INTO atalaya.case_retention (kind, state, keep_days)
    SELECT k.kind, s.state, s.keep_days
    FROM unnest(ARRAY['speeding', 'red_light']) AS k(kind), (VALUES
        ('pending', 730), ('rejected', 90), ('confirmed', 1461), ('notified', 1826)
    ) AS s(state, keep_days);

-- What was erased. Begun, it names what must go; finished, it is the certificate.
CREATE TABLE atalaya.erasure (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    infraction_id uuid NOT NULL UNIQUE REFERENCES atalaya.infraction,
    reason text NOT NULL CHECK (length(reason) BETWEEN 5 AND 200),
    begun_by text NOT NULL DEFAULT session_user,
    begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    document_sha256 text NOT NULL,
    erased_sha256 text NOT NULL,
    finished_at timestamptz,
    certificate jsonb,
    certificate_sha256 text,
    site_id smallint NOT NULL DEFAULT 1,
    CONSTRAINT finished_with_certificate CHECK (
        (finished_at IS NULL) = (certificate IS NULL)
        AND (finished_at IS NULL) = (certificate_sha256 IS NULL))
);
CREATE INDEX erasure_open ON atalaya.erasure (number) WHERE finished_at IS NULL;

CREATE TABLE atalaya.erasure_object (
    erasure_id uuid NOT NULL REFERENCES atalaya.erasure,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    kind text NOT NULL,
    size_bytes bigint NOT NULL,
    outcome text CHECK (outcome IN ('deleted', 'absent', 'shared')),
    done_at timestamptz,
    site_id smallint NOT NULL DEFAULT 1,
    PRIMARY KEY (erasure_id, sha256),
    CONSTRAINT done_with_outcome CHECK ((outcome IS NULL) = (done_at IS NULL))
);
CREATE INDEX erasure_object_sha256 ON atalaya.erasure_object (sha256);
CREATE INDEX erasure_object_open ON atalaya.erasure_object (erasure_id)
    WHERE outcome IS NULL;

-- Who asked for all that is kept of a plate, and why. `asked_in` is the transaction
-- that asked: the answer is given in a later one only.
CREATE TABLE atalaya.subject_request (
    id uuid PRIMARY KEY,
    login text NOT NULL REFERENCES atalaya.person,
    plate text NOT NULL CHECK (plate ~ '^[A-Z0-9]{2,10}$'),
    reason text NOT NULL CHECK (length(reason) BETWEEN 5 AND 200),
    asked_in bigint NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

ALTER TABLE atalaya.infraction ADD COLUMN erased_at timestamptz;
-- What may have to go, of each type and state, the oldest first.
CREATE INDEX infraction_kept ON atalaya.infraction (state, kind, occurred_at)
    WHERE erased_at IS NULL;
CREATE FUNCTION atalaya.evidence_names(p_document jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT ARRAY(
        SELECT f.item ->> 'sha256'
        FROM jsonb_array_elements(p_document -> 'evidence') AS f(item))
$$;
CREATE INDEX infraction_twin_evidence ON atalaya.infraction_twin
    USING gin (atalaya.evidence_names(document));
-- Whether another case needs a file is asked of each before it goes. Below a policy the
-- index above serves nobody, because its operator might leak: equal texts do not.
CREATE TABLE atalaya.twin_file (
    twin_id uuid NOT NULL REFERENCES atalaya.infraction_twin,
    sha256 text NOT NULL,
    site_id smallint NOT NULL DEFAULT 1,
    PRIMARY KEY (twin_id, sha256)
);
CREATE INDEX twin_file_sha256 ON atalaya.twin_file (sha256);
-- The trail holds the seal of a review in place of what it says. It is made with this
-- salt, so that nothing can be guessed from it once the salt is erased.
ALTER TABLE atalaya.review ADD COLUMN salt uuid DEFAULT gen_random_uuid();
