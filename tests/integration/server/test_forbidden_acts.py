"""Each role tries what it must not do on a server as its installer leaves it."""

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from db.provision import DEMO_PEOPLE, ENGINE_LOGIN, provision
from tests.fixtures_db import Database, password_of
from tests.fixtures_tls import running_server
from tests.integration.rights.acts import BY_HAND
from tests.integration.rights.catalogue import acts_of, read_catalogue
from tests.integration.rights.matrix import TRIED
from tests.integration.rights.scene import Scene, furnished, stranger_of
from tests.integration.rights.test_acts import AT_LEAST, refuse_all


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    """Furnish the very database that people are let into."""
    with running_server() as server:
        made = Database(server, server.site.database)
        people = [replace(p, password=password_of(p.login)) for p in DEMO_PEOPLE]
        provision(made.superuser_dsn, people, engine_password=password_of(ENGINE_LOGIN))
        with made.stack, stranger_of(made):
            yield furnished(made)


@pytest.mark.parametrize("login", TRIED)
def test_no_role_gets_past(scene: Scene, login: str) -> None:
    acts = [*BY_HAND, *acts_of(login, read_catalogue(scene.watcher))]
    assert len(acts) >= 2 * AT_LEAST
    with scene.connect(login) as hostile:
        ours = "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        assert hostile.execute(ours).fetchone() == (True, "TLSv1.3")
    refuse_all(scene, login, acts)


def test_no_other_database_lets_people_in(scene: Scene) -> None:
    for login in TRIED:
        for name in ("postgres", "template1"):
            address = scene.database.host.dsn(login, password_of(login), name)
            with pytest.raises(psycopg.OperationalError, match="rejects connection"):
                psycopg.connect(address)
