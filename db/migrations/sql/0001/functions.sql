-- Every write goes through one of these. They run as the owner with a fixed search
-- path and name people by session_user, which SET ROLE does not change.
-- SQLSTATEs of our own: AT001 wrong state, AT002 no such row, AT003 bad input.

CREATE FUNCTION atalaya.record(p_action text, p_subject text, p_detail jsonb)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO atalaya.audit (login, workstation, action, subject, detail)
    VALUES (
        session_user,
        left(coalesce(host(inet_client_addr()), 'local') || ' '
            || current_setting('application_name'), 200),
        p_action, p_subject, p_detail
    )
$$;

CREATE FUNCTION atalaya.announce(p_topic text, p_row uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO atalaya.outbox (topic, row_id) VALUES (p_topic, p_row)
$$;

CREATE FUNCTION atalaya.lock_case(p_infraction uuid) RETURNS atalaya.infraction
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_case atalaya.infraction;
BEGIN
    SELECT * INTO v_case FROM atalaya.infraction WHERE id = p_infraction FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no such case.' USING ERRCODE = 'AT002';
    END IF;
    RETURN v_case;
END
$$;

CREATE FUNCTION atalaya.decide(
    p_review uuid, p_infraction uuid, p_verdict text, p_reason text, p_comment text,
    p_plate text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_case atalaya.infraction := atalaya.lock_case(p_infraction);
    v_plate text := nullif(upper(btrim(p_plate)), '');
BEGIN
    IF v_case.state <> 'pending' THEN
        RAISE EXCEPTION 'This case has been decided already.'
            USING ERRCODE = 'AT001';
    END IF;
    INSERT INTO atalaya.review
        (id, infraction_id, reviewer, verdict, reason, comment, plate_text)
    VALUES (p_review, p_infraction, session_user, p_verdict, p_reason,
        p_comment, v_plate);
    UPDATE atalaya.infraction SET
        state = CASE p_verdict WHEN 'confirm' THEN 'confirmed' ELSE 'rejected' END,
        plate_in_force = coalesce(v_plate, plate_in_force)
        WHERE id = p_infraction;
    PERFORM atalaya.record('decide', p_infraction::text, jsonb_build_object(
        'review', p_review, 'verdict', p_verdict, 'reason', p_reason,
        'plate', v_plate));
    PERFORM atalaya.announce('infraction', p_infraction);
END
$$;

CREATE FUNCTION atalaya.undo(p_infraction uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_case atalaya.infraction := atalaya.lock_case(p_infraction);
    v_review atalaya.review;
BEGIN
    SELECT r.* INTO v_review FROM atalaya.review AS r
        WHERE r.infraction_id = p_infraction AND NOT EXISTS (
            SELECT FROM atalaya.review_undo AS u WHERE u.review_id = r.id)
        ORDER BY r.decided_at DESC, r.id DESC LIMIT 1;
    IF NOT FOUND OR v_case.state NOT IN ('confirmed', 'rejected') THEN
        RAISE EXCEPTION 'There is no decision on this case that could be undone.'
            USING ERRCODE = 'AT001';
    END IF;
    IF v_review.reviewer <> session_user THEN
        RAISE EXCEPTION 'Only the person who decided a case can undo it.'
            USING ERRCODE = 'AT001';
    END IF;
    IF v_review.decided_at <= clock_timestamp() - interval '60 seconds' THEN
        RAISE EXCEPTION 'The minute in which this decision could be undone is over.'
            USING ERRCODE = 'AT001';
    END IF;
    INSERT INTO atalaya.review_undo (review_id, undone_by)
        VALUES (v_review.id, session_user);
    UPDATE atalaya.infraction
        SET state = 'pending', plate_in_force = plate_text WHERE id = p_infraction;
    PERFORM atalaya.record('undo', p_infraction::text,
        jsonb_build_object('review', v_review.id));
    PERFORM atalaya.announce('infraction', p_infraction);
END
$$;

CREATE FUNCTION atalaya.issue_notice(p_infraction uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_case atalaya.infraction := atalaya.lock_case(p_infraction);
    v_year integer;
    v_prefix text;
    v_next integer;
    v_number text;
BEGIN
    SELECT number INTO v_number FROM atalaya.notice WHERE infraction_id = p_infraction;
    IF FOUND THEN
        RETURN v_number;
    END IF;
    IF v_case.state <> 'confirmed' THEN
        RAISE EXCEPTION 'Only a confirmed case can become a notice.'
            USING ERRCODE = 'AT001';
    END IF;
    SELECT extract(year FROM now() AT TIME ZONE timezone), notice_prefix
        INTO STRICT v_year, v_prefix FROM atalaya.site;
    INSERT INTO atalaya.notice_counter AS c (year, last) VALUES (v_year, 1)
        ON CONFLICT (year) DO UPDATE SET last = c.last + 1 RETURNING last INTO v_next;
    v_number := format('%s-%s-%s', v_prefix, v_year, lpad(v_next::text, 6, '0'));
    INSERT INTO atalaya.notice (infraction_id, number, issued_by)
        VALUES (p_infraction, v_number, session_user);
    UPDATE atalaya.infraction SET state = 'notified' WHERE id = p_infraction;
    PERFORM atalaya.record('issue_notice', p_infraction::text,
        jsonb_build_object('number', v_number));
    PERFORM atalaya.announce('infraction', p_infraction);
    RETURN v_number;
END
$$;

CREATE FUNCTION atalaya.save_camera(
    p_id uuid, p_name text, p_location text, p_url text, p_credential_ref text,
    p_enabled boolean
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO atalaya.camera AS c
        (id, name, location, url, credential_ref, enabled)
    VALUES (p_id, p_name, p_location, p_url, p_credential_ref, p_enabled)
    ON CONFLICT (id) DO UPDATE SET
        name = excluded.name, location = excluded.location, url = excluded.url,
        credential_ref = excluded.credential_ref, enabled = excluded.enabled
        WHERE c.removed_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'This camera has been retired.' USING ERRCODE = 'AT001';
    END IF;
    PERFORM atalaya.record('save_camera', p_id::text, jsonb_build_object(
        'name', p_name, 'location', p_location, 'url', p_url, 'enabled', p_enabled));
    PERFORM atalaya.announce('camera', p_id);
END
$$;

CREATE FUNCTION atalaya.remove_camera(p_id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE atalaya.camera SET removed_at = now(), enabled = false
        WHERE id = p_id AND removed_at IS NULL;
    IF FOUND THEN
        PERFORM atalaya.record('remove_camera', p_id::text, '{}');
        PERFORM atalaya.announce('camera', p_id);
    END IF;
END
$$;

CREATE FUNCTION atalaya.publish_configuration(
    p_id uuid, p_camera uuid, p_body jsonb, p_note text
) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_version integer;
BEGIN
    -- The camera's row orders the versions of two technicians at once.
    PERFORM FROM atalaya.camera WHERE id = p_camera AND removed_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no such camera.' USING ERRCODE = 'AT002';
    END IF;
    SELECT coalesce(max(version), 0) + 1 INTO v_version
        FROM atalaya.camera_configuration WHERE camera_id = p_camera;
    INSERT INTO atalaya.camera_configuration
        (id, camera_id, version, body, note, created_by)
    VALUES (p_id, p_camera, v_version, p_body, p_note, session_user);
    PERFORM atalaya.record('publish_configuration', p_camera::text, jsonb_build_object(
        'configuration', p_id, 'version', v_version,
        'sha256', encode(sha256(convert_to(p_body::text, 'UTF8')), 'hex')));
    PERFORM atalaya.announce('configuration', p_camera);
    RETURN v_version;
END
$$;

-- A twin is the same vehicle seen by another engine: same camera, kind and class
-- within half a second, and no finding of that engine folded into it yet.
CREATE FUNCTION atalaya.find_twin(p_document jsonb) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT i.id FROM atalaya.infraction AS i
    WHERE i.camera_id = (p_document ->> 'camera_id')::uuid
        AND i.kind = p_document ->> 'kind'
        AND i.vehicle_class = p_document ->> 'vehicle_class'
        AND i.engine_id <> (p_document #>> '{provenance,engine_id}')::uuid
        AND i.occurred_at BETWEEN
            (p_document #>> '{occurred,wall}')::timestamptz - interval '500 ms'
            AND (p_document #>> '{occurred,wall}')::timestamptz + interval '500 ms'
        AND NOT EXISTS (
            SELECT FROM atalaya.infraction_twin AS t WHERE t.twin_of = i.id
            AND t.engine_id = (p_document #>> '{provenance,engine_id}')::uuid)
    ORDER BY abs(extract(epoch FROM
        i.occurred_at - (p_document #>> '{occurred,wall}')::timestamptz)), i.id
    LIMIT 1
$$;

CREATE FUNCTION atalaya.insert_infraction(p_document jsonb, p_sha256 text)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_wall timestamptz := (p_document #>> '{occurred,wall}')::timestamptz;
    v_plate text := p_document #>> '{plate,text}';
BEGIN
    INSERT INTO atalaya.infraction (
        id, kind, camera_id, configuration_id, engine_id, track_id, occurred_at,
        time_bucket, vehicle_class, plate_text, plate_in_force, plate_confidence,
        speed_kmh, limit_kmh, red_for_ns, document, document_sha256
    ) VALUES (
        (p_document ->> 'id')::uuid, p_document ->> 'kind',
        (p_document ->> 'camera_id')::uuid,
        (p_document #>> '{provenance,configuration_id}')::uuid,
        (p_document #>> '{provenance,engine_id}')::uuid,
        (p_document ->> 'track_id')::bigint, v_wall,
        floor(extract(epoch FROM v_wall))::bigint, p_document ->> 'vehicle_class',
        v_plate, v_plate, (p_document #>> '{plate,confidence}')::double precision,
        coalesce(p_document #>> '{measurement,speed_kmh}',
            p_document #>> '{measurement,crossing_speed_kmh}')::double precision,
        (p_document #>> '{measurement,limit_kmh}')::double precision,
        (p_document #>> '{measurement,red_for_ns}')::bigint,
        p_document, p_sha256
    ) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO atalaya.evidence
        (id, infraction_id, kind, sha256, media_type, size_bytes, captured_at)
    SELECT e.id, (p_document ->> 'id')::uuid, e.kind, e.sha256, e.media_type,
        e.size_bytes, e.captured_at
    FROM jsonb_to_recordset(p_document -> 'evidence') AS e(
        id uuid, kind text, sha256 text, media_type text, size_bytes bigint,
        captured_at timestamptz);
    RETURN true;
END
$$;

-- Returns where the finding is kept and the hash of what is kept there, so that the
-- engine can compare: a silent "nothing done" would hide a loss.
CREATE FUNCTION atalaya.add_infraction(p_document text)
RETURNS TABLE (stored_id uuid, stored_sha256 text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_document jsonb := p_document::jsonb;
    v_id uuid := (v_document ->> 'id')::uuid;
    v_sha256 text := encode(sha256(convert_to(p_document, 'UTF8')), 'hex');
    v_twin uuid;
BEGIN
    -- One finding of a camera at a time, or two twins would not see each other.
    PERFORM FROM atalaya.camera WHERE id = (v_document ->> 'camera_id')::uuid
        FOR NO KEY UPDATE;
    RETURN QUERY
        SELECT i.id, i.document_sha256 FROM atalaya.infraction AS i WHERE i.id = v_id
        UNION ALL
        SELECT t.id, t.document_sha256 FROM atalaya.infraction_twin AS t
            WHERE t.id = v_id;
    IF FOUND THEN
        RETURN;
    END IF;
    v_twin := atalaya.find_twin(v_document);
    IF v_twin IS NULL AND NOT atalaya.insert_infraction(v_document, v_sha256) THEN
        SELECT i.id INTO STRICT v_twin FROM atalaya.infraction AS i
        WHERE i.camera_id = (v_document ->> 'camera_id')::uuid
            AND i.kind = v_document ->> 'kind'
            AND i.engine_id = (v_document #>> '{provenance,engine_id}')::uuid
            AND i.track_id = (v_document ->> 'track_id')::bigint
            AND i.time_bucket = floor(extract(epoch FROM
                (v_document #>> '{occurred,wall}')::timestamptz))::bigint;
    END IF;
    IF v_twin IS NOT NULL THEN
        INSERT INTO atalaya.infraction_twin
            (id, twin_of, engine_id, document, document_sha256)
        VALUES (v_id, v_twin, (v_document #>> '{provenance,engine_id}')::uuid,
            v_document, v_sha256);
    ELSE
        PERFORM atalaya.announce('infraction', v_id);
    END IF;
    RETURN QUERY SELECT v_id, v_sha256;
END
$$;

CREATE FUNCTION atalaya.heartbeat(
    p_engine uuid, p_software_version text, p_model_name text, p_device text,
    p_camera_count integer, p_spooled integer
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO atalaya.engine
        (id, software_version, model_name, device, camera_count, spooled)
    VALUES (p_engine, p_software_version, p_model_name, p_device, p_camera_count,
        p_spooled)
    ON CONFLICT (id) DO UPDATE SET
        software_version = excluded.software_version,
        model_name = excluded.model_name, device = excluded.device,
        camera_count = excluded.camera_count, spooled = excluded.spooled,
        seen_at = now()
$$;

-- Returns the epoch under which the engine owns the camera, null when another does.
CREATE FUNCTION atalaya.lease_camera(
    p_engine uuid, p_camera uuid, p_seconds integer
) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO atalaya.camera_lease AS l (camera_id, engine_id, epoch, expires_at)
    VALUES (p_camera, p_engine, 1, now() + make_interval(secs => p_seconds))
    ON CONFLICT (camera_id) DO UPDATE SET
        engine_id = excluded.engine_id, expires_at = excluded.expires_at,
        epoch = l.epoch + CASE WHEN l.engine_id = excluded.engine_id
            AND l.expires_at > now() THEN 0 ELSE 1 END
        WHERE l.engine_id = excluded.engine_id OR l.expires_at <= now()
    RETURNING l.epoch
$$;

-- More than 20 rows of one topic are told as "many".
CREATE FUNCTION atalaya.send_changes() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH sent AS (
        DELETE FROM atalaya.outbox RETURNING topic, row_id
    ), topics AS (
        SELECT topic, count(DISTINCT row_id) > 20 OR bool_or(row_id IS NULL) AS many
        FROM sent GROUP BY topic
    ), payloads AS (
        SELECT topic AS payload FROM topics WHERE many
        UNION
        SELECT topic || ' ' || row_id FROM sent JOIN topics USING (topic)
        WHERE NOT many
    )
    SELECT count(pg_notify('atalaya', payload)) FROM payloads
$$;

-- Sends what the outbox holds, as one of many that ask and under a short lease.
-- Returns whether the caller is the one that sends.
CREATE FUNCTION atalaya.dispatch_changes() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET synchronous_commit = off AS $$
DECLARE
    v_turn atalaya.dispatcher;
BEGIN
    SELECT * INTO STRICT v_turn FROM atalaya.dispatcher WHERE id = 1;
    IF v_turn.holder <> pg_backend_pid() AND v_turn.expires_at > now() THEN
        RETURN false;
    END IF;
    IF v_turn.holder = pg_backend_pid() AND v_turn.expires_at > now() + interval '1 s'
        AND NOT EXISTS (SELECT FROM atalaya.outbox)
    THEN
        RETURN true;
    END IF;
    SELECT * INTO v_turn FROM atalaya.dispatcher WHERE id = 1
        AND (holder = pg_backend_pid() OR expires_at <= now())
        FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE atalaya.dispatcher
        SET holder = pg_backend_pid(), expires_at = now() + interval '3 s'
        WHERE id = 1;
    PERFORM atalaya.send_changes();
    RETURN true;
END
$$;

CREATE FUNCTION atalaya.release_dispatch() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE atalaya.dispatcher SET holder = 0, expires_at = '-infinity'
        WHERE holder = pg_backend_pid()
$$;

-- Rights are read from the grants themselves, so that the two cannot disagree.
CREATE FUNCTION atalaya.my_rights()
RETURNS TABLE (login text, full_name text, roles text[], rights text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT p.login, p.full_name,
        ARRAY(
            SELECT substr(g.rolname, 9) FROM pg_auth_members AS m
            JOIN pg_roles AS g ON g.oid = m.roleid
            JOIN pg_roles AS u ON u.oid = m.member
            WHERE u.rolname = session_user AND g.rolname IN (
                'atalaya_operator', 'atalaya_supervisor', 'atalaya_technician',
                'atalaya_administrator', 'atalaya_auditor', 'atalaya_engine')
            ORDER BY 1
        ),
        ARRAY(
            SELECT r.name FROM (VALUES
                ('review', has_function_privilege(session_user,
                    'atalaya.decide(uuid,uuid,text,text,text,text)', 'EXECUTE')),
                ('report', pg_has_role(session_user, 'atalaya_supervisor', 'USAGE')),
                ('calibrate', has_function_privilege(session_user,
                    'atalaya.publish_configuration(uuid,uuid,jsonb,text)', 'EXECUTE')),
                ('manage_cameras', has_function_privilege(session_user,
                    'atalaya.save_camera(uuid,text,text,text,text,boolean)',
                    'EXECUTE')),
                ('manage_people', has_function_privilege(session_user,
                    'atalaya.create_person(text,text,text,text)', 'EXECUTE')),
                ('read_audit', has_table_privilege(session_user, 'atalaya.audit',
                    'SELECT'))
            ) AS r(name, granted) WHERE r.granted
        )
    FROM atalaya.person AS p WHERE p.login = session_user AND p.active
$$;

CREATE FUNCTION atalaya.verify_audit() RETURNS TABLE (sequence bigint, fault text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH linked AS (
        SELECT a.sequence, a.sha256, a.previous_sha256,
            encode(sha256(convert_to(atalaya.audit_text(a), 'UTF8')), 'hex') AS fresh,
            lag(a.sequence, 1, 0::bigint) OVER w AS before,
            lag(a.sha256, 1, repeat('0', 64)) OVER w AS before_sha256
        FROM atalaya.audit AS a WHERE a.sequence IS NOT NULL
        WINDOW w AS (ORDER BY a.sequence)
    ), last AS (
        SELECT coalesce(max(l.sequence), 0) AS sequence FROM linked AS l
    )
    SELECT l.sequence, 'the entry was altered' FROM linked AS l
        WHERE l.sha256 IS DISTINCT FROM l.fresh
    UNION ALL
    SELECT l.sequence, 'entries before it are missing' FROM linked AS l
        WHERE l.sequence <> l.before + 1 OR l.previous_sha256 <> l.before_sha256
    UNION ALL
    SELECT last.sequence, 'entries after it are missing' FROM last, atalaya.audit_head h
        WHERE last.sequence <> h.sequence
    ORDER BY 1, 2
$$;
