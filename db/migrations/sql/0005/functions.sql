-- Reads older than is kept, the oldest first, after the given one. `kept_by` says what
-- they stay for all the same: a hit of the watch list, or a case of that very vehicle.
-- An engine's identity is that of one run, in which a track has its number alone.
CREATE FUNCTION atalaya.overdue_plate_reads(
    p_after_seen timestamptz, p_after_read uuid, p_limit integer
) RETURNS TABLE (id uuid, plate_id bigint, seen_at timestamptz, kept_by text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.id, r.plate_id, r.seen_at, CASE
        WHEN EXISTS (SELECT FROM atalaya.watch_hit AS h WHERE h.read_id = r.id)
            THEN 'watch'
        WHEN EXISTS (
            SELECT FROM atalaya.infraction AS i WHERE i.engine_id = r.engine_id
                AND i.track_id = r.track_id AND i.camera_id = r.camera_id)
        OR EXISTS (
            SELECT FROM atalaya.infraction_twin AS t WHERE t.engine_id = r.engine_id
                AND t.document ->> 'track_id' = r.track_id::text
                AND lower(t.document ->> 'camera_id') = r.camera_id::text)
            THEN 'case'
        END
    FROM (
        SELECT * FROM atalaya.plate_read AS o
        WHERE o.seen_at < now() - make_interval(
                days => (SELECT keep_days FROM atalaya.plate_retention))
            AND (o.seen_at, o.id) > (
                coalesce(p_after_seen, '-infinity'),
                coalesce(p_after_read, '00000000-0000-0000-0000-000000000000'))
        ORDER BY o.seen_at, o.id LIMIT p_limit
    ) AS r
    ORDER BY r.seen_at, r.id
$$;

-- What would be forgotten now, and what would stay although it is old.
CREATE FUNCTION atalaya.forgettable_plate_reads() RETURNS TABLE (
    keep_days integer, reads bigint, oldest timestamptz, kept_by_watch bigint,
    kept_by_case bigint
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT (SELECT s.keep_days FROM atalaya.plate_retention AS s),
        count(*) FILTER (WHERE o.kept_by IS NULL),
        min(o.seen_at) FILTER (WHERE o.kept_by IS NULL),
        count(*) FILTER (WHERE o.kept_by = 'watch'),
        count(*) FILTER (WHERE o.kept_by = 'case')
    FROM atalaya.overdue_plate_reads(NULL, NULL, NULL) AS o
$$;

-- One batch, in the caller's transaction: who wants it all asks again from where this
-- one ended, until nothing is looked at. A plate goes with the last of its reads, or in
-- that last batch if it was held by then.
CREATE FUNCTION atalaya.forget_plate_reads(
    p_after_seen timestamptz, p_after_read uuid, p_limit integer
) RETURNS TABLE (
    looked_at integer, reads integer, plates integer, last_seen timestamptz,
    last_read uuid
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_reads uuid[];
    v_limit constant integer := least(greatest(p_limit, 1), 5000);
    v_plates bigint[];
    v_free bigint[];
BEGIN
    SELECT count(*), array_agg(o.id) FILTER (WHERE o.kept_by IS NULL),
        array_agg(DISTINCT o.plate_id) FILTER (WHERE o.kept_by IS NULL),
        max(o.seen_at), (array_agg(o.id ORDER BY o.seen_at DESC, o.id DESC))[1]
        INTO looked_at, v_reads, v_plates, last_seen, last_read
        FROM atalaya.overdue_plate_reads(
            p_after_seen, p_after_read, v_limit) AS o;
    DELETE FROM atalaya.plate_read AS r WHERE r.id = ANY (v_reads);
    GET DIAGNOSTICS reads = ROW_COUNT;
    IF looked_at = 0 THEN
        SELECT array_agg(l.plate_id) INTO v_plates FROM (
            SELECT plate_id FROM atalaya.plate_left ORDER BY 1 LIMIT v_limit) AS l;
    END IF;
    -- A plate that an engine is adding a read to is locked by it, and stays for now.
    SELECT array_agg(l.id) INTO v_free FROM (
        SELECT p.id FROM atalaya.plate AS p WHERE p.id = ANY (v_plates)
            FOR UPDATE SKIP LOCKED) AS l;
    DELETE FROM atalaya.plate AS p WHERE p.id = ANY (v_free)
        AND NOT EXISTS (SELECT FROM atalaya.plate_read AS r WHERE r.plate_id = p.id);
    GET DIAGNOSTICS plates = ROW_COUNT;
    IF looked_at = 0 THEN
        DELETE FROM atalaya.plate_left WHERE plate_id = ANY (v_free)
            OR plate_id = ANY (v_plates) AND NOT EXISTS (
                SELECT FROM atalaya.plate AS p WHERE p.id = plate_id);
    ELSE
        INSERT INTO atalaya.plate_left
            SELECT unnest(v_plates) EXCEPT SELECT unnest(v_free) ORDER BY 1
            ON CONFLICT DO NOTHING;
    END IF;
    IF reads > 0 OR plates > 0 THEN
        PERFORM atalaya.record('forget_plate_reads', '', jsonb_build_object(
            'reads', reads, 'plates', plates, 'until', last_seen, 'keep_days',
            (SELECT s.keep_days FROM atalaya.plate_retention AS s)));
    END IF;
    RETURN NEXT;
END
$$;

CREATE FUNCTION atalaya.set_plate_retention(p_days integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_before integer;
BEGIN
    IF p_days IS NULL OR p_days NOT BETWEEN 1 AND 365 THEN
        RAISE EXCEPTION 'Plates are kept for 1 to 365 days.' USING ERRCODE = 'AT003';
    END IF;
    SELECT keep_days INTO STRICT v_before FROM atalaya.plate_retention FOR UPDATE;
    UPDATE atalaya.plate_retention SET keep_days = p_days;
    PERFORM atalaya.record('set_plate_retention', '', jsonb_build_object(
        'keep_days', p_days, 'before', v_before));
END
$$;

-- As before, but it holds on to the plates it refers to: since plates are forgotten,
-- one could be gone between two of its statements.
CREATE OR REPLACE FUNCTION atalaya.add_plate_reads(p_engine uuid, p_reads jsonb)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_added integer;
BEGIN
    IF jsonb_array_length(p_reads) > 500 THEN
        RAISE EXCEPTION 'These are too many reads at once.' USING ERRCODE = 'AT003';
    END IF;
    PERFORM FROM atalaya.plate AS p
        WHERE p.text IN (SELECT g.plate FROM jsonb_to_recordset(p_reads) AS g(plate text))
        FOR KEY SHARE;
    -- In one order, or two engines could wait for each other.
    INSERT INTO atalaya.plate (text)
        SELECT DISTINCT g.plate FROM jsonb_to_recordset(p_reads) AS g(plate text)
        WHERE NOT EXISTS (SELECT FROM atalaya.plate AS p WHERE p.text = g.plate)
        ORDER BY 1
        ON CONFLICT DO NOTHING;
    WITH added AS (
        INSERT INTO atalaya.plate_read (id, plate_id, published, confidence,
            read_count, camera_id, engine_id, track_id, vehicle_class, seen_at)
        SELECT g.id, p.id, g.published, g.confidence, g.read_count, g.camera_id,
            p_engine, g.track_id, g.vehicle_class, g.seen_at
        FROM jsonb_to_recordset(p_reads) AS g(
            id uuid, plate text, published boolean, confidence double precision,
            read_count integer, camera_id uuid, track_id bigint, vehicle_class text,
            seen_at timestamptz)
        JOIN atalaya.plate AS p ON p.text = g.plate
        ON CONFLICT (id) DO NOTHING
        RETURNING id, plate_id
    ), hits AS (
        INSERT INTO atalaya.watch_hit (id, watch_id, read_id)
        SELECT gen_random_uuid(), w.id, a.id
        FROM added AS a
        JOIN atalaya.plate AS p ON p.id = a.plate_id
        JOIN atalaya.watch_entry AS w
            ON w.skeleton = atalaya.plate_skeleton(p.text)
            AND (w.look_alikes OR w.plate = p.text)
        WHERE w.ended_at IS NULL AND w.expires_at > now()
        RETURNING id
    ), told AS (
        INSERT INTO atalaya.outbox (topic, row_id) SELECT 'watch_hit', id FROM hits
    )
    SELECT count(*) INTO v_added FROM added;
    RETURN v_added;
END
$$;
