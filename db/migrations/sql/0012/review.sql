-- Who works on a case, for at most ten minutes unless it is taken again. Returns the
-- epoch by which the decision is told from one of an older claim; null, and by whom and
-- until when, while somebody else has it.
CREATE FUNCTION atalaya.claim_case(p_case uuid, p_seconds integer)
RETURNS TABLE (epoch bigint, holder text, expires_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_case atalaya.infraction := atalaya.lock_case(p_case);
    v_now constant timestamptz := clock_timestamp();
    v_claim atalaya.case_claim;
    v_renewed boolean;
BEGIN
    IF p_seconds IS NULL OR p_seconds NOT BETWEEN 1 AND 600 THEN
        RAISE EXCEPTION 'A case is claimed for 600 seconds at most.'
            USING ERRCODE = 'AT003';
    END IF;
    IF v_case.state <> 'pending' THEN
        RAISE EXCEPTION 'This case has been decided already.' USING ERRCODE = 'AT001';
    END IF;
    SELECT * INTO v_claim FROM atalaya.case_claim WHERE infraction_id = p_case;
    IF v_claim.expires_at > v_now AND v_claim.login <> session_user THEN
        RETURN QUERY SELECT NULL::bigint, v_claim.login, v_claim.expires_at;
        RETURN;
    END IF;
    v_renewed := coalesce(v_claim.expires_at > v_now, false);
    INSERT INTO atalaya.case_claim AS c (infraction_id, login, epoch, expires_at)
        VALUES (p_case, session_user, 1, v_now + make_interval(secs => p_seconds))
    ON CONFLICT (infraction_id) DO UPDATE SET login = excluded.login,
        expires_at = excluded.expires_at,
        epoch = c.epoch + CASE WHEN v_renewed THEN 0 ELSE 1 END
    RETURNING c.* INTO v_claim;
    IF NOT v_renewed THEN
        PERFORM atalaya.record('claim_case', p_case::text,
            jsonb_build_object('epoch', v_claim.epoch));
        PERFORM atalaya.announce('claim', p_case);
    END IF;
    RETURN QUERY SELECT v_claim.epoch, v_claim.login, v_claim.expires_at;
END
$$;

-- Nothing to release is no error: the claim may have run out.
CREATE FUNCTION atalaya.release_case(p_case uuid, p_epoch bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE atalaya.case_claim SET expires_at = '-infinity'
        WHERE infraction_id = p_case AND login = session_user AND epoch = p_epoch
            AND expires_at > clock_timestamp();
    IF FOUND THEN
        PERFORM atalaya.announce('claim', p_case);
    END IF;
END
$$;

-- With the case's row locked by the caller, which orders claims and decisions.
CREATE FUNCTION atalaya.require_claim(
    p_case uuid, p_site smallint, p_epoch bigint
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_claim atalaya.case_claim;
    v_live boolean;
BEGIN
    SELECT * INTO v_claim FROM atalaya.case_claim WHERE infraction_id = p_case;
    v_live := coalesce(v_claim.expires_at > clock_timestamp(), false);
    IF p_epoch IS NOT NULL
        AND (NOT v_live OR v_claim.login <> session_user OR v_claim.epoch <> p_epoch)
    THEN
        RAISE EXCEPTION 'Your claim on this case is over. Open it again.'
            USING ERRCODE = 'AT001';
    ELSIF p_epoch IS NULL AND v_live AND v_claim.login <> session_user THEN
        RAISE EXCEPTION 'Somebody else has this case in hand.' USING ERRCODE = 'AT001';
    ELSIF p_epoch IS NULL
        AND (SELECT s.claim_needed FROM atalaya.site AS s WHERE s.id = p_site)
    THEN
        RAISE EXCEPTION 'Here a case is claimed before it is decided.'
            USING ERRCODE = 'AT001';
    END IF;
END
$$;

CREATE FUNCTION atalaya.standing_review(p_case uuid) RETURNS atalaya.review
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r FROM atalaya.review AS r WHERE r.infraction_id = p_case AND NOT EXISTS (
        SELECT FROM atalaya.review_undo AS u WHERE u.review_id = r.id)
    ORDER BY r.decided_at DESC, r.id DESC LIMIT 1
$$;

-- Where the site wants two, the first confirmation leaves the case where it is, and
-- another person's second one, of the same plate, confirms it. In doubt, one rejection
-- is enough.
CREATE FUNCTION atalaya.decide(
    p_review uuid, p_infraction uuid, p_verdict text, p_reason text, p_comment text,
    p_plate text, p_epoch bigint
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_case atalaya.infraction := atalaya.lock_case(p_infraction);
    v_plate text := nullif(upper(btrim(p_plate)), '');
    v_first atalaya.review;
    v_decisive boolean := true;
BEGIN
    IF v_case.state <> 'pending' THEN
        RAISE EXCEPTION 'This case has been decided already.'
            USING ERRCODE = 'AT001';
    END IF;
    PERFORM atalaya.require_claim(p_infraction, v_case.site_id, p_epoch);
    v_first := atalaya.standing_review(p_infraction);
    IF v_first.reviewer = session_user THEN
        RAISE EXCEPTION 'Another person must make the second review.'
            USING ERRCODE = 'AT001';
    ELSIF p_verdict = 'confirm' AND v_first.plate_text <> v_plate THEN
        RAISE EXCEPTION 'The two reviews do not agree on the plate.'
            USING ERRCODE = 'AT001';
    ELSIF p_verdict = 'confirm' AND v_first.id IS NULL THEN
        v_decisive := NOT (
            SELECT s.second_review FROM atalaya.site AS s WHERE s.id = v_case.site_id);
    END IF;
    INSERT INTO atalaya.review (id, infraction_id, reviewer, verdict, reason, comment,
        plate_text, decisive)
    VALUES (p_review, p_infraction, session_user, p_verdict, p_reason,
        p_comment, v_plate, v_decisive);
    IF v_decisive THEN
        UPDATE atalaya.infraction SET
            state = CASE p_verdict WHEN 'confirm' THEN 'confirmed' ELSE 'rejected' END,
            plate_in_force = coalesce(v_plate, plate_in_force)
            WHERE id = p_infraction;
    END IF;
    -- What is done is no longer in anybody's hand.
    UPDATE atalaya.case_claim SET expires_at = '-infinity'
        WHERE infraction_id = p_infraction;
    PERFORM atalaya.record('decide', p_infraction::text, jsonb_build_object(
        'review', p_review, 'verdict', p_verdict, 'reason', p_reason,
        'plate', v_plate, 'decisive', v_decisive));
    PERFORM atalaya.announce('infraction', p_infraction);
END
$$;

CREATE OR REPLACE FUNCTION atalaya.decide(
    p_review uuid, p_infraction uuid, p_verdict text, p_reason text, p_comment text,
    p_plate text
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT atalaya.decide(p_review, p_infraction, p_verdict, p_reason, p_comment,
        p_plate, NULL)
$$;

-- As before, and a first confirmation can be undone while it waits for the second.
CREATE OR REPLACE FUNCTION atalaya.undo(p_infraction uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_case atalaya.infraction := atalaya.lock_case(p_infraction);
    v_review atalaya.review := atalaya.standing_review(p_infraction);
BEGIN
    IF v_review.id IS NULL OR v_case.state = 'notified' THEN
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

-- As before, numbered by the case's own site, and by another than the only reviewer
-- where the site wants that.
CREATE OR REPLACE FUNCTION atalaya.issue_notice(p_infraction uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_case atalaya.infraction := atalaya.lock_case(p_infraction);
    v_site atalaya.site;
    v_year integer;
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
    SELECT * INTO STRICT v_site FROM atalaya.site WHERE id = v_case.site_id;
    IF v_site.separate_notice AND NOT EXISTS (
        SELECT FROM atalaya.review AS r WHERE r.infraction_id = p_infraction
            AND r.verdict = 'confirm' AND r.reviewer <> session_user AND NOT EXISTS (
                SELECT FROM atalaya.review_undo AS u WHERE u.review_id = r.id))
    THEN
        RAISE EXCEPTION 'Here another person than the only reviewer issues the notice.'
            USING ERRCODE = 'AT001';
    END IF;
    v_year := extract(year FROM clock_timestamp() AT TIME ZONE v_site.timezone);
    INSERT INTO atalaya.notice_counter AS c (site_id, year, last)
        VALUES (v_site.id, v_year, 1)
        ON CONFLICT (site_id, year) DO UPDATE SET last = c.last + 1
        RETURNING last INTO v_next;
    v_number := format('%s-%s-%s', v_site.notice_prefix, v_year,
        lpad(v_next::text, 6, '0'));
    INSERT INTO atalaya.notice (infraction_id, number, issued_by)
        VALUES (p_infraction, v_number, session_user);
    UPDATE atalaya.infraction SET state = 'notified' WHERE id = p_infraction;
    PERFORM atalaya.record('issue_notice', p_infraction::text,
        jsonb_build_object('number', v_number));
    PERFORM atalaya.announce('infraction', p_infraction);
    RETURN v_number;
END
$$;

CREATE FUNCTION atalaya.set_review_rules(
    p_site smallint, p_second_review boolean, p_separate_notice boolean,
    p_claim_needed boolean
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_before jsonb;
BEGIN
    SELECT jsonb_build_array(s.second_review, s.separate_notice, s.claim_needed)
        INTO v_before FROM atalaya.site AS s WHERE s.id = p_site FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no such site.' USING ERRCODE = 'AT002';
    ELSIF NOT p_site = ANY (atalaya.my_sites()) THEN
        RAISE EXCEPTION 'This needs sites that are not yours.' USING ERRCODE = '42501';
    END IF;
    UPDATE atalaya.site SET second_review = p_second_review,
        separate_notice = p_separate_notice, claim_needed = p_claim_needed
        WHERE id = p_site;
    PERFORM atalaya.record('set_review_rules', p_site::text, jsonb_build_object(
        'second_review', p_second_review, 'separate_notice', p_separate_notice,
        'claim_needed', p_claim_needed, 'before', v_before));
END
$$;

-- Whoever links an entry into the trail has its head locked until the commit is on disk,
-- so that many would wait for the disk one after the other. A client may let its act
-- commit without waiting (synchronous_commit = off) and call this next: what this writes
-- cannot be on disk before all that was committed earlier, and many wait for it together.
-- It locks nothing that anybody else waits for.
CREATE FUNCTION atalaya.await_kept() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM atalaya.person WHERE login = session_user FOR KEY SHARE;
END
$$;

-- As before, once it is on disk: what is noted outside must not be ahead of what a crash
-- leaves. No act is longer under way to the disk than three rounds of the WAL writer.
CREATE OR REPLACE FUNCTION atalaya.anchored_head()
RETURNS TABLE (database text, sequence bigint, sha256 text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_until constant timestamptz := clock_timestamp() + make_interval(secs =>
        3.5 * extract(epoch FROM current_setting('wal_writer_delay')::interval));
    v_written pg_lsn;
BEGIN
    SELECT s.system_identifier || '/' || current_database(), h.sequence, h.sha256
        INTO database, sequence, sha256
        FROM atalaya.audit_head AS h, pg_control_system() AS s;
    IF NOT pg_is_in_recovery() THEN
        v_written := pg_current_wal_insert_lsn();
        WHILE pg_current_wal_flush_lsn() < v_written AND clock_timestamp() < v_until LOOP
            PERFORM pg_sleep(0.005);
        END LOOP;
    END IF;
    RETURN NEXT;
END
$$;
