"""A case goes through the engine's parts to the server, and `verify` checks it."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.config.paths import Paths
from app.domain.clock import SystemClock
from app.domain.evidence import EvidenceKind
from app.domain.infraction import Infraction
from app.evidence.spool import Spool
from app.evidence.store import LocalEvidenceStore
from app.runtime.sealing import sealing
from main import EXIT_ALREADY_RUNNING, EXIT_FAULT, main
from tests.builders.infractions import speeding
from tests.builders.sealed import SealedCases, item_of
from tests.builders.site import finding, installed_camera
from tests.builders.tsa import Authority, make_authority, served
from tests.fakes.secrets import MemorySecrets
from tests.fixtures_db import Database
from tests.integration.engine.waiting import wait_until

_Type = Callable[..., int]


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "home")


@pytest.fixture
def store(paths: Paths) -> LocalEvidenceStore:
    return LocalEvidenceStore(paths.evidence, floor_bytes=0)


@pytest.fixture
def tsa(tmp_path: Path) -> Iterator[Authority]:
    with served(make_authority(tmp_path / "tsa")) as authority:
        yield authority


def _recorded(
    database: Database, paths: Paths, store: LocalEvidenceStore
) -> Infraction:
    """Have the engine's parts seal a case, and hand it and its stamp on."""
    version = installed_camera(database.login("teo").site)
    gateway, clock = database.gateway(), SystemClock()
    with sealing(paths, store, MemorySecrets(), clock, gateway) as seals:
        maker = SealedCases(
            store=store, folder=paths.spool, own=seals.sealer, sealed_at=clock.now()
        )
        case = maker.case(finding(version, 1, speeding()))
        seals.sink.add(case)
        queue, seal = seals.stamps, item_of(case, EvidenceKind.SEAL).sha256
        if queue is not None:
            queue.ask(case.id, seal)
            wait_until(lambda: not queue.count(), "time-stamp")
            assert database.login("ana").seals.stamps([seal])
    return case


def _configure(paths: Paths, authority: Authority) -> None:
    (paths.root / "timestamp.toml").write_text(
        f'url = "{authority.url}"\nca_file = "{authority.ca_file}"\n'
    )


@pytest.fixture
def verify(database: Database, paths: Paths) -> _Type:
    def run(case: object, *more: str) -> int:
        home = ["--home", str(paths.root)]
        dsn = ["--superuser-dsn", database.superuser_dsn]
        return main(["verify", str(case), *home, *dsn, *more])

    return run


def test_a_case_with_everything(
    database: Database,
    paths: Paths,
    store: LocalEvidenceStore,
    tsa: Authority,
    verify: _Type,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Sealed, registered, stamped; in the database, and as a folder elsewhere."""
    _configure(paths, tsa)
    case = _recorded(database, paths, store)
    folder = tmp_path / "copy"
    assert verify(case.id, "--export", str(folder)) == 0
    said = capsys.readouterr().out
    assert "files: 4, each with its SHA-256" in said
    assert "by Test TSA" in said
    assert "Everything that was looked at holds." in said
    key = database.login("aurora").seals.keys()[0].key
    assert key in said
    elsewhere = ("--home", str(tmp_path / "elsewhere"))
    assert main(["verify", str(folder), *elsewhere]) == 0
    said = capsys.readouterr().out
    assert "not looked up: name it with --key" in said
    assert "name it with --ca" in said
    whole = ("--key", key, "--ca", str(tsa.ca_file))
    assert main(["verify", str(folder), *elsewhere, *whole]) == 0
    assert "by Test TSA" in capsys.readouterr().out
    assert main(["verify", str(folder), *elsewhere, "--key", "00" * 32]) == 1
    assert "nobody knows the key" in capsys.readouterr().out
    clip = folder / "clip.jpg"
    clip.write_bytes(clip.read_bytes() + b"0")
    assert main(["verify", str(folder), *elsewhere, *whole]) == 1
    assert "not the one recorded (clip)" in capsys.readouterr().out


def test_a_wrong_stamp_is_told_and_keeps_no_case_in(
    database: Database,
    paths: Paths,
    store: LocalEvidenceStore,
    verify: _Type,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every engine may write stamps: one bad one could stop any case."""
    case = _recorded(database, paths, store)
    seal = item_of(case, EvidenceKind.SEAL).sha256
    database.gateway().add_stamp(case.id, seal, b"by whom?")
    folder = tmp_path / "copy"
    assert verify(case.id, "--export", str(folder)) == 1
    assert "does not hold: the time-stamp" in capsys.readouterr().out
    assert (folder / "seal.json").exists()


def test_a_case_without_an_authority_says_so(
    database: Database,
    paths: Paths,
    store: LocalEvidenceStore,
    verify: _Type,
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = _recorded(database, paths, store)
    assert verify(case.id) == 0
    assert "time-stamp: none was asked for" in capsys.readouterr().out


def _stolen_key(database: Database) -> None:
    database.connect().execute(
        "SET session_replication_role = replica; DELETE FROM atalaya.engine_key"
    )


def _altered_finding(database: Database) -> None:
    database.connect().execute(
        "SET session_replication_role = replica; UPDATE atalaya.infraction SET"
        " document = jsonb_set(document, '{plate,text}', '\"XYZ999\"')"
    )


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (_stolen_key, "nobody knows the key of the seal"),
        (_altered_finding, "the finding in the database was altered"),
    ],
)
def test_what_a_superuser_altered_is_named(
    database: Database,
    paths: Paths,
    store: LocalEvidenceStore,
    verify: _Type,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    tamper: Callable[[Database], None],
    said: str,
) -> None:
    case = _recorded(database, paths, store)
    tamper(database)
    assert verify(case.id) == 1
    assert f"The first thing that does not hold: {said}" in capsys.readouterr().out
    folder = tmp_path / "copy"
    assert verify(case.id, "--export", str(folder)) != 0
    assert not folder.exists()


@pytest.mark.parametrize("what", ["no case", "0198", "01980000-0000-7000-8000-000000"])
def test_what_is_no_case(
    verify: _Type, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(what) == EXIT_FAULT
    assert "no folder, and no identity" in capsys.readouterr().err


def test_what_is_not_there(
    verify: _Type, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify("01980000-0000-7000-8000-0000000000ff") == EXIT_FAULT
    assert "no case with this identity" in capsys.readouterr().err
    assert verify(tmp_path) == EXIT_FAULT
    assert "no manifest" in capsys.readouterr().err


def test_the_key_is_not_changed_while_an_engine_seals_with_it(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it sealed from then on would be sealed with a key that is over."""
    home = ["--home", str(paths.root)]
    assert main(["db", "seal-key", *home]) == 0
    shown = capsys.readouterr().out
    with closing(Spool(paths.spool / "spool.sqlite", SystemClock(), ballast_bytes=1)):
        assert main(["db", "seal-key", "--rotate", *home]) == EXIT_ALREADY_RUNNING
        assert "Stop it first" in capsys.readouterr().err
        assert main(["db", "seal-key", *home]) == 0
    assert capsys.readouterr().out == shown


def test_the_key_is_shown_and_changed(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(paths.root)]
    assert main(["db", "seal-key", *home]) == 0
    first = capsys.readouterr().out
    assert main(["db", "seal-key", *home]) == 0
    assert capsys.readouterr().out == first
    assert main(["db", "seal-key", "--rotate", *home]) == 0
    changed = capsys.readouterr().out
    assert changed.splitlines()[0] == first.splitlines()[0]
    assert changed.splitlines()[1] != first.splitlines()[1]
