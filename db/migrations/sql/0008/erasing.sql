-- Erasing keeps what statistics need (type, place, hour, class, measurement, state,
-- verdict) and takes what names somebody. The order survives a crash at any point: the
-- row is erased and names its files; the files go; the certificate is written. A file may
-- be named by cases of any site, so that erasing is for whoever sees them all.

-- A finding of the same form without plate, track, exact time and files, which all
-- releases can read. The negative number keeps it apart from every track.
CREATE FUNCTION atalaya.erased_document(p_document jsonb, p_number bigint)
RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT p_document || jsonb_build_object(
        'track_id', -p_number,
        'occurred', jsonb_build_object(
            'stream_ns', 0, 'monotonic_ns', 0, 'clock_offset_ns', NULL,
            'wall', to_char(
                date_trunc('hour', (p_document #>> '{occurred,wall}')::timestamptz, 'UTC')
                AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')),
        'plate', jsonb_build_object(
            'text', NULL, 'confidence', 0, 'alternatives', jsonb_build_array(),
            'read_count', 0),
        'evidence', jsonb_build_array())
$$;

CREATE FUNCTION atalaya.text_sha256(p_document jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(sha256(convert_to(p_document::text, 'UTF8')), 'hex')
$$;

CREATE FUNCTION atalaya.erased_infraction(
    p_case atalaya.infraction, p_number bigint, p_at timestamptz
) RETURNS atalaya.infraction
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    p_case.document := atalaya.erased_document(p_case.document, p_number);
    p_case.occurred_at := (p_case.document #>> '{occurred,wall}')::timestamptz;
    p_case.time_bucket := floor(extract(epoch FROM p_case.occurred_at));
    p_case.track_id := -p_number;
    p_case.plate_text := NULL;
    p_case.plate_in_force := NULL;
    p_case.plate_confidence := 0;
    p_case.erased_at := p_at;
    RETURN p_case;
END
$$;

CREATE FUNCTION atalaya.erased_review(p_review atalaya.review) RETURNS atalaya.review
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    p_review.comment := '';
    -- The releases before expect a plate with a confirmation.
    p_review.plate_text := CASE WHEN p_review.plate_text IS NOT NULL THEN 'ERASED' END;
    p_review.salt := NULL;
    RETURN p_review;
END
$$;

-- Whether a case that is not erased still names a file.
CREATE FUNCTION atalaya.is_needed(p_sha256 text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM atalaya.evidence AS e WHERE e.sha256 = p_sha256)
        OR EXISTS (
            SELECT FROM atalaya.twin_file AS t WHERE t.sha256 = p_sha256)
$$;

CREATE FUNCTION atalaya.name_files(p_erasure uuid, p_infraction uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO atalaya.erasure_object (erasure_id, sha256, kind, size_bytes)
    SELECT p_erasure, n.sha256, string_agg(DISTINCT n.kind, ' ' ORDER BY n.kind),
        max(n.size_bytes)
    FROM (
        SELECT e.sha256, e.kind, e.size_bytes FROM atalaya.evidence AS e
            WHERE e.infraction_id = p_infraction
        UNION ALL
        SELECT f.sha256, f.kind, f.size_bytes FROM atalaya.infraction_twin AS t,
            jsonb_to_recordset(t.document -> 'evidence') AS f(
                sha256 text, kind text, size_bytes bigint)
            WHERE t.twin_of = p_infraction
    ) AS n GROUP BY n.sha256
$$;

-- Expects the case's row locked by this transaction.
CREATE FUNCTION atalaya.erase_case(p_infraction uuid, p_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_case atalaya.infraction;
    v_erasure atalaya.erasure;
    v_number bigint := nextval('atalaya.erasure_number_seq');
BEGIN
    SELECT * INTO STRICT v_case FROM atalaya.infraction WHERE id = p_infraction;
    INSERT INTO atalaya.erasure
        (number, infraction_id, reason, document_sha256, erased_sha256)
    OVERRIDING SYSTEM VALUE
    VALUES (v_number, p_infraction, p_reason, v_case.document_sha256,
        atalaya.text_sha256(atalaya.erased_document(v_case.document, v_number)))
    RETURNING * INTO v_erasure;
    PERFORM atalaya.name_files(v_erasure.id, p_infraction);
    DELETE FROM atalaya.evidence WHERE infraction_id = p_infraction;
    UPDATE atalaya.review AS r SET
        (comment, plate_text, salt) = (
            SELECT e.comment, e.plate_text, e.salt FROM atalaya.erased_review(r) AS e)
        WHERE r.infraction_id = p_infraction;
    UPDATE atalaya.infraction_twin
        SET document = atalaya.erased_document(document, v_number)
        WHERE twin_of = p_infraction;
    UPDATE atalaya.infraction AS i SET
        (document, occurred_at, time_bucket, track_id, plate_text, plate_in_force,
            plate_confidence, erased_at) = (
            SELECT e.document, e.occurred_at, e.time_bucket, e.track_id, e.plate_text,
                e.plate_in_force, e.plate_confidence, e.erased_at
            FROM atalaya.erased_infraction(i, v_number, v_erasure.begun_at) AS e)
        WHERE i.id = p_infraction;
    PERFORM atalaya.record('erase_case', p_infraction::text, jsonb_build_object(
        'erasure', v_erasure.id, 'reason', p_reason,
        'document_sha256', v_erasure.document_sha256,
        'erased_sha256', v_erasure.erased_sha256));
    PERFORM atalaya.announce('infraction', p_infraction);
END
$$;

-- One batch of those whose term is over; returns how many. What others hold or lock is
-- passed by.
CREATE FUNCTION atalaya.begin_erasures(p_limit integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_each record;
    v_begun integer := 0;
BEGIN
    PERFORM atalaya.require_all_sites();
    FOR v_each IN
        SELECT o.infraction_id AS id, format('the term of %s, %s is over', o.kind,
            o.state) AS reason
        FROM atalaya.overdue_cases(
            clock_timestamp(), false, least(greatest(p_limit, 1), 500)) AS o
    LOOP
        PERFORM FROM atalaya.infraction WHERE id = v_each.id AND erased_at IS NULL
            FOR UPDATE SKIP LOCKED;
        IF FOUND AND NOT atalaya.is_held(v_each.id)
            AND atalaya.due_at(v_each.id) <= clock_timestamp()
        THEN
            PERFORM atalaya.erase_case(v_each.id, v_each.reason);
            v_begun := v_begun + 1;
        END IF;
    END LOOP;
    RETURN v_begun;
END
$$;

-- The files that must go, and whether another case still needs them.
CREATE FUNCTION atalaya.open_erasures(p_limit integer)
RETURNS TABLE (erasure_id uuid, sha256 text, needed boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT atalaya.require_all_sites();
    SELECT o.erasure_id, o.sha256, atalaya.is_needed(o.sha256)
    FROM atalaya.erasure_object AS o WHERE o.outcome IS NULL
    LIMIT least(greatest(p_limit, 1), 5000)
$$;

-- Once told, it stays told.
CREATE FUNCTION atalaya.object_gone(p_erasure uuid, p_sha256 text, p_outcome text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM atalaya.require_all_sites();
    IF p_outcome IS NULL OR p_outcome NOT IN ('deleted', 'absent', 'shared') THEN
        RAISE EXCEPTION 'A file is deleted, absent or shared.' USING ERRCODE = 'AT003';
    END IF;
    IF (p_outcome = 'shared') <> atalaya.is_needed(p_sha256) THEN
        RAISE EXCEPTION 'Whether another case needs this file has changed.'
            USING ERRCODE = 'AT001';
    END IF;
    PERFORM FROM atalaya.erasure_object
        WHERE erasure_id = p_erasure AND sha256 = p_sha256;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'This file is in no erasure.' USING ERRCODE = 'AT002';
    END IF;
    UPDATE atalaya.erasure_object SET outcome = p_outcome, done_at = clock_timestamp()
        WHERE erasure_id = p_erasure AND sha256 = p_sha256 AND outcome IS NULL;
END
$$;

CREATE FUNCTION atalaya.certificate_of(p_erasure atalaya.erasure, p_at timestamptz)
RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object(
        'form', 1, 'erasure', p_erasure.id, 'number', p_erasure.number,
        'case', p_erasure.infraction_id, 'kind', i.kind, 'state', i.state,
        'camera', i.camera_id, 'reason', p_erasure.reason,
        'begun_by', p_erasure.begun_by, 'begun_at', p_erasure.begun_at AT TIME ZONE 'UTC',
        'finished_by', session_user, 'finished_at', p_at AT TIME ZONE 'UTC',
        'document_sha256', p_erasure.document_sha256,
        'erased_sha256', p_erasure.erased_sha256,
        'twins', coalesce((
            SELECT jsonb_agg(jsonb_build_object('id', t.id,
                'document_sha256', t.document_sha256,
                'erased_sha256', atalaya.text_sha256(t.document)) ORDER BY t.id)
            FROM atalaya.infraction_twin AS t
            WHERE t.twin_of = p_erasure.infraction_id), '[]'),
        'files', coalesce((
            SELECT jsonb_agg(jsonb_build_object('sha256', o.sha256, 'kind', o.kind,
                'size_bytes', o.size_bytes, 'outcome', o.outcome,
                'at', o.done_at AT TIME ZONE 'UTC') ORDER BY o.sha256)
            FROM atalaya.erasure_object AS o WHERE o.erasure_id = p_erasure.id), '[]'))
    FROM atalaya.infraction AS i WHERE i.id = p_erasure.infraction_id
$$;

-- Certifies what has no file left to go; returns how many.
CREATE FUNCTION atalaya.finish_erasures(p_limit integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_erasure atalaya.erasure;
    v_at timestamptz;
    v_finished integer := 0;
BEGIN
    PERFORM atalaya.require_all_sites();
    FOR v_erasure IN
        SELECT e.* FROM atalaya.erasure AS e
        WHERE e.finished_at IS NULL AND NOT EXISTS (
            SELECT FROM atalaya.erasure_object AS o
            WHERE o.erasure_id = e.id AND o.outcome IS NULL)
        ORDER BY e.number LIMIT least(greatest(p_limit, 1), 500)
        FOR UPDATE SKIP LOCKED
    LOOP
        v_at := clock_timestamp();
        UPDATE atalaya.erasure AS e SET finished_at = v_at,
            certificate = c.text, certificate_sha256 = atalaya.text_sha256(c.text)
            FROM (SELECT atalaya.certificate_of(v_erasure, v_at) AS text) AS c
            WHERE e.id = v_erasure.id RETURNING e.* INTO v_erasure;
        PERFORM atalaya.record('certify_erasure', v_erasure.infraction_id::text,
            jsonb_build_object('erasure', v_erasure.id,
                'certificate_sha256', v_erasure.certificate_sha256));
        v_finished := v_finished + 1;
    END LOOP;
    RETURN v_finished;
END
$$;
