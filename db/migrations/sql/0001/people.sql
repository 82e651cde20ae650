-- The password arrives as a SCRAM verifier made at the desk: in no statement, log or
-- statistics view of the server does it ever stand in clear.
CREATE FUNCTION atalaya.create_person(
    p_login text, p_full_name text, p_role text, p_verifier text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_login !~ '^[a-z][a-z0-9_.]{1,30}$' OR p_login ~ '^(pg_|atalaya|postgres)' THEN
        RAISE EXCEPTION 'A login has 2 to 31 small letters, digits, dots or underscores.'
            USING ERRCODE = 'AT003';
    END IF;
    IF p_role NOT IN (
        'operator', 'supervisor', 'technician', 'administrator', 'auditor'
    ) THEN
        RAISE EXCEPTION 'There is no such role.' USING ERRCODE = 'AT003';
    END IF;
    IF p_verifier !~ '^SCRAM-SHA-256\$[0-9]+:' THEN
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
