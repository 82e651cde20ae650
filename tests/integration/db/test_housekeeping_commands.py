"""What looks after cases and their files, as it is typed."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import main
from app.config.paths import Paths
from app.config.secret_store import open_secret_store
from app.evidence.open_store import open_evidence, set_aside_store
from tests.builders.kept import KeptSite
from tests.fixtures_db import Database, password_of

_DAY = timedelta(days=1)


class Terminal:
    """Types commands for a site, and gives what they print."""

    def __init__(
        self, kept: KeptSite, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Keep the commands out of the user's own folder."""
        open_secret_store(Paths(home))
        self.kept = kept
        self._home = home
        self._capsys = capsys

    def owner(self, *words: str, code: int = 0) -> str:
        """Run a command as whoever looks after the database."""
        dsn = self.kept.database.superuser_dsn
        return self._run([*words, "--superuser-dsn", dsn], code)

    def person(self, login: str, *words: str, code: int = 0) -> str:
        """Run a command in somebody's name."""
        dsn = self.kept.database.address
        return self._run([*words, "--login", login, "--dsn", dsn], code)

    def _run(self, words: list[str], code: int) -> str:
        assert main.main(["db", *words, "--home", str(self._home)]) == code
        said = self._capsys.readouterr()
        return said.out + said.err


@pytest.fixture
def terminal(
    database: Database,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Terminal:
    """Give a terminal at which everybody knows their password."""
    monkeypatch.setattr(
        "getpass.getpass", lambda prompt: password_of(prompt.split("'")[1])
    )
    return Terminal(KeptSite.of(database, tmp_path), tmp_path, capsys)


def test_terms_dry_run_erasure_and_certificates(
    terminal: Terminal, tmp_path: Path
) -> None:
    gone = terminal.kept.found(b"goes")
    held = terminal.kept.found(b"stays", ordinal=1)
    terminal.person("sofia", "hold", str(held.id), "--reason", "an objection")
    assert "730 days" in terminal.owner("retention")
    changed = ("retention", "set", "speeding", "pending", "100")
    assert "seven days" in terminal.person("admin", *changed)
    terminal.person("sofia", *changed, code=main.EXIT_FAULT)
    wrong = ("retention", "set", "speeding", "eaten", "100")
    assert "no such type" in terminal.person("admin", *wrong, code=main.EXIT_FAULT)
    terminal.kept.age(99)
    later = f"{datetime.now(UTC) + 2 * _DAY:%Y-%m-%d}"
    assert "0 case(s) would be erased" in terminal.owner("retention", "dry-run")
    would = terminal.owner("retention", "dry-run", "--on", later)
    assert f"erase  {gone.id}" in would
    assert f"held   {held.id}" in would
    assert "1 case(s) would be erased, 1 files and 4 bytes" in would
    terminal.kept.age(2)
    assert "1 cases erased, 1 files deleted" in terminal.owner("retention", "apply")
    out = tmp_path / "out"
    shown = terminal.owner("certificates", "--out", str(out))
    assert str(gone.id) in shown
    (file,) = out.iterdir()
    written = json.loads(file.read_text())
    assert written["document"]["files"][0]["sha256"] == gone.evidence[0].sha256
    assert written["sequence"]
    assert "0 certificate(s)" in terminal.owner("certificates", "--case", str(held.id))


def test_a_hold_is_put_listed_and_released_by_another(terminal: Terminal) -> None:
    case = terminal.kept.found(b"still")
    day = f"{datetime.now(UTC) + 30 * _DAY:%Y-%m-%d}"
    why = ("--reason", "an objection")
    terminal.person("sofia", "hold", str(case.id), *why, "--until", day)
    listed = terminal.person("admin", "holds")
    assert f"case {case.id}, lock until {day}, by sofia" in listed
    hold = listed.split()[0]
    own = terminal.person("sofia", "release", hold, *why, code=main.EXIT_FAULT)
    assert "another person" in own
    assert "released" in terminal.person("admin", "release", hold, *why)
    assert "0 hold(s)" in terminal.person("admin", "holds")
    nobody = "01980000-0000-7000-8000-000000000000"
    for words in (("hold", nobody), ("release", nobody)):
        said = terminal.person("sofia", *words, *why, code=main.EXIT_FAULT)
        assert "There is no such" in said


def test_a_check_names_mends_and_counts(terminal: Terminal, tmp_path: Path) -> None:
    (item,) = terminal.kept.found(b"still").evidence
    path = terminal.kept.store.local_path(item.sha256)
    backup = tmp_path / "backup"
    backup.mkdir()
    path.rename(backup / item.sha256)
    said = terminal.owner("check", code=1)
    assert f"object_missing: {item.sha256}" in said
    assert "1 finding(s), 0 mended" in said
    mended = terminal.owner("check", "--mend", "--from", str(backup))
    assert "put back from a copy" in mended
    assert "0 finding(s)" in terminal.owner("check", "--since", "0")


def test_what_is_kept_of_a_plate_is_written_in_somebodys_name(
    terminal: Terminal, tmp_path: Path
) -> None:
    terminal.kept.found(b"no picture")
    wanted = ("--plate", "ABC-123", "--reason", "letter 17", "--out", str(tmp_path))
    said = terminal.person("sofia", "export-subject", *wanted)
    folder = Path(said.split("Written to ")[1].strip())
    data = (folder / "data.json").read_bytes()
    sums = (folder / "SHA256SUMS").read_text()
    assert f"{hashlib.sha256(data).hexdigest()}  data.json" in sums
    terminal.person("ana", "export-subject", *wanted, code=main.EXIT_FAULT)


def test_what_was_set_aside_is_erased_with_its_case(
    terminal: Terminal, tmp_path: Path
) -> None:
    """A case may come late, when its files were set aside; they outlive it nowhere."""
    case = terminal.kept.found(b"still")
    paths = Paths(tmp_path)
    aside = set_aside_store(paths, open_evidence(paths, open_secret_store(paths)))
    source = tmp_path / "source"
    source.write_bytes(b"still")
    aside.put(source)
    assert list(aside.names()) == [case.evidence[0].sha256]
    terminal.kept.age()
    assert "1 cases erased, 1 files deleted" in terminal.owner("retention", "apply")
    assert list(aside.names()) == []


def test_a_lock_stands_until_the_end_of_the_day_where_the_site_is(
    terminal: Terminal,
) -> None:
    """In Lima the day ends five hours after it has ended in Greenwich."""
    case = terminal.kept.found(b"still")
    day = (datetime.now(UTC) + 40 * _DAY).strftime("%Y-%m-%d")
    words = ("hold", str(case.id), "--reason", "objection", "--until", day)
    terminal.person("sofia", *words)
    (hold,) = terminal.kept.database.login("sofia").case_store.holds()
    assert hold.ends is not None
    local = hold.ends.astimezone(ZoneInfo("America/Lima"))
    assert f"{local:%Y-%m-%d %H:%M}" == f"{day} 23:59"
    assert f"until {day}" in terminal.person("sofia", "holds")


def test_months_are_shown_and_kept(terminal: Terminal) -> None:
    shown = terminal.owner("months", "--keep")
    assert shown.startswith("the months are in order")
    assert "infraction_rest" in shown
    assert "plate_read_first" in shown


def test_an_administrator_says_when_the_trail_is_set_aside(terminal: Terminal) -> None:
    assert "after 400 days" in terminal.person("admin", "trail-term", "400")
    kept = terminal.kept.database.connect().execute(
        "SELECT keep_days FROM atalaya.trail_term"
    )
    assert kept.fetchall() == [(400,)]
    assert "for ever" in terminal.person("admin", "trail-term", "never")
    terminal.person("admin", "trail-term", "30", code=3)
    terminal.person("sofia", "trail-term", "400", code=3)
