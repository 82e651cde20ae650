-- All of a person's acts come past here. As before, and with a password that must be
-- changed nothing is done but that.
CREATE OR REPLACE FUNCTION atalaya.record(
    p_action text, p_subject text, p_detail jsonb
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_person atalaya.person;
BEGIN
    SELECT * INTO v_person FROM atalaya.person WHERE login = session_user;
    IF FOUND AND NOT v_person.active THEN
        RAISE EXCEPTION 'This person no longer works here.' USING ERRCODE = '42501';
    ELSIF v_person.must_change_password AND p_action <> 'change_password' THEN
        RAISE EXCEPTION 'The password must be changed first.' USING ERRCODE = 'AT001';
    END IF;
    INSERT INTO atalaya.audit (login, workstation, action, subject, detail)
    VALUES (
        session_user,
        left(coalesce(host(inet_client_addr()), 'local') || ' '
            || current_setting('application_name'), 200),
        p_action, p_subject, p_detail
    );
END
$$;

CREATE FUNCTION atalaya.sites_of(p_login text) RETURNS smallint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN p.all_sites THEN ARRAY(SELECT s.id FROM atalaya.site AS s ORDER BY 1)
        ELSE ARRAY(SELECT s.site_id FROM atalaya.person_site AS s
            WHERE s.login = p.login ORDER BY 1) END
    FROM atalaya.person AS p WHERE p.login = p_login
$$;

-- Nobody looks after people who see more than oneself, or gives what one has not.
CREATE FUNCTION atalaya.require_over(p_login text, p_sites smallint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM atalaya.person WHERE login = p_login) THEN
        RAISE EXCEPTION 'There is no such person.' USING ERRCODE = 'AT002';
    END IF;
    IF NOT atalaya.my_sites() @> (atalaya.sites_of(p_login) || p_sites) THEN
        RAISE EXCEPTION 'This needs sites that are not yours.' USING ERRCODE = '42501';
    END IF;
END
$$;

-- Those to come included, which is more than to see each of those that there are.
CREATE FUNCTION atalaya.has_all_sites() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(
        (SELECT p.all_sites FROM atalaya.person AS p WHERE p.login = session_user), true)
$$;

-- Null gives all sites, those to come included.
CREATE FUNCTION atalaya.set_sites(p_login text, p_sites smallint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_all boolean;
    v_before smallint[];
BEGIN
    IF p_login = session_user THEN
        RAISE EXCEPTION 'Nobody gives or takes the own sites.' USING ERRCODE = 'AT001';
    END IF;
    PERFORM atalaya.require_over(p_login, coalesce(p_sites, '{}'));
    IF p_sites IS NULL AND NOT atalaya.has_all_sites() THEN
        RAISE EXCEPTION 'This needs sites that are not yours.' USING ERRCODE = '42501';
    END IF;
    IF cardinality(p_sites) > 1000 OR EXISTS (
        SELECT unnest(p_sites) EXCEPT SELECT s.id FROM atalaya.site AS s)
    THEN
        RAISE EXCEPTION 'There is no such site.' USING ERRCODE = 'AT003';
    END IF;
    SELECT p.all_sites INTO STRICT v_all FROM atalaya.person AS p
        WHERE p.login = p_login FOR UPDATE;
    v_before := CASE WHEN v_all THEN NULL ELSE atalaya.sites_of(p_login) END;
    UPDATE atalaya.person SET all_sites = p_sites IS NULL WHERE login = p_login;
    DELETE FROM atalaya.person_site WHERE login = p_login;
    INSERT INTO atalaya.person_site (login, site_id)
        SELECT DISTINCT p_login, s FROM unnest(p_sites) AS s;
    PERFORM atalaya.record('set_sites', p_login, jsonb_build_object(
        'sites', to_jsonb(p_sites), 'before', to_jsonb(v_before)));
    PERFORM atalaya.announce('person', NULL);
END
$$;

CREATE FUNCTION atalaya.add_site(p_name text, p_timezone text, p_prefix text)
RETURNS smallint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_id smallint;
BEGIN
    IF NOT atalaya.has_all_sites() THEN
        RAISE EXCEPTION 'This needs sites that are not yours.' USING ERRCODE = '42501';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_timezone_names WHERE name = p_timezone) THEN
        RAISE EXCEPTION 'There is no such time zone.' USING ERRCODE = 'AT003';
    END IF;
    PERFORM FROM atalaya.site FOR UPDATE;
    SELECT max(s.id) + 1 INTO STRICT v_id FROM atalaya.site AS s;
    INSERT INTO atalaya.site (id, name, timezone, notice_prefix)
        VALUES (v_id, p_name, p_timezone, p_prefix);
    PERFORM atalaya.record('add_site', v_id::text, jsonb_build_object(
        'name', p_name, 'timezone', p_timezone, 'notice_prefix', p_prefix));
    PERFORM atalaya.announce('person', NULL);
    RETURN v_id;
END
$$;

-- Its cases and reads stay with the site where they were made.
CREATE FUNCTION atalaya.move_camera(p_camera uuid, p_site smallint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_before smallint;
BEGIN
    SELECT c.site_id INTO v_before FROM atalaya.camera AS c
        WHERE c.id = p_camera FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no such camera.' USING ERRCODE = 'AT002';
    END IF;
    IF p_site IS NULL OR NOT p_site = ANY (atalaya.my_sites()) THEN
        RAISE EXCEPTION 'This needs sites that are not yours.' USING ERRCODE = '42501';
    END IF;
    UPDATE atalaya.camera SET site_id = p_site WHERE id = p_camera;
    PERFORM atalaya.record('move_camera', p_camera::text,
        jsonb_build_object('site', p_site, 'before', v_before));
    PERFORM atalaya.announce('camera', p_camera);
END
$$;

-- As before, and a new camera is of the first site of who saves it.
CREATE OR REPLACE FUNCTION atalaya.save_camera(
    p_id uuid, p_name text, p_location text, p_url text, p_sub_url text,
    p_credential_ref text, p_enabled boolean
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO atalaya.camera AS c
        (id, name, location, url, sub_url, credential_ref, enabled, site_id)
    VALUES (p_id, p_name, p_location, p_url, p_sub_url, p_credential_ref, p_enabled,
        (atalaya.my_sites())[1])
    ON CONFLICT (id) DO UPDATE SET
        name = excluded.name, location = excluded.location, url = excluded.url,
        sub_url = excluded.sub_url, credential_ref = excluded.credential_ref,
        enabled = excluded.enabled
        WHERE c.removed_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'This camera has been retired.' USING ERRCODE = 'AT001';
    END IF;
    PERFORM atalaya.record('save_camera', p_id::text, jsonb_build_object(
        'name', p_name, 'location', p_location, 'url', p_url, 'sub_url', p_sub_url,
        'enabled', p_enabled));
    PERFORM atalaya.announce('camera', p_id);
END
$$;
CREATE OR REPLACE FUNCTION atalaya.save_camera(
    p_id uuid, p_name text, p_location text, p_url text, p_credential_ref text,
    p_enabled boolean
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- The release that calls this knows no second stream, and leaves it as it is.
    PERFORM atalaya.save_camera(p_id, p_name, p_location, p_url,
        (SELECT c.sub_url FROM atalaya.camera AS c WHERE c.id = p_id),
        p_credential_ref, p_enabled);
END
$$;

-- A camera of another site is as good as none, instead of nothing done in silence.
CREATE OR REPLACE FUNCTION atalaya.remove_camera(p_id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM atalaya.camera WHERE id = p_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no such camera.' USING ERRCODE = 'AT002';
    END IF;
    UPDATE atalaya.camera SET removed_at = clock_timestamp(), enabled = false
        WHERE id = p_id AND removed_at IS NULL;
    IF FOUND THEN
        PERFORM atalaya.record('remove_camera', p_id::text, '{}');
        PERFORM atalaya.announce('camera', p_id);
    END IF;
END
$$;

-- What hangs on a plate may lie at any site, and so may what an old read stays for:
-- who does not see all sites would forget too much.
CREATE FUNCTION atalaya.require_all_sites() RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT atalaya.has_all_sites() THEN
        RAISE EXCEPTION 'This is for whoever sees all sites.' USING ERRCODE = '42501';
    END IF;
END
$$;

-- As before, by whoever sees all sites. One batch, in the caller's transaction: who wants
-- it all asks again from where this one ended, until nothing is looked at. A plate goes
-- with the last of its reads, or in that last batch if it was held by then.
CREATE OR REPLACE FUNCTION atalaya.forget_plate_reads(
    p_after_seen timestamptz, p_after_read uuid, p_limit integer
) RETURNS TABLE (
    looked_at integer, reads integer, plates integer, last_seen timestamptz,
    last_read uuid
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_reads uuid[];
    v_limit constant integer := least(greatest(p_limit, 1), 5000);
    v_plates bigint[];
    v_free bigint[];
BEGIN
    PERFORM atalaya.require_all_sites();
    SELECT count(*), array_agg(o.id) FILTER (WHERE o.kept_by IS NULL),
        array_agg(DISTINCT o.plate_id) FILTER (WHERE o.kept_by IS NULL),
        max(o.seen_at), (array_agg(o.id ORDER BY o.seen_at DESC, o.id DESC))[1]
        INTO looked_at, v_reads, v_plates, last_seen, last_read
        FROM atalaya.overdue_plate_reads(
            p_after_seen, p_after_read, v_limit) AS o;
    DELETE FROM atalaya.plate_read AS r WHERE r.id = ANY (v_reads);
    GET DIAGNOSTICS reads = ROW_COUNT;
    IF looked_at = 0 THEN
        SELECT array_agg(l.plate_id) INTO v_plates FROM (
            SELECT plate_id FROM atalaya.plate_left ORDER BY 1 LIMIT v_limit) AS l;
    END IF;
    -- A plate that an engine is adding a read to is locked by it, and stays for now.
    SELECT array_agg(l.id) INTO v_free FROM (
        SELECT p.id FROM atalaya.plate AS p WHERE p.id = ANY (v_plates)
            FOR UPDATE SKIP LOCKED) AS l;
    DELETE FROM atalaya.plate AS p WHERE p.id = ANY (v_free)
        AND NOT EXISTS (SELECT FROM atalaya.plate_read AS r WHERE r.plate_id = p.id);
    GET DIAGNOSTICS plates = ROW_COUNT;
    IF looked_at = 0 THEN
        DELETE FROM atalaya.plate_left WHERE plate_id = ANY (v_free)
            OR plate_id = ANY (v_plates) AND NOT EXISTS (
                SELECT FROM atalaya.plate AS p WHERE p.id = plate_id);
    ELSE
        INSERT INTO atalaya.plate_left
            SELECT unnest(v_plates) EXCEPT SELECT unnest(v_free) ORDER BY 1
            ON CONFLICT DO NOTHING;
    END IF;
    IF reads > 0 OR plates > 0 THEN
        PERFORM atalaya.record('forget_plate_reads', '', jsonb_build_object(
            'reads', reads, 'plates', plates, 'until', last_seen, 'keep_days',
            (SELECT s.keep_days FROM atalaya.plate_retention AS s)));
    END IF;
    RETURN NEXT;
END
$$;

-- What is watched now, the newest first, for whoever sees a site; with the own hits.
CREATE OR REPLACE FUNCTION atalaya.watch_list() RETURNS TABLE (
    id uuid, plate text, look_alikes boolean, reason text, created_by text,
    created_at timestamptz, expires_at timestamptz, hits bigint
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT w.id, w.plate, w.look_alikes, w.reason, w.created_by, w.created_at,
        w.expires_at,
        (SELECT count(*) FROM atalaya.watch_hit AS h WHERE h.watch_id = w.id)
    FROM atalaya.watch_entry AS w
    WHERE w.ended_at IS NULL AND w.expires_at > now()
        AND cardinality(atalaya.my_sites()) > 0
    ORDER BY w.created_at DESC, w.id DESC LIMIT 500
$$;

-- Everybody for whom an administrator may have to do something.
CREATE FUNCTION atalaya.people() RETURNS TABLE (
    login text, full_name text, role text, active boolean, all_sites boolean,
    sites smallint[], must_change_password boolean, locked_until timestamptz,
    reset_asked_by text, reset_id uuid
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT p.login, p.full_name,
        coalesce((SELECT substr(g.rolname, 9) FROM pg_auth_members AS m
            JOIN pg_roles AS g ON g.oid = m.roleid
            JOIN pg_roles AS u ON u.oid = m.member
            WHERE u.rolname = p.login AND g.rolname ~ '^atalaya_' ORDER BY 1 LIMIT 1), ''),
        p.active, p.all_sites, atalaya.sites_of(p.login), p.must_change_password,
        (SELECT max(l.locked_until) FROM atalaya.lockout AS l
            WHERE l.login = p.login AND l.locked_until > clock_timestamp()),
        r.asked_by, r.id
    FROM atalaya.person AS p
    LEFT JOIN LATERAL (SELECT q.asked_by, q.id FROM atalaya.password_reset AS q
        WHERE q.login = p.login AND q.ended_at IS NULL
            AND q.asked_at > clock_timestamp() - interval '1 hour'
        ORDER BY q.asked_at DESC LIMIT 1) AS r ON true
    WHERE atalaya.my_sites() @> atalaya.sites_of(p.login)
    ORDER BY p.login
$$;
