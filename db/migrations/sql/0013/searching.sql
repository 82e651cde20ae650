-- As before, but the end of a plate is looked up like its beginning.
CREATE OR REPLACE FUNCTION atalaya.matching_plates(
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
    ELSIF p_pattern ~ '^[*?]+[A-Z0-9]{3,}$' THEN
        RETURN QUERY EXECUTE
            'SELECT p.id, 0 FROM atalaya.plate AS p
             WHERE reverse(p.text) LIKE $1 LIMIT $2'
            USING reverse(translate(p_pattern, '*?', '%_')), p_most + 1;
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

-- A page of reads of any of many plates, the newest first. Most pages are full within
-- days, so older ones, and the months that hold them, are looked at only if need be.
CREATE FUNCTION atalaya.newest_reads(
    p_plates bigint[], p_since timestamptz, p_until timestamptz,
    p_after_seen timestamptz, p_after_read uuid, p_limit integer
) RETURNS TABLE (plate_id bigint, id uuid, seen_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_bottom constant timestamptz := greatest(p_since, '-infinity');
    v_to timestamptz := least(p_until, p_after_seen + interval '1 us', 'infinity');
    v_from timestamptz;
    v_newest timestamptz;
    v_days integer;
    v_found bigint;
    v_left bigint := p_limit;
BEGIN
    SELECT max(r.seen_at) INTO v_newest FROM atalaya.plate_read AS r
        WHERE r.seen_at < v_to;
    FOREACH v_days IN ARRAY ARRAY[7, 60, NULL] LOOP
        v_from := greatest(v_bottom, v_newest - make_interval(days => v_days));
        -- Planned with its values, or no month would be left out; by plate, because a
        -- walk through time is endless where they are seldom.
        RETURN QUERY EXECUTE
            'SELECT * FROM (
                SELECT i.plate_id, i.id, i.seen_at FROM atalaya.plate_read AS i
                WHERE i.plate_id = ANY ($1) AND i.seen_at >= $2 AND i.seen_at < $3
                    AND ($4 IS NULL OR (i.seen_at, i.id) < ($4, $5))
                OFFSET 0) AS o
             ORDER BY o.seen_at DESC, o.id DESC LIMIT $6'
            USING p_plates, v_from, v_to, p_after_seen, p_after_read, v_left;
        GET DIAGNOSTICS v_found = ROW_COUNT;
        v_left := v_left - v_found;
        EXIT WHEN v_left <= 0 OR v_from <= v_bottom;
        v_to := v_from;
    END LOOP;
END
$$;

-- The reads of few plates, the nearest first, each plate's newest ones.
CREATE FUNCTION atalaya.nearest_reads(
    p_plates bigint[], p_distances integer[], p_since timestamptz, p_until timestamptz,
    p_after_distance integer, p_after_seen timestamptz, p_after_read uuid,
    p_limit integer
) RETURNS TABLE (distance integer, plate_id bigint, id uuid, seen_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT m.distance, m.plate_id, r.id, r.seen_at
    FROM unnest(p_plates, p_distances) AS m(plate_id, distance)
    CROSS JOIN LATERAL (
        SELECT i.id, i.seen_at FROM atalaya.plate_read AS i
        WHERE i.plate_id = m.plate_id
            AND i.seen_at >= coalesce(p_since, '-infinity')
            AND i.seen_at < coalesce(p_until, 'infinity')
            AND (i.seen_at, i.id) < (
                CASE WHEN m.distance = p_after_distance THEN p_after_seen
                    ELSE 'infinity'::timestamptz END,
                coalesce(p_after_read, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
        ORDER BY i.seen_at DESC, i.id DESC LIMIT p_limit
    ) AS r
    WHERE m.distance >= coalesce(p_after_distance, 0)
    ORDER BY m.distance, r.seen_at DESC, r.id DESC LIMIT p_limit
$$;

-- As before, but of many plates the newest reads are chosen together.
CREATE OR REPLACE FUNCTION atalaya.found_plates(
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
    c_few constant integer := 20;
    v_search atalaya.plate_search := atalaya.own_search(p_search);
    v_limit integer := least(greatest(p_limit, 1), 500);
    v_plates bigint[];
    v_distances integer[];
    v_together boolean;
    v_hits integer;
BEGIN
    SELECT array_agg(m.plate_id), array_agg(m.distance) INTO v_plates, v_distances
        FROM atalaya.matching_plates(v_search.pattern, v_search.look_alikes, c_most)
        AS m;
    IF cardinality(v_plates) > c_most THEN
        RAISE EXCEPTION 'Too many plates match. Give more of the plate.'
            USING ERRCODE = 'AT003';
    END IF;
    v_together := NOT v_search.look_alikes AND cardinality(v_plates) > c_few;
    -- The page is chosen in the index alone; then its rows are read.
    RETURN QUERY
    WITH page AS MATERIALIZED (
        SELECT 0 AS distance, n.plate_id, n.id, n.seen_at
        FROM atalaya.newest_reads(CASE WHEN v_together THEN v_plates END,
            v_search.since, v_search.until, p_after_seen, p_after_read, v_limit) AS n
        WHERE v_together
        UNION ALL
        SELECT n.distance, n.plate_id, n.id, n.seen_at
        FROM atalaya.nearest_reads(v_plates, v_distances, v_search.since,
            v_search.until, p_after_distance, p_after_seen, p_after_read, v_limit) AS n
        WHERE NOT v_together
    )
    SELECT g.distance, r.id, p.text, r.published, r.confidence, r.read_count,
        r.camera_id, c.name, r.vehicle_class, r.seen_at
    FROM page AS g
    JOIN atalaya.plate_read AS r ON r.id = g.id AND r.seen_at = g.seen_at
    JOIN atalaya.plate AS p ON p.id = g.plate_id
    JOIN atalaya.camera AS c ON c.id = r.camera_id
    ORDER BY g.distance, g.seen_at DESC, g.id DESC;
    GET DIAGNOSTICS v_hits = ROW_COUNT;
    PERFORM atalaya.record('found_plates', v_search.pattern, jsonb_build_object(
        'search', p_search, 'hits', v_hits, 'after', p_after_read));
END
$$;

-- The cases of the own sites whose plate has this part, letters and digits only. Under a
-- policy no index serves an operator that might leak, so the parts are asked, which have
-- none for their owner, and the site is compared here.
CREATE FUNCTION atalaya.cases_with_plate(p_part text) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c_most constant integer := 20000;
    v_limits constant smallint[] := atalaya.my_limits();
    v_source text;
    v_found uuid[];
BEGIN
    SELECT string_agg(format('TABLE atalaya_months.%I', c.relname), ' UNION ALL '
        ORDER BY c.relname DESC) INTO v_source
        FROM pg_inherits AS h JOIN pg_class AS c ON c.oid = h.inhrelid
        WHERE h.inhparent = 'atalaya.infraction'::regclass;
    -- Planned with its values. One letter alone is in no index, and in so many plates
    -- that enough are found at once.
    EXECUTE format($find$
        SELECT array_agg(f.id) FROM (
            SELECT i.id FROM (%s) AS i
            WHERE ($1 IS NULL
                OR atalaya.plate_pairs(translate(i.plate_in_force, ' -', '')) @> $1)
                AND translate(i.plate_in_force, ' -', '') LIKE $2
                AND ($3 IS NULL OR i.site_id = ANY ($3)) LIMIT $4) AS f
        $find$, v_source) INTO v_found
        USING CASE WHEN length(p_part) > 1
                THEN atalaya.plate_pairs('*' || p_part || '*') END,
            '%' || p_part || '%', v_limits, c_most + 1;
    IF cardinality(v_found) > c_most THEN
        RAISE EXCEPTION 'Too many cases have this in their plate. Give more of it.'
            USING ERRCODE = 'AT003';
    END IF;
    RETURN coalesce(v_found, '{}');
END
$$;

-- As before, by the index.
CREATE OR REPLACE FUNCTION atalaya.cases_of_plate(p_part text) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_found uuid[];
BEGIN
    IF NOT atalaya.reads_plates() THEN
        RAISE EXCEPTION 'Plates are hidden from this role.' USING ERRCODE = '42501';
    ELSIF p_part IS NULL OR p_part !~ '^[A-Z0-9]{1,16}$' THEN
        RAISE EXCEPTION 'This is no plate that can be searched for.'
            USING ERRCODE = 'AT003';
    END IF;
    IF NOT atalaya.was_asked(ARRAY['find'], p_part) THEN
        RAISE EXCEPTION 'A case must be asked for before it is read.'
            USING ERRCODE = 'AT001';
    END IF;
    -- Once, not once for each part.
    v_found := atalaya.cases_with_plate(p_part);
    RETURN QUERY SELECT i.id FROM atalaya.infraction AS i WHERE i.id = ANY (v_found);
END
$$;
