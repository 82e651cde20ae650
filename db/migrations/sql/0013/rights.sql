REVOKE ALL ON FUNCTION
    atalaya.whole_of(oid), atalaya.fold_same_track(),
    atalaya.newest_reads(bigint[], timestamptz, timestamptz, timestamptz, uuid, integer),
    atalaya.nearest_reads(bigint[], integer[], timestamptz, timestamptz, integer,
        timestamptz, uuid, integer),
    atalaya.first_id(timestamptz), atalaya.divided_tables(),
    atalaya.border_at(boolean, timestamptz), atalaya.months_begin(text),
    atalaya.part_name(text, timestamptz), atalaya.guard_part(text, text),
    atalaya.make_month(text, timestamptz, text), atalaya.let_go(text),
    atalaya.sort_rest(text, timestamptz), atalaya.keep_months(integer),
    atalaya.months(), atalaya.retirable_months(), atalaya.drop_month(text, text),
    atalaya.archive_month(text), atalaya.retire_month(), atalaya.set_trail_term(integer),
    atalaya.trail_source(), atalaya.study_months(), atalaya.cases_with_plate(text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    atalaya.keep_months(integer), atalaya.months(), atalaya.retirable_months(),
    atalaya.set_trail_term(integer), atalaya.study_months()
    TO atalaya_administrator;
GRANT SELECT ON atalaya.trail_term, atalaya.archived_month TO
    atalaya_administrator, atalaya_auditor;
