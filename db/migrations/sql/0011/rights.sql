REVOKE ALL ON FUNCTION
    atalaya.register_engine_key(text, uuid, timestamptz, text, text, text),
    atalaya.add_seal_stamp(uuid, text, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    atalaya.register_engine_key(text, uuid, timestamptz, text, text, text),
    atalaya.add_seal_stamp(uuid, text, bytea) TO atalaya_engine;
GRANT SELECT ON atalaya.engine_key, atalaya.seal_stamp TO
    atalaya_operator, atalaya_supervisor, atalaya_auditor;
-- Where the chain ends, printed on each document: nothing of what the entries say.
GRANT EXECUTE ON FUNCTION atalaya.anchored_head()
    TO atalaya_operator, atalaya_supervisor;
