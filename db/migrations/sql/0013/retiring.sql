-- What may leave the tables that are asked every day. A month of reads or cases goes
-- when nothing is left in it: what a term, a hold, a watch or a case keeps is kept row by
-- row, by the rules that forget and erase, and those come first. A month of the trail is
-- never lost: it is set aside as it is, and stays a part of the chain.
CREATE FUNCTION atalaya.retirable_months() RETURNS TABLE (
    table_name text, part text, ends timestamptz, act text, why text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_each record;
    v_term atalaya.trail_term;
    v_due timestamptz;
    v_rows bigint;
    v_open bigint;
BEGIN
    SELECT * INTO STRICT v_term FROM atalaya.trail_term;
    FOR v_each IN
        SELECT m.* FROM atalaya.months() AS m
        -- A spool keeps a finding for seven days; a month is time enough.
        WHERE m.begins IS NOT NULL AND m.ends + interval '31 days' < clock_timestamp()
        ORDER BY m.ends, m.table_name
    LOOP
        table_name := v_each.table_name;
        part := v_each.part;
        ends := v_each.ends;
        act := NULL;
        IF table_name = 'audit' THEN
            v_due := ends + make_interval(days => v_term.keep_days);
            act := CASE WHEN v_due <= clock_timestamp()
                AND v_term.changed_at + interval '7 days' <= clock_timestamp()
                THEN 'archive' END;
            why := coalesce('its term is over on ' || (v_due AT TIME ZONE 'UTC')::date,
                'the trail is kept for ever');
        ELSE
            EXECUTE format('SELECT count(*) FROM atalaya_months.%I', part) INTO v_rows;
            act := CASE WHEN v_rows = 0 THEN 'drop' END;
            why := format('%s rows are in it', v_rows);
            IF table_name = 'infraction' AND v_rows > 0 THEN
                EXECUTE format('SELECT count(*) FILTER (WHERE erased_at IS NULL)
                    FROM atalaya_months.%I', part) INTO v_open;
                why := format('%s cases are in it, %s of them not erased', v_rows, v_open);
            END IF;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;

CREATE FUNCTION atalaya.drop_month(p_table text, p_part text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_rows bigint;
BEGIN
    -- Nothing may come in between the look and the end.
    EXECUTE format('LOCK TABLE atalaya.%I IN ACCESS EXCLUSIVE MODE', p_table);
    EXECUTE format('SELECT count(*) FROM atalaya_months.%I', p_part) INTO v_rows;
    IF v_rows > 0 THEN
        RETURN false;
    END IF;
    EXECUTE format('ALTER TABLE atalaya.%I DETACH PARTITION atalaya_months.%I', p_table,
        p_part);
    EXECUTE format('DROP TABLE atalaya_months.%I', p_part);
    RETURN true;
END
$$;

-- Guards and readers are those of the trail, made again: a part loses them with its whole.
CREATE FUNCTION atalaya.archive_month(p_part text) RETURNS atalaya.archived_month
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_month atalaya.archived_month;
    v_name text := p_part;
    v_number integer := 1;
    v_each text;
BEGIN
    LOCK TABLE atalaya.audit IN ACCESS EXCLUSIVE MODE;
    -- A clock that was wrong may date entries into a month that was set aside before.
    WHILE to_regclass(format('atalaya_archive.%I', v_name)) IS NOT NULL
        OR EXISTS (SELECT FROM atalaya.archived_month AS m WHERE m.part = v_name)
    LOOP
        v_number := v_number + 1;
        v_name := p_part || '_' || v_number;
    END LOOP;
    EXECUTE format('SELECT %L, count(*), min(sequence), max(sequence),
        (array_agg(sha256 ORDER BY sequence DESC))[1], clock_timestamp()
        FROM atalaya_months.%I', v_name, p_part) INTO v_month;
    EXECUTE format('ALTER TABLE atalaya.audit DETACH PARTITION atalaya_months.%I', p_part);
    IF v_month.entries = 0 THEN
        EXECUTE format('DROP TABLE atalaya_months.%I', p_part);
        RETURN NULL;
    END IF;
    IF v_name <> p_part THEN
        EXECUTE format('ALTER TABLE atalaya_months.%I RENAME TO %I', p_part, v_name);
        -- Its indexes go along, and have names there as well.
        FOR v_each IN
            SELECT format('ALTER INDEX %s RENAME TO %I', i.indexrelid::regclass,
                v_name || '_' || row_number() OVER (ORDER BY i.indexrelid))
            FROM pg_index AS i
            WHERE i.indrelid = format('atalaya_months.%I', v_name)::regclass
        LOOP
            EXECUTE v_each;
        END LOOP;
    END IF;
    EXECUTE format('ALTER TABLE atalaya_months.%I SET SCHEMA atalaya_archive', v_name);
    EXECUTE format('ALTER TABLE atalaya_archive.%I DISABLE ROW LEVEL SECURITY', v_name);
    EXECUTE format('CREATE TRIGGER keep BEFORE INSERT OR UPDATE OR DELETE
        ON atalaya_archive.%I FOR EACH ROW EXECUTE FUNCTION atalaya.refuse_change()',
        v_name);
    FOR v_each IN
        SELECT format('GRANT SELECT ON atalaya_archive.%I TO %I', v_name,
            pg_get_userbyid(a.grantee))
        FROM pg_class AS c, aclexplode(c.relacl) AS a
        WHERE c.oid = 'atalaya.audit'::regclass AND a.privilege_type = 'SELECT'
            AND a.grantee NOT IN (0, c.relowner)
    LOOP
        EXECUTE v_each;
    END LOOP;
    INSERT INTO atalaya.archived_month VALUES (v_month.*);
    RETURN v_month;
END
$$;

-- Takes out one month at most; returns what was done, or null.
CREATE FUNCTION atalaya.retire_month() RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_each record;
    v_month atalaya.archived_month;
BEGIN
    FOR v_each IN
        SELECT r.* FROM atalaya.retirable_months() AS r WHERE r.act IS NOT NULL
    LOOP
        IF v_each.act = 'archive' THEN
            v_month := atalaya.archive_month(v_each.part);
            PERFORM atalaya.record('archive_month', v_each.part,
                CASE WHEN v_month.part IS NULL THEN jsonb_build_object('entries', 0)
                    ELSE to_jsonb(v_month) - 'archived_at' END);
            RETURN format('%s was set aside', v_each.part);
        ELSIF atalaya.drop_month(v_each.table_name, v_each.part) THEN
            PERFORM atalaya.record('drop_month', v_each.part, '{}');
            RETURN format('%s, which was empty, was dropped', v_each.part);
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;

-- A changed term sets nothing aside for seven days, as with cases.
CREATE FUNCTION atalaya.set_trail_term(p_days integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_before integer;
BEGIN
    IF p_days NOT BETWEEN 366 AND 36500 THEN
        RAISE EXCEPTION 'Entries stay for 366 to 36500 days, or for ever.'
            USING ERRCODE = 'AT003';
    END IF;
    SELECT keep_days INTO STRICT v_before FROM atalaya.trail_term FOR UPDATE;
    UPDATE atalaya.trail_term SET keep_days = p_days, changed_at = clock_timestamp();
    PERFORM atalaya.record('set_trail_term', '', jsonb_build_object(
        'keep_days', p_days, 'before', v_before));
END
$$;

-- The trail with all that was set aside of it, as a source for a query.
CREATE FUNCTION atalaya.trail_source() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT '(TABLE atalaya.audit' || coalesce(string_agg(
        format(' UNION ALL TABLE atalaya_archive.%I', c.relname), ''
        ORDER BY c.relname), '') || ')'
    FROM pg_class AS c WHERE c.relnamespace = 'atalaya_archive'::regnamespace
        AND c.relkind = 'r' AND c.relname ~ '^audit_[0-9]{4}_[0-9]{2}(_[0-9]+)?$'
$$;

-- As before, over what was set aside as well.
CREATE OR REPLACE FUNCTION atalaya.verify_audit()
RETURNS TABLE (sequence bigint, fault text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY EXECUTE format($walk$
    WITH linked AS (
        SELECT a.sequence, a.sha256, a.previous_sha256,
            encode(sha256(convert_to(jsonb_build_array(
                a.previous_sha256, a.sequence, a.id,
                (extract(epoch FROM a.at) * 1000000)::bigint, a.login, a.workstation,
                a.action, a.subject, a.detail)::text, 'UTF8')), 'hex') AS fresh,
            lag(a.sequence, 1, 0::bigint) OVER w AS before,
            lag(a.sha256, 1, repeat('0', 64)) OVER w AS before_sha256
        FROM %1$s AS a WHERE a.sequence IS NOT NULL
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
    SELECT NULL, format('the entry with the id %%s is outside of the chain', a.id)
        FROM %1$s AS a WHERE a.sequence IS NULL
    ORDER BY 1, 2
    $walk$, atalaya.trail_source());
END
$$;
