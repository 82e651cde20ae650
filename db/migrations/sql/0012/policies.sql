-- The sites to which whoever is logged in is held: null for no limit, as for the engine,
-- who owns the database, and people who see all; none for anybody unknown. Evaluated once
-- per statement. SECURITY DEFINER because it reads on behalf of people who see no row of
-- person_site; parallel safe, or no count would be parallel.
CREATE FUNCTION atalaya.my_limits() RETURNS smallint[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_sites smallint[];
BEGIN
    -- One query for a person: this is asked with every statement.
    SELECT CASE
        WHEN NOT p.active OR p.must_change_password THEN '{}'
        WHEN p.all_sites THEN NULL
        ELSE ARRAY(SELECT g.site_id FROM atalaya.person_site AS g
            WHERE g.login = p.login ORDER BY 1) END
        INTO v_sites FROM atalaya.person AS p WHERE p.login = session_user;
    IF FOUND THEN
        RETURN v_sites;
    ELSIF pg_has_role(session_user, 'atalaya_engine', 'MEMBER')
        OR pg_has_role(session_user, 'atalaya_owner', 'MEMBER')
    THEN
        RETURN NULL;
    END IF;
    RETURN '{}';
END
$$;

-- The same with the sites by name, all of them for no limit.
CREATE FUNCTION atalaya.my_sites() RETURNS smallint[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(atalaya.my_limits(),
        ARRAY(SELECT s.id FROM atalaya.site AS s ORDER BY 1))
$$;

-- FORCE: the functions run as the owner, and are held to the caller's sites like the
-- caller. A function that forgets to ask shows nothing of another site all the same.
-- Whoever has no limit pays for one comparison with null per row.
DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY[
        'camera', 'infraction', 'evidence', 'review', 'review_undo', 'notice',
        'plate_read', 'watch_hit', 'case_claim', 'case_hold', 'erasure',
        'erasure_object', 'twin_file', 'seal_stamp'
    ] LOOP
        EXECUTE format('CREATE POLICY by_site ON atalaya.%I
            USING ((SELECT atalaya.my_limits()) IS NULL
                OR site_id = ANY ((SELECT atalaya.my_limits())::smallint[]))',
            v_table);
    END LOOP;
    FOREACH v_table IN ARRAY ARRAY['camera_configuration', 'camera_lease'] LOOP
        EXECUTE format('CREATE POLICY by_site ON atalaya.%I
            USING (EXISTS (SELECT FROM atalaya.camera AS c WHERE c.id = camera_id))',
            v_table);
    END LOOP;
    CREATE POLICY by_site ON atalaya.infraction_twin
        USING (EXISTS (SELECT FROM atalaya.infraction AS i WHERE i.id = twin_of));
    FOREACH v_table IN ARRAY ARRAY[
        'camera', 'infraction', 'evidence', 'review', 'review_undo', 'notice',
        'plate_read', 'watch_hit', 'case_claim', 'case_hold', 'erasure',
        'erasure_object', 'twin_file', 'seal_stamp', 'camera_configuration',
        'camera_lease', 'infraction_twin'
    ] LOOP
        EXECUTE format('ALTER TABLE atalaya.%I ENABLE ROW LEVEL SECURITY', v_table);
        EXECUTE format('ALTER TABLE atalaya.%I FORCE ROW LEVEL SECURITY', v_table);
    END LOOP;
END
$$;

-- A row is of the site of what it hangs on, whatever an insert says. What the caller does
-- not see is refused like what there is not, in the class of a foreign key, because the
-- key itself does not ask who sees.
CREATE FUNCTION atalaya.set_site() RETURNS trigger
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
    ELSIF TG_TABLE_NAME = 'seal_stamp' THEN
        -- The seal of a case, or that of a twin of one.
        SELECT i.site_id INTO NEW.site_id FROM atalaya.infraction AS i
            WHERE i.id IN (NEW.infraction_id, (SELECT t.twin_of
                FROM atalaya.infraction_twin AS t WHERE t.id = NEW.infraction_id));
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
        'infraction', 'evidence', 'review', 'review_undo', 'notice', 'plate_read',
        'watch_hit', 'case_claim', 'case_hold', 'erasure', 'erasure_object',
        'twin_file', 'seal_stamp'
    ] LOOP
        EXECUTE format('CREATE TRIGGER of_site BEFORE INSERT ON atalaya.%I
            FOR EACH ROW EXECUTE FUNCTION atalaya.set_site()', v_table);
    END LOOP;
END
$$;

CREATE FUNCTION atalaya.guard_password_reset() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_open constant text[] := ARRAY['ended_by', 'ended_at', 'approved', 'verifier'];
BEGIN
    IF OLD.ended_at IS NOT NULL
        OR (to_jsonb(NEW) - v_open) IS DISTINCT FROM (to_jsonb(OLD) - v_open)
    THEN
        RAISE EXCEPTION 'A reset can only be ended, once.' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE UPDATE ON atalaya.password_reset
    FOR EACH ROW EXECUTE FUNCTION atalaya.guard_password_reset();
CREATE TRIGGER keep BEFORE DELETE ON atalaya.password_reset
    FOR EACH ROW EXECUTE FUNCTION atalaya.refuse_change();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON atalaya.password_reset
    FOR EACH STATEMENT EXECUTE FUNCTION atalaya.refuse_change();
