-- What makes two plates alike. app/domain/plate_search.py says the same in Python, and
-- a test holds the two equal. All take upper-case letters and digits.

-- Characters that are taken for each other become one.
CREATE FUNCTION atalaya.plate_skeleton(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT translate(p_text, 'ODQILZASGTB', '00011245678')
$$;

-- The skeleton, and what is left of it without any one of its characters. Texts that
-- are one edit apart share one of these (as in SymSpell), and few others do.
CREATE FUNCTION atalaya.plate_near(p_text text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT array_agg(DISTINCT left(s.skeleton, i) || substr(s.skeleton, i + 2))
    FROM (SELECT atalaya.plate_skeleton(p_text)) AS s(skeleton),
        generate_series(0, length(s.skeleton)) AS i
$$;

-- Every two characters that follow each other, at whatever distance, and the first and
-- the last with their edge. Of a pattern with * and ? those that each match must have.
CREATE FUNCTION atalaya.plate_pairs(p_pattern text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT pair), '{}') FROM (
        SELECT substr(f.fixed, i, 1) || substr(f.fixed, j, 1)
        FROM (SELECT translate(p_pattern, '*?', '')) AS f(fixed),
            generate_series(1, length(f.fixed)) AS i,
            generate_series(i + 1, length(f.fixed)) AS j
        UNION ALL SELECT '^' || left(p_pattern, 1)
        UNION ALL SELECT right(p_pattern, 1) || '$'
    ) AS p(pair)
    WHERE pair !~ '[*?]'
$$;

-- 0 the same; 1 other characters that look alike; 2 one character more, less or other
-- beside that; null for what is farther. Two texts are one edit apart when what they
-- have in common in front and behind is all but one character of the longer.
CREATE FUNCTION atalaya.plate_distance(p_wanted text, p_seen text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN p_wanted = p_seen THEN 0
        WHEN w = s THEN 1
        WHEN abs(length(w) - length(s)) <= 1
            AND (SELECT count(*) FILTER (WHERE left(w, i) = left(s, i))
                    + count(*) FILTER (WHERE right(w, i) = right(s, i))
                FROM generate_series(1, least(length(w), length(s))) AS i)
                >= greatest(length(w), length(s)) - 1
            THEN 2
    END
    FROM (SELECT atalaya.plate_skeleton(p_wanted), atalaya.plate_skeleton(p_seen))
        AS t(w, s)
$$;
