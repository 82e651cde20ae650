"""What the application needs from the outside; `ml`, `db` and the fakes provide it."""

from app.ports.cases import CaseStore
from app.ports.evidence import (
    EvidenceEraser,
    EvidenceReader,
    EvidenceStore,
    StampRequests,
)
from app.ports.networks import (
    Detector,
    PlateRead,
    PlateReader,
    ScalablePicture,
    Tracker,
)
from app.ports.people import People
from app.ports.progress import Progress
from app.ports.registers import (
    AuditTrail,
    PlateRegister,
    Retention,
    SealRegister,
    SiteStore,
)
from app.ports.server import Change, Changes, Server, Session
from app.ports.sinks import InfractionSink, PlateSink
from app.ports.workstation import EngineLink, SecretStore

__all__ = [
    "AuditTrail",
    "CaseStore",
    "Change",
    "Changes",
    "Detector",
    "EngineLink",
    "EvidenceEraser",
    "EvidenceReader",
    "EvidenceStore",
    "InfractionSink",
    "People",
    "PlateRead",
    "PlateReader",
    "PlateRegister",
    "PlateSink",
    "Progress",
    "Retention",
    "ScalablePicture",
    "SealRegister",
    "SecretStore",
    "Server",
    "Session",
    "SiteStore",
    "StampRequests",
    "Tracker",
]
