ALTER TABLE atalaya.camera
    ADD COLUMN sub_url text CHECK (length(sub_url) BETWEEN 1 AND 2000),
    ADD CONSTRAINT sub_url_without_password CHECK (sub_url !~ '://[^/?#]*@');

-- The first release calls the function of six arguments, which leaves the second
-- stream of a known camera as it is.
CREATE FUNCTION atalaya.save_camera(
    p_id uuid, p_name text, p_location text, p_url text, p_sub_url text,
    p_credential_ref text, p_enabled boolean
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO atalaya.camera AS c
        (id, name, location, url, sub_url, credential_ref, enabled)
    VALUES (p_id, p_name, p_location, p_url, p_sub_url, p_credential_ref, p_enabled)
    ON CONFLICT (id) DO UPDATE SET
        name = excluded.name, location = excluded.location, url = excluded.url,
        sub_url = excluded.sub_url, credential_ref = excluded.credential_ref,
        enabled = excluded.enabled
        WHERE c.removed_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'This camera has been retired.' USING ERRCODE = 'AT001';
    END IF;
    PERFORM atalaya.record('save_camera', p_id::text, jsonb_build_object(
        'name', p_name, 'location', p_location, 'url', p_url, 'sub_url', p_sub_url,
        'enabled', p_enabled));
    PERFORM atalaya.announce('camera', p_id);
END
$$;

REVOKE ALL ON FUNCTION
    atalaya.save_camera(uuid, text, text, text, text, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    atalaya.save_camera(uuid, text, text, text, text, text, boolean)
    TO atalaya_technician, atalaya_administrator;
