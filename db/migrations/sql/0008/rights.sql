REVOKE ALL ON FUNCTION
    atalaya.evidence_names(jsonb), atalaya.is_held(uuid),
    atalaya.set_hold(uuid, uuid, text, text, timestamptz),
    atalaya.release_hold(uuid, text), atalaya.set_case_retention(text, text, integer),
    atalaya.due_at(uuid), atalaya.overdue_cases(timestamptz, boolean, integer),
    atalaya.my_case_rights(), atalaya.erased_document(jsonb, bigint),
    atalaya.text_sha256(jsonb),
    atalaya.erased_infraction(atalaya.infraction, bigint, timestamptz),
    atalaya.erased_review(atalaya.review), atalaya.is_needed(text),
    atalaya.name_files(uuid, uuid), atalaya.erase_case(uuid, text),
    atalaya.begin_erasures(integer), atalaya.open_erasures(integer),
    atalaya.object_gone(uuid, text, text),
    atalaya.certificate_of(atalaya.erasure, timestamptz),
    atalaya.finish_erasures(integer), atalaya.guard_hold(), atalaya.guard_erasure(),
    atalaya.guard_erasure_object(), atalaya.guard_erasing(), atalaya.refuse_erased(),
    atalaya.note_twin_files(), atalaya.guard_twin_file(),
    atalaya.review_seal(atalaya.review), atalaya.seal_review(),
    atalaya.ask_subject(uuid, text, text), atalaya.own_request(uuid),
    atalaya.subject_cases(uuid), atalaya.subject_reads(uuid)
    FROM PUBLIC;

GRANT SELECT ON atalaya.case_hold TO
    atalaya_operator, atalaya_supervisor, atalaya_administrator, atalaya_auditor;
GRANT SELECT ON atalaya.case_retention TO
    atalaya_operator, atalaya_supervisor, atalaya_technician, atalaya_administrator,
    atalaya_auditor;
GRANT SELECT ON atalaya.erasure, atalaya.erasure_object TO
    atalaya_supervisor, atalaya_administrator, atalaya_auditor;
GRANT SELECT (id, login, reason, asked_in, asked_at) ON atalaya.subject_request TO atalaya_auditor;

GRANT EXECUTE ON FUNCTION
    atalaya.set_hold(uuid, uuid, text, text, timestamptz),
    atalaya.release_hold(uuid, text),
    atalaya.ask_subject(uuid, text, text), atalaya.subject_cases(uuid),
    atalaya.subject_reads(uuid)
    TO atalaya_supervisor, atalaya_administrator;
GRANT EXECUTE ON FUNCTION
    atalaya.set_case_retention(text, text, integer),
    atalaya.overdue_cases(timestamptz, boolean, integer),
    atalaya.begin_erasures(integer), atalaya.open_erasures(integer),
    atalaya.object_gone(uuid, text, text), atalaya.finish_erasures(integer)
    TO atalaya_administrator;
GRANT EXECUTE ON FUNCTION atalaya.my_case_rights() TO
    atalaya_operator, atalaya_supervisor, atalaya_technician, atalaya_administrator,
    atalaya_auditor;
