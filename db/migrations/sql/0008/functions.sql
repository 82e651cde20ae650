-- Holds, and how long cases are kept.
CREATE FUNCTION atalaya.is_held(p_infraction uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM atalaya.case_hold AS h
        WHERE h.infraction_id = p_infraction AND h.released_at IS NULL
            AND (h.ends_at IS NULL OR h.ends_at > clock_timestamp()))
$$;

CREATE FUNCTION atalaya.set_hold(
    p_id uuid, p_infraction uuid, p_kind text, p_reason text, p_ends timestamptz
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_reason text := atalaya.require_reason(p_reason);
    v_case atalaya.infraction := atalaya.lock_case(p_infraction);
BEGIN
    IF v_case.erased_at IS NOT NULL THEN
        RAISE EXCEPTION 'This case has been erased.' USING ERRCODE = 'AT001';
    END IF;
    IF p_kind IS NULL OR p_kind NOT IN ('lock', 'hold')
        OR (p_kind = 'lock') <> (p_ends IS NOT NULL)
        OR p_ends <= clock_timestamp()
        OR p_ends > clock_timestamp() + interval '1096 days'
    THEN
        RAISE EXCEPTION 'A lock ends within three years; a legal hold has no end.'
            USING ERRCODE = 'AT003';
    END IF;
    IF EXISTS (
        SELECT FROM atalaya.case_hold WHERE infraction_id = p_infraction
            AND kind = p_kind AND released_at IS NULL
            AND (ends_at IS NULL OR ends_at > clock_timestamp()))
    THEN
        RAISE EXCEPTION 'This case is held already.' USING ERRCODE = 'AT001';
    END IF;
    INSERT INTO atalaya.case_hold (id, infraction_id, kind, reason, set_by, ends_at)
    VALUES (p_id, p_infraction, p_kind, v_reason, session_user, p_ends);
    PERFORM atalaya.record('set_hold', p_infraction::text, jsonb_build_object(
        'hold', p_id, 'kind', p_kind, 'reason', v_reason, 'ends', p_ends));
    PERFORM atalaya.announce('infraction', p_infraction);
END
$$;

CREATE FUNCTION atalaya.release_hold(p_id uuid, p_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_reason text := atalaya.require_reason(p_reason);
    v_hold atalaya.case_hold;
BEGIN
    SELECT * INTO v_hold FROM atalaya.case_hold WHERE id = p_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no such hold.' USING ERRCODE = 'AT002';
    END IF;
    IF v_hold.released_at IS NOT NULL OR v_hold.ends_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'This hold is over.' USING ERRCODE = 'AT001';
    END IF;
    IF v_hold.set_by = session_user THEN
        RAISE EXCEPTION 'Only another person can release what you hold.'
            USING ERRCODE = 'AT001';
    END IF;
    UPDATE atalaya.case_hold SET released_by = session_user,
        released_at = clock_timestamp(), release_reason = v_reason WHERE id = p_id;
    PERFORM atalaya.record('release_hold', v_hold.infraction_id::text,
        jsonb_build_object('hold', p_id, 'kind', v_hold.kind, 'reason', v_reason));
    PERFORM atalaya.announce('infraction', v_hold.infraction_id);
END
$$;

-- The terms hold for all sites, so whoever sees them all sets them. A changed one erases
-- nothing for seven days: time to see it in the trail.
CREATE FUNCTION atalaya.set_case_retention(
    p_kind text, p_state text, p_days integer
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_before integer;
BEGIN
    PERFORM atalaya.require_all_sites();
    IF p_days IS NULL OR p_days NOT BETWEEN 8 AND 36500 THEN
        RAISE EXCEPTION 'Cases are kept for 8 to 36500 days.' USING ERRCODE = 'AT003';
    END IF;
    SELECT keep_days INTO v_before FROM atalaya.case_retention
        WHERE kind = p_kind AND state = p_state FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no such type and state.' USING ERRCODE = 'AT002';
    END IF;
    UPDATE atalaya.case_retention
        SET keep_days = p_days, changed_at = clock_timestamp()
        WHERE kind = p_kind AND state = p_state;
    PERFORM atalaya.record('set_case_retention', p_kind || ' ' || p_state,
        jsonb_build_object('keep_days', p_days, 'before', v_before));
END
$$;

-- From when on a case may be erased; null for ever. The days count from the last act
-- on it, by the server's clock.
CREATE FUNCTION atalaya.due_at(p_infraction uuid) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT greatest(
        make_interval(days => s.keep_days) + greatest(i.recorded_at, i.occurred_at,
            (SELECT greatest(max(r.decided_at), max(u.undone_at))
                FROM atalaya.review AS r
                LEFT JOIN atalaya.review_undo AS u ON u.review_id = r.id
                WHERE r.infraction_id = i.id),
            (SELECT n.issued_at FROM atalaya.notice AS n WHERE n.infraction_id = i.id)),
        s.changed_at + interval '7 days')
    FROM atalaya.infraction AS i
    JOIN atalaya.case_retention AS s ON s.kind = i.kind AND s.state = i.state
    WHERE i.id = p_infraction AND i.erased_at IS NULL
$$;

-- Whose term is over at a moment, in no order; `p_held` leaves out the others.
CREATE FUNCTION atalaya.overdue_cases(
    p_on timestamptz, p_held boolean, p_limit integer
) RETURNS TABLE (
    infraction_id uuid, kind text, state text, camera_id uuid, occurred_at timestamptz,
    due_at timestamptz, held boolean, objects bigint, size_bytes bigint
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT d.id, d.kind, d.state, d.camera_id, d.occurred_at, d.due_at, d.held,
        e.objects, e.size_bytes
    FROM (
        SELECT i.*, atalaya.due_at(i.id) AS due_at, atalaya.is_held(i.id) AS held
        FROM atalaya.case_retention AS s
        JOIN atalaya.infraction AS i ON i.state = s.state AND i.kind = s.kind
            AND i.erased_at IS NULL
            AND i.occurred_at < p_on - make_interval(days => s.keep_days)
        WHERE s.changed_at <= p_on - interval '7 days'
    ) AS d CROSS JOIN LATERAL (
        SELECT count(*) AS objects, coalesce(sum(v.size_bytes), 0)::bigint AS size_bytes
        FROM atalaya.evidence AS v WHERE v.infraction_id = d.id
    ) AS e
    WHERE d.due_at <= p_on AND (p_held IS NULL OR d.held = p_held)
    LIMIT p_limit
$$;

-- Beside `my_rights()`, for the same reason as `my_plate_rights()`.
CREATE FUNCTION atalaya.my_case_rights() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT ARRAY(
        SELECT r.name FROM (VALUES
            ('hold_cases', has_function_privilege(session_user,
                'atalaya.set_hold(uuid,uuid,text,text,timestamptz)', 'EXECUTE'))
        ) AS r(name, granted) WHERE r.granted
    )
$$;
