-- Nothing through PUBLIC: every right below is named.
REVOKE ALL ON SCHEMA atalaya FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA atalaya FROM PUBLIC;

GRANT USAGE ON SCHEMA atalaya TO
    atalaya_people, atalaya_operator, atalaya_supervisor, atalaya_technician,
    atalaya_administrator, atalaya_auditor, atalaya_engine;
GRANT INSERT, SELECT ON atalaya.person TO atalaya_people;
GRANT EXECUTE ON FUNCTION
    atalaya.record(text, text, jsonb), atalaya.announce(text, uuid)
    TO atalaya_people;

GRANT EXECUTE ON FUNCTION
    atalaya.my_rights(), atalaya.dispatch_changes(), atalaya.release_dispatch() TO
    atalaya_operator, atalaya_supervisor, atalaya_technician, atalaya_administrator,
    atalaya_auditor, atalaya_engine;
GRANT SELECT ON
    atalaya.site, atalaya.person, atalaya.camera, atalaya.camera_configuration,
    atalaya.engine, atalaya.camera_lease TO
    atalaya_operator, atalaya_supervisor, atalaya_technician, atalaya_administrator,
    atalaya_auditor;

-- Cases with plates: who reviews, and who audits.
GRANT SELECT ON
    atalaya.infraction, atalaya.evidence, atalaya.review, atalaya.review_undo,
    atalaya.notice, atalaya.vehicle TO
    atalaya_operator, atalaya_supervisor, atalaya_auditor;
-- The figures of the dashboard, without anything personal.
GRANT SELECT (id, kind, camera_id, occurred_at, recorded_at, state)
    ON atalaya.infraction TO atalaya_technician, atalaya_administrator;
GRANT SELECT (id, infraction_id, verdict, reason, decided_at)
    ON atalaya.review TO atalaya_technician, atalaya_administrator;
GRANT SELECT (review_id, undone_at)
    ON atalaya.review_undo TO atalaya_technician, atalaya_administrator;

GRANT SELECT ON
    atalaya.audit, atalaya.audit_head, atalaya.infraction_twin,
    atalaya.notice_counter TO atalaya_auditor;
GRANT EXECUTE ON FUNCTION atalaya.verify_audit() TO atalaya_auditor;

GRANT EXECUTE ON FUNCTION
    atalaya.decide(uuid, uuid, text, text, text, text), atalaya.undo(uuid),
    atalaya.issue_notice(uuid)
    TO atalaya_operator, atalaya_supervisor;
GRANT EXECUTE ON FUNCTION
    atalaya.save_camera(uuid, text, text, text, text, boolean),
    atalaya.remove_camera(uuid)
    TO atalaya_technician, atalaya_administrator;
GRANT EXECUTE ON FUNCTION atalaya.publish_configuration(uuid, uuid, jsonb, text)
    TO atalaya_technician;

GRANT SELECT ON atalaya.camera, atalaya.camera_configuration TO atalaya_engine;
GRANT EXECUTE ON FUNCTION
    atalaya.add_infraction(text),
    atalaya.heartbeat(uuid, text, text, text, integer, integer),
    atalaya.lease_camera(uuid, uuid, integer)
    TO atalaya_engine;
