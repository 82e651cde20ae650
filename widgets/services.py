"""What every page is given: the product's services, and who is logged in."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.config.paths import Paths
from app.domain.clock import Clock
from app.ports import EngineLink, EvidenceStore, SecretStore, Server, Session

if TYPE_CHECKING:
    from app.evidence.case_check import CaseChecker
    from app.evidence.timestamp import StampTrust
    from app.report.publish import Publisher


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopServices:
    """Made by `app.bootstrap`; pages never make services of their own.

    `connect` takes a DSN and returns its server; `demo_logins` are offered on the
    login screen with their passwords, empty outside the demo. `export` is the folder
    for documents that a person asked for. Cameras are searched on the interfaces with
    the addresses `discovery_interfaces`, on all when it is None. `analyse_command`
    begins the analysis of a recording in a process of its own, `models_command` what
    is done with the models; empty for none. `engine_model` is the model that the
    engine was told to take, whatever is chosen here; empty when it takes the choice.
    `stamp_trust` is whose time-stamps are believed; without it none is.
    """

    clock: Clock
    paths: Paths
    connect: Callable[[str], Server]
    default_dsn: str
    engine: EngineLink
    evidence: EvidenceStore
    secrets: SecretStore
    export: Path
    demo_logins: tuple[tuple[str, str], ...] = ()
    language: str = "es"
    discovery_interfaces: tuple[str, ...] | None = None
    analyse_command: tuple[str, ...] = ()
    models_command: tuple[str, ...] = ()
    engine_model: str = ""
    stamp_trust: "StampTrust | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContext:
    """A page's services and the session of the person who looks at it."""

    services: DesktopServices
    session: Session

    def checker(self) -> "CaseChecker":
        """Return what checks the cases that this person sees."""
        from app.evidence.case_check import CaseChecker

        return CaseChecker(
            store=self.services.evidence,
            register=self.session.seals,
            trust=self.services.stamp_trust,
        )

    def publisher(self, language: str) -> "Publisher":
        """Return what makes documents for this person."""
        # What draws documents is no part of a first window.
        from app.report.catalogue import Catalogue
        from app.report.publish import Publisher

        return Publisher(
            evidence=self.services.evidence,
            clock=self.services.clock,
            folder=self.services.export,
            language=language,
            catalogue=Catalogue.load(),
            checker=self.checker(),
            head=self.session.audit.head,
        )
