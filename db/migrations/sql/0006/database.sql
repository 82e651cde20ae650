-- Rights and functions that only the superuser of the database can change.

-- As before, but the verifier must be one: what merely begins like one is taken for a
-- password in clear, and fewer iterations than the server makes itself are easier to
-- guess. No backslashes, because
-- the caller's standard_conforming_strings says how they are read.
CREATE OR REPLACE FUNCTION atalaya.create_person(
    p_login text, p_full_name text, p_role text, p_verifier text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c_verifier constant text := '^SCRAM-SHA-256[$]([0-9]{4,9}):[A-Za-z0-9+/]{8,88}={0,2}'
        || '[$][A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$';
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
    IF p_verifier IS NULL OR length(p_verifier) > 300 OR p_verifier !~ c_verifier
        OR substring(p_verifier FROM c_verifier)::integer
            < greatest(4096, current_setting('scram_iterations')::integer)
    THEN
        RAISE EXCEPTION 'The password must arrive as a SCRAM verifier.'
            USING ERRCODE = 'AT003';
    END IF;
    INSERT INTO atalaya.person (login, full_name) VALUES (p_login, p_full_name)
        ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Somebody has this login already.' USING ERRCODE = 'AT001';
    END IF;
    EXECUTE format('CREATE ROLE %I LOGIN PASSWORD %L', p_login, p_verifier);
    EXECUTE format('GRANT %I TO %I WITH INHERIT TRUE, SET FALSE',
        'atalaya_' || p_role, p_login);
    PERFORM atalaya.record('create_person', p_login,
        jsonb_build_object('full_name', p_full_name, 'role', p_role));
    PERFORM atalaya.announce('person', NULL);
END
$$;

DO $$
DECLARE
    v_function regprocedure;
BEGIN
    -- The one fills the log of the server's changes without leaving a row, the other
    -- the folder of snapshots.
    FOR v_function IN
        SELECT oid FROM pg_catalog.pg_proc
        WHERE pronamespace = 'pg_catalog'::regnamespace
            AND proname IN ('pg_logical_emit_message', 'pg_export_snapshot')
    LOOP
        EXECUTE 'REVOKE EXECUTE ON FUNCTION ' || v_function || ' FROM PUBLIC';
    END LOOP;
END
$$;

-- People come and go, and a client can keep a transaction open for as long as it likes:
-- an administrator sees who is there, ends sessions, and puts somebody out. Owned by the
-- role that makes people; it may signal nobody who is a superuser.
GRANT pg_signal_backend, pg_read_all_stats TO atalaya_people
    WITH INHERIT TRUE, SET FALSE;
GRANT UPDATE (active) ON atalaya.person TO atalaya_people;

CREATE FUNCTION atalaya.sessions() RETURNS TABLE (
    pid integer, login text, address text, application text, since timestamptz,
    in_transaction_since timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.pid, p.login, host(a.client_addr), a.application_name, a.backend_start,
        a.xact_start
    FROM pg_stat_activity AS a JOIN atalaya.person AS p ON p.login = a.usename
    WHERE a.datname = current_database() AND a.backend_type = 'client backend'
    ORDER BY p.login, a.backend_start, a.pid
$$;

-- Returns how many there were.
CREATE FUNCTION atalaya.end_sessions(p_login text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_ended integer;
BEGIN
    IF NOT EXISTS (SELECT FROM atalaya.person WHERE login = p_login) THEN
        RAISE EXCEPTION 'There is no such person.' USING ERRCODE = 'AT002';
    END IF;
    SELECT count(pg_terminate_backend(s.pid)) INTO v_ended
        FROM atalaya.sessions() AS s
        WHERE s.login = p_login AND s.pid <> pg_backend_pid();
    PERFORM atalaya.record('end_sessions', p_login,
        jsonb_build_object('ended', v_ended));
    RETURN v_ended;
END
$$;

CREATE FUNCTION atalaya.set_active(p_login text, p_active boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_login = session_user THEN
        RAISE EXCEPTION 'Nobody puts out or lets in oneself.' USING ERRCODE = 'AT001';
    END IF;
    UPDATE atalaya.person SET active = p_active WHERE login = p_login;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no such person.' USING ERRCODE = 'AT002';
    END IF;
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

ALTER FUNCTION atalaya.sessions() OWNER TO atalaya_people;
ALTER FUNCTION atalaya.end_sessions(text) OWNER TO atalaya_people;
ALTER FUNCTION atalaya.set_active(text, boolean) OWNER TO atalaya_people;
REVOKE ALL ON FUNCTION
    atalaya.sessions(), atalaya.end_sessions(text), atalaya.set_active(text, boolean)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    atalaya.sessions(), atalaya.end_sessions(text), atalaya.set_active(text, boolean)
    TO atalaya_administrator;
