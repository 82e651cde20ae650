"""One shared server for what tries it as it was set up."""

from collections.abc import Iterator

import pytest

from tests.fixtures_tls import TlsServer, running_server


@pytest.fixture(scope="package")
def server() -> Iterator[TlsServer]:
    """Run a server exactly as the installer leaves it."""
    with running_server() as made:
        yield made
