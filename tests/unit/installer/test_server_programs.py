"""Where PostgreSQL comes from; a package manager of paper stands in for apt."""

from pathlib import Path

import pytest

from installer.bootstrap import SetupFailed
from installer.server import programs
from installer.server.programs import install_packages

_APT_CACHE = '#!/bin/sh\ncat "{there}/names"\n'
_APT_GET = """#!/bin/sh
echo "$@" >> "{there}/asked"
if cd "{there}/createcluster.d"; then ls >> "{there}/seen"; fi
"""
_ADDS = '#!/bin/sh\ntouch "{there}/pgdg.sources"\n{then}\n'


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with the programs, their answers and what they were asked."""
    folder = tmp_path / "bin"
    folder.mkdir()
    _script(folder / "apt-cache", _APT_CACHE.format(there=tmp_path))
    _script(folder / "apt-get", _APT_GET.format(there=tmp_path))
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setattr(programs, "_CLUSTER_DEFAULTS", tmp_path / "createcluster.d")
    monkeypatch.setattr(programs, "_OWN_REPOSITORY", tmp_path / "add-repository")
    monkeypatch.setattr(programs, "_OWN_SOURCES", tmp_path / "pgdg.sources")
    return tmp_path


def _script(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def _asked(there: Path) -> list[str]:
    return (there / "asked").read_text().splitlines()


def test_the_newest_of_the_system_is_installed_without_a_server(there: Path) -> None:
    names = "postgresql-15\npostgresql-17\npostgresql-16\npostgresql-17-cron\n"
    (there / "names").write_text(names)
    install_packages()
    assert _asked(there) == [
        "update -q",
        "install --yes --no-install-recommends postgresql-17",
    ]
    assert (there / "seen").read_text() == "atalaya.conf\n"
    assert list((there / "createcluster.d").iterdir()) == []


def test_else_that_of_postgresql_itself(there: Path) -> None:
    (there / "names").write_text("postgresql-15\n")
    more = f'echo postgresql-18 >> "{there}/names"'
    _script(there / "add-repository", _ADDS.format(there=there, then=more))
    install_packages()
    assert _asked(there)[-1].endswith("postgresql-18")
    assert (there / "pgdg.sources").exists()


def test_where_there_is_none_it_says_what_to_do_and_leaves_apt_alone(
    there: Path,
) -> None:
    (there / "names").write_text("postgresql-15\n")
    _script(there / "add-repository", _ADDS.format(there=there, then="exit 100"))
    with pytest.raises(SetupFailed, match="--bin /path/to/bin"):
        install_packages()
    assert not (there / "pgdg.sources").exists()
    assert not any("postgresql-15" in line for line in _asked(there))
