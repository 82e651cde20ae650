"""One furnished site for all that is refused; what changes it gets one of its own."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from db.embedded import EmbeddedServer
from tests.fixtures_db import Database, new_database
from tests.integration.rights.catalogue import Catalogue, read_catalogue
from tests.integration.rights.scene import Scene, furnished, stranger_of


@pytest.fixture(scope="package")
def scene(database_host: EmbeddedServer) -> Iterator[Scene]:
    """Give the site that every refused act leaves as it is."""
    with ExitStack() as stack:
        made = stack.enter_context(new_database(database_host))
        scene = furnished(made)
        # Their pools would seem left behind by whichever test comes first.
        made.stack.close()
        stack.enter_context(stranger_of(made))
        yield scene


@pytest.fixture
def own_scene(database: Database) -> Scene:
    """Give a site that a test may change."""
    return furnished(database)


@pytest.fixture(scope="package")
def there(scene: Scene) -> Catalogue:
    """Give what the schema holds."""
    with scene.connect() as superuser:
        return read_catalogue(superuser)
