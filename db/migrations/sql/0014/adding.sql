-- What was added stands in the trail, with the hash of its document: a case that a
-- superuser takes away with its files, or writes anew with its hash, is missed there. By
-- triggers, so that a case which comes in past the functions has its entry as well.
CREATE FUNCTION atalaya.record_added_case() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_detail jsonb := jsonb_build_object('document_sha256', NEW.document_sha256,
        'manifest_sha256', jsonb_path_query_first(
            NEW.document, '$.evidence[*] ? (@.kind == "manifest").sha256'));
BEGIN
    IF TG_TABLE_NAME = 'infraction_twin' THEN
        v_detail := v_detail || jsonb_build_object('twin_of', NEW.twin_of);
    END IF;
    PERFORM atalaya.record('add_case', NEW.id::text, v_detail);
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION atalaya.record_added_case() FROM PUBLIC;

CREATE TRIGGER record_added AFTER INSERT ON atalaya.infraction
    FOR EACH ROW EXECUTE FUNCTION atalaya.record_added_case();
CREATE TRIGGER record_added AFTER INSERT ON atalaya.infraction_twin
    FOR EACH ROW EXECUTE FUNCTION atalaya.record_added_case();
