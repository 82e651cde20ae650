"""What nobody who logs in may do, written by hand: past, around and under the tables.

Each act is bare SQL, as it would come from a client that is not ours.
"""

from dataclasses import dataclass

DENIED = "42501"
CANNOT_CHANGE_NOW = "55P02"
UNSUPPORTED = "0A000"
UNKNOWN_OBJECT = "42704"
NOWHERE_TO_CREATE = "3F000"


@dataclass(frozen=True, slots=True)
class Act:
    """A statement, and the SQLSTATEs by which the server may refuse it."""

    sql: str
    sqlstates: tuple[str, ...] = (DENIED,)


def _denied(*statements: str) -> tuple[Act, ...]:
    return tuple(Act(each) for each in statements)


_OTHERS = "FROM pg_stat_activity WHERE usename <> session_user"

_BECOMING_SOMEBODY = _denied(
    "GRANT atalaya_supervisor TO CURRENT_USER",
    "GRANT atalaya_administrator TO CURRENT_USER WITH ADMIN TRUE",
    "GRANT atalaya_owner TO CURRENT_USER",
    "GRANT atalaya_people TO CURRENT_USER",
    "GRANT pg_read_all_data TO CURRENT_USER",
    "GRANT pg_write_all_data TO CURRENT_USER",
    "GRANT pg_execute_server_program TO CURRENT_USER",
    "GRANT postgres TO CURRENT_USER",
    "REVOKE atalaya_operator FROM ana",
    "REVOKE atalaya_auditor FROM aurora",
    "SET ROLE atalaya_owner",
    "SET ROLE atalaya_people",
    "SET ROLE atalaya_operator",
    "SET ROLE atalaya_supervisor",
    "SET ROLE atalaya_administrator",
    "SET ROLE atalaya_auditor",
    "SET ROLE atalaya_engine",
    "SET ROLE postgres",
    "SET LOCAL ROLE postgres",
    "SELECT set_config('role', 'postgres', false)",
    "SET SESSION AUTHORIZATION postgres",
    "SET SESSION AUTHORIZATION atalaya_owner",
    "SELECT set_config('session_authorization', 'postgres', false)",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER CREATEROLE",
    "ALTER ROLE CURRENT_USER CREATEDB",
    "ALTER ROLE CURRENT_USER REPLICATION",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
    "ALTER ROLE CURRENT_USER VALID UNTIL 'infinity'",
    "ALTER ROLE CURRENT_USER CONNECTION LIMIT 1000",
    "ALTER ROLE CURRENT_USER SET session_replication_role = replica",
    "ALTER ROLE CURRENT_USER SET session_preload_libraries = 'x'",
    "ALTER ROLE CURRENT_USER SET log_min_messages = panic",
    "ALTER ROLE postgres PASSWORD 'x'",
    "ALTER ROLE postgres NOLOGIN",
    "ALTER ROLE atalaya_owner LOGIN PASSWORD 'x'",
    "ALTER ROLE atalaya_people LOGIN PASSWORD 'x'",
    "ALTER ROLE postgres SET statement_timeout = 1",
    "ALTER ROLE ALL SET statement_timeout = 1",
    "ALTER ROLE atalaya_operator RENAME TO mine",
    "CREATE ROLE eve LOGIN",
    "CREATE ROLE eve LOGIN IN ROLE atalaya_administrator",
    "CREATE USER eve SUPERUSER",
    "DROP ROLE postgres",
    "DROP ROLE atalaya_owner",
    "DROP OWNED BY atalaya_owner",
    "REASSIGN OWNED BY atalaya_owner TO CURRENT_USER",
    "REASSIGN OWNED BY CURRENT_USER TO postgres",
    "COMMENT ON ROLE postgres IS 'mine'",
    "ALTER DEFAULT PRIVILEGES FOR ROLE atalaya_owner GRANT ALL ON TABLES TO PUBLIC",
)

_MAKING_THINGS = _denied(
    "CREATE TABLE atalaya.mine (x int)",
    "CREATE TABLE public.mine (x int)",
    "CREATE TABLE pg_catalog.mine (x int)",
    "CREATE TABLE information_schema.mine (x int)",
    "CREATE TABLE pg_temp.mine (x int)",
    "CREATE TEMP TABLE mine (x int)",
    "CREATE TEMP VIEW infraction AS SELECT 1",
    "CREATE TEMP SEQUENCE mine",
    "SELECT 1 AS x INTO TEMP mine",
    "SELECT 1 AS x INTO public.mine",
    "CREATE TABLE public.mine AS SELECT 1",
    "CREATE UNLOGGED TABLE public.mine (x int)",
    "CREATE SCHEMA mine",
    "CREATE SCHEMA AUTHORIZATION CURRENT_USER",
    "ALTER SCHEMA atalaya OWNER TO CURRENT_USER",
    "ALTER SCHEMA atalaya RENAME TO gone",
    "DROP SCHEMA atalaya CASCADE",
    "DROP SCHEMA public CASCADE",
    "CREATE VIEW public.mine AS SELECT 1",
    "CREATE MATERIALIZED VIEW public.mine AS SELECT 1",
    "CREATE SEQUENCE public.mine",
    "CREATE TYPE public.mine AS (x int)",
    "CREATE TYPE public.mine AS ENUM ('x')",
    "CREATE DOMAIN public.mine AS text",
    'CREATE COLLATION public.mine FROM "C"',
    "CREATE CONVERSION public.mine FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1",
    "CREATE TEXT SEARCH DICTIONARY public.mine (TEMPLATE = simple)",
    "CREATE TEXT SEARCH CONFIGURATION public.mine (PARSER = default)",
    "CREATE DATABASE mine",
    "ALTER DATABASE postgres SET statement_timeout = 1",
    "ALTER DATABASE postgres OWNER TO CURRENT_USER",
    "DROP DATABASE template1",
    "CREATE TABLESPACE mine LOCATION '/var/tmp'",
    "CREATE PUBLICATION mine",
    "CREATE SUBSCRIPTION mine CONNECTION 'host=127.0.0.1' PUBLICATION mine",
    "CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION atalaya.record()",
    "CREATE ACCESS METHOD mine TYPE INDEX HANDLER bthandler",
    "CREATE FOREIGN DATA WRAPPER mine",
    "ALTER EXTENSION plpgsql SET SCHEMA public",
    "DROP EXTENSION plpgsql CASCADE",
    "DROP LANGUAGE plpgsql CASCADE",
    "ALTER LANGUAGE plpgsql OWNER TO CURRENT_USER",
    "DO 'BEGIN CREATE TABLE public.mine (x int); END'",
    "DO 'BEGIN EXECUTE ''CREATE ROLE eve''; END'",
)

# What stands first in the way depends on what the server ships, or on who asks.
_EITHER_WAY = (
    Act("ALTER ROLE ana RENAME TO root", (DENIED, UNSUPPORTED)),
    Act("CREATE EXTENSION plpython3u", (DENIED, UNSUPPORTED)),
    Act("CREATE EXTENSION vector SCHEMA atalaya", (DENIED, UNSUPPORTED)),
    *(
        Act(f"CREATE EXTENSION {name}", (DENIED, UNSUPPORTED, NOWHERE_TO_CREATE))
        for name in ("dblink", "postgres_fdw", "file_fdw", "pgcrypto", "pg_trgm")
    ),
    *(
        Act(f"CREATE EXTENSION {name} SCHEMA atalaya", (DENIED, UNSUPPORTED))
        for name in ("dblink", "postgres_fdw", "file_fdw", "pgcrypto", "pg_trgm")
    ),
    Act("CREATE LANGUAGE plperlu", (DENIED, UNSUPPORTED)),
    Act("CREATE SERVER mine FOREIGN DATA WRAPPER dblink_fdw", (UNKNOWN_OBJECT,)),
)

_SHADOWING = _denied(
    "CREATE FUNCTION public.upper(text) RETURNS text LANGUAGE sql AS 'SELECT 1::text'",
    "CREATE FUNCTION pg_temp.upper(text) RETURNS text LANGUAGE sql AS 'SELECT $1'",
    "CREATE FUNCTION pg_catalog.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION atalaya.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE c AS 'libc', 'system'",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE internal AS 'pg_backend_pid'",
    "CREATE PROCEDURE public.mine() LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION pg_catalog.now() RETURNS timestamptz LANGUAGE sql AS "
    "'SELECT ''2001-01-01''::timestamptz'",
    "CREATE OPERATOR public.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)",
    "CREATE OPERATOR pg_temp.= (LEFTARG = text, RIGHTARG = text, FUNCTION = textne)",
    "CREATE AGGREGATE public.max (text) (SFUNC = text_larger, STYPE = text)",
    "CREATE CAST (text AS integer) WITHOUT FUNCTION",
    "CREATE OPERATOR FAMILY public.mine USING btree",
    "CREATE OPERATOR CLASS public.mine DEFAULT FOR TYPE text USING btree AS "
    "FUNCTION 1 bttextcmp(text, text)",
    "ALTER OPERATOR pg_catalog.= (text, text) OWNER TO CURRENT_USER",
    "ALTER FUNCTION pg_catalog.now() OWNER TO CURRENT_USER",
    "ALTER TYPE atalaya.infraction RENAME TO gone",
    "DROP FUNCTION pg_catalog.now()",
    "ALTER TYPE pg_catalog.text RENAME TO mine",
    "SET search_path = pg_temp; CREATE TABLE infraction (x int)",
)

_FILES_AND_PROGRAMS = _denied(
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "COPY atalaya.infraction TO PROGRAM 'cat'",
    "COPY atalaya.site FROM PROGRAM 'id'",
    "COPY (SELECT 1) TO '/tmp/mine'",
    "COPY atalaya.audit FROM '/etc/passwd'",
    "COPY pg_catalog.pg_class FROM '/etc/passwd'",
    "COPY atalaya.audit FROM STDIN",
    "COPY atalaya.infraction FROM STDIN",
    "COPY pg_catalog.pg_authid TO STDOUT",
    "COPY atalaya.plate_read TO STDOUT",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_read_file('postgresql.conf')",
    "SELECT pg_read_binary_file('/etc/passwd')",
    "SELECT pg_stat_file('postgresql.conf')",
    "SELECT pg_ls_dir('.')",
    "SELECT pg_ls_logdir()",
    "SELECT pg_ls_waldir()",
    "SELECT pg_ls_tmpdir()",
    "SELECT pg_current_logfile()",
    "SELECT pg_hba_file_rules()",
    "SELECT * FROM pg_hba_file_rules",
    "SELECT * FROM pg_ident_file_mappings",
    "SELECT * FROM pg_file_settings",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(1, '/tmp/mine')",
    "SELECT lo_create(0)",
    "SELECT lo_creat(-1)",
    "SELECT lo_from_bytea(0, 'x')",
    "SELECT lo_put(1, 0, 'x')",
    "SELECT lo_open(1, 131072)",
    "SELECT lo_unlink(1)",
    "SELECT lowrite(0, 'x')",
    "SELECT lo_truncate(0, 0)",
    "LOAD 'plpgsql'",
    "LOAD '/tmp/mine.so'",
    "SELECT pg_logical_emit_message(false, 'x', repeat('x', 1000))",
    "SELECT pg_logical_emit_message(true, 'x', 'x'::bytea)",
    "SELECT pg_export_snapshot()",
)

_THE_SERVER = _denied(
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET log_min_error_statement = panic",
    "ALTER SYSTEM SET statement_timeout = 1",
    "ALTER SYSTEM RESET ALL",
    "SELECT pg_reload_conf()",
    "SELECT pg_rotate_logfile()",
    "SELECT pg_switch_wal()",
    "SELECT pg_create_restore_point('mine')",
    "SELECT pg_backup_start('mine')",
    "SELECT pg_stat_reset()",
    "SELECT pg_stat_reset_shared('wal')",
    "SELECT pg_log_backend_memory_contexts(1)",
    "SELECT pg_create_physical_replication_slot('mine')",
    "SELECT pg_create_logical_replication_slot('mine', 'pgoutput')",
    "SELECT pg_drop_replication_slot('mine')",
    "SELECT pg_replication_origin_create('mine')",
    "SELECT pg_import_system_collations('public')",
    "CHECKPOINT",
    "SELECT pg_advisory_lock(1)",
    "SELECT pg_advisory_lock(1, 2)",
    "SELECT pg_advisory_lock_shared(1)",
    "SELECT pg_advisory_xact_lock(1)",
    "SELECT pg_try_advisory_lock(1)",
    "SELECT pg_try_advisory_xact_lock_shared(1)",
    "SELECT pg_advisory_unlock_all()",
    "SELECT pg_notify('atalaya', 'camera')",
    f"SELECT pg_terminate_backend(pid) {_OTHERS}",
    f"SELECT pg_cancel_backend(pid) {_OTHERS}",
    "SELECT rolpassword FROM pg_authid",
    "SELECT * FROM pg_shadow",
    "SELECT * FROM pg_user_mapping",
    "SELECT * FROM pg_largeobject",
    "SELECT subconninfo FROM pg_subscription",
    "SELECT stavalues1 FROM pg_statistic",
    "SELECT stxdmcv FROM pg_statistic_ext_data",
    "SELECT pg_get_backend_memory_contexts()",
    "SELECT pg_get_shmem_allocations()",
    "UPDATE pg_catalog.pg_authid SET rolsuper = true",
    "UPDATE pg_catalog.pg_proc SET prosecdef = false",
    "UPDATE pg_catalog.pg_class SET relacl = NULL",
    "UPDATE pg_catalog.pg_trigger SET tgenabled = 'D'",
    "UPDATE pg_catalog.pg_auth_members SET admin_option = true",
    "UPDATE pg_catalog.pg_settings SET setting = 'replica' "
    "WHERE name = 'session_replication_role'",
    "DELETE FROM pg_catalog.pg_trigger",
    "DELETE FROM pg_catalog.pg_constraint",
    "INSERT INTO pg_catalog.pg_auth_members SELECT * FROM pg_catalog.pg_auth_members",
    "SET session_replication_role = replica",
    "SET LOCAL session_replication_role = replica",
    "SELECT set_config('session_replication_role', 'replica', true)",
    "SET allow_system_table_mods = on",
    "SET log_statement = 'none'",
    "SET log_min_messages = panic",
    "SET log_min_error_statement = panic",
    "SET track_activities = off",
    "SET zero_damaged_pages = on",
    "SET lo_compat_privileges = on",
    "SET dynamic_library_path = '/tmp'",
    "SET temp_file_limit = -1",
    "DO 'BEGIN LOCK TABLE atalaya.infraction; END'",
    "BEGIN; LOCK TABLE atalaya.audit_head IN ROW EXCLUSIVE MODE; COMMIT",
)

# Settings of the whole server, which no session changes, whoever it is.
_SETTINGS = tuple(
    Act(f"SET {name}", (CANNOT_CHANGE_NOW,))
    for name in (
        "log_line_prefix = ''",
        "log_destination = 'csvlog'",
        "fsync = off",
        "full_page_writes = off",
        "listen_addresses = '*'",
        "shared_preload_libraries = 'x'",
        "max_connections = 1",
        "hba_file = '/tmp/mine'",
        "archive_command = 'id'",
        "ssl = off",
        "log_connections = off",
    )
)

BY_HAND = (
    *_BECOMING_SOMEBODY,
    *_MAKING_THINGS,
    *_EITHER_WAY,
    *_SHADOWING,
    *_FILES_AND_PROGRAMS,
    *_THE_SERVER,
    *_SETTINGS,
)
