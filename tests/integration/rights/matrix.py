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


def _cases(figures: tuple[str, ...], beside: tuple[str, ...]) -> dict[str, Columns]:
    """Figures for all, and what more tells no plate to those who read cases."""
    return dict.fromkeys(_FITTERS, figures) | dict.fromkeys(_READERS, figures + beside)


READABLE: dict[str, dict[str, Columns]] = {
    "alembic_version": _whole(*EVERYBODY),
    "archived_month": _whole(ADMINISTRATOR, AUDITOR),
    "audit": _whole(AUDITOR),
    "audit_head": _whole(AUDITOR),
    "camera": _whole(*EVERYBODY),
    "camera_configuration": _whole(*EVERYBODY),
    "camera_lease": _whole(*PEOPLE),
    "case_claim": _whole(*_READERS),
    "case_hold": _whole(*_READERS, ADMINISTRATOR),
    "case_retention": _whole(*PEOPLE),
    "dispatcher": {},
    "engine": _whole(*PEOPLE),
    "engine_key": _whole(*_READERS),
    "engine_station": _whole(*_READERS, ADMINISTRATOR),
    "erasure": _whole(SUPERVISOR, ADMINISTRATOR, AUDITOR),
    "erasure_object": _whole(SUPERVISOR, ADMINISTRATOR, AUDITOR),
    "evidence": _whole(*_READERS),
    "infraction": _cases(
        ("id", "kind", "camera_id", "occurred_at", "recorded_at", "state"),
        (
            "configuration_id",
            "engine_id",
            "track_id",
            "time_bucket",
            "vehicle_class",
            "plate_confidence",
            "speed_kmh",
            "limit_kmh",
            "red_for_ns",
            "document_sha256",
            "site_id",
            "erased_at",
        ),
    ),
    "infraction_twin": {
        AUDITOR: ("id", "twin_of", "engine_id", "document_sha256", "recorded_at")
    },
    "known_password": {},
    "lockout": {},
    "notice": _whole(*_READERS),
    "notice_counter": _whole(AUDITOR),
    "outbox": {},
    "password_policy": _whole(*PEOPLE),
    "password_reset": {},
    "person": _whole(*PEOPLE),
    "person_site": _whole(ADMINISTRATOR, AUDITOR),
    "plate": {},
    "plate_left": {},
    "plate_read": {},
    "plate_retention": _whole(*PEOPLE),
    "plate_search": {},
    "reading": {},
    "review": _cases(
        ("id", "infraction_id", "verdict", "reason", "decided_at"),
        ("reviewer", "site_id", "decisive"),
    ),
    "review_undo": _whole(*_READERS)
    | dict.fromkeys(_FITTERS, ("review_id", "undone_at")),
    "seal_stamp": _whole(*_READERS),
    "site": _whole(*PEOPLE),
    "subject_request": {AUDITOR: ("id", "login", "reason", "asked_in", "asked_at")},
    "trail_term": _whole(ADMINISTRATOR, AUDITOR),
    "twin_file": {},
    "vehicle": {},
    "watch_entry": {},
    "watch_hit": {},
}
"""Table, who reads of it, and which columns. Nobody writes any."""

BY_SITE = frozenset(
    {
        "camera",
        "camera_configuration",
        "camera_lease",
        "case_claim",
        "case_hold",
        "erasure",
        "erasure_object",
        "evidence",
        "infraction",
        "infraction_twin",
        "notice",
        "plate_read",
        "review",
        "review_undo",
        "seal_stamp",
        "twin_file",
        "watch_hit",
    }
)
"""Tables of which everybody, the owner included, sees the rows of the own sites."""

CALLABLE: dict[str, tuple[str, ...]] = {
    "archive_month(text)": (),
    "border_at(boolean,timestamp with time zone)": (),
    "divided_tables()": (),
    "drop_month(text,text)": (),
    "first_id(timestamp with time zone)": (),
    "fold_same_track()": (),
    "guard_part(text,text)": (),
    "keep_months(integer)": (ADMINISTRATOR,),
    "let_go(text)": (),
    "make_month(text,timestamp with time zone,text)": (),
    "months()": (ADMINISTRATOR,),
    "months_begin(text)": (),
    "nearest_reads(bigint[],integer[],"
    "timestamp with time zone,timestamp with time zone,inte"
    "ger,timestamp with time zone,uuid,integer)": (),
    "newest_reads(bigint[],"
    "timestamp with time zone,timestamp with time zone,time"
    "stamp with time zone,uuid,integer)": (),
    "part_name(text,timestamp with time zone)": (),
    "retirable_months()": (ADMINISTRATOR,),
    "retire_month()": (),
    "set_trail_term(integer)": (ADMINISTRATOR,),
    "sort_rest(text,timestamp with time zone)": (),
    "study_months()": (ADMINISTRATOR,),
    "trail_source()": (),
    "whole_of(oid)": (),
    "add_infraction(text)": (ENGINE,),
    "add_person(text,text,text,text)": (ADMINISTRATOR,),
    "add_plate_reads(uuid,jsonb)": (ENGINE,),
    "add_seal_stamp(uuid,text,bytea)": (ENGINE,),
    "add_site(text,text,text)": (ADMINISTRATOR,),
    "add_watch(uuid,text,boolean,text,timestamp with time zone)": (SUPERVISOR,),
    "anchored_head()": (ENGINE, *_READERS),
    "announce(text,uuid)": (),
    "ask_password_reset(uuid,text,text,text)": (ADMINISTRATOR,),
    "ask_reading(text,text[],text)": _READERS,
    "ask_subject(uuid,text,text)": _HOLDERS,
    "audit_text(atalaya.audit)": (),
    "await_kept()": _READERS,
    "begin_erasures(integer)": (ADMINISTRATOR,),
    "certificate_of(atalaya.erasure,timestamp with time zone)": (),
    "cases_with_plate(text)": (),
    "chain_audit()": (),
    "cases_of_plate(text)": _READERS,
    "change_password(text)": PEOPLE,
    "claim_case(uuid,integer)": _REVIEWERS,
    "close_direct_reading()": (ADMINISTRATOR,),
    "create_person(text,text,text,text)": (ADMINISTRATOR,),
    "decide(uuid,uuid,text,text,text,text)": _REVIEWERS,
    "decide(uuid,uuid,text,text,text,text,bigint)": _REVIEWERS,
    "dispatch_changes()": EVERYBODY,
    "due_at(uuid)": (),
    "end_watch(uuid)": (SUPERVISOR,),
    "end_password_reset(uuid,boolean)": (ADMINISTRATOR,),
    "end_sessions(text)": (ADMINISTRATOR,),
    "expire_passwords()": (),
    "erase_case(uuid,text)": (),
    "erased_document(jsonb,bigint)": (),
    "erased_infraction(atalaya.infraction,bigint,timestamp with time zone)": (),
    "erased_review(atalaya.review)": (),
    "evidence_names(jsonb)": (),
    "find_twin(jsonb)": (),
    "finish_erasures(integer)": (ADMINISTRATOR,),
    "forget_plate_reads(timestamp with time zone,uuid,integer)": (ADMINISTRATOR,),
    "forgettable_plate_reads()": _FITTERS,
    "found_password(text,text)": (),
    "found_plates(uuid,integer,timestamp with time zone,uuid,integer)": _REVIEWERS,
    "guard_audit()": (),
    "guard_erasing()": (),
    "guard_erasure()": (),
    "guard_erasure_object()": (),
    "guard_hold()": (),
    "guard_infraction()": (),
    "guard_password_reset()": (),
    "guard_twin_file()": (),
    "guard_watch_entry()": (),
    "has_all_sites()": (),
    "heartbeat(uuid,text,text,text,integer,integer)": (ENGINE,),
    "insert_infraction(jsonb,text)": (),
    "is_held(uuid)": (),
    "is_needed(text)": (),
    "issue_notice(uuid)": _REVIEWERS,
    "know_password(text,text)": (),
    "lease_camera(uuid,uuid,integer)": (ENGINE,),
    "lift_lockout(text)": (ADMINISTRATOR,),
    "lock_out(text,text,integer,integer)": (),
    "lock_case(uuid)": (),
    "masked(text)": (),
    "matching_plates(text,boolean,integer)": (),
    "my_case_rights()": PEOPLE,
    "move_camera(uuid,smallint)": (ADMINISTRATOR,),
    "my_limits()": EVERYBODY,
    "my_plate_rights()": PEOPLE,
    "my_rights()": EVERYBODY,
    "my_sites()": EVERYBODY,
    "name_files(uuid,uuid)": (),
    "note_twin_files()": (),
    "object_gone(uuid,text,text)": (ADMINISTRATOR,),
    "open_erasures(integer)": (ADMINISTRATOR,),
    "overdue_cases(timestamp with time zone,boolean,integer)": (ADMINISTRATOR,),
    "overdue_plate_reads(timestamp with time zone,uuid,integer)": (),
    "own_request(uuid)": (),
    "own_search(uuid)": (),
    "people()": (ADMINISTRATOR,),
    "place_of(uuid)": (),
    "plate_distance(text,text)": (),
    "plate_near(text)": (),
    "plate_pairs(text)": (),
    "plate_skeleton(text)": (),
    "publish_configuration(uuid,uuid,jsonb,text)": (TECHNICIAN,),
    "read_cases(uuid[])": _READERS,
    "reads_plates()": (),
    "record(text,text,jsonb)": (),
    "refuse_change()": (),
    "register_engine_key(text,uuid,timestamp with time zone,text,text,text)": (ENGINE,),
    "release_case(uuid,bigint)": _REVIEWERS,
    "hold_station(uuid)": (),
    "release_engine(uuid,text)": (ADMINISTRATOR,),
    "record_added_case()": (),
    "refuse_erased()": (),
    "release_dispatch()": EVERYBODY,
    "release_hold(uuid,text)": _HOLDERS,
    "remove_camera(uuid)": _FITTERS,
    "require_all_sites()": (),
    "require_claim(uuid,smallint,bigint)": (),
    "require_over(text,smallint[])": (),
    "require_own_configuration(jsonb)": (),
    "require_reason(text)": (),
    "require_subjects(text,text[])": (),
    "require_verifier(text)": (),
    "review_seal(atalaya.review)": (),
    "save_camera(uuid,text,text,text,text,boolean)": _FITTERS,
    "save_camera(uuid,text,text,text,text,text,boolean)": _FITTERS,
    "search_plates(uuid,text,boolean,timestamp with time zone,"
    "timestamp with time zone,text)": _REVIEWERS,
    "seal_review()": (),
    "send_changes()": (),
    "set_password_age(integer)": (ADMINISTRATOR,),
    "set_case_retention(text,text,integer)": (ADMINISTRATOR,),
    "set_hold(uuid,uuid,text,text,timestamp with time zone)": _HOLDERS,
    "set_plate_retention(integer)": _FITTERS,
    "set_review_rules(smallint,boolean,boolean,boolean)": (ADMINISTRATOR,),
    "set_site()": (),
    "set_sites(text,smallint[])": (ADMINISTRATOR,),
    "sessions()": (ADMINISTRATOR,),
    "set_active(text,boolean)": (ADMINISTRATOR,),
    "shown_document(jsonb)": (),
    "sites_of(text)": (),
    "standing_review(uuid)": (),
    "subject_cases(uuid)": _HOLDERS,
    "subject_reads(uuid)": _HOLDERS,
    "text_sha256(jsonb)": (),
    "undo(uuid)": _REVIEWERS,
    "vehicle_of(uuid)": _READERS,
    "verify_audit()": (AUDITOR,),
    "was_asked(text[],text)": (),
    "watch_hits(integer)": _REVIEWERS,
    "watch_list()": _REVIEWERS,
}
"""Function, and who may call it."""
