-- What makes two plates alike. app/domain/plate_text.py says the same in Python, and a
-- test holds the two equal. All take upper-case letters and digits. They are loops
-- because each new plate passes them: as queries they took 5 to 20 times as long.

-- Characters that are taken for each other become one.
CREATE FUNCTION atalaya.plate_skeleton(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT translate(p_text, 'ODQILZASGTB', '00011245678')
$$;

-- The skeleton, and what is left of it without any one of its characters. Texts that
-- are one edit apart share one of these (as in SymSpell), and few others do.
CREATE FUNCTION atalaya.plate_near(p_text text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_skeleton constant text := atalaya.plate_skeleton(p_text);
    v_near text[] := ARRAY[v_skeleton];
BEGIN
    FOR i IN 1..length(v_skeleton) LOOP
        v_near := v_near || (left(v_skeleton, i - 1) || substr(v_skeleton, i + 1));
    END LOOP;
    RETURN v_near;
END
$$;

-- Every two characters that follow each other, at whatever distance, and the first and
-- the last with their edge. Of a pattern with * and ? those that each match must have.
CREATE FUNCTION atalaya.plate_pairs(p_pattern text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_fixed constant text := translate(p_pattern, '*?', '');
    v_pairs text[] := '{}';
BEGIN
    FOR i IN 1..length(v_fixed) LOOP
        FOR j IN i + 1..length(v_fixed) LOOP
            v_pairs := v_pairs || (substr(v_fixed, i, 1) || substr(v_fixed, j, 1));
        END LOOP;
    END LOOP;
    IF left(p_pattern, 1) NOT IN ('*', '?') THEN
        v_pairs := v_pairs || ('^' || left(p_pattern, 1));
    END IF;
    IF right(p_pattern, 1) NOT IN ('*', '?') THEN
        v_pairs := v_pairs || (right(p_pattern, 1) || '$');
    END IF;
    RETURN v_pairs;
END
$$;

-- 0 the same; 1 other characters that look alike; 2 one character more, less or other
-- beside that; null for what is farther. Two texts are one edit apart when what they
-- have in common in front and behind is all but one character of the longer.
CREATE FUNCTION atalaya.plate_distance(p_wanted text, p_seen text) RETURNS integer
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_one constant text := atalaya.plate_skeleton(p_wanted);
    v_other constant text := atalaya.plate_skeleton(p_seen);
    v_shorter constant integer := least(length(v_one), length(v_other));
    v_longer constant integer := greatest(length(v_one), length(v_other));
    v_alike integer := 0;
BEGIN
    IF p_wanted = p_seen THEN
        RETURN 0;
    ELSIF v_one = v_other THEN
        RETURN 1;
    ELSIF v_longer - v_shorter > 1 THEN
        RETURN NULL;
    END IF;
    FOR i IN 1..v_shorter LOOP
        v_alike := v_alike + (left(v_one, i) = left(v_other, i))::integer
            + (right(v_one, i) = right(v_other, i))::integer;
    END LOOP;
    RETURN CASE WHEN v_alike >= v_longer - 1 THEN 2 END;
END
$$;
