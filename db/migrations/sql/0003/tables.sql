-- Each text is kept once: passing again costs a row in plate_read and no further entry
-- in the two indexes that look-alikes and wildcards are found by.
CREATE TABLE atalaya.plate (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- In the C collation the unique index serves LIKE 'ABC%' as well.
    text text COLLATE "C" NOT NULL UNIQUE CHECK (text ~ '^[A-Z0-9]{2,10}$')
);
-- Without a pending list a search never has to read what nobody has merged yet.
CREATE INDEX plate_near ON atalaya.plate
    USING gin (atalaya.plate_near(text)) WITH (fastupdate = off);
CREATE INDEX plate_pairs ON atalaya.plate
    USING gin (atalaya.plate_pairs(text)) WITH (fastupdate = off);

-- One vehicle that passed. The plate is the published text, or else the best guess.
CREATE TABLE atalaya.plate_read (
    id uuid PRIMARY KEY,
    plate_id bigint NOT NULL REFERENCES atalaya.plate,
    published boolean NOT NULL,
    confidence double precision NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    read_count integer NOT NULL CHECK (read_count >= 1),
    camera_id uuid NOT NULL REFERENCES atalaya.camera,
    engine_id uuid NOT NULL,
    track_id bigint NOT NULL,
    vehicle_class text NOT NULL CHECK (length(vehicle_class) <= 20),
    seen_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX plate_read_plate ON atalaya.plate_read (plate_id, seen_at DESC, id DESC);

-- What a person asked for and why. `asked_in` is the transaction that asked: results
-- are given in a later one only, so that no rollback takes the question back.
CREATE TABLE atalaya.plate_search (
    id uuid PRIMARY KEY,
    login text NOT NULL REFERENCES atalaya.person,
    pattern text NOT NULL CHECK (pattern ~ '^[A-Z0-9*?]{2,16}$'),
    look_alikes boolean NOT NULL,
    since timestamptz,
    until timestamptz,
    reason text NOT NULL CHECK (length(reason) BETWEEN 5 AND 200),
    asked_in bigint NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE atalaya.watch_entry (
    id uuid PRIMARY KEY,
    plate text NOT NULL CHECK (plate ~ '^[A-Z0-9]{4,10}$'),
    skeleton text NOT NULL,
    look_alikes boolean NOT NULL,
    reason text NOT NULL CHECK (length(reason) BETWEEN 5 AND 200),
    created_by text NOT NULL REFERENCES atalaya.person,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_by text REFERENCES atalaya.person,
    ended_at timestamptz,
    CONSTRAINT watch_is_bounded CHECK (
        expires_at > created_at AND expires_at <= created_at + interval '90 days'),
    CONSTRAINT ended_by_somebody CHECK ((ended_by IS NULL) = (ended_at IS NULL))
);
CREATE INDEX watch_entry_skeleton ON atalaya.watch_entry (skeleton);

CREATE TABLE atalaya.watch_hit (
    id uuid PRIMARY KEY,
    watch_id uuid NOT NULL REFERENCES atalaya.watch_entry,
    read_id uuid NOT NULL REFERENCES atalaya.plate_read,
    hit_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (watch_id, read_id)
);
CREATE INDEX watch_hit_newest ON atalaya.watch_hit (hit_at DESC, id DESC);

ALTER TABLE atalaya.outbox DROP CONSTRAINT outbox_topic_check;
ALTER TABLE atalaya.outbox ADD CONSTRAINT outbox_topic_check CHECK (topic IN (
    'infraction', 'camera', 'configuration', 'person', 'watch', 'watch_hit'));

CREATE FUNCTION atalaya.guard_watch_entry() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_open constant text[] := ARRAY['ended_by', 'ended_at'];
BEGIN
    IF OLD.ended_at IS NOT NULL
        OR (to_jsonb(NEW) - v_open) IS DISTINCT FROM (to_jsonb(OLD) - v_open)
    THEN
        RAISE EXCEPTION 'An entry of the watch list can only be ended.'
            USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE UPDATE ON atalaya.watch_entry
    FOR EACH ROW EXECUTE FUNCTION atalaya.guard_watch_entry();
CREATE TRIGGER keep BEFORE DELETE ON atalaya.watch_entry
    FOR EACH ROW EXECUTE FUNCTION atalaya.refuse_change();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON atalaya.plate_search
    FOR EACH ROW EXECUTE FUNCTION atalaya.refuse_change();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON atalaya.watch_entry
    FOR EACH STATEMENT EXECUTE FUNCTION atalaya.refuse_change();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON atalaya.plate_search
    FOR EACH STATEMENT EXECUTE FUNCTION atalaya.refuse_change();
