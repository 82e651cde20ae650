"""Every contract of the server runs against the fake and against PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.contract.servers import SiteUnderTest, in_memory_site, postgres_site


@pytest.fixture(params=["memory", "postgres"])
def site(request: pytest.FixtureRequest) -> Iterator[SiteUnderTest]:
    """Give a site with the demo's people."""
    if request.param == "memory":
        made = in_memory_site()
    else:
        made = postgres_site(request.getfixturevalue("database"))
    yield made
    made.close()
