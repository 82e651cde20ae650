-- What holds for whoever asks and however, the owner of the tables included.
CREATE FUNCTION atalaya.guard_hold() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_open constant text[] := ARRAY['released_by', 'released_at', 'release_reason'];
BEGIN
    IF OLD.released_at IS NOT NULL OR NEW.released_at IS NULL
        OR (to_jsonb(NEW) - v_open) IS DISTINCT FROM (to_jsonb(OLD) - v_open)
    THEN
        RAISE EXCEPTION 'A hold can only be released, and once.'
            USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE UPDATE ON atalaya.case_hold
    FOR EACH ROW EXECUTE FUNCTION atalaya.guard_hold();

CREATE FUNCTION atalaya.guard_erasure() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_open constant text[] :=
        ARRAY['finished_at', 'certificate', 'certificate_sha256'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF atalaya.is_held(NEW.infraction_id) THEN
            RAISE EXCEPTION 'A hold stands on this case: nothing of it is erased.'
                USING ERRCODE = 'AT001';
        END IF;
        IF atalaya.due_at(NEW.infraction_id) IS NULL
            OR atalaya.due_at(NEW.infraction_id) > clock_timestamp()
        THEN
            RAISE EXCEPTION 'The term of this case is not over.'
                USING ERRCODE = 'AT001';
        END IF;
    ELSIF OLD.finished_at IS NOT NULL
        OR (to_jsonb(NEW) - v_open) IS DISTINCT FROM (to_jsonb(OLD) - v_open)
    THEN
        RAISE EXCEPTION 'A certificate is never changed.' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON atalaya.erasure
    FOR EACH ROW EXECUTE FUNCTION atalaya.guard_erasure();

CREATE FUNCTION atalaya.guard_erasure_object() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_open constant text[] := ARRAY['outcome', 'done_at'];
BEGIN
    IF EXISTS (SELECT FROM atalaya.erasure
            WHERE id = NEW.erasure_id AND finished_at IS NOT NULL)
        OR TG_OP = 'UPDATE' AND (OLD.outcome IS NOT NULL
            OR (to_jsonb(NEW) - v_open) IS DISTINCT FROM (to_jsonb(OLD) - v_open))
    THEN
        RAISE EXCEPTION 'What became of a file is told once.' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON atalaya.erasure_object
    FOR EACH ROW EXECUTE FUNCTION atalaya.guard_erasure_object();

-- While an erasure is under way, a row may become what erasing makes of it.
CREATE FUNCTION atalaya.guard_erasing() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
SET extra_float_digits = 1 AS $$
DECLARE
    v_erasure atalaya.erasure;
    v_wanted jsonb;
BEGIN
    SELECT * INTO v_erasure FROM atalaya.erasure WHERE infraction_id = CASE TG_TABLE_NAME
        WHEN 'infraction' THEN (to_jsonb(OLD) ->> 'id')::uuid
        WHEN 'infraction_twin' THEN (to_jsonb(OLD) ->> 'twin_of')::uuid
        ELSE (to_jsonb(OLD) ->> 'infraction_id')::uuid END
        AND finished_at IS NULL;
    IF FOUND AND TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF FOUND AND TG_TABLE_NAME = 'infraction' THEN
        v_wanted := to_jsonb(atalaya.erased_infraction(
            OLD, v_erasure.number, v_erasure.begun_at));
    ELSIF FOUND AND TG_TABLE_NAME = 'review' THEN
        v_wanted := to_jsonb(atalaya.erased_review(OLD));
    ELSIF FOUND THEN
        v_wanted := to_jsonb(OLD) || jsonb_build_object('document',
            atalaya.erased_document(OLD.document, v_erasure.number));
    END IF;
    IF v_wanted IS DISTINCT FROM to_jsonb(NEW) OR v_wanted IS NULL THEN
        RAISE EXCEPTION 'Entries of % are never changed or removed.', TG_TABLE_NAME
            USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END
$$;

-- The step to erased has its own guard; from then on the first one holds again.
DROP TRIGGER guard ON atalaya.infraction;
CREATE TRIGGER guard BEFORE UPDATE ON atalaya.infraction FOR EACH ROW
    WHEN (OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL)
    EXECUTE FUNCTION atalaya.guard_infraction();
CREATE TRIGGER guard_erasing BEFORE UPDATE ON atalaya.infraction FOR EACH ROW
    WHEN (OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL)
    EXECUTE FUNCTION atalaya.guard_erasing();

DROP TRIGGER keep ON atalaya.evidence;
CREATE TRIGGER keep BEFORE UPDATE ON atalaya.evidence
    FOR EACH ROW EXECUTE FUNCTION atalaya.refuse_change();
DROP TRIGGER keep ON atalaya.review;
CREATE TRIGGER keep BEFORE DELETE ON atalaya.review
    FOR EACH ROW EXECUTE FUNCTION atalaya.refuse_change();
DROP TRIGGER keep ON atalaya.infraction_twin;
CREATE TRIGGER keep BEFORE DELETE ON atalaya.infraction_twin
    FOR EACH ROW EXECUTE FUNCTION atalaya.refuse_change();
CREATE TRIGGER guard_erasing BEFORE DELETE ON atalaya.evidence
    FOR EACH ROW EXECUTE FUNCTION atalaya.guard_erasing();
CREATE TRIGGER guard_erasing BEFORE UPDATE ON atalaya.review
    FOR EACH ROW EXECUTE FUNCTION atalaya.guard_erasing();
CREATE TRIGGER guard_erasing BEFORE UPDATE ON atalaya.infraction_twin
    FOR EACH ROW EXECUTE FUNCTION atalaya.guard_erasing();

-- A case without evidence is claimed and decided no more.
CREATE FUNCTION atalaya.refuse_erased() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM atalaya.infraction
        WHERE id = NEW.infraction_id AND erased_at IS NOT NULL)
    THEN
        RAISE EXCEPTION 'This case has been erased.' USING ERRCODE = 'AT001';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER refuse_erased BEFORE INSERT ON atalaya.review
    FOR EACH ROW EXECUTE FUNCTION atalaya.refuse_erased();
CREATE TRIGGER refuse_erased BEFORE INSERT ON atalaya.case_claim
    FOR EACH ROW EXECUTE FUNCTION atalaya.refuse_erased();
CREATE TRIGGER refuse_erased BEFORE INSERT ON atalaya.notice
    FOR EACH ROW EXECUTE FUNCTION atalaya.refuse_erased();

CREATE FUNCTION atalaya.review_seal(p_review atalaya.review) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT atalaya.text_sha256(jsonb_build_array(
        (p_review).salt, (p_review).id, (p_review).infraction_id, (p_review).reviewer,
        (p_review).verdict, (p_review).reason, (p_review).comment,
        (p_review).plate_text,
        (extract(epoch FROM (p_review).decided_at) * 1000000)::bigint))
$$;

-- The trail is never changed, so it names no plate of a case: it seals the review.
CREATE FUNCTION atalaya.seal_review() RETURNS trigger
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
CREATE TRIGGER seal BEFORE INSERT ON atalaya.audit
    FOR EACH ROW WHEN (NEW.action = 'decide')
    EXECUTE FUNCTION atalaya.seal_review();

DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY[
        'case_hold', 'erasure', 'erasure_object', 'case_retention'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER keep BEFORE DELETE ON atalaya.%I
             FOR EACH ROW EXECUTE FUNCTION atalaya.refuse_change()', v_table);
    END LOOP;
    CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON atalaya.subject_request
        FOR EACH ROW EXECUTE FUNCTION atalaya.refuse_change();
    FOREACH v_table IN ARRAY ARRAY[
        'case_hold', 'erasure', 'erasure_object', 'case_retention', 'subject_request',
        'twin_file'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER keep_all BEFORE TRUNCATE ON atalaya.%I
             FOR EACH STATEMENT EXECUTE FUNCTION atalaya.refuse_change()', v_table);
    END LOOP;
END
$$;
