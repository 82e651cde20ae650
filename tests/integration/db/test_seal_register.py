"""Keys and time-stamps come back as the engine gave them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.config.paths import Paths
from app.domain.errors import StateConflict
from app.domain.evidence import EvidenceItem, EvidenceKind
from app.domain.ids import EvidenceId, Sha256, new_uuid
from app.domain.seal import EngineKey
from app.evidence.seal_key import KEY_SECRET, SealKey, handed_over
from app.evidence.store import LocalEvidenceStore
from app.runtime.sealing import sealing
from tests.builders.infractions import OCCURRED, speeding
from tests.builders.site import finding, installed_camera
from tests.fakes.manual_clock import ManualClock
from tests.fakes.secrets import MemorySecrets
from tests.fixtures_db import Database
from tests.integration.db.test_engine_gateway import by_other_engine

_SEAL = Sha256("5e" * 32)


def _told(entry: EngineKey, known: EngineKey) -> bool:
    """Tell whether the server knows an entry as it was told, and when it was."""
    now = datetime.now(UTC)
    told = known.registered_at
    fresh = told is not None and now - told < timedelta(minutes=5)
    return fresh and entry == replace(known, registered_at=None)


def test_a_key_and_the_one_that_replaced_it(database: Database) -> None:
    secrets, clock = MemorySecrets(), ManualClock()
    gateway = database.gateway()
    first = SealKey.of(secrets, clock).entry("desk")
    gateway.register_key(first)
    clock.advance(timedelta(days=1))
    second = SealKey.rotate(secrets, clock).entry("desk")
    for _ in range(2):
        gateway.register_key(second)
    known = database.login("ana").seals.keys()
    assert all(_told(*pair) for pair in zip((first, second), known, strict=True))
    assert handed_over(known[1])


def test_keys_that_were_changed_before_the_server_knew_them(
    database: Database, tmp_path: Path
) -> None:
    """All are told, the oldest first: else what they sealed is looked at by nobody."""
    secrets, clock = MemorySecrets(), ManualClock()
    keys = [SealKey.of(secrets, clock)]
    for _ in range(3):
        clock.advance(timedelta(days=1))
        keys.append(SealKey.rotate(secrets, clock))
    assert len(secrets.get(KEY_SECRET)[1]) < 1024  # type: ignore[index]
    store = LocalEvidenceStore(tmp_path / "evidence", floor_bytes=0)
    for _ in range(2):
        with sealing(
            Paths(tmp_path), store, secrets, clock, database.gateway()
        ) as seals:
            seals.sink.probe()
    known = database.login("ana").seals.keys()
    assert [each.key for each in known] == [key.public for key in keys]
    assert [handed_over(each) for each in known] == [False, True, True, True]


def test_a_key_that_cannot_be_told_any_more_keeps_no_later_one(
    database: Database, tmp_path: Path
) -> None:
    """A release before told the second one alone, which is the first to the server."""
    secrets, clock = MemorySecrets(), ManualClock()
    gateway = database.gateway()
    SealKey.of(secrets, clock)
    second = SealKey.rotate(secrets, clock)
    gateway.register_key(second.entry("desk"))
    third = SealKey.rotate(secrets, clock)
    store = LocalEvidenceStore(tmp_path / "evidence", floor_bytes=0)
    with sealing(Paths(tmp_path), store, secrets, clock, gateway) as seals:
        seals.sink.probe()
    known = database.login("ana").seals.keys()
    assert {each.key for each in known} == {second.public, third.public}


def test_a_second_key_without_a_handover_is_refused(database: Database) -> None:
    gateway = database.gateway()
    entry = SealKey.of(MemorySecrets(), ManualClock()).entry("desk")
    gateway.register_key(entry)
    with pytest.raises(StateConflict, match="did not hand over"):
        gateway.register_key(replace(entry, key="2e" * 32))
    assert len(database.login("aurora").seals.keys()) == 1


def _sealed_by(sha256: Sha256) -> tuple[EvidenceItem]:
    seal = EvidenceItem(
        id=EvidenceId(new_uuid()),
        kind=EvidenceKind.SEAL,
        sha256=sha256,
        media_type="application/json",
        size_bytes=600,
        captured_at=OCCURRED.wall,
    )
    return (seal,)


def test_stamps_of_a_seal(database: Database) -> None:
    gateway, cases = database.gateway(), database.login("sofia")
    version = installed_camera(database.login("teo").site)
    infraction = finding(version, 1, speeding(evidence=_sealed_by(_SEAL)))
    with pytest.raises(KeyError):
        gateway.add_stamp(infraction.id, _SEAL, b"early")
    gateway.add(infraction)
    for response in (b"one", b"two", b"one"):
        gateway.add_stamp(infraction.id, _SEAL, response)
    other = Sha256("ab" * 32)
    assert cases.seals.stamps([_SEAL, other]) == {_SEAL: [b"one", b"two"]}
    assert cases.seals.stamps([]) == {}


def test_stamps_are_shown_with_the_case_and_keys_to_all_who_verify(
    database: Database,
) -> None:
    """Those of a twin's seal as well; the engine serves cameras of all sites."""
    gateway, superuser = database.gateway(), database.connect()
    superuser.execute("SELECT atalaya.add_site('Sur', 'America/Lima', 'SUR')")
    version = installed_camera(database.login("teo").site)
    superuser.execute(
        "SELECT atalaya.move_camera(%s, 2::smallint)", (version.camera_id,)
    )
    superuser.execute("SELECT atalaya.set_sites('ana', '{2}')")
    superuser.execute("SELECT atalaya.set_sites('sofia', '{1}')")
    found = finding(version, 1, speeding(evidence=_sealed_by(_SEAL)))
    other = Sha256("7e" * 32)
    twin = replace(by_other_engine(found), evidence=_sealed_by(other))
    for each, seal in ((found, _SEAL), (twin, other)):
        gateway.add(each)
        gateway.add_stamp(each.id, seal, b"one")
    gateway.register_key(SealKey.of(MemorySecrets(), ManualClock()).entry("desk"))
    seen = {
        login: set(database.login(login).seals.stamps([_SEAL, other]))
        for login in ("ana", "sofia", "aurora")
    }
    assert seen == {"ana": {_SEAL, other}, "sofia": set(), "aurora": {_SEAL, other}}
    assert len(database.login("sofia").seals.keys()) == 1
