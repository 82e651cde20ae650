-- All that is kept of a plate, for whoever is the vehicle's owner. Asked first, with
-- its trace, and answered in a later transaction: no rollback takes the question back.
-- For whoever sees all sites, or the rest would be missing without a word.
CREATE FUNCTION atalaya.ask_subject(p_id uuid, p_plate text, p_reason text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_reason text := atalaya.require_reason(p_reason);
BEGIN
    PERFORM atalaya.require_all_sites();
    IF p_plate IS NULL OR p_plate !~ '^[A-Z0-9]{2,10}$' THEN
        RAISE EXCEPTION 'This is no plate.' USING ERRCODE = 'AT003';
    END IF;
    INSERT INTO atalaya.subject_request (id, login, plate, reason, asked_in)
    VALUES (p_id, session_user, p_plate, v_reason,
        pg_current_xact_id()::text::bigint);
    PERFORM atalaya.record('export_subject', p_plate, jsonb_build_object(
        'request', p_id, 'reason', v_reason));
END
$$;

CREATE FUNCTION atalaya.own_request(p_request uuid) RETURNS atalaya.subject_request
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_request atalaya.subject_request;
BEGIN
    PERFORM atalaya.require_all_sites();
    SELECT * INTO v_request FROM atalaya.subject_request
        WHERE id = p_request AND login = session_user;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no such request.' USING ERRCODE = 'AT002';
    END IF;
    IF v_request.asked_in = pg_current_xact_id()::text::bigint THEN
        RAISE EXCEPTION 'A request must be committed before it is answered.'
            USING ERRCODE = 'AT001';
    END IF;
    IF v_request.asked_at < clock_timestamp() - interval '1 hour' THEN
        RAISE EXCEPTION 'This request is over. Ask again.' USING ERRCODE = 'AT001';
    END IF;
    RETURN v_request;
END
$$;

-- The cases of a plate, as it was read or as a reviewer put it; of the decisions what
-- was decided, not by whom.
CREATE FUNCTION atalaya.subject_cases(p_request uuid) RETURNS TABLE (
    document jsonb, state text, camera_name text, location text, notice_number text,
    plate_in_force text, reviews jsonb
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_plate text := (atalaya.own_request(p_request)).plate;
    v_cases integer;
BEGIN
    RETURN QUERY
    SELECT i.document, i.state, c.name, c.location, n.number, i.plate_in_force,
        coalesce((
            SELECT jsonb_agg(jsonb_build_object('verdict', r.verdict,
                'reason', r.reason, 'comment', r.comment, 'plate', r.plate_text,
                'decided_at', r.decided_at, 'undone_at', u.undone_at)
                ORDER BY r.decided_at, r.id)
            FROM atalaya.review AS r
            LEFT JOIN atalaya.review_undo AS u ON u.review_id = r.id
            WHERE r.infraction_id = i.id), '[]')
    FROM atalaya.infraction AS i
    JOIN atalaya.camera AS c ON c.id = i.camera_id
    LEFT JOIN atalaya.notice AS n ON n.infraction_id = i.id
    WHERE i.erased_at IS NULL AND (
        translate(upper(i.plate_in_force), ' -', '') = v_plate
        OR translate(upper(i.plate_text), ' -', '') = v_plate)
    ORDER BY i.occurred_at, i.id;
    GET DIAGNOSTICS v_cases = ROW_COUNT;
    PERFORM atalaya.record('read_subject', v_plate, jsonb_build_object(
        'request', p_request, 'cases', v_cases));
END
$$;

-- Where else its plate was read, and when.
CREATE FUNCTION atalaya.subject_reads(p_request uuid) RETURNS TABLE (
    camera_name text, location text, seen_at timestamptz, published boolean,
    confidence double precision, vehicle_class text
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_plate text := (atalaya.own_request(p_request)).plate;
    v_reads integer;
BEGIN
    RETURN QUERY
    SELECT c.name, c.location, r.seen_at, r.published, r.confidence, r.vehicle_class
    FROM atalaya.plate AS p
    JOIN atalaya.plate_read AS r ON r.plate_id = p.id
    JOIN atalaya.camera AS c ON c.id = r.camera_id
    WHERE p.text = v_plate ORDER BY r.seen_at, r.id;
    GET DIAGNOSTICS v_reads = ROW_COUNT;
    PERFORM atalaya.record('read_subject', v_plate, jsonb_build_object(
        'request', p_request, 'reads', v_reads));
END
$$;
