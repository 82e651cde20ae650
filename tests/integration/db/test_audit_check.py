"""What a superuser does to the trail is found, and the first broken link is named."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.config.secret_store import FileSecretStore
from app.domain.audit import Anchor, AuditTrouble, ChainFault
from app.evidence.anchors import AnchorKey, append_anchor, read_anchors
from db.audit_check import AuditReport, verify_audit
from tests.fixtures_db import Database

_TAKEN = datetime(2026, 3, 14, 15, 0, tzinfo=UTC)
_SEARCH = """
    SELECT atalaya.search_plates(gen_random_uuid(), 'ABC123', false, NULL, NULL,
        'somebody asked')
"""
_FORGET = "DELETE FROM atalaya.audit WHERE sequence > {last}"
_SET_BACK = """
    UPDATE atalaya.audit_head AS h SET (sequence, sha256) = (
        SELECT a.sequence, a.sha256 FROM atalaya.audit AS a
        ORDER BY a.sequence DESC LIMIT 1)
"""
# What somebody does who knows how the chain is made.
_REBUILD = """
    DO $$
    DECLARE
        v_entry atalaya.audit;
        v_before text := repeat('0', 64);
        v_next bigint := 0;
    BEGIN
        FOR v_entry IN SELECT * FROM atalaya.audit ORDER BY sequence LOOP
            v_next := v_next + 1;
            v_entry.sequence := v_next;
            v_entry.previous_sha256 := v_before;
            v_before := encode(sha256(convert_to(
                atalaya.audit_text(v_entry), 'UTF8')), 'hex');
            UPDATE atalaya.audit SET sequence = v_next,
                previous_sha256 = v_entry.previous_sha256, sha256 = v_before
                WHERE id = v_entry.id;
        END LOOP;
    END
    $$
"""


class _Trail:
    """A chain with anchors at its entries 8 and 12, and somebody who owns it all."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._file = folder / "heads.jsonl"
        self.key = AnchorKey.of(FileSecretStore(folder))
        self._gateway = database.gateway()
        self._grow_to(8)
        self._grow_to(12)

    def _grow_to(self, sequence: int) -> None:
        with self._database.connect("ana") as ana:
            while self._gateway.audit_head().sequence < sequence:
                ana.execute(_SEARCH.encode())
        append_anchor(self._file, self.key.line(self._gateway.audit_head(), _TAKEN))

    def tamper(self, *statements: str) -> None:
        """Do as a superuser can, past all guards."""
        with self._database.connect() as superuser:
            superuser.execute("SET session_replication_role = replica")
            for statement in statements:
                superuser.execute(statement.encode())

    def anchors(self) -> list[Anchor]:
        """Return the heads that were kept."""
        return list(read_anchors(self._file))

    def verify(self, *, anchored: bool = True) -> AuditReport:
        """Walk the chain, with or without the heads that were kept."""
        anchors = self.anchors() if anchored else []
        return verify_audit(self._database.superuser_dsn, anchors, [self.key.public])


@pytest.fixture
def trail(database: Database, tmp_path: Path) -> _Trail:
    return _Trail(database, tmp_path)


def _found(report: AuditReport) -> list[tuple[int, AuditTrouble]]:
    return [(each.sequence, each.trouble) for each in report.findings]


def test_a_sound_chain_holds(trail: _Trail) -> None:
    report = trail.verify()
    assert (report.entries, report.anchors) == (12, 2)
    assert report.findings == ()
    assert report.first_broken is None


def test_the_auditor_walks_it_too(database: Database, trail: _Trail) -> None:
    report = verify_audit(database.dsn("aurora"), trail.anchors(), [trail.key.public])
    assert report.findings == ()


@pytest.mark.parametrize("anchored", [True, False])
def test_an_edited_entry(trail: _Trail, anchored: bool) -> None:
    trail.tamper("UPDATE atalaya.audit SET login = 'sofia' WHERE sequence = 9")
    assert _found(trail.verify(anchored=anchored)) == [(9, AuditTrouble.ALTERED)]


@pytest.mark.parametrize("anchored", [True, False])
def test_a_deleted_entry(trail: _Trail, anchored: bool) -> None:
    trail.tamper("DELETE FROM atalaya.audit WHERE sequence = 10")
    report = trail.verify(anchored=anchored)
    assert _found(report) == [(11, AuditTrouble.MISSING_BEFORE)]
    assert report.first_broken is not None
    assert "missing" in report.first_broken.message


def test_a_tail_cut_without_care_is_found_without_anchors(trail: _Trail) -> None:
    trail.tamper(_FORGET.format(last=9))
    assert _found(trail.verify(anchored=False)) == [(9, AuditTrouble.MISSING_AFTER)]


def test_a_tail_cut_with_care_is_found_by_the_anchors_alone(trail: _Trail) -> None:
    trail.tamper(_FORGET.format(last=9), _SET_BACK)
    assert trail.verify(anchored=False).findings == ()
    report = trail.verify()
    assert _found(report) == [(9, AuditTrouble.TAIL_CUT)]
    assert "had 12 entries on 2026-03-14 15:00:00 UTC" in report.findings[0].message


def test_an_emptied_trail_is_found_by_the_anchors(trail: _Trail) -> None:
    empty = "UPDATE atalaya.audit_head SET sequence = 0, sha256 = repeat('0', 64)"
    trail.tamper(_FORGET.format(last=0), empty)
    assert trail.verify(anchored=False).findings == ()
    assert _found(trail.verify()) == [(0, AuditTrouble.TAIL_CUT)] * 2


def test_a_chain_made_anew_is_found_by_the_anchors_alone(trail: _Trail) -> None:
    trail.tamper(
        "UPDATE atalaya.audit SET login = 'sofia' WHERE sequence = 10",
        _REBUILD,
        _SET_BACK,
    )
    assert trail.verify(anchored=False).findings == ()
    report = trail.verify()
    assert _found(report) == [(9, AuditTrouble.REBUILT)]
    assert "made anew after entry 8" in report.findings[0].message


def test_an_entry_taken_out_and_the_rest_made_anew(trail: _Trail) -> None:
    trail.tamper("DELETE FROM atalaya.audit WHERE sequence = 5", _REBUILD, _SET_BACK)
    assert trail.verify(anchored=False).findings == ()
    found = _found(trail.verify())
    assert found == [(1, AuditTrouble.REBUILT), (11, AuditTrouble.TAIL_CUT)]


def test_an_entry_beside_the_chain(trail: _Trail) -> None:
    trail.tamper(
        "INSERT INTO atalaya.audit (login, workstation, action, subject, detail)"
        " VALUES ('ana', 'x', 'decide', 'x', '{}')"
    )
    assert _found(trail.verify()) == [(12, AuditTrouble.OUTSIDE_THE_CHAIN)]


def test_a_verifier_replaced_in_the_database_helps_nobody(trail: _Trail) -> None:
    trail.tamper(
        "UPDATE atalaya.audit SET login = 'sofia' WHERE sequence = 9",
        "CREATE OR REPLACE FUNCTION atalaya.verify_audit() RETURNS TABLE ("
        "sequence bigint, fault text) LANGUAGE sql AS 'SELECT 1, NULL WHERE false'",
        "CREATE OR REPLACE FUNCTION atalaya.audit_text(p_entry atalaya.audit)"
        " RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$",
    )
    assert _found(trail.verify()) == [(9, AuditTrouble.ALTERED)]


def test_anchors_of_another_hand_or_house_are_told(
    database: Database, trail: _Trail
) -> None:
    strange = verify_audit(database.superuser_dsn, trail.anchors(), [])
    assert {each.trouble for each in strange.findings} == {AuditTrouble.UNKNOWN_KEY}
    assert trail.key.public in strange.findings[0].message
    assert strange.first_broken is None
    template = database.superuser_dsn.replace(database.name, "atalaya_template")
    other = verify_audit(template, trail.anchors(), [trail.key.public])
    assert {each.trouble for each in other.findings} == {AuditTrouble.OTHER_DATABASE}


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "UPDATE atalaya.audit SET login = 'x' WHERE sequence = 4",
            ChainFault(trouble=AuditTrouble.ALTERED, sequence=4),
        ),
        (
            "DELETE FROM atalaya.audit WHERE sequence = 4",
            ChainFault(trouble=AuditTrouble.MISSING_BEFORE, sequence=5),
        ),
        (
            _FORGET.format(last=9),
            ChainFault(trouble=AuditTrouble.MISSING_AFTER, sequence=9),
        ),
        (
            "INSERT INTO atalaya.audit (login, workstation, action, subject, detail)"
            " VALUES ('ana', 'x', 'decide', 'x', '{}')",
            ChainFault(trouble=AuditTrouble.OUTSIDE_THE_CHAIN, sequence=None),
        ),
    ],
)
def test_the_auditors_page_is_told_the_same(
    database: Database, trail: _Trail, statement: str, fault: ChainFault
) -> None:
    trail.tamper(statement)
    assert database.login("aurora").audit.first_fault() == fault
