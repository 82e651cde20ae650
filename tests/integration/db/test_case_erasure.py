"""Cases go when their term is over: who is in them is forgotten, not what was."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.domain.errors import (
    EnvironmentFault,
    NotPermitted,
    StateConflict,
    StorageUnavailable,
)
from app.domain.hold import NewHold
from app.domain.ids import InfractionId, Sha256
from app.domain.infraction import Infraction
from app.evidence.store import LocalEvidenceStore
from db import case_erasure
from db.case_erasure import Erasing, overdue_cases, retention_rules, set_retention
from db.check import Trouble, check
from db.plate_retention import Forgetting
from tests.builders.kept import KeptSite
from tests.builders.plates import sighting
from tests.contract.test_case_store import confirmation
from tests.fixtures_db import Database
from tests.integration.db.test_engine_gateway import by_other_engine

_PERIOD = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
_EVERYTHING = "SELECT string_agg(t::text, ' ') FROM atalaya.{} AS t"


@pytest.fixture
def kept(database: Database, tmp_path: Path) -> KeptSite:
    """Give a site in which nothing was found yet."""
    return KeptSite.of(database, tmp_path)


def _one(kept: KeptSite, query: str) -> str:
    row = kept.database.connect().execute(query.encode()).fetchone()
    return "" if row is None or row[0] is None else str(row[0])


def _certificate(kept: KeptSite, case: Infraction) -> dict[str, Any]:
    row = (
        kept.database.connect("aurora")
        .execute(
            "SELECT certificate FROM atalaya.erasure WHERE infraction_id = %s",
            (case.id,),
        )
        .fetchone()
    )
    assert row is not None
    return dict(row[0])


class _Stubborn:
    """Lets go of no file that it was asked for among the first two."""

    def __init__(self, store: LocalEvidenceStore) -> None:
        self._store = store
        self.kept: set[Sha256] = set()

    def delete(self, sha256: Sha256) -> bool:
        if len(self.kept) < 2:
            self.kept.add(sha256)
        if sha256 in self.kept:
            raise StorageUnavailable("This file cannot be deleted now. Wait.")
        return self._store.delete(sha256)


def test_files_that_cannot_go_keep_no_other_however_many(
    kept: KeptSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_erasure, "_FILES", 2)
    kept.found(*(b"%d" % number for number in range(5)))
    kept.age()
    store = _Stubborn(kept.store)
    done = Erasing(kept.database.superuser_dsn, store)
    done.finish()
    assert (done.files, kept.files()) == (3, set(store.kept))


def test_who_is_in_it_is_forgotten_and_what_happened_is_counted(
    kept: KeptSite,
) -> None:
    case = kept.found(b"still", b"clip")
    kept.confirm(case)
    kept.database.login("ana").case_store.issue_notice(case.id)
    store = kept.database.login("sofia").case_store
    before = store.summary(*_PERIOD)
    kept.age()
    # The decision is of today; no term counts from before it.
    assert kept.erase().begun == 0
    _age_decisions(kept)
    done = kept.erase()
    assert (done.begun, done.files, done.certified) == (1, 2, 1)
    assert replace(store.summary(*_PERIOD), median_decision_s=None) == replace(
        before, median_decision_s=None
    )
    assert store.cases() == []
    left = store.case(case.id)
    assert left.erased
    assert left.infraction.evidence == ()
    assert left.infraction.plate.best_guess is None
    assert left.infraction.measurement == case.measurement
    assert left.infraction.occurred.wall == case.occurred.wall.replace(
        minute=0, second=0, microsecond=0
    )
    assert kept.files() == set()
    for table in ("infraction", "review", "evidence", "erasure"):
        said = _one(kept, _EVERYTHING.format(table))
        for personal in ("ABC123", "A8C123", "Juan"):
            assert personal not in said, table


def _age_decisions(kept: KeptSite) -> None:
    kept.database.connect().execute(
        "SET session_replication_role = replica; UPDATE atalaya.review"
        " SET decided_at = decided_at - interval '4000 days'"
    )


def test_the_trail_names_no_plate_of_a_case(kept: KeptSite) -> None:
    """It cannot be changed, so it must not know what is erased one day."""
    kept.confirm(kept.found(b"still"))
    kept.age()
    kept.erase()
    said = _one(kept, _EVERYTHING.format("audit"))
    assert "decide" in said
    assert "ABC123" not in said


def test_a_certificate_names_the_files_and_is_chained(kept: KeptSite) -> None:
    case = kept.found(b"still")
    kept.age()
    kept.erase()
    certificate = _certificate(kept, case)
    (file,) = certificate["files"]
    assert (file["sha256"], file["size_bytes"], file["outcome"]) == (
        case.evidence[0].sha256,
        5,
        "deleted",
    )
    assert certificate["case"] == str(case.id)
    assert "pending is over" in str(certificate["reason"])
    chained = _one(
        kept,
        "SELECT count(*) FROM atalaya.audit AS a JOIN atalaya.erasure AS e"
        " ON a.detail ->> 'certificate_sha256' = e.certificate_sha256"
        " AND a.action = 'certify_erasure' AND a.subject = e.infraction_id::text"
        " AND e.certificate_sha256 ="
        " encode(sha256(convert_to(e.certificate::text, 'UTF8')), 'hex')",
    )
    assert chained == "1"
    faults = kept.database.connect().execute("SELECT * FROM atalaya.verify_audit()")
    assert faults.fetchall() == []


def test_an_erased_case_is_not_missed(kept: KeptSite) -> None:
    """The trail tells that it was added, and its row still has that hash."""
    case = kept.found(b"still")
    kept.age()
    assert kept.erase().begun == 1
    told = kept.database.connect().execute(
        "SELECT count(*) FROM atalaya.audit WHERE action = 'add_case' AND subject = %s",
        (str(case.id),),
    )
    assert told.fetchone() == (1,)
    found = list(check(kept.database.superuser_dsn, kept.store))
    assert Trouble.CASE_NOT_AS_ADDED not in {each.trouble for each in found}


def test_terms_are_those_of_type_and_state(kept: KeptSite) -> None:
    """A day too few, and nothing goes."""
    case = kept.found(b"still")
    kept.age(729)
    assert kept.erase().begun == 0
    kept.age(1)
    assert kept.erase().begun == 1
    assert kept.database.login("ana").case_store.case(case.id).erased


def test_a_changed_term_erases_nothing_for_seven_days(kept: KeptSite) -> None:
    kept.found(b"still")
    kept.age(100)
    admin = kept.database.dsn("admin")
    set_retention(admin, "speeding", "pending", 8)
    assert kept.erase().begun == 0
    kept.age(7)
    assert kept.erase().begun == 1
    rule = next(r for r in retention_rules(admin) if r.keep_days == 8)
    assert (rule.kind, rule.state) == ("speeding", "pending")
    with pytest.raises(KeyError):
        set_retention(admin, "speeding", "eaten", 8)
    for days in (7, 36501):
        with pytest.raises(NotPermitted):
            set_retention(admin, "speeding", "pending", days)


def test_a_dry_run_lists_exactly_what_would_go(kept: KeptSite) -> None:
    cases = [kept.found(b"%d" % n, ordinal=n) for n in range(4)]
    kept.age(700)
    kept.database.login("sofia").case_store.set_hold(
        cases[2].id, NewHold(reason="an objection")
    )
    admin = kept.database.dsn("admin")
    now = datetime.now(UTC)
    assert list(overdue_cases(admin, now)) == []
    month = list(overdue_cases(admin, now + timedelta(days=31)))
    assert {each.id for each in month} == {case.id for case in cases}
    would = {each.id for each in month if not each.held}
    assert would == {case.id for case in cases} - {cases[2].id}
    assert {each.files for each in month} == {1}
    kept.age(31)
    kept.erase()
    store = kept.database.login("ana").case_store
    assert {case.id for case in cases if store.case(case.id).erased} == would


@pytest.mark.parametrize("days", [None, 30])
def test_a_hold_beats_every_term_whoever_asks(kept: KeptSite, days: int | None) -> None:
    case = kept.found(b"still")
    ends = None if days is None else datetime.now(UTC) + timedelta(days=days)
    sofia = kept.database.login("sofia").case_store
    sofia.set_hold(case.id, NewHold(reason="an objection", ends=ends))
    kept.age()
    assert kept.erase().begun == 0
    assert _refused(kept, case.id, "postgres") == "AT001"
    (hold,) = sofia.case(case.id).holds
    kept.database.login("admin").case_store.release_hold(hold.id, "it was answered")
    assert kept.erase().begun == 1
    with pytest.raises(StateConflict, match="erased"):
        sofia.set_hold(case.id, NewHold(reason="too late for this"))


def _refused(kept: KeptSite, case_id: InfractionId, role: str) -> str | None:
    """Return the SQLSTATE that whoever owns the tables meets."""
    connection = kept.database.connect()
    connection.execute(f"SET ROLE {role}".encode())
    try:
        connection.execute("SELECT atalaya.erase_case(%s, 'by hand')", (case_id,))
    except psycopg.Error as refusal:
        return refusal.sqlstate
    return None


def test_nobody_erases_before_the_term(kept: KeptSite) -> None:
    case = kept.found(b"still")
    for role in ("postgres", "atalaya_owner"):
        assert _refused(kept, case.id, role) == "AT001"


def test_a_file_of_two_cases_goes_with_the_second(kept: KeptSite) -> None:
    first = kept.found(b"shared", b"first")
    second = kept.found(b"shared", b"second", ordinal=1)
    shared = first.evidence[0].sha256
    sofia = kept.database.login("sofia").case_store
    sofia.set_hold(second.id, NewHold(reason="an objection"))
    kept.age()
    kept.erase()
    assert kept.files() == {item.sha256 for item in second.evidence}
    outcomes = {
        file["sha256"]: file["outcome"] for file in _certificate(kept, first)["files"]
    }
    assert outcomes[shared] == "shared"
    (hold,) = sofia.case(second.id).holds
    kept.database.login("admin").case_store.release_hold(hold.id, "it was answered")
    kept.erase()
    assert kept.files() == set()


def test_what_another_engine_saw_of_it_goes_as_well(kept: KeptSite) -> None:
    case = kept.found(b"mine")
    theirs = by_other_engine(replace(case, evidence=(kept.item(b"theirs"),)))
    kept.database.gateway().add(theirs)
    kept.age()
    assert kept.erase().files == 2
    assert kept.files() == set()
    twins = _one(kept, _EVERYTHING.format("infraction_twin"))
    assert str(theirs.id) in twins
    assert "ABC123" not in twins
    assert _one(kept, _EVERYTHING.format("twin_file")) == ""


def test_a_file_that_a_twin_of_another_case_names_stays(kept: KeptSite) -> None:
    kept.found(b"shared")
    held = kept.found(b"mine", ordinal=1)
    theirs = by_other_engine(replace(held, evidence=(kept.item(b"shared"),)))
    kept.database.gateway().add(theirs)
    kept.database.login("sofia").case_store.set_hold(
        held.id, NewHold(reason="an objection")
    )
    kept.age()
    before = kept.files()
    done = kept.erase()
    assert (done.begun, done.files, done.certified) == (1, 0, 1)
    assert kept.files() == before


def test_an_engine_that_tells_again_is_content_and_brings_nothing_back(
    kept: KeptSite,
) -> None:
    case = kept.found(b"still")
    kept.age()
    kept.erase()
    kept.database.gateway().add(case)
    assert kept.database.login("ana").case_store.case(case.id).erased


def test_an_erased_case_is_claimed_and_decided_no_more(kept: KeptSite) -> None:
    case = kept.found(b"still")
    kept.age()
    kept.erase()
    store = kept.database.login("ana").case_store
    with pytest.raises(StateConflict, match="erased"):
        store.claim(case.id)
    with pytest.raises(StateConflict, match="erased"):
        store.decide(confirmation(case))


def test_the_read_of_its_plate_is_forgotten_too(kept: KeptSite) -> None:
    case = kept.found(b"still")
    read = sighting(case.camera_id, "ABC-123")
    read = replace(read, track_id=case.track_id, seen=case.occurred)
    sink = kept.database.gateway().plate_sink(case.provenance.engine_id)
    sink.add([read])
    forgetting = Forgetting(kept.database.superuser_dsn)
    forgetting.finish()
    assert forgetting.reads == 0
    kept.age()
    kept.erase()
    forgetting = Forgetting(kept.database.superuser_dsn)
    forgetting.finish()
    assert (forgetting.reads, forgetting.plates) == (1, 1)


@dataclass
class _Failing:
    """A store of which one deletion fails, before or after it was made."""

    store: LocalEvidenceStore
    at: int
    error: type[BaseException]
    late: bool = False

    def delete(self, sha256: Sha256) -> bool:
        self.at -= 1
        if self.at == 0 and not self.late:
            raise self.error("cut off")
        there = self.store.delete(sha256)
        if self.at == 0:
            raise self.error("cut off")
        return there


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("at", [1, 4])
def test_a_pass_that_was_cut_off_is_taken_up_again(
    kept: KeptSite, at: int, late: bool
) -> None:
    cases = [kept.found(b"%d a" % n, b"%d b" % n, ordinal=n) for n in range(2)]
    kept.age()
    failing = _Failing(kept.store, at, KeyboardInterrupt, late)
    with pytest.raises(KeyboardInterrupt):
        Erasing(kept.database.superuser_dsn, failing).finish()
    assert kept.erase().certified == 2
    assert kept.files() == set()
    for case in cases:
        files = _certificate(kept, case)["files"]
        outcomes = sorted(file["outcome"] for file in files)
        assert outcomes in (["deleted", "deleted"], ["absent", "deleted"])


def test_a_file_that_cannot_go_today_keeps_no_other(kept: KeptSite) -> None:
    kept.found(b"stuck", b"free")
    kept.found(b"another", ordinal=1)
    kept.age()
    failing = _Failing(kept.store, 1, EnvironmentFault)
    done = Erasing(kept.database.superuser_dsn, failing)
    done.finish()
    assert (done.begun, done.files, done.certified) == (2, 2, 1)
    assert "cut off" in str(done)
    assert kept.erase().certified == 1


def test_only_an_administrator_erases(kept: KeptSite) -> None:
    kept.found(b"still")
    kept.age()
    for login in ("ana", "sofia", "teo", "aurora"):
        with pytest.raises(NotPermitted):
            Erasing(kept.database.dsn(login), kept.store).step()
    done = Erasing(kept.database.dsn("admin"), kept.store)
    done.finish()
    assert done.certified == 1
