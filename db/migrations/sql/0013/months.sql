-- Months: made ahead, kept in order, taken out. All of it is asked of the catalogue, so
-- that a table that is divided later needs nothing here. Months are those of UTC.

-- Below every identity that was made from this moment on: a UUIDv7 begins with its time.
CREATE FUNCTION atalaya.first_id(p_at timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT (lpad(to_hex(floor(extract(epoch FROM p_at) * 1000)::bigint), 12, '0')
        || repeat('0', 20))::uuid
$$;

-- The tables that are divided, and the column whose range does it.
CREATE FUNCTION atalaya.divided_tables()
RETURNS TABLE (table_name text, key_name text, by_identity boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.relname::text, a.attname::text, a.atttypid = 'uuid'::regtype
    FROM pg_partitioned_table AS d
    JOIN pg_class AS c ON c.oid = d.partrelid
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = d.partattrs[0]
    WHERE c.relnamespace = 'atalaya'::regnamespace ORDER BY 1
$$;

-- A moment as a border of a table's key.
CREATE FUNCTION atalaya.border_at(p_by_identity boolean, p_at timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
    SELECT CASE WHEN p_by_identity THEN atalaya.first_id(p_at)::text ELSE p_at::text END
$$;

-- Where the first part of a table ends and its months begin.
CREATE FUNCTION atalaya.months_begin(p_table text) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
    SELECT CASE WHEN b.ends ~ '^[0-9a-f]{8}-[0-9a-f]{4}-0000-' THEN
        to_timestamp(('x' || replace(left(b.ends, 13), '-', ''))::bit(48)::bigint
            / 1000.0) ELSE b.ends::timestamptz END
    FROM (
        SELECT substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO [(]''([^'']+)''[)]')
            AS ends
        FROM pg_class AS c WHERE c.oid = to_regclass(
            format('atalaya_months.%I', p_table || '_first'))
    ) AS b
$$;

CREATE FUNCTION atalaya.part_name(p_table text, p_month timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT p_table || to_char(p_month AT TIME ZONE 'UTC', '_YYYY_MM')
$$;

-- What a part needs beside that which it has from its whole: nobody empties it either.
CREATE FUNCTION atalaya.guard_part(p_table text, p_part text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_each text;
BEGIN
    FOR v_each IN
        SELECT replace(pg_get_triggerdef(t.oid), format(' ON atalaya.%I ', p_table),
            format(' ON atalaya_months.%I ', p_part))
        FROM pg_trigger AS t
        WHERE t.tgrelid = format('atalaya.%I', p_table)::regclass
            AND NOT t.tgisinternal AND t.tgtype & 1 = 0
    LOOP
        EXECUTE v_each;
    END LOOP;
    -- A second wall behind the missing rights: without a policy nobody but the owner sees
    -- a row. What the whole forces on the owner holds for who asks the whole.
    EXECUTE format('ALTER TABLE atalaya_months.%I ENABLE ROW LEVEL SECURITY,
        NO FORCE ROW LEVEL SECURITY', p_part);
END
$$;

-- An empty table that a month can become, and its rows if the rest has them already.
CREATE FUNCTION atalaya.make_month(p_table text, p_month timestamptz, p_from text)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_part constant text := atalaya.part_name(p_table, p_month);
    v_table record;
    v_from text;
    v_to text;
BEGIN
    SELECT * INTO STRICT v_table FROM atalaya.divided_tables() AS d
        WHERE d.table_name = p_table;
    v_from := atalaya.border_at(v_table.by_identity, p_month);
    v_to := atalaya.border_at(v_table.by_identity,
        (p_month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC');
    EXECUTE format('CREATE TABLE atalaya_months.%I
        (LIKE atalaya_months.%I INCLUDING ALL EXCLUDING IDENTITY)',
        v_part, p_table || '_first');
    IF p_from IS NOT NULL THEN
        EXECUTE format('INSERT INTO atalaya_months.%I SELECT * FROM atalaya_months.%I
            WHERE %I >= %L AND %3$I < %5$L', v_part, p_from, v_table.key_name, v_from,
            v_to);
    END IF;
    EXECUTE format('ALTER TABLE atalaya.%I ATTACH PARTITION atalaya_months.%I
        FOR VALUES FROM (%L) TO (%L)', p_table, v_part, v_from, v_to);
    PERFORM atalaya.guard_part(p_table, v_part);
END
$$;

-- Keys from elsewhere, which must let go while rows change their table.
CREATE FUNCTION atalaya.let_go(p_table text) RETURNS text[]
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_each record;
    v_again text[] := '{}';
BEGIN
    FOR v_each IN
        SELECT k.conrelid::regclass AS place, k.conname,
            pg_get_constraintdef(k.oid) AS definition
        FROM pg_constraint AS k
        WHERE k.confrelid = format('atalaya.%I', p_table)::regclass
            AND k.contype = 'f' AND k.conparentid = 0
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', v_each.place,
            v_each.conname);
        v_again := v_again || format('ALTER TABLE %s ADD CONSTRAINT %I %s NOT VALID',
            v_each.place, v_each.conname,
            replace(v_each.definition, ' NOT VALID', ''));
    END LOOP;
    RETURN v_again;
END
$$;

-- Rows that came before their month was made go from the rest into months of their own.
-- No row is deleted, which the guards forbid: the rest is made anew without them.
CREATE FUNCTION atalaya.sort_rest(p_table text, p_until timestamptz) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_table record;
    v_begin constant timestamptz := atalaya.months_begin(p_table);
    v_unsorted constant text := p_table || '_unsorted';
    v_rest constant text := p_table || '_rest';
    v_again text[];
    v_each record;
    v_rows bigint;
    v_found boolean;
BEGIN
    SELECT * INTO STRICT v_table FROM atalaya.divided_tables() AS d
        WHERE d.table_name = p_table;
    EXECUTE format('SELECT count(*) FROM atalaya_months.%I WHERE %I >= %L AND %2$I < %4$L',
        v_rest, v_table.key_name, atalaya.border_at(v_table.by_identity, v_begin),
        atalaya.border_at(v_table.by_identity, p_until)) INTO v_rows;
    IF v_rows = 0 THEN
        RETURN 0;
    END IF;
    EXECUTE format('LOCK TABLE atalaya.%I IN ACCESS EXCLUSIVE MODE', p_table);
    v_again := atalaya.let_go(p_table);
    EXECUTE format('ALTER TABLE atalaya.%I DETACH PARTITION atalaya_months.%I', p_table,
        v_rest);
    EXECUTE format('ALTER TABLE atalaya_months.%I RENAME TO %I', v_rest, v_unsorted);
    EXECUTE format('CREATE TABLE atalaya_months.%I
        (LIKE atalaya_months.%I INCLUDING ALL EXCLUDING IDENTITY)', v_rest, v_unsorted);
    FOR v_each IN
        SELECT m.month, atalaya.border_at(v_table.by_identity, m.month) AS begins,
            atalaya.border_at(v_table.by_identity, m.next) AS ends
        FROM generate_series(v_begin AT TIME ZONE 'UTC',
            p_until AT TIME ZONE 'UTC' - interval '1 month', interval '1 month')
            AS g(local), LATERAL (SELECT g.local AT TIME ZONE 'UTC' AS month,
                (g.local + interval '1 month') AT TIME ZONE 'UTC' AS next) AS m
        WHERE to_regclass(format('atalaya_months.%I',
            atalaya.part_name(p_table, m.month))) IS NULL
    LOOP
        -- A month that was taken out does not come back for another one's rows.
        EXECUTE format('SELECT EXISTS (SELECT FROM atalaya_months.%I
            WHERE %I >= %L AND %2$I < %4$L)', v_unsorted, v_table.key_name,
            v_each.begins, v_each.ends) INTO v_found;
        IF v_found THEN
            PERFORM atalaya.make_month(p_table, v_each.month, v_unsorted);
        END IF;
    END LOOP;
    EXECUTE format('INSERT INTO atalaya_months.%I SELECT * FROM atalaya_months.%I
        WHERE %I >= %L', v_rest, v_unsorted, v_table.key_name,
        atalaya.border_at(v_table.by_identity, p_until));
    EXECUTE format('ALTER TABLE atalaya.%I ATTACH PARTITION atalaya_months.%I DEFAULT',
        p_table, v_rest);
    PERFORM atalaya.guard_part(p_table, v_rest);
    EXECUTE format('DROP TABLE atalaya_months.%I', v_unsorted);
    FOR v_each IN SELECT unnest(v_again) AS statement LOOP
        EXECUTE v_each.statement;
    END LOOP;
    RETURN v_rows;
END
$$;

-- One step of the daily order: the first thing that is to be done, in a transaction of
-- its own. Returns what was done, or null when all is in order.
CREATE FUNCTION atalaya.keep_months(p_ahead integer) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s' AS $$
DECLARE
    v_now constant timestamp := date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC');
    v_ahead constant integer := least(greatest(p_ahead, 1), 24);
    v_until constant timestamptz :=
        (v_now + make_interval(months => v_ahead + 1)) AT TIME ZONE 'UTC';
    v_each record;
    v_rows bigint;
BEGIN
    FOR v_each IN SELECT d.table_name FROM atalaya.divided_tables() AS d LOOP
        v_rows := atalaya.sort_rest(v_each.table_name, v_until);
        IF v_rows > 0 THEN
            PERFORM atalaya.record('sort_months', v_each.table_name,
                jsonb_build_object('rows', v_rows));
            RETURN format('%s: %s rows sorted into their months', v_each.table_name,
                v_rows);
        END IF;
    END LOOP;
    FOR v_each IN
        SELECT d.table_name, m.month FROM atalaya.divided_tables() AS d
        CROSS JOIN generate_series(0, v_ahead) AS g(ahead)
        CROSS JOIN LATERAL (SELECT (v_now + make_interval(months => g.ahead))
            AT TIME ZONE 'UTC' AS month) AS m
        WHERE m.month >= atalaya.months_begin(d.table_name)
            AND to_regclass(format('atalaya_months.%I',
                atalaya.part_name(d.table_name, m.month))) IS NULL
        ORDER BY m.month, d.table_name LIMIT 1
    LOOP
        PERFORM atalaya.make_month(v_each.table_name, v_each.month, NULL);
        PERFORM atalaya.record('make_month',
            atalaya.part_name(v_each.table_name, v_each.month), '{}');
        RETURN format('%s was made',
            atalaya.part_name(v_each.table_name, v_each.month));
    END LOOP;
    FOR v_each IN
        SELECT k.conrelid::regclass AS place, k.conname
        FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.confrelid
        WHERE k.contype = 'f' AND NOT k.convalidated AND c.relkind = 'p'
            AND c.relnamespace = 'atalaya'::regnamespace LIMIT 1
    LOOP
        EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT %I', v_each.place,
            v_each.conname);
        RETURN format('%s was looked through', v_each.conname);
    END LOOP;
    RETURN atalaya.retire_month();
END
$$;

-- The server looks at parts by itself and never at a whole, by whose figures queries over
-- it are planned.
CREATE FUNCTION atalaya.study_months() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_table text;
BEGIN
    FOR v_table IN SELECT d.table_name FROM atalaya.divided_tables() AS d LOOP
        EXECUTE format('ANALYZE atalaya.%I', v_table);
    END LOOP;
END
$$;

-- All parts with their borders; `rows` is the server's estimate.
CREATE FUNCTION atalaya.months() RETURNS TABLE (
    table_name text, part text, begins timestamptz, ends timestamptz, rows bigint
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT d.table_name, c.relname::text, m.begins,
        CASE WHEN c.relname = d.table_name || '_first'
            THEN atalaya.months_begin(d.table_name)
            ELSE (m.begins AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC'
        END,
        greatest(c.reltuples, 0)::bigint
    FROM atalaya.divided_tables() AS d
    JOIN pg_inherits AS i ON i.inhparent = format('atalaya.%I', d.table_name)::regclass
    JOIN pg_class AS c ON c.oid = i.inhrelid
    CROSS JOIN LATERAL (SELECT to_timestamp(substring(c.relname::text
        FROM '_([0-9]{4}_[0-9]{2})$') || '+00', 'YYYY_MMTZH') AS begins) AS m
    ORDER BY 1, 2
$$;
