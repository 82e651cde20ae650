-- Nobody reads these tables: only through functions that ask why and leave a trace.
REVOKE ALL ON FUNCTION
    atalaya.plate_skeleton(text), atalaya.plate_near(text), atalaya.plate_pairs(text),
    atalaya.plate_distance(text, text), atalaya.guard_watch_entry(),
    atalaya.add_plate_reads(uuid, jsonb), atalaya.require_reason(text),
    atalaya.search_plates(uuid, text, boolean, timestamptz, timestamptz, text),
    atalaya.matching_plates(text, boolean, integer), atalaya.own_search(uuid),
    atalaya.found_plates(uuid, integer, timestamptz, uuid, integer),
    atalaya.add_watch(uuid, text, boolean, text, timestamptz), atalaya.end_watch(uuid),
    atalaya.watch_list(), atalaya.watch_hits(integer), atalaya.my_plate_rights()
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION atalaya.add_plate_reads(uuid, jsonb) TO atalaya_engine;
GRANT EXECUTE ON FUNCTION
    atalaya.search_plates(uuid, text, boolean, timestamptz, timestamptz, text),
    atalaya.found_plates(uuid, integer, timestamptz, uuid, integer),
    atalaya.watch_list(), atalaya.watch_hits(integer)
    TO atalaya_operator, atalaya_supervisor;
GRANT EXECUTE ON FUNCTION
    atalaya.add_watch(uuid, text, boolean, text, timestamptz), atalaya.end_watch(uuid)
    TO atalaya_supervisor;
GRANT EXECUTE ON FUNCTION atalaya.my_plate_rights() TO
    atalaya_operator, atalaya_supervisor, atalaya_technician, atalaya_administrator,
    atalaya_auditor;
