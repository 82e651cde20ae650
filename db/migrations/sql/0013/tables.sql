-- Reads are divided by the moment they were seen, so a hit says that as well.
ALTER TABLE atalaya.watch_hit ADD COLUMN read_seen_at timestamptz;
UPDATE atalaya.watch_hit AS h SET read_seen_at = r.seen_at
    FROM atalaya.plate_read AS r WHERE r.id = h.read_id;

-- *123 is looked up like 123*, from the end of the plate, and in the index alone.
CREATE INDEX plate_reversed ON atalaya.plate (reverse(text)) INCLUDE (id, text);

-- A count of cases looks at nothing but this, the site included.
DROP INDEX atalaya.infraction_kept;
CREATE INDEX infraction_kept ON atalaya.infraction (state, kind, occurred_at)
    INCLUDE (site_id) WHERE erased_at IS NULL;

-- Any part of the plate of a case, without what is written between its letters.
CREATE INDEX infraction_plate_pairs ON atalaya.infraction
    USING gin (atalaya.plate_pairs(translate(plate_in_force, ' -', '')))
    WITH (fastupdate = off);

-- For how long entries of the trail stay in the table that the auditor reads, in days;
-- null for ever. What is older is set aside by whole months, never lost.
CREATE TABLE atalaya.trail_term (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    keep_days integer CHECK (keep_days BETWEEN 366 AND 36500),
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO atalaya.trail_term DEFAULT VALUES;

-- Months of the trail that were set aside: where they begin and end in the chain.
CREATE TABLE atalaya.archived_month (
    part text PRIMARY KEY CHECK (part ~ '^audit_[0-9]{4}_[0-9]{2}(_[0-9]+)?$'),
    entries bigint NOT NULL CHECK (entries > 0),
    first_sequence bigint NOT NULL,
    last_sequence bigint NOT NULL CHECK (last_sequence >= first_sequence),
    last_sha256 text NOT NULL CHECK (last_sha256 ~ '^[0-9a-f]{64}$'),
    archived_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON atalaya.archived_month
    FOR EACH ROW EXECUTE FUNCTION atalaya.refuse_change();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON atalaya.archived_month
    FOR EACH STATEMENT EXECUTE FUNCTION atalaya.refuse_change();
CREATE TRIGGER keep BEFORE DELETE ON atalaya.trail_term
    FOR EACH ROW EXECUTE FUNCTION atalaya.refuse_change();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON atalaya.trail_term
    FOR EACH STATEMENT EXECUTE FUNCTION atalaya.refuse_change();
