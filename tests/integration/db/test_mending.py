"""What a check mends is mended safely; what it cannot, it leaves as it is."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ids import Sha256
from app.evidence.copies import Copies
from app.evidence.store import LocalEvidenceStore
from db.check import CheckFinding, Mending, Trouble, check
from db.check_objects import YOUNG, _merged
from tests.builders.kept import KeptSite
from tests.fixtures_db import Database
from tests.integration.db.test_engine_gateway import by_other_engine


@pytest.fixture
def kept(database: Database, tmp_path: Path) -> KeptSite:
    """Give a site in which nothing was found yet."""
    return KeptSite.of(database, tmp_path)


@pytest.fixture
def aside(tmp_path: Path) -> LocalEvidenceStore:
    return LocalEvidenceStore(tmp_path / "aside", floor_bytes=0)


def _mend(
    kept: KeptSite, aside: LocalEvidenceStore, *backups: Path, since: str = ""
) -> list[CheckFinding]:
    copies = Copies(kept.store, aside, backups, [kept.folder / "work"])
    mending = Mending(aside=aside, put_back=copies.put_back, now=datetime.now(UTC))
    dsn = kept.database.superuser_dsn
    return list(check(dsn, kept.store, kept.store, mending=mending, since=since))


def _look(kept: KeptSite) -> list[tuple[Trouble, str]]:
    found = check(kept.database.superuser_dsn, kept.store, kept.store)
    return [(each.trouble, each.subject) for each in found]


def _lose(kept: KeptSite, sha256: Sha256, *, keep_in: Path | None = None) -> None:
    path = kept.store.local_path(sha256)
    if keep_in is None:
        path.unlink()
    else:
        keep_in.parent.mkdir(parents=True, exist_ok=True)
        path.rename(keep_in)


def test_a_lost_file_is_put_back_from_where_its_hash_is_right(
    kept: KeptSite, aside: LocalEvidenceStore, tmp_path: Path
) -> None:
    case = kept.found(b"a", b"b", b"c", b"d")
    a, b, c, d = (item.sha256 for item in case.evidence)
    backup = tmp_path / "backup"
    _lose(kept, a, keep_in=backup / a[:2] / a[2:4] / a)
    _lose(kept, b, keep_in=backup / b)
    _lose(kept, c, keep_in=tmp_path / "work" / "job" / "still.jpg")
    _lose(kept, d)
    (backup / d).write_bytes(b"another")
    found = {each.subject: each for each in _mend(kept, aside, backup)}
    assert {each.trouble for each in found.values()} == {Trouble.OBJECT_MISSING}
    assert {name for name, each in found.items() if each.mended} == {a, b, c}
    assert _look(kept) == [(Trouble.OBJECT_MISSING, d)]


def test_a_damaged_file_is_replaced_and_kept_aside(
    kept: KeptSite, aside: LocalEvidenceStore, tmp_path: Path
) -> None:
    (item,) = kept.found(b"still").evidence
    backup = tmp_path / "backup" / item.sha256
    backup.parent.mkdir()
    path = kept.store.local_path(item.sha256)
    backup.write_bytes(path.read_bytes())
    path.chmod(0o600)
    path.write_bytes(b"stilL")
    (found,) = _mend(kept, aside, backup.parent)
    assert (found.trouble, bool(found.mended)) == (Trouble.OBJECT_DAMAGED, True)
    assert _look(kept) == []
    (damaged,) = (tmp_path / "evidence" / "damaged").iterdir()
    assert damaged.read_bytes() == b"stilL"


def test_a_file_without_a_case_is_set_aside_when_no_spool_can_name_it(
    kept: KeptSite, aside: LocalEvidenceStore
) -> None:
    kept.found(b"of a case")
    old, young = kept.item(b"old").sha256, kept.item(b"young").sha256
    _make_old(kept, old)
    found = {each.subject: each.mended for each in _mend(kept, aside)}
    assert found == {old: "set aside", young: ""}
    assert _look(kept) == [(Trouble.OBJECT_WITHOUT_ROW, young)]
    # Its row came after all: the file comes back.
    kept.found(b"young")
    source = kept.folder / "again"
    source.write_bytes(b"old")
    case = kept.found(b"old", ordinal=1)
    _lose(kept, case.evidence[0].sha256)
    (found_again,) = _mend(kept, aside)
    assert found_again.mended == "put back from a copy"
    assert _look(kept) == []


def _make_old(kept: KeptSite, sha256: Sha256) -> None:
    long_ago = (datetime.now(UTC) - YOUNG - timedelta(hours=1)).timestamp()
    os.utime(kept.store.local_path(sha256), (long_ago, long_ago))


def test_a_damaged_file_without_a_case_stays(
    kept: KeptSite, aside: LocalEvidenceStore
) -> None:
    sha256 = kept.item(b"whose").sha256
    path = kept.store.local_path(sha256)
    path.chmod(0o600)
    path.write_bytes(b"whosE")
    os.utime(path, (0, 0))
    (found,) = _mend(kept, aside)
    assert (found.trouble, found.mended) == (Trouble.OBJECT_WITHOUT_ROW, "")
    assert kept.files() == {sha256}


def test_an_erased_file_that_a_backup_brought_back_goes_again(
    kept: KeptSite, aside: LocalEvidenceStore
) -> None:
    kept.found(b"still")
    kept.age()
    kept.erase()
    assert _look(kept) == []
    sha256 = kept.item(b"still").sha256
    assert _look(kept) == [(Trouble.ERASED_OBJECT_IS_THERE, sha256)]
    (found,) = _mend(kept, aside)
    assert found.mended == "deleted again"
    assert kept.files() == set()


def test_it_goes_on_from_where_it_ended(
    kept: KeptSite, aside: LocalEvidenceStore
) -> None:
    case = kept.found(*(b"%d" % n for n in range(8)))
    names = sorted(item.sha256 for item in case.evidence)
    for name in names:
        _lose(kept, name)
    found = _mend(kept, aside, since=names[5][:6])
    assert [each.subject for each in found] == names[5:]


_ERASED_TAMPERING = {
    "UPDATE atalaya.erasure SET reason = 'because I said so'": (
        Trouble.CERTIFICATE_ALTERED
    ),
    "UPDATE atalaya.erasure SET certificate = certificate || '{\"files\": []}'": (
        Trouble.CERTIFICATE_ALTERED
    ),
    "UPDATE atalaya.erasure SET certificate_sha256 = repeat('0', 64)": (
        Trouble.CERTIFICATE_ALTERED
    ),
    "UPDATE atalaya.infraction SET document = jsonb_set(document,"
    " '{measurement,speed_kmh}', '61.5')": Trouble.DOCUMENT_ALTERED,
    "UPDATE atalaya.infraction SET erased_at = NULL": Trouble.DOCUMENT_ALTERED,
    "UPDATE atalaya.infraction_twin SET document = jsonb_set(document,"
    " '{plate,text}', '\"ABC123\"')": Trouble.DOCUMENT_ALTERED,
    "DELETE FROM atalaya.erasure_object; DELETE FROM atalaya.erasure": (
        Trouble.CERTIFICATE_ALTERED
    ),
}


def test_what_is_left_of_an_erased_case_is_watched_like_any_other(
    kept: KeptSite,
) -> None:
    case = kept.found(b"still")
    kept.database.gateway().add(by_other_engine(case))
    kept.age()
    kept.erase()
    assert _look(kept) == []
    superuser = kept.database.connect()
    superuser.execute("SET session_replication_role = replica")
    for statement, trouble in _ERASED_TAMPERING.items():
        tables = ("erasure", "erasure_object", "infraction", "infraction_twin")
        for table in tables:
            superuser.execute(
                f"CREATE TABLE public.{table} AS TABLE atalaya.{table}".encode()
            )
        superuser.execute(statement.encode())
        found = {each for each, _ in _look(kept)}
        assert trouble in found, statement
        for table in reversed(tables):
            superuser.execute(f"DELETE FROM atalaya.{table}".encode())  # noqa: S608
        for table in tables:
            superuser.execute(
                f"INSERT INTO atalaya.{table} OVERRIDING SYSTEM VALUE"
                f" TABLE public.{table}".encode()
            )
            superuser.execute(f"DROP TABLE public.{table}".encode())
    assert _look(kept) == []


_NAMES = st.lists(st.sampled_from("abcdefgh"), unique=True).map(sorted)


@given(_NAMES, _NAMES)
def test_two_ordered_lists_are_merged_without_loss(
    named: list[str], stored: list[str]
) -> None:
    found = list(_merged(named, stored))
    assert [name for name, _, _ in found] == sorted({*named, *stored})
    assert [name for name, is_named, _ in found if is_named] == named
    assert [name for name, _, is_stored in found if is_stored] == stored
