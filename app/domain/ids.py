"""Identities: one type per kind of thing, so that they cannot be mixed up."""

from typing import NewType
from uuid import UUID

from uuid_utils.compat import uuid7

CameraId = NewType("CameraId", UUID)
ConfigurationId = NewType("ConfigurationId", UUID)
InfractionId = NewType("InfractionId", UUID)
EvidenceId = NewType("EvidenceId", UUID)
EngineId = NewType("EngineId", UUID)
PlateReadId = NewType("PlateReadId", UUID)
PlateSearchId = NewType("PlateSearchId", UUID)
WatchId = NewType("WatchId", UUID)
HoldId = NewType("HoldId", UUID)
TrackId = NewType("TrackId", int)
"""Unique within one camera and one run of the engine."""
Login = NewType("Login", str)
"""Name of a person's PostgreSQL role."""
Sha256 = NewType("Sha256", str)
"""64 lower-case hexadecimal digits."""


def new_uuid() -> UUID:
    """Return a UUIDv7 (RFC 9562): unique, and sorting by time of creation."""
    return uuid7()
