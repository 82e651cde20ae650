-- The engine's way in. Rows that are there already change nothing; more than a batch
-- at once is refused. Returns how many were new.
CREATE FUNCTION atalaya.add_plate_reads(p_engine uuid, p_reads jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_added integer;
BEGIN
    IF jsonb_array_length(p_reads) > 500 THEN
        RAISE EXCEPTION 'These are too many reads at once.' USING ERRCODE = 'AT003';
    END IF;
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

CREATE FUNCTION atalaya.require_reason(p_reason text) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(length(btrim(p_reason)), 0) NOT BETWEEN 5 AND 200 THEN
        RAISE EXCEPTION 'A reason has 5 to 200 characters.' USING ERRCODE = 'AT003';
    END IF;
    RETURN btrim(p_reason);
END
$$;

-- The question, with its trace. `found_plates` answers it, in a later transaction.
CREATE FUNCTION atalaya.search_plates(
    p_id uuid, p_pattern text, p_look_alikes boolean, p_since timestamptz,
    p_until timestamptz, p_reason text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_reason text := atalaya.require_reason(p_reason);
    v_fixed integer := length(translate(p_pattern, '*?', ''));
BEGIN
    IF p_pattern !~ '^[A-Z0-9*?]{2,16}$'
        OR p_pattern ~ '[*?]' AND (v_fixed < 3 OR p_look_alikes)
        OR p_look_alikes AND v_fixed NOT BETWEEN 4 AND 10
    THEN
        RAISE EXCEPTION 'This is no plate and no pattern that can be searched for.'
            USING ERRCODE = 'AT003';
    END IF;
    INSERT INTO atalaya.plate_search
        (id, login, pattern, look_alikes, since, until, reason, asked_in)
    VALUES (p_id, session_user, p_pattern, p_look_alikes, p_since, p_until, v_reason,
        pg_current_xact_id()::text::bigint);
    PERFORM atalaya.record('search_plates', p_pattern, jsonb_build_object(
        'search', p_id, 'reason', v_reason, 'look_alikes', p_look_alikes,
        'since', p_since, 'until', p_until));
END
$$;

-- No more than `p_most` plates and one, which tells that there are more.
CREATE FUNCTION atalaya.matching_plates(
    p_pattern text, p_look_alikes boolean, p_most integer
) RETURNS TABLE (plate_id bigint, distance integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_look_alikes THEN
        RETURN QUERY SELECT n.id, n.distance FROM (
            SELECT p.id, atalaya.plate_distance(p_pattern, p.text) AS distance
            FROM atalaya.plate AS p
            WHERE atalaya.plate_near(p.text) && atalaya.plate_near(p_pattern)
        ) AS n WHERE n.distance IS NOT NULL LIMIT p_most + 1;
    ELSIF p_pattern ~ '[*?]' THEN
        -- Planned anew each time: what serves depends on the pattern.
        RETURN QUERY EXECUTE
            'SELECT p.id, 0 FROM atalaya.plate AS p
             WHERE p.text LIKE $1 AND atalaya.plate_pairs(p.text) @> $2 LIMIT $3'
            USING translate(p_pattern, '*?', '%_'), atalaya.plate_pairs(p_pattern),
                p_most + 1;
    ELSE
        RETURN QUERY SELECT p.id, 0 FROM atalaya.plate AS p WHERE p.text = p_pattern;
    END IF;
END
$$;

CREATE FUNCTION atalaya.own_search(p_search uuid) RETURNS atalaya.plate_search
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
    IF v_search.asked_at < now() - interval '1 hour' THEN
        RAISE EXCEPTION 'This search is over. Search again.' USING ERRCODE = 'AT001';
    END IF;
    RETURN v_search;
END
$$;

-- A page of reads: nearest first, of these the newest first, after the given one.
CREATE FUNCTION atalaya.found_plates(
    p_search uuid, p_after_distance integer, p_after_seen timestamptz,
    p_after_read uuid, p_limit integer
) RETURNS TABLE (
    distance integer, read_id uuid, plate text, published boolean,
    confidence double precision, read_count integer, camera_id uuid, camera_name text,
    vehicle_class text, seen_at timestamptz
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c_most constant integer := 5000;
    v_search atalaya.plate_search := atalaya.own_search(p_search);
    v_limit integer := least(greatest(p_limit, 1), 500);
    v_plates bigint[];
    v_distances integer[];
    v_hits integer;
BEGIN
    SELECT array_agg(m.plate_id), array_agg(m.distance) INTO v_plates, v_distances
        FROM atalaya.matching_plates(v_search.pattern, v_search.look_alikes, c_most)
        AS m;
    IF cardinality(v_plates) > c_most THEN
        RAISE EXCEPTION 'Too many plates match. Give more of the plate.'
            USING ERRCODE = 'AT003';
    END IF;
    -- The page is chosen in the index alone; then its rows are read.
    RETURN QUERY
    WITH page AS MATERIALIZED (
        SELECT m.distance, m.plate_id, r.id, r.seen_at
        FROM unnest(v_plates, v_distances) AS m(plate_id, distance)
        CROSS JOIN LATERAL (
            SELECT i.id, i.seen_at FROM atalaya.plate_read AS i
            WHERE i.plate_id = m.plate_id
                AND i.seen_at >= coalesce(v_search.since, '-infinity')
                AND i.seen_at < coalesce(v_search.until, 'infinity')
                AND (i.seen_at, i.id) < (
                    CASE WHEN m.distance = p_after_distance THEN p_after_seen
                        ELSE 'infinity'::timestamptz END,
                    coalesce(p_after_read, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
            ORDER BY i.seen_at DESC, i.id DESC LIMIT v_limit
        ) AS r
        WHERE m.distance >= coalesce(p_after_distance, 0)
        ORDER BY m.distance, r.seen_at DESC, r.id DESC LIMIT v_limit
    )
    SELECT g.distance, r.id, p.text, r.published, r.confidence, r.read_count,
        r.camera_id, c.name, r.vehicle_class, r.seen_at
    FROM page AS g
    JOIN atalaya.plate_read AS r ON r.id = g.id
    JOIN atalaya.plate AS p ON p.id = g.plate_id
    JOIN atalaya.camera AS c ON c.id = r.camera_id
    ORDER BY g.distance, g.seen_at DESC, g.id DESC;
    GET DIAGNOSTICS v_hits = ROW_COUNT;
    PERFORM atalaya.record('found_plates', v_search.pattern, jsonb_build_object(
        'search', p_search, 'hits', v_hits, 'after', p_after_read));
END
$$;

CREATE FUNCTION atalaya.add_watch(
    p_id uuid, p_plate text, p_look_alikes boolean, p_reason text,
    p_expires timestamptz
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_reason text := atalaya.require_reason(p_reason);
BEGIN
    IF p_plate !~ '^[A-Z0-9]{4,10}$' THEN
        RAISE EXCEPTION 'A watched plate has 4 to 10 letters and digits.'
            USING ERRCODE = 'AT003';
    END IF;
    IF p_expires IS NULL OR p_expires <= now()
        OR p_expires > now() + interval '90 days'
    THEN
        RAISE EXCEPTION 'A plate is watched for 90 days at most.'
            USING ERRCODE = 'AT003';
    END IF;
    INSERT INTO atalaya.watch_entry
        (id, plate, skeleton, look_alikes, reason, created_by, expires_at)
    VALUES (p_id, p_plate, atalaya.plate_skeleton(p_plate), p_look_alikes, v_reason,
        session_user, p_expires);
    PERFORM atalaya.record('add_watch', p_plate, jsonb_build_object(
        'watch', p_id, 'reason', v_reason, 'look_alikes', p_look_alikes,
        'expires', p_expires));
    PERFORM atalaya.announce('watch', p_id);
END
$$;

CREATE FUNCTION atalaya.end_watch(p_id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_entry atalaya.watch_entry;
BEGIN
    SELECT * INTO v_entry FROM atalaya.watch_entry WHERE id = p_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no such entry.' USING ERRCODE = 'AT002';
    END IF;
    IF v_entry.ended_at IS NOT NULL OR v_entry.expires_at <= now() THEN
        RAISE EXCEPTION 'This plate is no longer watched.' USING ERRCODE = 'AT001';
    END IF;
    UPDATE atalaya.watch_entry SET ended_by = session_user, ended_at = now()
        WHERE id = p_id;
    PERFORM atalaya.record('end_watch', v_entry.plate,
        jsonb_build_object('watch', p_id));
    PERFORM atalaya.announce('watch', p_id);
END
$$;

-- What is watched now, the newest first.
CREATE FUNCTION atalaya.watch_list() RETURNS TABLE (
    id uuid, plate text, look_alikes boolean, reason text, created_by text,
    created_at timestamptz, expires_at timestamptz, hits bigint
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT w.id, w.plate, w.look_alikes, w.reason, w.created_by, w.created_at,
        w.expires_at,
        (SELECT count(*) FROM atalaya.watch_hit AS h WHERE h.watch_id = w.id)
    FROM atalaya.watch_entry AS w
    WHERE w.ended_at IS NULL AND w.expires_at > now()
    ORDER BY w.created_at DESC, w.id DESC LIMIT 500
$$;

-- What was met of it, the newest first.
CREATE FUNCTION atalaya.watch_hits(p_limit integer) RETURNS TABLE (
    id uuid, watched text, reason text, plate text, camera_name text,
    seen_at timestamptz, hit_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT h.id, w.plate, w.reason, p.text, c.name, r.seen_at, h.hit_at
    FROM atalaya.watch_hit AS h
    JOIN atalaya.watch_entry AS w ON w.id = h.watch_id
    JOIN atalaya.plate_read AS r ON r.id = h.read_id
    JOIN atalaya.plate AS p ON p.id = r.plate_id
    JOIN atalaya.camera AS c ON c.id = r.camera_id
    ORDER BY h.hit_at DESC, h.id DESC LIMIT least(greatest(p_limit, 1), 500)
$$;

-- Beside `my_rights()`, not in it: the release before does not know these names and
-- would let nobody log in.
CREATE FUNCTION atalaya.my_plate_rights() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT ARRAY(
        SELECT r.name FROM (VALUES
            ('search_plates', has_function_privilege(session_user,
                'atalaya.search_plates(uuid,text,boolean,timestamptz,timestamptz,text)',
                'EXECUTE')),
            ('watch_plates', has_function_privilege(session_user,
                'atalaya.add_watch(uuid,text,boolean,text,timestamptz)', 'EXECUTE'))
        ) AS r(name, granted) WHERE r.granted
    )
$$;
