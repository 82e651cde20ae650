"""Cases with files on a real server, as old as a test wants them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.config.camera import ConfigurationVersion
from app.domain.evidence import EvidenceItem, EvidenceKind
from app.domain.ids import EvidenceId, TrackId, new_uuid
from app.domain.infraction import Infraction
from app.evidence.store import LocalEvidenceStore
from db.case_erasure import Erasing
from tests.builders.site import finding, installed_camera
from tests.contract.test_case_store import confirmation
from tests.fixtures_db import Database

LONG_AGO_DAYS = 4000
_AGE = """
    SET session_replication_role = replica;
    UPDATE atalaya.infraction SET recorded_at = recorded_at - {by};
    UPDATE atalaya.case_retention SET changed_at = changed_at - {by};
    UPDATE atalaya.notice SET issued_at = issued_at - {by};
    SET session_replication_role = origin
"""


@dataclass(frozen=True)
class KeptSite:
    """A camera, a store of evidence files, and what has been found."""

    database: Database
    store: LocalEvidenceStore
    folder: Path
    version: ConfigurationVersion

    @classmethod
    def of(cls, database: Database, folder: Path) -> "KeptSite":
        """Install a camera; nothing is found yet."""
        store = LocalEvidenceStore(folder / "evidence", floor_bytes=0)
        version = installed_camera(database.login("teo").site)
        return cls(database, store, folder, version)

    def item(
        self, content: bytes, kind: EvidenceKind = EvidenceKind.STILL_DECISIVE
    ) -> EvidenceItem:
        """Put a file into the store."""
        source = self.folder / "source"
        source.write_bytes(content)
        sha256, size_bytes = self.store.put(source)
        return EvidenceItem(
            id=EvidenceId(new_uuid()),
            kind=kind,
            sha256=sha256,
            media_type="image/jpeg",
            size_bytes=size_bytes,
            captured_at=datetime.now(UTC),
        )

    def found(self, *contents: bytes, ordinal: int = 0, **changes: Any) -> Infraction:
        """Store a case that happened long ago, with files of these contents."""
        items = tuple(self.item(content) for content in contents)
        made = replace(finding(self.version, ordinal), evidence=items, **changes)
        wall = datetime.now(UTC) - timedelta(days=LONG_AGO_DAYS, hours=ordinal)
        made = replace(
            made,
            track_id=TrackId(ordinal + 1),
            occurred=replace(made.occurred, wall=wall),
        )
        self.database.gateway().add(made)
        return made

    def confirm(self, made: Infraction) -> None:
        """Decide a case, with a comment that names somebody."""
        store = self.database.login("ana").case_store
        store.decide(confirmation(made, comment="Juan Pérez at the wheel"))

    def age(self, days: int = LONG_AGO_DAYS) -> None:
        """Let time pass since everything was recorded and every term was set."""
        by = f"interval '{days} days'"
        self.database.connect().execute(_AGE.format(by=by).encode())

    def erase(self) -> Erasing:
        """Make a whole pass."""
        done = Erasing(self.database.superuser_dsn, self.store)
        done.finish()
        return done

    def files(self) -> set[str]:
        """Name the files that are there."""
        return set(self.store.names())
