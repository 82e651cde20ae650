"""The releases before work on the newest tables: their code, by their own contract.

Workstations of a site are upgraded one after the other, so that two releases meet on
one server. The code of an earlier one is taken from the history; its contract tests
then run against a server that has the tables of today. A second test looks at the
migrations themselves, for what takes something away.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from app.config.paths import PROJECT
from db.migrate import upgrade
from db.provision import DEMO_PEOPLE, ENGINE_LOGIN, provision
from tests.fixtures_db import Host, password_of

# The last commit of each, by the version of its tables. Each run tries the newest of
# them; with `ATALAYA_EVERY_RELEASE` set it tries all.
_RELEASES = {
    "0005": "4d654f64a4ec46c614d9b28f3965021663750a4f",
    "0006": "ba91d25f736a6a6f91b7656f8f0f3032f67374c4",
    "0008": "1f2ad0424fbb1f50f6e98940fdfa3b0d1f40c88d",
    "0012": "e85f46b2c1bb3801733195a62868a5eee8720faa",
}
_CONTRACTS = ("case_store", "plate_register", "sink", "site_store")
# What a release promised and a later one refuses on purpose: test, and why.
_TIGHTENED: dict[str, str] = {}
_CONFTEST = """
from hypothesis import settings

settings.register_profile("atalaya", deadline=None, derandomize=True)
settings.load_profile("atalaya")
pytest_plugins = ["tests.fixtures_db"]
"""
# Instead of a server with its own tables, it gets that of today.
_FIXTURES = """

import os as _os
from psycopg.conninfo import conninfo_to_dict


class _Newest:
    _known = json.loads(_os.environ.pop("ATALAYA_NEWEST"))
    port, superuser_dsn = _known["port"], _known["superuser_dsn"]

    def dsn(self, login, password, database):
        return make_conninfo(
            self._known["people"], user=login, password=password, dbname=database
        )

    def address_of(self, database):
        known = conninfo_to_dict(self._known["people"], dbname=database)
        return make_conninfo(**{k: v for k, v in known.items() if k in self._PLACE})

    _PLACE = ("host", "hostaddr", "port", "dbname", "sslmode", "sslrootcert")


@pytest.fixture(scope="session")
def database_host():
    yield _Newest()


_numbers = itertools.count(_Newest._known["from"])
"""
_TEMPLATE = "atalaya_upgraded"


_TRIED = list(_RELEASES)[0 if os.environ.get("ATALAYA_EVERY_RELEASE") else -1 :]


@pytest.fixture(params=_TRIED)
def release(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Give the tree of a release; skip where the history is not here."""
    version = request.param
    packed = subprocess.run(
        ["git", "archive", _RELEASES[version], "app", "db", "tests", "resources"],
        check=False,
        cwd=PROJECT,
        capture_output=True,
    )
    if packed.returncode:
        pytest.skip(f"the history of release {version} is not here")
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(tmp_path, filter="data")
    (tmp_path / "tests" / "conftest.py").write_text(_CONFTEST)
    fixtures = tmp_path / "tests" / "fixtures_db.py"
    text = fixtures.read_text().replace("import itertools", "import itertools, json", 1)
    text = text.replace("atalaya_template", _TEMPLATE)
    fixtures.write_text(text + _FIXTURES)
    yield tmp_path
    shutil.rmtree(tmp_path)


@pytest.fixture(scope="module")
def upgraded(database_host: Host) -> Host:
    """Give a server with a database as an upgrade leaves it: older desktops read it."""
    template = make_conninfo(database_host.superuser_dsn, dbname=_TEMPLATE)
    maintenance = make_conninfo(database_host.superuser_dsn, dbname="postgres")
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {_TEMPLATE}".encode())
    upgrade(template)
    people = [replace(p, password=password_of(p.login)) for p in DEMO_PEOPLE]
    provision(template, people, engine_password=password_of(ENGINE_LOGIN))
    with psycopg.connect(template) as connection:
        connection.execute("DELETE FROM atalaya.outbox")
    return database_host


def test_its_code_works_on_the_newest_tables(release: Path, upgraded: Host) -> None:
    people = upgraded.dsn("x", "x", "postgres")
    known = {
        "superuser_dsn": upgraded.superuser_dsn,
        "people": people,
        "port": int(str(conninfo_to_dict(people)["port"])),
        # Its databases stand beside ours on one server.
        "from": 10_000 + int(release.stat().st_ino) % 10_000 * 100,
    }
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-k", "postgres"),
            *("-p", "no:cacheprovider", "-p", "no:pytest-qt", "-p", "no:xdist"),
            *(f"--deselect={name}" for name in _TIGHTENED),
            *(f"tests/contract/test_{name}.py" for name in _CONTRACTS),
        ],
        check=False,
        cwd=release,
        env={**os.environ, "ATALAYA_NEWEST": json.dumps(known)},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-2000:]
    passed = re.search(r"(\d+) passed", ended.stdout)
    assert passed is not None
    assert int(passed[1]) >= 40


_SCRIPTS = PROJECT / "db" / "migrations" / "sql"
_BODY = re.compile(r"\bAS \$\$.*?\$\$", re.DOTALL)
_TAKES_AWAY = re.compile(
    r"^\s*(DROP\b|TRUNCATE\b|DELETE\b|UPDATE\b)|\bRENAME\b"
    r"|\bDROP\s+(?!NOT NULL|DEFAULT)"
    r"|\bALTER COLUMN \w+ (TYPE|SET NOT NULL|DROP DEFAULT)|\bADD CONSTRAINT\b"
    r"|\bADD COLUMN (?![^,;]*\bDEFAULT\b)[^,;]*\bNOT NULL\b"
    r"|^\s*REVOKE\b(?!.*\bFROM PUBLIC\s*$)",
    re.DOTALL,
)
# What takes something away, and why no earlier release misses it.
_ALLOWED = {
    "0002/second_stream.sql ALTER TABLE atalaya.camera": "holds for a new column",
    "0003/tables.sql ALTER TABLE atalaya.outbox DROP": "replaced by a wider one",
    "0003/tables.sql ALTER TABLE atalaya.outbox ADD": "wider than the one before",
    "0006/tables.sql ALTER TABLE atalaya.infraction ADD": "no engine ever sent more",
    "0006/tables.sql ALTER TABLE atalaya.evidence ADD": "no engine ever sent more",
    "0006/tables.sql ALTER TABLE atalaya.engine ADD": "no engine ever sent more",
    "0013/tables.sql UPDATE atalaya.watch_hit": "fills a new column",
    "0008/guards.sql DROP TRIGGER guard ": "made again, but for what is erased",
    "0008/guards.sql DROP TRIGGER keep ": "made again, but for what is erased",
    "0012/tables.sql ALTER TABLE atalaya.site DROP": "one site becomes several",
    "0012/tables.sql ALTER TABLE atalaya.site ADD": "no release before writes sites",
    "0012/tables.sql DROP INDEX atalaya.plate_read_plate": "made again, with the site",
    "0012/tables.sql DROP INDEX atalaya.infraction_": "made again, with the site",
    "0013/tables.sql DROP INDEX atalaya.infraction_kept": "made again, with the site",
    "0012/tables.sql ALTER TABLE atalaya.notice_counter DROP": "made again, by site",
    "0012/tables.sql ALTER TABLE atalaya.outbox DROP": "replaced by a wider one",
    "0012/tables.sql ALTER TABLE atalaya.outbox ADD": "wider than the one before",
    "0012/rights.sql REVOKE SELECT ON atalaya.subject_request": "made again, for all "
    "columns but the plate, and no release before reads the table",
}


def _statements(script: Path) -> Iterator[str]:
    text = re.sub(r"--[^\n]*", "", script.read_text(encoding="utf-8"))
    # What a function does inside is its contract's business; what it was is replaced.
    text = _BODY.sub("AS body", text)
    for statement in text.split(";"):
        yield " ".join(statement.split())


def _takes_away() -> Iterator[str]:
    for script in sorted(_SCRIPTS.rglob("*.sql")):
        if script.parent.name == "0001":
            continue
        for statement in _statements(script):
            if _TAKES_AWAY.search(statement):
                yield f"{script.relative_to(_SCRIPTS)} {statement}"


def test_no_migration_takes_away_what_a_release_before_uses() -> None:
    found = list(_takes_away())
    unexplained = [each for each in found if not each.startswith(tuple(_ALLOWED))]
    assert unexplained == []
    unused = [each for each in _ALLOWED if not any(f.startswith(each) for f in found)]
    assert unused == []


@pytest.mark.parametrize(
    "statement",
    [
        "DROP FUNCTION atalaya.my_rights()",
        "ALTER TABLE atalaya.camera DROP COLUMN url",
        "ALTER TABLE atalaya.camera RENAME COLUMN url TO address",
        "ALTER TABLE atalaya.camera ALTER COLUMN name TYPE varchar(10)",
        "ALTER TABLE atalaya.camera ALTER COLUMN sub_url SET NOT NULL",
        "ALTER TABLE atalaya.camera ADD COLUMN height_m integer NOT NULL",
        "ALTER TABLE atalaya.camera ADD CONSTRAINT x CHECK (name <> '')",
        "REVOKE SELECT ON atalaya.camera FROM atalaya_operator",
        "DELETE FROM atalaya.vehicle",
    ],
)
def test_what_takes_away_is_seen(statement: str) -> None:
    assert _TAKES_AWAY.search(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE atalaya.camera ADD COLUMN height_m integer",
        "ALTER TABLE atalaya.camera ADD COLUMN height_m integer NOT NULL DEFAULT 0",
        "ALTER TABLE atalaya.camera ALTER COLUMN created_at SET DEFAULT now()",
        "ALTER TABLE atalaya.camera ALTER COLUMN name DROP NOT NULL",
        "REVOKE ALL ON FUNCTION atalaya.x() FROM PUBLIC",
        "CREATE OR REPLACE FUNCTION atalaya.x() RETURNS void AS body",
        "CREATE INDEX x ON atalaya.camera (name)",
    ],
)
def test_what_adds_is_let_be(statement: str) -> None:
    assert not _TAKES_AWAY.search(statement)
