-- The clock, not the begin of the transaction: one that is kept open for hours would
-- else date an act back.
ALTER TABLE atalaya.audit ALTER COLUMN at SET DEFAULT clock_timestamp();
ALTER TABLE atalaya.camera_configuration
    ALTER COLUMN created_at SET DEFAULT clock_timestamp();
ALTER TABLE atalaya.review ALTER COLUMN decided_at SET DEFAULT clock_timestamp();
ALTER TABLE atalaya.review_undo ALTER COLUMN undone_at SET DEFAULT clock_timestamp();
ALTER TABLE atalaya.notice ALTER COLUMN issued_at SET DEFAULT clock_timestamp();
ALTER TABLE atalaya.plate_search ALTER COLUMN asked_at SET DEFAULT clock_timestamp();
ALTER TABLE atalaya.watch_entry ALTER COLUMN created_at SET DEFAULT clock_timestamp();

-- What no engine measures and no engine is called. What is stored already is evidence,
-- whatever it says: where it breaks one of these, that one holds for new rows alone.
ALTER TABLE atalaya.infraction ADD CONSTRAINT infraction_is_plausible CHECK (
    plate_confidence BETWEEN 0 AND 1 AND speed_kmh BETWEEN 0 AND 1000
    AND limit_kmh BETWEEN 0 AND 1000 AND red_for_ns >= 0
    AND length(vehicle_class) <= 40 AND length(plate_text) <= 40
) NOT VALID;
ALTER TABLE atalaya.evidence ADD CONSTRAINT evidence_is_brief CHECK (
    length(kind) <= 40 AND length(media_type) <= 100
) NOT VALID;
ALTER TABLE atalaya.engine ADD CONSTRAINT engine_is_brief CHECK (
    length(software_version) <= 200 AND length(model_name) <= 200
    AND length(device) <= 200 AND camera_count >= 0 AND spooled >= 0
) NOT VALID;
DO $$
DECLARE
    v_each record;
BEGIN
    FOR v_each IN
        SELECT conrelid::regclass AS place, conname FROM pg_catalog.pg_constraint
        WHERE connamespace = 'atalaya'::regnamespace AND NOT convalidated
    LOOP
        BEGIN
            EXECUTE pg_catalog.format('ALTER TABLE %s VALIDATE CONSTRAINT %I',
                v_each.place, v_each.conname);
        EXCEPTION WHEN check_violation THEN
            RAISE WARNING 'rows of % break the new rule %', v_each.place,
                v_each.conname;
        END;
    END LOOP;
END
$$;

-- A reader may ask for few digits, and two speeds that look alike in them are one to
-- the guard, which compares their texts.
ALTER FUNCTION atalaya.guard_infraction() SET extra_float_digits = 1;

-- The page of the trail goes by sequence; these two serve its filters.
CREATE INDEX audit_login ON atalaya.audit (login, sequence DESC);
CREATE INDEX audit_action ON atalaya.audit (action, sequence DESC);
