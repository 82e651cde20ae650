"""What every page is given: the product's services, and who is logged in."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.config.paths import Paths
from app.domain.clock import Clock
from app.ports import EngineLink, EvidenceStore, SecretStore, Server, Session


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContext:
    """A page's services and the session of the person who looks at it."""

    services: DesktopServices
    session: Session
