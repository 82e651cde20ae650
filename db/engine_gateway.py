"""The engine's way to the server: cameras out, findings in, each exactly once."""

from collections.abc import Callable

from sqlalchemy import text

from app.config.camera import ConfigurationVersion
from app.domain.audit import ChainHead
from app.domain.camera import Camera, EngineStatus
from app.domain.errors import EvidenceDamaged
from app.domain.ids import CameraId, EngineId, InfractionId, Sha256
from app.domain.infraction import Infraction
from app.domain.seal import EngineKey
from db import address
from db.changes import RowChange, ServerChanges
from db.document import canonical_document, sha256_of
from db.faults import translated
from db.plate_sink import PostgresPlateSink
from db.pool import open_pool
from db.store.audit_trail import read_head
from db.store.site_store import PostgresSiteStore

_ADD = text("SELECT stored_id, stored_sha256 FROM atalaya.add_infraction(:document)")
_HEARTBEAT = text(
    "SELECT atalaya.heartbeat(:engine, :software, :model, :device, :cameras, :spooled)"
)
_LEASE = text("SELECT atalaya.lease_camera(:engine, :camera, :seconds)")
_REGISTER = text(
    "SELECT atalaya.register_engine_key("
    ":key, :station, :since, :workstation, :replaces, :handover)"
)
_ADD_STAMP = text("SELECT atalaya.add_seal_stamp(:case, :seal, :response)")


class EngineGateway:
    """`app.ports.InfractionSink`, and what else an engine asks of the server.

    Every method raises DatabaseUnavailable while the server is away, and works again
    when it is back. Making one does not connect. Thread-safe.
    """

    def __init__(self, dsn: str) -> None:
        """Take an address with the engine's login and password."""
        parameters = address.parse(dsn) | {"application_name": "atalaya engine"}
        self._engine = open_pool(parameters)
        self._site = PostgresSiteStore(self._engine)
        self._changes = ServerChanges(parameters)

    def cameras_with_configurations(
        self,
    ) -> list[tuple[Camera, ConfigurationVersion | None]]:
        """Return all cameras by name, each with its version in force."""
        cameras = self._site.cameras()
        in_force = self._site.configurations()
        return [(camera, in_force.get(camera.id)) for camera in cameras]

    def listen(self, callback: Callable[[RowChange], None]) -> Callable[[], None]:
        """Call back from a thread of its own; return the function that stops it."""
        return self._changes.listen(callback)

    def add(self, infraction: Infraction) -> None:
        """Store once; the same infraction again changes nothing.

        Raises EvidenceDamaged when another content is stored under its identity.
        """
        document = canonical_document(infraction)
        with translated(), self._engine.begin() as connection:
            stored = connection.execute(_ADD, {"document": document}).one()
        if stored.stored_sha256 != sha256_of(document):
            raise EvidenceDamaged(
                f"The database holds another content for infraction {infraction.id}. "
                "Keep the engine's spool and have the database checked."
            )

    def plate_sink(self, engine_id: EngineId) -> PostgresPlateSink:
        """Return the way in for plates, in the name of one engine."""
        return PostgresPlateSink(self._engine, engine_id)

    def heartbeat(
        self, engine_id: EngineId, software_version: str, status: EngineStatus
    ) -> None:
        """Tell the site that this engine lives; about every five seconds."""
        values = {
            "engine": engine_id,
            "software": software_version,
            "model": status.model_name,
            "device": status.device,
            "cameras": len(status.cameras),
            "spooled": status.spooled,
        }
        with translated(), self._engine.begin() as connection:
            connection.execute(_HEARTBEAT, values)

    def lease_camera(
        self, engine_id: EngineId, camera_id: CameraId, seconds: int
    ) -> int | None:
        """Take or renew a camera; return the epoch, None while another owns it."""
        values = {"engine": engine_id, "camera": camera_id, "seconds": seconds}
        with translated(), self._engine.begin() as connection:
            epoch: int | None = connection.execute(_LEASE, values).scalar_one_or_none()
        return epoch

    def audit_head(self) -> ChainHead:
        """Return where the audit chain ends; raises DatabaseUnavailable."""
        return read_head(self._engine)

    def register_key(self, entry: EngineKey) -> None:
        """Tell the key that this engine seals with; the same again changes nothing.

        Raises StateConflict when the engine is known by another key that did not hand
        over to this one.
        """
        values = {
            "key": entry.key,
            "station": entry.station,
            "since": entry.since,
            "workstation": entry.workstation,
            "replaces": entry.replaces,
            "handover": entry.handover,
        }
        with translated(), self._engine.begin() as connection:
            connection.execute(_REGISTER, values)

    def add_stamp(
        self, infraction_id: InfractionId, seal_sha256: Sha256, response: bytes
    ) -> None:
        """Keep a time-stamp; KeyError while the server has no such seal."""
        values = {"case": infraction_id, "seal": seal_sha256, "response": response}
        with translated(), self._engine.begin() as connection:
            connection.execute(_ADD_STAMP, values)

    def probe(self) -> None:
        """Return if the server answers; raises DatabaseUnavailable."""
        with translated(), self._engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """End the listening thread and all connections."""
        self._changes.close()
        self._engine.dispose()
