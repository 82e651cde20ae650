-- What hangs on a case is of its site, like all else that hangs on a camera.

-- As before, with what comes with holds, erasures and the files of twins.
CREATE OR REPLACE FUNCTION atalaya.set_site() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME IN ('infraction', 'plate_read') THEN
        SELECT site_id INTO NEW.site_id FROM atalaya.camera WHERE id = NEW.camera_id;
    ELSIF TG_TABLE_NAME = 'review_undo' THEN
        SELECT site_id INTO NEW.site_id FROM atalaya.review WHERE id = NEW.review_id;
    ELSIF TG_TABLE_NAME = 'watch_hit' THEN
        SELECT site_id INTO NEW.site_id FROM atalaya.plate_read WHERE id = NEW.read_id;
    ELSIF TG_TABLE_NAME = 'erasure_object' THEN
        SELECT site_id INTO NEW.site_id FROM atalaya.erasure WHERE id = NEW.erasure_id;
    ELSIF TG_TABLE_NAME = 'twin_file' THEN
        SELECT i.site_id INTO NEW.site_id FROM atalaya.infraction_twin AS t
            JOIN atalaya.infraction AS i ON i.id = t.twin_of WHERE t.id = NEW.twin_id;
    ELSE
        SELECT site_id INTO NEW.site_id
            FROM atalaya.infraction WHERE id = NEW.infraction_id;
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'A row of % hangs on nothing.', TG_TABLE_NAME
            USING ERRCODE = '23503';
    END IF;
    RETURN NEW;
END
$$;
DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY[
        'case_hold', 'erasure', 'erasure_object', 'twin_file'
    ] LOOP
        EXECUTE format('CREATE TRIGGER of_site BEFORE INSERT ON atalaya.%I
            FOR EACH ROW EXECUTE FUNCTION atalaya.set_site()', v_table);
        EXECUTE format('CREATE POLICY by_site ON atalaya.%I
            USING ((SELECT atalaya.my_limits()) IS NULL
                OR site_id = ANY ((SELECT atalaya.my_limits())::smallint[]))',
            v_table);
        EXECUTE format('ALTER TABLE atalaya.%I ENABLE ROW LEVEL SECURITY', v_table);
        EXECUTE format('ALTER TABLE atalaya.%I FORCE ROW LEVEL SECURITY', v_table);
    END LOOP;
END
$$;

-- The files of a twin are those that its document names, no more and no fewer, as
-- long as it names them.
CREATE FUNCTION atalaya.note_twin_files() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM atalaya.twin_file AS f WHERE f.twin_id = NEW.id
            AND f.sha256 <> ALL (atalaya.evidence_names(NEW.document));
    END IF;
    INSERT INTO atalaya.twin_file (twin_id, sha256)
        SELECT DISTINCT NEW.id, n FROM unnest(atalaya.evidence_names(NEW.document)) AS n
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER note_files AFTER INSERT OR UPDATE ON atalaya.infraction_twin
    FOR EACH ROW EXECUTE FUNCTION atalaya.note_twin_files();

CREATE FUNCTION atalaya.guard_twin_file() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_names text[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'Entries of twin_file are never changed or removed.'
            USING ERRCODE = '42501';
    END IF;
    SELECT atalaya.evidence_names(t.document) INTO v_names
        FROM atalaya.infraction_twin AS t
        WHERE t.id = CASE TG_OP WHEN 'DELETE' THEN OLD.twin_id ELSE NEW.twin_id END;
    IF TG_OP = 'DELETE' THEN
        IF OLD.sha256 = ANY (v_names) THEN
            RAISE EXCEPTION 'Entries of twin_file are never changed or removed.'
                USING ERRCODE = '42501';
        END IF;
        RETURN OLD;
    ELSIF NEW.sha256 = ANY (v_names) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A twin names its files in its document.' USING ERRCODE = '42501';
END
$$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON atalaya.twin_file
    FOR EACH ROW EXECUTE FUNCTION atalaya.guard_twin_file();

INSERT INTO atalaya.twin_file (twin_id, sha256)
    SELECT DISTINCT t.id, n
    FROM atalaya.infraction_twin AS t, unnest(atalaya.evidence_names(t.document)) AS n;

-- As before, and whether a case has been erased is told.
CREATE OR REPLACE FUNCTION atalaya.close_direct_reading() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT has_table_privilege('atalaya_operator', 'atalaya.infraction', 'SELECT') THEN
        RETURN false;
    END IF;
    PERFORM atalaya.require_all_sites();
    REVOKE SELECT ON atalaya.infraction, atalaya.review, atalaya.vehicle,
        atalaya.infraction_twin
        FROM atalaya_operator, atalaya_supervisor, atalaya_auditor;
    GRANT SELECT (id, kind, camera_id, configuration_id, engine_id, track_id,
        occurred_at, time_bucket, vehicle_class, plate_confidence, speed_kmh, limit_kmh,
        red_for_ns, document_sha256, recorded_at, state, site_id, erased_at)
        ON atalaya.infraction TO atalaya_operator, atalaya_supervisor, atalaya_auditor;
    GRANT SELECT (id, infraction_id, reviewer, verdict, reason, decided_at, site_id,
        decisive)
        ON atalaya.review TO atalaya_operator, atalaya_supervisor, atalaya_auditor;
    GRANT SELECT (id, twin_of, engine_id, document_sha256, recorded_at)
        ON atalaya.infraction_twin TO atalaya_auditor;
    PERFORM atalaya.record('close_direct_reading', '', '{}');
    RETURN true;
END
$$;
-- For where they are closed already.
GRANT SELECT (erased_at)
    ON atalaya.infraction TO atalaya_operator, atalaya_supervisor, atalaya_auditor;
