"""What even the owner of the tables and the superuser stumble over."""

import psycopg
import pytest

from tests.integration.rights.acts import Act
from tests.integration.rights.scene import Scene, changed, state_of
from tests.integration.rights.test_acts import passed

_GUARDED = (
    "UPDATE atalaya.infraction SET speed_kmh = 1",
    "SET extra_float_digits = -15; UPDATE atalaya.infraction SET speed_kmh = 83",
    "UPDATE atalaya.infraction SET document = '{}'",
    "UPDATE atalaya.infraction SET camera_id = gen_random_uuid()",
    "DELETE FROM atalaya.infraction",
    "TRUNCATE atalaya.infraction CASCADE",
    "UPDATE atalaya.infraction_twin SET document = '{}'",
    "DELETE FROM atalaya.infraction_twin",
    "UPDATE atalaya.review SET comment = 'x'",
    "UPDATE atalaya.review SET reviewer = 'sofia'",
    "DELETE FROM atalaya.review",
    "TRUNCATE atalaya.review CASCADE",
    "UPDATE atalaya.review_undo SET undone_by = 'sofia'",
    "DELETE FROM atalaya.review_undo",
    "UPDATE atalaya.notice SET number = 'PE-1'",
    "DELETE FROM atalaya.notice",
    "UPDATE atalaya.evidence SET sha256 = repeat('0', 64)",
    "DELETE FROM atalaya.evidence",
    "UPDATE atalaya.camera_configuration SET note = 'x'",
    "DELETE FROM atalaya.camera_configuration",
    "UPDATE atalaya.audit SET login = 'x'",
    "UPDATE atalaya.audit SET sha256 = repeat('0', 64)",
    "UPDATE atalaya.audit SET sequence = NULL",
    "DELETE FROM atalaya.audit",
    "TRUNCATE atalaya.audit",
    "DELETE FROM atalaya.plate_search",
    "UPDATE atalaya.plate_search SET reason = 'another'",
    "DELETE FROM atalaya.watch_entry",
    "UPDATE atalaya.watch_entry SET expires_at = now() + interval '80 days'",
    "UPDATE atalaya.infraction SET erased_at = now()",
    "UPDATE atalaya.infraction SET erased_at = NULL",
    "UPDATE atalaya.review SET salt = NULL",
    "UPDATE atalaya.case_hold SET reason = 'another'",
    "UPDATE atalaya.case_hold SET ends_at = now(), kind = 'lock'",
    "DELETE FROM atalaya.case_hold",
    "TRUNCATE atalaya.case_hold",
    "DELETE FROM atalaya.case_retention",
    "UPDATE atalaya.erasure SET reason = 'another'",
    "UPDATE atalaya.erasure SET certificate = '{}'",
    "UPDATE atalaya.erasure SET finished_at = NULL, certificate = NULL, "
    "certificate_sha256 = NULL",
    "DELETE FROM atalaya.erasure",
    "TRUNCATE atalaya.erasure CASCADE",
    "UPDATE atalaya.erasure_object SET outcome = 'absent'",
    "DELETE FROM atalaya.erasure_object",
    "UPDATE atalaya.twin_file SET sha256 = repeat('0', 64)",
    "DELETE FROM atalaya.twin_file",
    "TRUNCATE atalaya.twin_file",
    "INSERT INTO atalaya.twin_file (twin_id, sha256)"
    " SELECT id, repeat('0', 64) FROM atalaya.infraction_twin",
    "DELETE FROM atalaya.subject_request",
    "UPDATE atalaya.subject_request SET login = 'sofia'",
)


@pytest.mark.parametrize("role", ["atalaya_owner", "postgres"])
def test_even_its_owner_stumbles_over_the_guards(scene: Scene, role: str) -> None:
    before = state_of(scene)
    with scene.connect() as superuser:
        superuser.execute(f"SET ROLE {role}".encode())
        assert passed(superuser, [Act(each) for each in _GUARDED]) == []
    assert changed(before, state_of(scene)) == []


def test_no_step_outside_the_state_machine(scene: Scene) -> None:
    with scene.connect() as superuser:
        for case, states in (
            (scene.notified, ("pending", "confirmed", "rejected")),
            (scene.confirmed, ("rejected",)),
            (scene.pending, ("notified",)),
        ):
            for state in states:
                with pytest.raises(psycopg.Error) as caught:
                    superuser.execute(
                        "UPDATE atalaya.infraction SET state = %s WHERE id = %s",
                        (state, case),
                    )
                assert caught.value.sqlstate == "AT001"


def test_an_entry_is_chained_with_its_own_transaction(scene: Scene) -> None:
    """Nobody unchains it: with or without the trigger's delay it has its place."""
    with scene.connect("sofia") as sofia, scene.connect() as superuser:
        for mode in ("IMMEDIATE", "DEFERRED"):
            with sofia.transaction():
                sofia.execute(f"SET CONSTRAINTS ALL {mode}".encode())
                sofia.execute(
                    "SELECT atalaya.search_plates(gen_random_uuid(), 'ABC123', false,"
                    " NULL, NULL, 'somebody asked')"
                )
        loose = superuser.execute("SELECT FROM atalaya.audit WHERE sequence IS NULL")
        assert loose.fetchall() == []
        faults = superuser.execute("SELECT * FROM atalaya.verify_audit()")
        assert faults.fetchall() == []
