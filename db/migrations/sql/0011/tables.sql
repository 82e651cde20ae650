-- Which engine sealed with which key, and since when: rows are only ever added, and a
-- key that is changed is a row that names the one before.
CREATE TABLE atalaya.engine_key (
    public_key text PRIMARY KEY CHECK (public_key ~ '^[0-9a-f]{64}$'),
    station uuid NOT NULL,
    since timestamptz NOT NULL,
    workstation text NOT NULL CHECK (length(workstation) BETWEEN 1 AND 200),
    replaces text UNIQUE REFERENCES atalaya.engine_key,
    handover text CHECK (handover ~ '^[0-9a-f]{128}$'),
    registered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    registered_by text NOT NULL,
    CONSTRAINT handed_over CHECK ((replaces IS NULL) = (handover IS NULL))
);
-- One first key of a station; every further one replaces its predecessor.
CREATE UNIQUE INDEX engine_key_first ON atalaya.engine_key (station)
    WHERE replaces IS NULL;

-- Answers of a time-stamping authority. They prove themselves, and come when they can
-- be had: the sealed document of a case does not name them.
CREATE TABLE atalaya.seal_stamp (
    seal_sha256 text NOT NULL CHECK (seal_sha256 ~ '^[0-9a-f]{64}$'),
    response_sha256 text NOT NULL CHECK (response_sha256 ~ '^[0-9a-f]{64}$'),
    infraction_id uuid NOT NULL,
    response bytea NOT NULL CHECK (octet_length(response) BETWEEN 1 AND 65536),
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (seal_sha256, response_sha256)
);

DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['engine_key', 'seal_stamp'] LOOP
        EXECUTE format(
            'CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON atalaya.%I
             FOR EACH ROW EXECUTE FUNCTION atalaya.refuse_change()', v_table);
        EXECUTE format(
            'CREATE TRIGGER keep_all BEFORE TRUNCATE ON atalaya.%I
             FOR EACH STATEMENT EXECUTE FUNCTION atalaya.refuse_change()', v_table);
    END LOOP;
END
$$;
