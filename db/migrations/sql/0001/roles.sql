-- Group roles are the cluster's; the schema's owner never logs in, nor does the one
-- that may make people, which is kept apart so that no other function can.
DO $$
DECLARE
    v_role text;
BEGIN
    FOREACH v_role IN ARRAY ARRAY[
        'atalaya_owner', 'atalaya_people', 'atalaya_operator', 'atalaya_supervisor',
        'atalaya_technician', 'atalaya_administrator', 'atalaya_auditor',
        'atalaya_engine'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = v_role) THEN
            EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', v_role);
        END IF;
    END LOOP;
END
$$;
ALTER ROLE atalaya_people CREATEROLE;
GRANT atalaya_operator, atalaya_supervisor, atalaya_technician,
    atalaya_administrator, atalaya_auditor
    TO atalaya_people WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
CREATE SCHEMA IF NOT EXISTS atalaya;
ALTER SCHEMA atalaya OWNER TO atalaya_owner;
