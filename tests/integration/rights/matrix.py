"""Who may read and call what, written down a second time.

The catalogue of the server must say exactly this: a new table, column or function
without a line here fails the suite.
"""

OPERATOR = "ana"
SUPERVISOR = "sofia"
TECHNICIAN = "teo"
ADMINISTRATOR = "admin"
AUDITOR = "aurora"
ENGINE = "engine"
STRANGER = "mallory"
"""A login of the server that belongs to no group; it may connect, as a slip may let."""

PEOPLE = (OPERATOR, SUPERVISOR, TECHNICIAN, ADMINISTRATOR, AUDITOR)
EVERYBODY = (*PEOPLE, ENGINE)
TRIED = (*EVERYBODY, STRANGER)

_REVIEWERS = (OPERATOR, SUPERVISOR)
_READERS = (*_REVIEWERS, AUDITOR)
_FITTERS = (TECHNICIAN, ADMINISTRATOR)
_HOLDERS = (SUPERVISOR, ADMINISTRATOR)

ALL_COLUMNS = ("*",)
Columns = tuple[str, ...]


def _whole(*logins: str) -> dict[str, Columns]:
    return dict.fromkeys(logins, ALL_COLUMNS)


def _figures(*columns: str) -> dict[str, Columns]:
    """Cases for those who read cases, and their figures for those who do not."""
    return _whole(*_READERS) | dict.fromkeys(_FITTERS, columns)


READABLE: dict[str, dict[str, Columns]] = {
    "alembic_version": _whole(*EVERYBODY),
    "audit": _whole(AUDITOR),
    "audit_head": _whole(AUDITOR),
    "camera": _whole(*EVERYBODY),
    "camera_configuration": _whole(*EVERYBODY),
    "camera_lease": _whole(*PEOPLE),
    "case_hold": _whole(*_READERS, ADMINISTRATOR),
    "case_retention": _whole(*PEOPLE),
    "dispatcher": {},
    "engine": _whole(*PEOPLE),
    "engine_key": _whole(*_READERS),
    "erasure": _whole(SUPERVISOR, ADMINISTRATOR, AUDITOR),
    "erasure_object": _whole(SUPERVISOR, ADMINISTRATOR, AUDITOR),
    "evidence": _whole(*_READERS),
    "infraction": _figures(
        "id", "kind", "camera_id", "occurred_at", "recorded_at", "state"
    ),
    "infraction_twin": _whole(AUDITOR),
    "notice": _whole(*_READERS),
    "notice_counter": _whole(AUDITOR),
    "outbox": {},
    "person": _whole(*PEOPLE),
    "plate": {},
    "plate_left": {},
    "plate_read": {},
    "plate_retention": _whole(*PEOPLE),
    "plate_search": {},
    "review": _figures("id", "infraction_id", "verdict", "reason", "decided_at"),
    "review_undo": _figures("review_id", "undone_at"),
    "seal_stamp": _whole(*_READERS),
    "site": _whole(*PEOPLE),
    "subject_request": _whole(AUDITOR),
    "vehicle": _whole(*_READERS),
    "watch_entry": {},
    "watch_hit": {},
}
"""Table, who reads of it, and which columns. Nobody writes any."""

CALLABLE: dict[str, tuple[str, ...]] = {
    "add_infraction(text)": (ENGINE,),
    "add_plate_reads(uuid,jsonb)": (ENGINE,),
    "add_seal_stamp(uuid,text,bytea)": (ENGINE,),
    "add_watch(uuid,text,boolean,text,timestamp with time zone)": (SUPERVISOR,),
    "anchored_head()": (ENGINE, *_READERS),
    "announce(text,uuid)": (),
    "ask_subject(uuid,text,text)": _HOLDERS,
    "audit_text(atalaya.audit)": (),
    "begin_erasures(integer)": (ADMINISTRATOR,),
    "certificate_of(atalaya.erasure,timestamp with time zone)": (),
    "chain_audit()": (),
    "create_person(text,text,text,text)": (ADMINISTRATOR,),
    "decide(uuid,uuid,text,text,text,text)": _REVIEWERS,
    "dispatch_changes()": EVERYBODY,
    "due_at(uuid)": (),
    "end_watch(uuid)": (SUPERVISOR,),
    "end_sessions(text)": (ADMINISTRATOR,),
    "erase_case(uuid,text)": (),
    "erased_document(jsonb,bigint)": (),
    "erased_infraction(atalaya.infraction,bigint,timestamp with time zone)": (),
    "erased_review(atalaya.review)": (),
    "evidence_names(jsonb)": (),
    "find_twin(jsonb)": (),
    "finish_erasures(integer)": (ADMINISTRATOR,),
    "forget_plate_reads(timestamp with time zone,uuid,integer)": (ADMINISTRATOR,),
    "forgettable_plate_reads()": _FITTERS,
    "found_plates(uuid,integer,timestamp with time zone,uuid,integer)": _REVIEWERS,
    "guard_audit()": (),
    "guard_erasing()": (),
    "guard_erasure()": (),
    "guard_erasure_object()": (),
    "guard_hold()": (),
    "guard_infraction()": (),
    "guard_watch_entry()": (),
    "heartbeat(uuid,text,text,text,integer,integer)": (ENGINE,),
    "insert_infraction(jsonb,text)": (),
    "is_held(uuid)": (),
    "is_needed(text)": (),
    "issue_notice(uuid)": _REVIEWERS,
    "lease_camera(uuid,uuid,integer)": (ENGINE,),
    "lock_case(uuid)": (),
    "matching_plates(text,boolean,integer)": (),
    "my_case_rights()": PEOPLE,
    "my_plate_rights()": PEOPLE,
    "my_rights()": EVERYBODY,
    "name_files(uuid,uuid)": (),
    "object_gone(uuid,text,text)": (ADMINISTRATOR,),
    "open_erasures(integer)": (ADMINISTRATOR,),
    "overdue_cases(timestamp with time zone,boolean,integer)": (ADMINISTRATOR,),
    "overdue_plate_reads(timestamp with time zone,uuid,integer)": (),
    "own_request(uuid)": (),
    "own_search(uuid)": (),
    "plate_distance(text,text)": (),
    "plate_near(text)": (),
    "plate_pairs(text)": (),
    "plate_skeleton(text)": (),
    "publish_configuration(uuid,uuid,jsonb,text)": (TECHNICIAN,),
    "record(text,text,jsonb)": (),
    "refuse_change()": (),
    "register_engine_key(text,uuid,timestamp with time zone,text,text,text)": (ENGINE,),
    "refuse_erased()": (),
    "release_dispatch()": EVERYBODY,
    "release_hold(uuid,text)": _HOLDERS,
    "remove_camera(uuid)": _FITTERS,
    "require_own_configuration(jsonb)": (),
    "require_reason(text)": (),
    "review_seal(atalaya.review)": (),
    "save_camera(uuid,text,text,text,text,boolean)": _FITTERS,
    "save_camera(uuid,text,text,text,text,text,boolean)": _FITTERS,
    "search_plates(uuid,text,boolean,timestamp with time zone,"
    "timestamp with time zone,text)": _REVIEWERS,
    "seal_review()": (),
    "send_changes()": (),
    "set_case_retention(text,text,integer)": (ADMINISTRATOR,),
    "set_hold(uuid,uuid,text,text,timestamp with time zone)": _HOLDERS,
    "set_plate_retention(integer)": _FITTERS,
    "sessions()": (ADMINISTRATOR,),
    "set_active(text,boolean)": (ADMINISTRATOR,),
    "subject_cases(uuid)": _HOLDERS,
    "subject_reads(uuid)": _HOLDERS,
    "text_sha256(jsonb)": (),
    "undo(uuid)": _REVIEWERS,
    "verify_audit()": (AUDITOR,),
    "watch_hits(integer)": _REVIEWERS,
    "watch_list()": _REVIEWERS,
}
"""Function, and who may call it."""
