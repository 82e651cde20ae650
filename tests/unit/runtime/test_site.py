"""The engine starts with the cameras it knew when the database is down."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.config.camera import ConfigurationVersion
from app.domain.errors import DatabaseUnavailable
from app.domain.ids import new_uuid
from app.runtime.site import CachedSite, SiteCamera
from tests.builders.site import camera, configuration


class Site:
    """A site whose database can be switched off."""

    def __init__(self, cameras: list[SiteCamera]) -> None:
        self.cameras = cameras
        self.down = False

    def load(self) -> list[SiteCamera]:
        if self.down:
            raise DatabaseUnavailable("The database is down.")
        return self.cameras

    def watch(self, callback: Callable[[], None]) -> Callable[[], None]:
        callback()
        return lambda: None


@pytest.fixture
def site() -> Site:
    one, two = camera("uno"), camera("dos")
    version = ConfigurationVersion(
        id=str(new_uuid()),
        camera_id=str(one.id),
        version=2,
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
        created_by="teo",
        body=configuration(),
    )
    return Site([(one, version), (two, None)])


def test_snapshot_serves_while_the_database_is_down(site: Site, tmp_path: Path) -> None:
    snapshot = tmp_path / "site.json"
    known = CachedSite(site, snapshot).load()
    site.down = True

    assert CachedSite(site, snapshot).load() == known
    assert snapshot.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", [None, "", "{", "[{}]", json.dumps([{"camera": 1}])])
def test_no_usable_snapshot_tells_the_fault(
    site: Site, tmp_path: Path, text: str | None
) -> None:
    snapshot = tmp_path / "site.json"
    if text is not None:
        snapshot.write_text(text)
    site.down = True

    with pytest.raises(DatabaseUnavailable):
        CachedSite(site, snapshot).load()
