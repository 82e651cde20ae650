-- An engine tells its key, as often as it likes. A second key of the same station has
-- to name the one in force, with that one's signature over it; the server cannot check
-- the signature, whoever verifies a case does. Each new key is in the trail.
CREATE FUNCTION atalaya.register_engine_key(
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

-- The server keeps what an authority answered and judges it not. Few for each seal: a
-- wrong one must not keep a right one out, nor fill the disk.
CREATE FUNCTION atalaya.add_seal_stamp(
    p_infraction uuid, p_seal text, p_response bytea
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_sha256 text := encode(sha256(p_response), 'hex');
BEGIN
    IF NOT EXISTS (
        SELECT FROM atalaya.evidence AS e WHERE e.infraction_id = p_infraction
            AND e.kind = 'seal' AND e.sha256 = p_seal
        UNION ALL
        SELECT FROM atalaya.infraction_twin AS t WHERE t.id = p_infraction
            AND t.document -> 'evidence' @> jsonb_build_array(
                jsonb_build_object('kind', 'seal', 'sha256', p_seal))
    ) THEN
        RAISE EXCEPTION 'There is no such seal.' USING ERRCODE = 'AT002';
    END IF;
    IF EXISTS (SELECT FROM atalaya.seal_stamp
        WHERE seal_sha256 = p_seal AND response_sha256 = v_sha256)
    THEN
        RETURN;
    END IF;
    IF (SELECT count(*) FROM atalaya.seal_stamp WHERE seal_sha256 = p_seal) >= 8 THEN
        RAISE EXCEPTION 'This seal has eight time-stamps already.'
            USING ERRCODE = 'AT003';
    END IF;
    INSERT INTO atalaya.seal_stamp
        (seal_sha256, response_sha256, infraction_id, response)
    VALUES (p_seal, v_sha256, p_infraction, p_response)
    ON CONFLICT DO NOTHING;
    PERFORM atalaya.announce('infraction', p_infraction);
END
$$;
