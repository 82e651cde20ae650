"""One furnished site for all that is refused; what changes it gets a copy."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from tests.fixtures_db import Host, new_database
from tests.integration.rights.catalogue import Catalogue, read_catalogue
from tests.integration.rights.scene import Scene, furnished, stranger_of


@pytest.fixture(scope="package")
def pattern(database_host: Host) -> Scene:
    """Furnish a site that is only ever copied: nobody is logged in to it any more."""
    with new_database(database_host) as made:
        return furnished(made)


@pytest.fixture(scope="package")
def scene(pattern: Scene) -> Iterator[Scene]:
    """Give the site that every refused act leaves as it is."""
    with ExitStack() as stack:
        host, name = pattern.database.host, pattern.database.name
        made = stack.enter_context(new_database(host, name))
        stack.enter_context(stranger_of(made))
        yield replace(pattern, database=made)


@pytest.fixture
def own_scene(pattern: Scene) -> Iterator[Scene]:
    """Give a site that a test may change."""
    host, name = pattern.database.host, pattern.database.name
    with new_database(host, name) as made:
        yield replace(pattern, database=made)


@pytest.fixture(scope="package")
def there(scene: Scene) -> Catalogue:
    """Give what the schema holds."""
    return read_catalogue(scene.watcher)
