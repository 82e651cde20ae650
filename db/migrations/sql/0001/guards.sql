-- What holds for whoever asks and however, the owner of the tables included.
CREATE FUNCTION atalaya.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'Entries of % are never changed or removed.', TG_TABLE_NAME
        USING ERRCODE = '42501';
END
$$;

CREATE FUNCTION atalaya.guard_infraction() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_open constant text[] := ARRAY['state', 'plate_in_force'];
BEGIN
    IF (to_jsonb(NEW) - v_open) IS DISTINCT FROM (to_jsonb(OLD) - v_open) THEN
        RAISE EXCEPTION 'A finding is never changed.' USING ERRCODE = '42501';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('pending', 'confirmed'), ('pending', 'rejected'), ('confirmed', 'notified'),
        ('confirmed', 'pending'), ('rejected', 'pending')
    ) THEN
        RAISE EXCEPTION 'A case cannot go from % to %.', OLD.state, NEW.state
            USING ERRCODE = 'AT001';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE UPDATE ON atalaya.infraction
    FOR EACH ROW EXECUTE FUNCTION atalaya.guard_infraction();
CREATE TRIGGER keep BEFORE DELETE ON atalaya.infraction
    FOR EACH ROW EXECUTE FUNCTION atalaya.refuse_change();

CREATE FUNCTION atalaya.guard_audit() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_chain constant text[] := ARRAY['sequence', 'previous_sha256', 'sha256'];
BEGIN
    IF OLD.sha256 IS NOT NULL
        OR (to_jsonb(NEW) - v_chain) IS DISTINCT FROM (to_jsonb(OLD) - v_chain)
    THEN
        RAISE EXCEPTION 'Entries of audit are never changed or removed.'
            USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE UPDATE ON atalaya.audit
    FOR EACH ROW EXECUTE FUNCTION atalaya.guard_audit();
CREATE TRIGGER keep BEFORE DELETE ON atalaya.audit
    FOR EACH ROW EXECUTE FUNCTION atalaya.refuse_change();

DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY[
        'camera_configuration', 'evidence', 'review', 'review_undo', 'notice',
        'infraction_twin'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON atalaya.%I
             FOR EACH ROW EXECUTE FUNCTION atalaya.refuse_change()', v_table);
    END LOOP;
    FOREACH v_table IN ARRAY ARRAY[
        'camera_configuration', 'evidence', 'review', 'review_undo', 'notice',
        'infraction_twin', 'infraction', 'audit'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER keep_all BEFORE TRUNCATE ON atalaya.%I
             FOR EACH STATEMENT EXECUTE FUNCTION atalaya.refuse_change()', v_table);
    END LOOP;
END
$$;

-- One text per entry, the same under every time zone and client.
CREATE FUNCTION atalaya.audit_text(p_entry atalaya.audit) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_array(
        (p_entry).previous_sha256, (p_entry).sequence, (p_entry).id,
        (extract(epoch FROM (p_entry).at) * 1000000)::bigint,
        (p_entry).login, (p_entry).workstation, (p_entry).action,
        (p_entry).subject, (p_entry).detail
    )::text
$$;

-- Deferred to the commit, so that the head is locked for an instant only.
CREATE FUNCTION atalaya.chain_audit() RETURNS trigger
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
        WHERE id = NEW.id;
    UPDATE atalaya.audit_head
        SET sequence = v_entry.sequence, sha256 = v_entry.sha256 WHERE id = 1;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER chain AFTER INSERT ON atalaya.audit
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION atalaya.chain_audit();
