-- Passwords arrive as SCRAM verifiers made at the desk. These belong to atalaya_people,
-- which alone may alter roles; that is why its superuser makes them.
GRANT SELECT (login, all_sites), UPDATE (active, all_sites, must_change_password)
    ON atalaya.person TO atalaya_people;
GRANT INSERT ON atalaya.person_site TO atalaya_people;
GRANT SELECT ON atalaya.password_policy TO atalaya_people;
GRANT INSERT, SELECT, UPDATE ON atalaya.known_password TO atalaya_people;
GRANT INSERT, SELECT, UPDATE ON atalaya.password_reset TO atalaya_people;
GRANT EXECUTE ON FUNCTION
    atalaya.my_sites(), atalaya.sites_of(text), atalaya.has_all_sites(),
    atalaya.require_over(text, smallint[]), atalaya.require_reason(text)
    TO atalaya_people;

-- What merely begins like a verifier is taken for a password in clear, and one with few
-- iterations is easy to guess. How many there must be is not read from a setting: a
-- client can change that. No backslashes: the caller says how they are read.
CREATE FUNCTION atalaya.require_verifier(p_verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c_verifier constant text := '^SCRAM-SHA-256[$]([0-9]{4,7}):[A-Za-z0-9+/]{8,88}={0,2}'
        || '[$][A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$';
BEGIN
    IF p_verifier IS NULL OR length(p_verifier) > 300 OR p_verifier !~ c_verifier
        OR substring(p_verifier FROM c_verifier)::integer
            < (SELECT p.least_iterations FROM atalaya.password_policy AS p)
    THEN
        RAISE EXCEPTION 'The password must arrive as a SCRAM verifier.'
            USING ERRCODE = 'AT003';
    END IF;
END
$$;

-- Remembers what the role has now: the guard of the server compares.
CREATE FUNCTION atalaya.know_password(p_login text, p_verifier text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO atalaya.known_password AS k (login, verifier_sha256)
    VALUES (p_login, encode(sha256(convert_to(p_verifier, 'UTF8')), 'hex'))
    ON CONFLICT (login) DO UPDATE
        SET verifier_sha256 = excluded.verifier_sha256, set_at = clock_timestamp()
$$;

-- As before, and whoever is made sees no more sites than who makes.
CREATE OR REPLACE FUNCTION atalaya.create_person(
    p_login text, p_full_name text, p_role text, p_verifier text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_login IS NULL OR p_login !~ '^[a-z][a-z0-9_.]{1,30}$'
        OR p_login ~ '^(pg_|atalaya|postgres)'
    THEN
        RAISE EXCEPTION 'A login has 2 to 31 small letters, digits, dots or underscores.'
            USING ERRCODE = 'AT003';
    END IF;
    IF p_role IS NULL OR p_role NOT IN (
        'operator', 'supervisor', 'technician', 'administrator', 'auditor'
    ) THEN
        RAISE EXCEPTION 'There is no such role.' USING ERRCODE = 'AT003';
    END IF;
    PERFORM atalaya.require_verifier(p_verifier);
    INSERT INTO atalaya.person (login, full_name) VALUES (p_login, p_full_name)
        ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Somebody has this login already.' USING ERRCODE = 'AT001';
    END IF;
    IF NOT atalaya.has_all_sites() THEN
        UPDATE atalaya.person SET all_sites = false WHERE login = p_login;
        INSERT INTO atalaya.person_site (login, site_id)
            SELECT p_login, unnest(atalaya.my_sites());
    END IF;
    EXECUTE format('CREATE ROLE %I LOGIN PASSWORD %L', p_login, p_verifier);
    EXECUTE format('GRANT %I TO %I WITH INHERIT TRUE, SET FALSE',
        'atalaya_' || p_role, p_login);
    PERFORM atalaya.know_password(p_login, p_verifier);
    PERFORM atalaya.record('create_person', p_login,
        jsonb_build_object('full_name', p_full_name, 'role', p_role));
    PERFORM atalaya.announce('person', NULL);
END
$$;

-- The own one. Where it must be changed, this is all that one may do.
CREATE FUNCTION atalaya.change_password(p_verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM atalaya.person WHERE login = session_user) THEN
        RAISE EXCEPTION 'There is no such person.' USING ERRCODE = 'AT002';
    END IF;
    PERFORM atalaya.require_verifier(p_verifier);
    EXECUTE format('ALTER ROLE %I PASSWORD %L', session_user, p_verifier);
    PERFORM atalaya.know_password(session_user, p_verifier);
    PERFORM atalaya.record('change_password', session_user, '{}');
    UPDATE atalaya.person SET must_change_password = false
        WHERE login = session_user AND must_change_password;
END
$$;

-- One administrator asks with the verifier of a password for once; nothing changes yet.
CREATE FUNCTION atalaya.ask_password_reset(
    p_id uuid, p_login text, p_verifier text, p_reason text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_reason text := atalaya.require_reason(p_reason);
BEGIN
    IF p_login = session_user THEN
        RAISE EXCEPTION 'The own password is changed, not reset.'
            USING ERRCODE = 'AT001';
    END IF;
    PERFORM atalaya.require_over(p_login, '{}');
    PERFORM atalaya.require_verifier(p_verifier);
    UPDATE atalaya.password_reset SET ended_by = session_user,
        ended_at = clock_timestamp(), approved = false, verifier = ''
        WHERE login = p_login AND ended_at IS NULL;
    INSERT INTO atalaya.password_reset (id, login, verifier, reason, asked_by)
        VALUES (p_id, p_login, p_verifier, v_reason, session_user);
    PERFORM atalaya.record('ask_password_reset', p_login,
        jsonb_build_object('reset', p_id, 'reason', v_reason));
    PERFORM atalaya.announce('person', NULL);
END
$$;

-- Another one, who is not the person either, lets it happen or ends it, within the hour.
-- The password then serves to set one's own, and for nothing else.
CREATE FUNCTION atalaya.end_password_reset(p_id uuid, p_approve boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_reset atalaya.password_reset;
BEGIN
    SELECT * INTO v_reset FROM atalaya.password_reset WHERE id = p_id FOR UPDATE;
    IF NOT FOUND OR p_approve IS NULL THEN
        RAISE EXCEPTION 'There is no such reset.' USING ERRCODE = 'AT002';
    END IF;
    PERFORM atalaya.require_over(v_reset.login, '{}');
    IF v_reset.ended_at IS NOT NULL
        OR v_reset.asked_at <= clock_timestamp() - interval '1 hour'
    THEN
        RAISE EXCEPTION 'This reset is over. Ask again.' USING ERRCODE = 'AT001';
    ELSIF p_approve AND session_user IN (v_reset.asked_by, v_reset.login) THEN
        RAISE EXCEPTION 'Another administrator must approve this reset.'
            USING ERRCODE = 'AT001';
    END IF;
    UPDATE atalaya.password_reset SET ended_by = session_user,
        ended_at = clock_timestamp(), approved = p_approve, verifier = ''
        WHERE id = p_id;
    PERFORM atalaya.record('end_password_reset', v_reset.login, jsonb_build_object(
        'reset', p_id, 'approved', p_approve, 'asked_by', v_reset.asked_by));
    IF p_approve THEN
        UPDATE atalaya.person SET must_change_password = true
            WHERE login = v_reset.login;
        EXECUTE format('ALTER ROLE %I PASSWORD %L', v_reset.login, v_reset.verifier);
        PERFORM atalaya.know_password(v_reset.login, v_reset.verifier);
        PERFORM atalaya.end_sessions(v_reset.login);
    END IF;
    PERFORM atalaya.announce('person', NULL);
END
$$;

-- As before, of people that one is over.
CREATE OR REPLACE FUNCTION atalaya.end_sessions(p_login text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_ended integer;
BEGIN
    PERFORM atalaya.require_over(p_login, '{}');
    SELECT count(pg_terminate_backend(s.pid)) INTO v_ended
        FROM atalaya.sessions() AS s
        WHERE s.login = p_login AND s.pid <> pg_backend_pid();
    PERFORM atalaya.record('end_sessions', p_login,
        jsonb_build_object('ended', v_ended));
    RETURN v_ended;
END
$$;

CREATE OR REPLACE FUNCTION atalaya.set_active(p_login text, p_active boolean)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_login = session_user THEN
        RAISE EXCEPTION 'Nobody puts out or lets in oneself.' USING ERRCODE = 'AT001';
    END IF;
    PERFORM atalaya.require_over(p_login, '{}');
    UPDATE atalaya.person SET active = p_active WHERE login = p_login;
    EXECUTE format('ALTER ROLE %I %s', p_login,
        CASE WHEN p_active THEN 'LOGIN' ELSE 'NOLOGIN' END);
    PERFORM atalaya.record('set_active', p_login,
        jsonb_build_object('active', p_active));
    IF NOT p_active THEN
        PERFORM atalaya.end_sessions(p_login);
    END IF;
    PERFORM atalaya.announce('person', NULL);
END
$$;

-- A case says where it was made although its camera works for another site by now.
GRANT SELECT (id, name, location) ON atalaya.camera TO atalaya_people;
CREATE POLICY of_a_case ON atalaya.camera FOR SELECT TO atalaya_people USING (true);
CREATE FUNCTION atalaya.place_of(p_camera uuid) RETURNS TABLE (name text, location text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.name, c.location FROM atalaya.camera AS c WHERE c.id = p_camera
$$;

DO $$
DECLARE
    v_function regprocedure;
BEGIN
    FOREACH v_function IN ARRAY ARRAY[
        'atalaya.require_verifier(text)', 'atalaya.know_password(text,text)',
        'atalaya.change_password(text)', 'atalaya.place_of(uuid)',
        'atalaya.ask_password_reset(uuid,text,text,text)',
        'atalaya.end_password_reset(uuid,boolean)'
    ]::regprocedure[] LOOP
        EXECUTE 'ALTER FUNCTION ' || v_function || ' OWNER TO atalaya_people';
        EXECUTE 'REVOKE ALL ON FUNCTION ' || v_function || ' FROM PUBLIC';
    END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION atalaya.place_of(uuid) TO atalaya_owner;
GRANT EXECUTE ON FUNCTION atalaya.change_password(text) TO
    atalaya_operator, atalaya_supervisor, atalaya_technician, atalaya_administrator,
    atalaya_auditor;
GRANT EXECUTE ON FUNCTION
    atalaya.ask_password_reset(uuid, text, text, text),
    atalaya.end_password_reset(uuid, boolean)
    TO atalaya_administrator;
