-- What a guard says it guards: the table that everybody knows, not the part of it.
CREATE FUNCTION atalaya.whole_of(p_part oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.relname::text FROM pg_class AS c
    WHERE c.oid = coalesce(pg_partition_root(p_part)::oid, p_part)
$$;

CREATE OR REPLACE FUNCTION atalaya.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'Entries of % are never changed or removed.',
        atalaya.whole_of(TG_RELID) USING ERRCODE = '42501';
END
$$;

-- As before, by the name of the whole.
CREATE OR REPLACE FUNCTION atalaya.guard_erasing() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
SET extra_float_digits = 1 AS $$
DECLARE
    v_table constant text := atalaya.whole_of(TG_RELID);
    v_erasure atalaya.erasure;
    v_wanted jsonb;
BEGIN
    SELECT * INTO v_erasure FROM atalaya.erasure WHERE infraction_id = CASE v_table
        WHEN 'infraction' THEN (to_jsonb(OLD) ->> 'id')::uuid
        WHEN 'infraction_twin' THEN (to_jsonb(OLD) ->> 'twin_of')::uuid
        ELSE (to_jsonb(OLD) ->> 'infraction_id')::uuid END
        AND finished_at IS NULL;
    IF FOUND AND TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF FOUND AND v_table = 'infraction' THEN
        v_wanted := to_jsonb(atalaya.erased_infraction(
            OLD, v_erasure.number, v_erasure.begun_at));
    ELSIF FOUND AND v_table = 'review' THEN
        v_wanted := to_jsonb(atalaya.erased_review(OLD));
    ELSIF FOUND THEN
        v_wanted := to_jsonb(OLD) || jsonb_build_object('document',
            atalaya.erased_document(OLD.document, v_erasure.number));
    END IF;
    IF v_wanted IS DISTINCT FROM to_jsonb(NEW) OR v_wanted IS NULL THEN
        RAISE EXCEPTION 'Entries of % are never changed or removed.', v_table
            USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END
$$;

-- As before, by the name of the whole.
CREATE OR REPLACE FUNCTION atalaya.set_site() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_table constant text := atalaya.whole_of(TG_RELID);
BEGIN
    IF v_table IN ('infraction', 'plate_read') THEN
        SELECT site_id INTO NEW.site_id FROM atalaya.camera WHERE id = NEW.camera_id;
    ELSIF v_table = 'review_undo' THEN
        SELECT site_id INTO NEW.site_id FROM atalaya.review WHERE id = NEW.review_id;
    ELSIF v_table = 'watch_hit' THEN
        SELECT site_id INTO NEW.site_id FROM atalaya.plate_read
            WHERE id = NEW.read_id AND seen_at = NEW.read_seen_at;
    ELSIF v_table = 'erasure_object' THEN
        SELECT site_id INTO NEW.site_id FROM atalaya.erasure WHERE id = NEW.erasure_id;
    ELSIF v_table = 'twin_file' THEN
        SELECT i.site_id INTO NEW.site_id FROM atalaya.infraction_twin AS t
            JOIN atalaya.infraction AS i ON i.id = t.twin_of WHERE t.id = NEW.twin_id;
    ELSIF v_table = 'seal_stamp' THEN
        -- The seal of a case, or that of a twin of one.
        SELECT i.site_id INTO NEW.site_id FROM atalaya.infraction AS i
            WHERE i.id IN (NEW.infraction_id, (SELECT t.twin_of
                FROM atalaya.infraction_twin AS t WHERE t.id = NEW.infraction_id));
    ELSE
        SELECT site_id INTO NEW.site_id
            FROM atalaya.infraction WHERE id = NEW.infraction_id;
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'A row of % hangs on nothing.', v_table
            USING ERRCODE = '23503';
    END IF;
    RETURN NEW;
END
$$;

-- Within a month the unique key of each part folds what one track gives twice; across
-- its end this does. Findings of a camera come one at a time: its row is locked.
CREATE FUNCTION atalaya.fold_same_track() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM atalaya.infraction AS i
        WHERE i.camera_id = NEW.camera_id AND i.kind = NEW.kind
            AND i.engine_id = NEW.engine_id AND i.track_id = NEW.track_id
            AND i.time_bucket = NEW.time_bucket AND i.id <> NEW.id)
    THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER fold_same_track BEFORE INSERT ON atalaya.infraction
    FOR EACH ROW EXECUTE FUNCTION atalaya.fold_same_track();

-- As before, and the month tells where the entry is.
CREATE OR REPLACE FUNCTION atalaya.chain_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_head atalaya.audit_head;
    v_entry atalaya.audit := NEW;
BEGIN
    SELECT * INTO STRICT v_head FROM atalaya.audit_head WHERE id = 1 FOR UPDATE;
    v_entry.sequence := v_head.sequence + 1;
    v_entry.previous_sha256 := v_head.sha256;
    v_entry.sha256 := encode(
        sha256(convert_to(atalaya.audit_text(v_entry), 'UTF8')), 'hex');
    UPDATE atalaya.audit SET
        sequence = v_entry.sequence,
        previous_sha256 = v_entry.previous_sha256,
        sha256 = v_entry.sha256
        WHERE id = NEW.id AND at = NEW.at;
    UPDATE atalaya.audit_head
        SET sequence = v_entry.sequence, sha256 = v_entry.sha256 WHERE id = 1;
    RETURN NULL;
END
$$;

-- As before; a read is known by its identity and the moment it was seen.
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
        ON CONFLICT DO NOTHING
        RETURNING id, plate_id, seen_at
    ), hits AS (
        INSERT INTO atalaya.watch_hit (id, watch_id, read_id, read_seen_at)
        SELECT gen_random_uuid(), w.id, a.id, a.seen_at
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

CREATE OR REPLACE FUNCTION atalaya.watch_hits(p_limit integer) RETURNS TABLE (
    id uuid, watched text, reason text, plate text, camera_name text,
    seen_at timestamptz, hit_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT h.id, w.plate, w.reason, p.text, c.name, r.seen_at, h.hit_at
    FROM atalaya.watch_hit AS h
    JOIN atalaya.watch_entry AS w ON w.id = h.watch_id
    JOIN atalaya.plate_read AS r ON r.id = h.read_id AND r.seen_at = h.read_seen_at
    JOIN atalaya.plate AS p ON p.id = r.plate_id
    JOIN atalaya.camera AS c ON c.id = r.camera_id
    ORDER BY h.hit_at DESC, h.id DESC LIMIT least(greatest(p_limit, 1), 500)
$$;
