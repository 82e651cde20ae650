-- All of a person's acts come past here: whoever was put out does nothing any more,
-- even on a connection that was open before.
CREATE OR REPLACE FUNCTION atalaya.record(
    p_action text, p_subject text, p_detail jsonb
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM atalaya.person WHERE login = session_user AND NOT active
    ) THEN
        RAISE EXCEPTION 'This person no longer works here.' USING ERRCODE = '42501';
    END IF;
    INSERT INTO atalaya.audit (login, workstation, action, subject, detail)
    VALUES (
        session_user,
        left(coalesce(host(inet_client_addr()), 'local') || ' '
            || current_setting('application_name'), 200),
        p_action, p_subject, p_detail
    );
END
$$;

-- As before, but numbered in the year of the clock.
CREATE OR REPLACE FUNCTION atalaya.issue_notice(p_infraction uuid) RETURNS text
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
    SELECT extract(year FROM clock_timestamp() AT TIME ZONE timezone), notice_prefix
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

CREATE OR REPLACE FUNCTION atalaya.remove_camera(p_id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE atalaya.camera SET removed_at = clock_timestamp(), enabled = false
        WHERE id = p_id AND removed_at IS NULL;
    IF FOUND THEN
        PERFORM atalaya.record('remove_camera', p_id::text, '{}');
        PERFORM atalaya.announce('camera', p_id);
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION atalaya.own_search(p_search uuid)
RETURNS atalaya.plate_search
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_search atalaya.plate_search;
BEGIN
    SELECT * INTO v_search FROM atalaya.plate_search
        WHERE id = p_search AND login = session_user;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no such search.' USING ERRCODE = 'AT002';
    END IF;
    IF v_search.asked_in = pg_current_xact_id()::text::bigint THEN
        RAISE EXCEPTION 'A search must be committed before it is answered.'
            USING ERRCODE = 'AT001';
    END IF;
    IF v_search.asked_at < clock_timestamp() - interval '1 hour' THEN
        RAISE EXCEPTION 'This search is over. Search again.' USING ERRCODE = 'AT001';
    END IF;
    RETURN v_search;
END
$$;

CREATE OR REPLACE FUNCTION atalaya.end_watch(p_id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_entry atalaya.watch_entry;
BEGIN
    SELECT * INTO v_entry FROM atalaya.watch_entry WHERE id = p_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no such entry.' USING ERRCODE = 'AT002';
    END IF;
    IF v_entry.ended_at IS NOT NULL OR v_entry.expires_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'This plate is no longer watched.' USING ERRCODE = 'AT001';
    END IF;
    UPDATE atalaya.watch_entry
        SET ended_by = session_user, ended_at = clock_timestamp() WHERE id = p_id;
    PERFORM atalaya.record('end_watch', v_entry.plate,
        jsonb_build_object('watch', p_id));
    PERFORM atalaya.announce('watch', p_id);
END
$$;

-- An engine that took a camera for a year would keep the others off it for a year.
CREATE OR REPLACE FUNCTION atalaya.lease_camera(
    p_engine uuid, p_camera uuid, p_seconds integer
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_epoch bigint;
BEGIN
    IF p_seconds IS NULL OR p_seconds NOT BETWEEN 0 AND 300 THEN
        RAISE EXCEPTION 'A camera is leased for 300 seconds at most.'
            USING ERRCODE = 'AT003';
    END IF;
    INSERT INTO atalaya.camera_lease AS l (camera_id, engine_id, epoch, expires_at)
    VALUES (p_camera, p_engine, 1, now() + make_interval(secs => p_seconds))
    ON CONFLICT (camera_id) DO UPDATE SET
        engine_id = excluded.engine_id, expires_at = excluded.expires_at,
        epoch = l.epoch + CASE WHEN l.engine_id = excluded.engine_id
            AND l.expires_at > now() THEN 0 ELSE 1 END
        WHERE l.engine_id = excluded.engine_id OR l.expires_at <= now()
    RETURNING l.epoch INTO v_epoch;
    RETURN v_epoch;
END
$$;

-- As before, but a document has a largest size, and the configuration that it names
-- belongs to the camera that it names.
CREATE OR REPLACE FUNCTION atalaya.add_infraction(p_document text)
RETURNS TABLE (stored_id uuid, stored_sha256 text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_document jsonb;
    v_id uuid;
    v_sha256 text := encode(sha256(convert_to(p_document, 'UTF8')), 'hex');
    v_twin uuid;
BEGIN
    IF octet_length(p_document) > 1000000 THEN
        RAISE EXCEPTION 'A finding has a megabyte at most.' USING ERRCODE = 'AT003';
    END IF;
    v_document := p_document::jsonb;
    v_id := (v_document ->> 'id')::uuid;
    PERFORM atalaya.require_own_configuration(v_document);
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

-- The class of error that the foreign keys have: the release before knows it.
CREATE FUNCTION atalaya.require_own_configuration(p_document jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM atalaya.camera_configuration
        WHERE id = (p_document #>> '{provenance,configuration_id}')::uuid
            AND camera_id = (p_document ->> 'camera_id')::uuid;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'This configuration is not one of this camera.'
            USING ERRCODE = '23503';
    END IF;
END
$$;

-- More than 20 rows of one topic are told as "many". Rows that another sender has in
-- hand are left to it.
CREATE OR REPLACE FUNCTION atalaya.send_changes() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH free AS MATERIALIZED (
        SELECT id FROM atalaya.outbox FOR UPDATE SKIP LOCKED
    ), sent AS (
        DELETE FROM atalaya.outbox WHERE id IN (SELECT id FROM free)
        RETURNING topic, row_id
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

-- As before, but a sender that keeps its transaction open no longer silences the site:
-- once its turn is over for two seconds, whoever looks sends what lies there.
CREATE OR REPLACE FUNCTION atalaya.dispatch_changes() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET synchronous_commit = off AS $$
DECLARE
    v_turn atalaya.dispatcher;
    v_over_since timestamptz;
BEGIN
    SELECT * INTO STRICT v_turn FROM atalaya.dispatcher WHERE id = 1;
    v_over_since := v_turn.expires_at;
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
        IF v_over_since < now() - interval '2 s' THEN
            PERFORM atalaya.send_changes();
        END IF;
        RETURN false;
    END IF;
    UPDATE atalaya.dispatcher
        SET holder = pg_backend_pid(), expires_at = now() + interval '3 s'
        WHERE id = 1;
    PERFORM atalaya.send_changes();
    RETURN true;
END
$$;

-- As before, and an entry that is in no place of the chain is told as well.
CREATE OR REPLACE FUNCTION atalaya.verify_audit()
RETURNS TABLE (sequence bigint, fault text)
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
    UNION ALL
    SELECT NULL, format('the entry with the id %s is outside of the chain', a.id)
        FROM atalaya.audit AS a WHERE a.sequence IS NULL
    ORDER BY 1, 2
$$;

REVOKE ALL ON FUNCTION atalaya.require_own_configuration(jsonb) FROM PUBLIC;

-- What an engine keeps outside of the database: where the chain ends and in which
-- database that is. Nothing of what the entries say.
CREATE FUNCTION atalaya.anchored_head()
RETURNS TABLE (database text, sequence bigint, sha256 text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.system_identifier || '/' || current_database(), h.sequence, h.sha256
    FROM atalaya.audit_head AS h, pg_control_system() AS s
$$;
REVOKE ALL ON FUNCTION atalaya.anchored_head() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION atalaya.anchored_head() TO atalaya_engine, atalaya_auditor;
