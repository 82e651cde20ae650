"""Asks the server for all that is kept of a plate, which leaves a trace."""

from typing import Any

from app.domain.ids import Login, new_uuid
from app.domain.infraction import InfractionState
from app.domain.plate_text import bare
from app.domain.subject import SubjectCase, SubjectRead, SubjectRecord
from app.evidence.codec import infraction_from_json
from db import address
from db.faults import translated

_ASK = """
    SELECT atalaya.ask_subject(%s, %s, %s), session_user, clock_timestamp()
"""
_CASES = "SELECT * FROM atalaya.subject_cases(%s)"
_READS = "SELECT * FROM atalaya.subject_reads(%s)"


def subject_record(dsn: str, plate: str, reason: str) -> SubjectRecord:
    """Return cases and reads of exactly this plate, in order of time.

    `dsn` is a supervisor's or an administrator's of all sites. NotPermitted for anybody
    else, for what is no plate, and without a reason of 5 to 200 characters.
    """
    request, wanted = new_uuid(), bare(plate)
    parameters = address.parse(dsn)
    with translated(), address.connect(parameters, autocommit=True) as connection:
        # The whole register is gone through, once in a long while.
        connection.execute("SET statement_timeout = '10min'")
        asked = connection.execute(_ASK, (request, wanted, reason)).fetchone()
        cases = connection.execute(_CASES, (request,)).fetchall()
        reads = connection.execute(_READS, (request,)).fetchall()
    if asked is None:
        raise TypeError("the function gives one row")
    return SubjectRecord(
        request=str(request),
        plate=wanted,
        reason=reason.strip(),
        asked_by=Login(asked[1]),
        asked_at=asked[2],
        cases=tuple(_case(row) for row in cases),
        reads=tuple(_read(row) for row in reads),
    )


def _case(row: tuple[Any, ...]) -> SubjectCase:
    document, state, camera, location, number, plate, reviews = row
    return SubjectCase(
        infraction=infraction_from_json(document),
        state=InfractionState(state),
        camera_name=camera,
        location=location,
        notice_number=number,
        plate_in_force=plate,
        decisions=tuple(reviews),
    )


def _read(row: tuple[Any, ...]) -> SubjectRead:
    camera, location, seen_at, published, confidence, vehicle_class = row
    return SubjectRead(
        camera_name=camera,
        location=location,
        seen_at=seen_at,
        published=published,
        confidence=confidence,
        vehicle_class=vehicle_class,
    )
