-- What the guard of the server calls, which is its superuser; nobody else may.
CREATE FUNCTION atalaya.lock_out(
    p_login text, p_address text, p_failures integer, p_seconds integer
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_until constant timestamptz := clock_timestamp() + make_interval(secs => p_seconds);
BEGIN
    INSERT INTO atalaya.lockout AS l (login, address, failures, times, locked_until)
        VALUES (p_login, p_address, p_failures, 1, v_until)
    ON CONFLICT (login, address) DO UPDATE SET failures = excluded.failures,
        times = l.times + 1, locked_at = clock_timestamp(), locked_until = v_until,
        lifted_by = NULL;
    PERFORM atalaya.record('lock_out', p_login, jsonb_build_object(
        'address', p_address, 'failures', p_failures, 'seconds', p_seconds));
    PERFORM atalaya.announce('person', NULL);
END
$$;

-- Returns from how many addresses the login was locked out.
CREATE FUNCTION atalaya.lift_lockout(p_login text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_lifted integer;
BEGIN
    PERFORM atalaya.require_over(p_login, '{}');
    UPDATE atalaya.lockout SET locked_until = clock_timestamp(), lifted_by = session_user
        WHERE login = p_login AND locked_until > clock_timestamp();
    GET DIAGNOSTICS v_lifted = ROW_COUNT;
    PERFORM atalaya.record('lift_lockout', p_login,
        jsonb_build_object('lifted', v_lifted));
    PERFORM atalaya.announce('person', NULL);
    RETURN v_lifted;
END
$$;

-- A password that is not the one that the functions set: its owner may always set the
-- own one past them, and nobody knows what it is worth. It serves to set another.
CREATE FUNCTION atalaya.found_password(p_login text, p_verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_found constant text := encode(sha256(convert_to(p_verifier, 'UTF8')), 'hex');
    v_known text;
BEGIN
    SELECT k.verifier_sha256 INTO v_known FROM atalaya.known_password AS k
        WHERE k.login = p_login FOR UPDATE;
    IF v_known IS NOT DISTINCT FROM v_found THEN
        RETURN;
    END IF;
    INSERT INTO atalaya.known_password AS k (login, verifier_sha256)
        VALUES (p_login, v_found)
        ON CONFLICT (login) DO UPDATE SET verifier_sha256 = v_found,
            set_at = clock_timestamp();
    IF v_known IS NULL THEN
        -- Somebody from before passwords were known.
        RETURN;
    END IF;
    UPDATE atalaya.person SET must_change_password = true WHERE login = p_login;
    PERFORM atalaya.record('found_password', p_login, '{}');
    PERFORM atalaya.announce('person', NULL);
END
$$;

-- Returns whose password has become too old.
CREATE FUNCTION atalaya.expire_passwords() RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_login text;
BEGIN
    FOR v_login IN
        UPDATE atalaya.person AS p SET must_change_password = true
        FROM atalaya.known_password AS k, atalaya.password_policy AS y
        WHERE k.login = p.login AND p.active AND NOT p.must_change_password
            AND k.set_at < clock_timestamp() - make_interval(days => y.most_days)
        RETURNING p.login
    LOOP
        PERFORM atalaya.record('expire_password', v_login, '{}');
        RETURN NEXT v_login;
    END LOOP;
END
$$;

-- Null days: a password does not grow old.
CREATE FUNCTION atalaya.set_password_age(p_most_days integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_before integer;
BEGIN
    PERFORM atalaya.require_all_sites();
    SELECT y.most_days INTO STRICT v_before FROM atalaya.password_policy AS y FOR UPDATE;
    UPDATE atalaya.password_policy SET most_days = p_most_days;
    PERFORM atalaya.record('set_password_age', '',
        jsonb_build_object('most_days', p_most_days, 'before', v_before));
END
$$;
