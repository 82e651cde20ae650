-- Rights that belong to the database itself, set by its superuser.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE atalaya_owner REVOKE ALL ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE atalaya_people REVOKE ALL ON FUNCTIONS FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA atalaya FROM PUBLIC;
ALTER FUNCTION atalaya.create_person(text, text, text, text) OWNER TO atalaya_people;
REVOKE ALL ON FUNCTION atalaya.create_person(text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION atalaya.create_person(text, text, text, text)
    TO atalaya_administrator;
GRANT SELECT ON atalaya.alembic_version TO
    atalaya_operator, atalaya_supervisor, atalaya_technician, atalaya_administrator,
    atalaya_auditor, atalaya_engine;
DO $$
DECLARE
    v_function regprocedure;
BEGIN
    -- Anybody could hold any advisory lock, or fill the disk with large objects.
    FOR v_function IN
        SELECT oid FROM pg_catalog.pg_proc
        WHERE pronamespace = 'pg_catalog'::regnamespace
            AND (proname ~ '^pg_(try_)?advisory_' OR proname IN (
                'lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put', 'lowrite',
                'lo_open', 'lo_unlink', 'lo_truncate', 'lo_truncate64', 'pg_notify'))
    LOOP
        EXECUTE 'REVOKE EXECUTE ON FUNCTION ' || v_function || ' FROM PUBLIC';
    END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_notify(text, text) TO atalaya_owner;
