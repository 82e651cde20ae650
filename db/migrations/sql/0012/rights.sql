REVOKE ALL ON FUNCTION
    atalaya.my_limits(), atalaya.my_sites(), atalaya.set_site(), atalaya.guard_password_reset(),
    atalaya.sites_of(text), atalaya.require_over(text, smallint[]),
    atalaya.has_all_sites(), atalaya.set_sites(text, smallint[]),
    atalaya.add_site(text, text, text), atalaya.move_camera(uuid, smallint),
    atalaya.require_all_sites(), atalaya.people(),
    atalaya.lock_out(text, text, integer, integer), atalaya.lift_lockout(text),
    atalaya.found_password(text, text), atalaya.expire_passwords(),
    atalaya.set_password_age(integer),
    atalaya.ask_reading(text, text[], text), atalaya.was_asked(text[], text),
    atalaya.require_subjects(text, text[]), atalaya.masked(text),
    atalaya.reads_plates(), atalaya.shown_document(jsonb),
    atalaya.read_cases(uuid[]), atalaya.cases_of_plate(text), atalaya.vehicle_of(uuid),
    atalaya.close_direct_reading(), atalaya.claim_case(uuid, integer),
    atalaya.release_case(uuid, bigint),
    atalaya.require_claim(uuid, smallint, bigint), atalaya.standing_review(uuid),
    atalaya.decide(uuid, uuid, text, text, text, text, bigint),
    atalaya.set_review_rules(smallint, boolean, boolean, boolean),
    atalaya.note_twin_files(), atalaya.guard_twin_file(), atalaya.await_kept()
    FROM PUBLIC;

-- Whose plate was asked for is for whoever answers.
REVOKE SELECT ON atalaya.subject_request FROM atalaya_auditor;
GRANT SELECT (id, login, reason, asked_in, asked_at)
    ON atalaya.subject_request TO atalaya_auditor;

-- A policy asks in the name of who reads.
GRANT EXECUTE ON FUNCTION atalaya.my_limits(), atalaya.my_sites() TO
    atalaya_operator, atalaya_supervisor, atalaya_technician, atalaya_administrator,
    atalaya_auditor, atalaya_engine;
GRANT SELECT ON atalaya.case_claim TO
    atalaya_operator, atalaya_supervisor, atalaya_auditor;
GRANT SELECT ON atalaya.person_site TO atalaya_administrator, atalaya_auditor;
GRANT SELECT ON atalaya.password_policy TO
    atalaya_operator, atalaya_supervisor, atalaya_technician, atalaya_administrator,
    atalaya_auditor;

GRANT EXECUTE ON FUNCTION
    atalaya.ask_reading(text, text[], text), atalaya.read_cases(uuid[]),
    atalaya.cases_of_plate(text), atalaya.vehicle_of(uuid), atalaya.await_kept()
    TO atalaya_operator, atalaya_supervisor, atalaya_auditor;
GRANT EXECUTE ON FUNCTION
    atalaya.claim_case(uuid, integer), atalaya.release_case(uuid, bigint),
    atalaya.decide(uuid, uuid, text, text, text, text, bigint)
    TO atalaya_operator, atalaya_supervisor;
GRANT EXECUTE ON FUNCTION
    atalaya.people(), atalaya.set_sites(text, smallint[]),
    atalaya.add_site(text, text, text), atalaya.move_camera(uuid, smallint),
    atalaya.lift_lockout(text), atalaya.set_password_age(integer),
    atalaya.close_direct_reading(),
    atalaya.set_review_rules(smallint, boolean, boolean, boolean)
    TO atalaya_administrator;
