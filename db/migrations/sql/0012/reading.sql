-- Nobody writes stories into the trail, or asks for what there is not for him or her.
CREATE FUNCTION atalaya.require_subjects(p_purpose text, p_subjects text[])
RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_purpose IS NULL OR p_purpose NOT IN (
        'list', 'open', 'clip', 'print', 'export', 'find', 'unmask', 'owner')
    THEN
        RAISE EXCEPTION 'There is no such purpose.' USING ERRCODE = 'AT003';
    END IF;
    IF p_purpose = 'find' THEN
        IF NOT p_subjects[1] ~ '^[A-Z0-9]{1,16}$' OR cardinality(p_subjects) > 1 THEN
            RAISE EXCEPTION 'This is no plate that can be searched for.'
                USING ERRCODE = 'AT003';
        END IF;
        RETURN;
    END IF;
    IF EXISTS (SELECT s::uuid FROM unnest(p_subjects) AS s
        WHERE s::uuid::text <> s OR NOT EXISTS (
            SELECT FROM atalaya.infraction AS i WHERE i.id = s::uuid))
    THEN
        RAISE EXCEPTION 'There is no such case.' USING ERRCODE = 'AT002';
    END IF;
END
$$;

-- Reading what is personal is an act. It is asked for first, in a transaction of its own,
-- and told by the functions below in a later one: within one, a client could take the
-- entry back and keep the answer. What was asked for within a quarter of an hour is
-- asked again without a further entry, or a page that reloads would flood the trail.
CREATE FUNCTION atalaya.ask_reading(
    p_purpose text, p_subjects text[], p_reason text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c_fresh constant interval := '15 minutes';
    v_reason text;
    v_new text[];
BEGIN
    IF p_subjects IS NULL OR cardinality(p_subjects) > 1000 THEN
        RAISE EXCEPTION 'These are too many at once.' USING ERRCODE = 'AT003';
    END IF;
    IF p_purpose IN ('unmask', 'owner') OR p_reason IS NOT NULL THEN
        v_reason := atalaya.require_reason(p_reason);
    END IF;
    PERFORM atalaya.require_subjects(p_purpose, p_subjects);
    DELETE FROM atalaya.reading AS r WHERE r.login = session_user
        AND r.asked_at < clock_timestamp() - interval '1 hour';
    WITH asked AS (
        INSERT INTO atalaya.reading AS r (login, purpose, subject, asked_in)
        SELECT DISTINCT session_user, p_purpose, s, pg_current_xact_id()::text::bigint
        FROM unnest(p_subjects) AS s ORDER BY s
        ON CONFLICT (login, subject, purpose) DO UPDATE
            SET asked_in = excluded.asked_in, asked_at = clock_timestamp()
            WHERE r.asked_at < clock_timestamp() - c_fresh OR v_reason IS NOT NULL
        RETURNING r.subject
    ) SELECT array_agg(a.subject ORDER BY a.subject) INTO v_new FROM asked AS a;
    IF v_new IS NULL THEN
        RETURN;
    END IF;
    PERFORM atalaya.record('read_' || p_purpose,
        CASE WHEN cardinality(v_new) = 1 THEN v_new[1] ELSE '' END,
        jsonb_strip_nulls(jsonb_build_object('reason', v_reason, 'cases',
            CASE WHEN cardinality(v_new) > 1 THEN to_jsonb(v_new) END)));
END
$$;

-- Asked a minute longer ago than is asked again, so that no answer comes too late.
CREATE FUNCTION atalaya.was_asked(p_purposes text[], p_subject text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM atalaya.reading AS r
        WHERE r.login = session_user AND r.subject = p_subject
            AND r.purpose = ANY (p_purposes)
            AND r.asked_at > clock_timestamp() - interval '16 minutes'
            AND r.asked_in IS DISTINCT FROM
                pg_current_xact_id_if_assigned()::text::bigint)
$$;

CREATE FUNCTION atalaya.masked(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT regexp_replace(p_text, '[[:alnum:]]', '•', 'g')
$$;

-- Plates are the work of who decides cases; others see that there is one.
CREATE FUNCTION atalaya.reads_plates() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT has_function_privilege(
        session_user, 'atalaya.decide(uuid,uuid,text,text,text,text)', 'EXECUTE')
$$;

CREATE FUNCTION atalaya.shown_document(p_document jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_set(p_document, '{plate}', (p_document -> 'plate') || jsonb_build_object(
        'text', atalaya.masked(p_document #>> '{plate,text}'),
        'alternatives', coalesce((
            SELECT jsonb_agg(a.value || jsonb_build_object(
                'text', atalaya.masked(a.value ->> 'text')) ORDER BY a.ordinality)
            FROM jsonb_array_elements(p_document #> '{plate,alternatives}')
                WITH ORDINALITY AS a), '[]')))
$$;

-- The cases named, in no order, as far as they may be seen and were asked for.
CREATE FUNCTION atalaya.read_cases(p_cases uuid[]) RETURNS TABLE (
    id uuid, document jsonb, reviews jsonb, camera_name text, location text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c_purposes constant text[] := ARRAY['list', 'open', 'clip', 'print', 'export'];
    v_plates constant boolean := atalaya.reads_plates();
    v_own constant bigint := pg_current_xact_id_if_assigned()::text::bigint;
    v_all_asked boolean;
    v_known uuid[];
    v_clear uuid[];
BEGIN
    IF cardinality(p_cases) > 1000 THEN
        RAISE EXCEPTION 'These are too many at once.' USING ERRCODE = 'AT003';
    END IF;
    SELECT array_agg(i.id), bool_and(a.known),
            array_agg(i.id) FILTER (WHERE v_plates OR a.clear)
        INTO v_known, v_all_asked, v_clear
        FROM atalaya.infraction AS i
        CROSS JOIN LATERAL (
            SELECT coalesce(bool_or(r.purpose = ANY (c_purposes)), false) AS known,
                coalesce(bool_or(r.purpose = 'unmask'), false) AS clear
            FROM atalaya.reading AS r
            WHERE r.login = session_user AND r.subject = i.id::text
                AND r.asked_at > clock_timestamp() - interval '16 minutes'
                AND r.asked_in IS DISTINCT FROM v_own) AS a
        WHERE i.id = ANY (p_cases);
    IF NOT v_all_asked THEN
        RAISE EXCEPTION 'A case must be asked for before it is read.'
            USING ERRCODE = 'AT001';
    END IF;
    RETURN QUERY SELECT i.id,
        CASE WHEN i.id = ANY (v_clear) THEN i.document
            ELSE atalaya.shown_document(i.document) END,
        coalesce((SELECT jsonb_agg(jsonb_build_object(
                'reviewer', r.reviewer, 'verdict', r.verdict, 'reason', r.reason,
                'comment', r.comment, 'decided_at', r.decided_at, 'plate_text',
                CASE WHEN i.id = ANY (v_clear) THEN r.plate_text
                    ELSE atalaya.masked(r.plate_text) END)
                ORDER BY r.decided_at, r.id)
            FROM atalaya.review AS r WHERE r.infraction_id = i.id AND NOT EXISTS (
                SELECT FROM atalaya.review_undo AS u WHERE u.review_id = r.id)), '[]'),
        c.name, c.location
        FROM atalaya.infraction AS i, atalaya.place_of(i.camera_id) AS c
        WHERE i.id = ANY (v_known);
END
$$;

-- Cases by any part of the plate in force, letters and digits alone. Asked for by
-- ask_reading('find', ...); no answer for whom plates are masked.
CREATE FUNCTION atalaya.cases_of_plate(p_part text) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT atalaya.reads_plates() THEN
        RAISE EXCEPTION 'Plates are hidden from this role.' USING ERRCODE = '42501';
    ELSIF p_part !~ '^[A-Z0-9]{1,16}$' THEN
        RAISE EXCEPTION 'This is no plate that can be searched for.'
            USING ERRCODE = 'AT003';
    END IF;
    IF NOT atalaya.was_asked(ARRAY['find'], p_part) THEN
        RAISE EXCEPTION 'A case must be asked for before it is read.'
            USING ERRCODE = 'AT001';
    END IF;
    RETURN QUERY SELECT i.id FROM atalaya.infraction AS i
        WHERE i.plate_in_force ~ (
            SELECT string_agg(c, '[ -]*' ORDER BY n)
            FROM unnest(string_to_array(p_part, NULL)) WITH ORDINALITY AS t(c, n));
END
$$;

-- What is known of the vehicle of a case; asked for with a reason.
CREATE FUNCTION atalaya.vehicle_of(p_case uuid) RETURNS SETOF atalaya.vehicle
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT atalaya.was_asked(ARRAY['owner'], p_case::text) THEN
        RAISE EXCEPTION 'A case must be asked for before it is read.'
            USING ERRCODE = 'AT001';
    END IF;
    RETURN QUERY SELECT v.* FROM atalaya.infraction AS i
        JOIN atalaya.vehicle AS v ON v.plate = i.plate_in_force WHERE i.id = p_case;
END
$$;

-- The second half of the change: the release before reads the tables themselves, so they
-- are closed when no desktop of it is left. Returns whether anything had been open.
CREATE FUNCTION atalaya.close_direct_reading() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT has_table_privilege('atalaya_operator', 'atalaya.infraction', 'SELECT') THEN
        RETURN false;
    END IF;
    PERFORM atalaya.require_all_sites();
    REVOKE SELECT ON atalaya.infraction, atalaya.review, atalaya.vehicle,
        atalaya.infraction_twin
        FROM atalaya_operator, atalaya_supervisor, atalaya_auditor;
    GRANT SELECT (id, kind, camera_id, configuration_id, engine_id, track_id,
        occurred_at, time_bucket, vehicle_class, plate_confidence, speed_kmh, limit_kmh,
        red_for_ns, document_sha256, recorded_at, state, site_id, erased_at)
        ON atalaya.infraction TO atalaya_operator, atalaya_supervisor, atalaya_auditor;
    GRANT SELECT (id, infraction_id, reviewer, verdict, reason, decided_at, site_id,
        decisive)
        ON atalaya.review TO atalaya_operator, atalaya_supervisor, atalaya_auditor;
    GRANT SELECT (id, twin_of, engine_id, document_sha256, recorded_at)
        ON atalaya.infraction_twin TO atalaya_auditor;
    -- A new database is closed before there is anybody, and its trail begins empty.
    IF EXISTS (SELECT FROM atalaya.person) THEN
        PERFORM atalaya.record('close_direct_reading', '', '{}');
    END IF;
    RETURN true;
END
$$;
