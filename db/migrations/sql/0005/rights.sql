REVOKE ALL ON FUNCTION
    atalaya.overdue_plate_reads(timestamptz, uuid, integer),
    atalaya.forgettable_plate_reads(),
    atalaya.forget_plate_reads(timestamptz, uuid, integer),
    atalaya.set_plate_retention(integer)
    FROM PUBLIC;
GRANT SELECT ON atalaya.plate_retention TO
    atalaya_operator, atalaya_supervisor, atalaya_technician, atalaya_administrator,
    atalaya_auditor;
GRANT EXECUTE ON FUNCTION
    atalaya.forgettable_plate_reads(), atalaya.set_plate_retention(integer)
    TO atalaya_technician, atalaya_administrator;
GRANT EXECUTE ON FUNCTION atalaya.forget_plate_reads(timestamptz, uuid, integer)
    TO atalaya_administrator;
