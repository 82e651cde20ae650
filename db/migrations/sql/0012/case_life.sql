-- What a case lives through, by site: who begins, ends or answers for all sites sees all.

-- The files of a twin are those that its document names, no more and no fewer, as
-- long as it names them.
CREATE FUNCTION atalaya.note_twin_files() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM atalaya.twin_file AS f WHERE f.twin_id = NEW.id
            AND f.sha256 <> ALL (atalaya.evidence_names(NEW.document));
    END IF;
    INSERT INTO atalaya.twin_file (twin_id, sha256)
        SELECT DISTINCT NEW.id, n FROM unnest(atalaya.evidence_names(NEW.document)) AS n
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER note_files AFTER INSERT OR UPDATE ON atalaya.infraction_twin
    FOR EACH ROW EXECUTE FUNCTION atalaya.note_twin_files();

CREATE FUNCTION atalaya.guard_twin_file() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_names text[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'Entries of twin_file are never changed or removed.'
            USING ERRCODE = '42501';
    END IF;
    SELECT atalaya.evidence_names(t.document) INTO v_names
        FROM atalaya.infraction_twin AS t
        WHERE t.id = CASE TG_OP WHEN 'DELETE' THEN OLD.twin_id ELSE NEW.twin_id END;
    IF TG_OP = 'DELETE' THEN
        IF OLD.sha256 = ANY (v_names) THEN
            RAISE EXCEPTION 'Entries of twin_file are never changed or removed.'
                USING ERRCODE = '42501';
        END IF;
        RETURN OLD;
    ELSIF NEW.sha256 = ANY (v_names) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A twin names its files in its document.' USING ERRCODE = '42501';
END
$$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON atalaya.twin_file
    FOR EACH ROW EXECUTE FUNCTION atalaya.guard_twin_file();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON atalaya.twin_file
    FOR EACH STATEMENT EXECUTE FUNCTION atalaya.refuse_change();

INSERT INTO atalaya.twin_file (twin_id, sha256)
    SELECT DISTINCT t.id, n
    FROM atalaya.infraction_twin AS t, unnest(atalaya.evidence_names(t.document)) AS n;

-- A case without evidence is claimed no more than it is decided.
CREATE TRIGGER refuse_erased BEFORE INSERT ON atalaya.case_claim
    FOR EACH ROW EXECUTE FUNCTION atalaya.refuse_erased();

-- As before, by the key of the review: as text no index served.
CREATE OR REPLACE FUNCTION atalaya.seal_review() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_review atalaya.review;
BEGIN
    SELECT * INTO v_review FROM atalaya.review
        WHERE id = (NEW.detail ->> 'review')::uuid;
    IF FOUND THEN
        NEW.detail := (NEW.detail - 'plate')
            || jsonb_build_object('seal', atalaya.review_seal(v_review));
    END IF;
    RETURN NEW;
END
$$;

-- As before, by the names that twins have of their files.
CREATE OR REPLACE FUNCTION atalaya.is_needed(p_sha256 text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM atalaya.evidence AS e WHERE e.sha256 = p_sha256)
        OR EXISTS (
            SELECT FROM atalaya.twin_file AS t WHERE t.sha256 = p_sha256)
$$;

-- As before, by whoever sees all sites: a file may be named by cases of any, and the terms
-- hold for all.
CREATE OR REPLACE FUNCTION atalaya.begin_erasures(p_limit integer) RETURNS integer
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

CREATE OR REPLACE FUNCTION atalaya.open_erasures(p_limit integer)
RETURNS TABLE (erasure_id uuid, sha256 text, needed boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT atalaya.require_all_sites();
    SELECT o.erasure_id, o.sha256, atalaya.is_needed(o.sha256)
    FROM atalaya.erasure_object AS o WHERE o.outcome IS NULL
    LIMIT least(greatest(p_limit, 1), 5000)
$$;

CREATE OR REPLACE FUNCTION atalaya.object_gone(p_erasure uuid, p_sha256 text, p_outcome text)
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

CREATE OR REPLACE FUNCTION atalaya.finish_erasures(p_limit integer) RETURNS integer
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

CREATE OR REPLACE FUNCTION atalaya.set_case_retention(
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

-- As before, for whoever sees all sites, or the rest would be missing without a word.
CREATE OR REPLACE FUNCTION atalaya.ask_subject(p_id uuid, p_plate text, p_reason text)
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

CREATE OR REPLACE FUNCTION atalaya.own_request(p_request uuid) RETURNS atalaya.subject_request
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
