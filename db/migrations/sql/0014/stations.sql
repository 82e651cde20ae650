-- Whose login speaks for a station: the one that told its first key. Another engine's
-- login cannot tell a key of it, until an administrator has let it go.
CREATE TABLE atalaya.engine_station (
    station uuid PRIMARY KEY,
    login text
);
INSERT INTO atalaya.engine_station (station, login)
    SELECT DISTINCT ON (station) station, registered_by FROM atalaya.engine_key
    ORDER BY station, registered_at DESC;

CREATE FUNCTION atalaya.hold_station(p_station uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_login text;
BEGIN
    INSERT INTO atalaya.engine_station (station, login) VALUES (p_station, session_user)
        ON CONFLICT DO NOTHING;
    SELECT s.login INTO STRICT v_login FROM atalaya.engine_station AS s
        WHERE s.station = p_station FOR UPDATE;
    IF v_login IS NULL THEN
        UPDATE atalaya.engine_station SET login = session_user WHERE station = p_station;
        PERFORM atalaya.record('take_engine', p_station::text, '{}');
    ELSIF v_login <> session_user THEN
        RAISE EXCEPTION 'This engine belongs to another login.' USING ERRCODE = '42501';
    END IF;
END
$$;

CREATE FUNCTION atalaya.release_engine(p_station uuid, p_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_login text;
BEGIN
    PERFORM atalaya.require_all_sites();
    p_reason := atalaya.require_reason(p_reason);
    SELECT s.login INTO v_login FROM atalaya.engine_station AS s
        WHERE s.station = p_station FOR UPDATE;
    IF v_login IS NULL THEN
        RAISE EXCEPTION 'No login holds this engine.' USING ERRCODE = 'AT002';
    END IF;
    UPDATE atalaya.engine_station SET login = NULL WHERE station = p_station;
    PERFORM atalaya.record('release_engine', p_station::text,
        jsonb_build_object('login', v_login, 'reason', p_reason));
END
$$;

-- As before, and by the login that holds the station alone.
CREATE OR REPLACE FUNCTION atalaya.register_engine_key(
    p_key text, p_station uuid, p_since timestamptz, p_workstation text,
    p_replaces text, p_handover text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_known atalaya.engine_key;
    v_in_force atalaya.engine_key;
BEGIN
    IF p_replaces !~ '^[0-9a-f]{64}$' OR p_handover !~ '^[0-9a-f]{128}$' THEN
        RAISE EXCEPTION 'This is no key and no signature.' USING ERRCODE = 'AT003';
    END IF;
    -- One at a time, or two keys could both take the place of a third.
    LOCK TABLE atalaya.engine_key IN SHARE ROW EXCLUSIVE MODE;
    PERFORM atalaya.hold_station(p_station);
    SELECT * INTO v_known FROM atalaya.engine_key WHERE public_key = p_key;
    IF FOUND THEN
        IF v_known.station IS DISTINCT FROM p_station THEN
            RAISE EXCEPTION 'This key belongs to another engine.'
                USING ERRCODE = 'AT001';
        END IF;
        RETURN;
    END IF;
    SELECT k.* INTO v_in_force FROM atalaya.engine_key AS k
        WHERE k.station = p_station AND NOT EXISTS (
            SELECT FROM atalaya.engine_key AS n WHERE n.replaces = k.public_key);
    IF v_in_force.public_key IS NOT NULL AND (
        p_replaces IS DISTINCT FROM v_in_force.public_key OR p_handover IS NULL)
    THEN
        RAISE EXCEPTION 'This engine has another key, which did not hand over.'
            USING ERRCODE = 'AT001';
    END IF;
    -- Where the one before was never told, the new one is the first.
    INSERT INTO atalaya.engine_key
        (public_key, station, since, workstation, replaces, handover, registered_by)
    VALUES (p_key, p_station, p_since, p_workstation, v_in_force.public_key,
        CASE WHEN v_in_force.public_key IS NOT NULL THEN p_handover END,
        session_user);
    PERFORM atalaya.record('register_engine_key', p_station::text,
        jsonb_build_object('key', p_key, 'replaces', v_in_force.public_key,
            'workstation', p_workstation));
END
$$;

REVOKE ALL ON FUNCTION atalaya.hold_station(uuid), atalaya.release_engine(uuid, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION atalaya.release_engine(uuid, text) TO atalaya_administrator;
GRANT SELECT ON atalaya.engine_station TO
    atalaya_operator, atalaya_supervisor, atalaya_auditor, atalaya_administrator;
