"""The desktop, put together."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from app.bootstrap.database import Database, database
from app.bootstrap.engine import engine_command, engine_run_dir
from app.bootstrap.records import stamp_trust
from app.config.paths import PROJECT, Paths
from app.config.secret_store import open_secret_store
from app.config.server_bundle import chosen_server
from app.domain.clock import SystemClock
from app.domain.errors import ConfigurationInvalid
from app.ports import SecretStore

if TYPE_CHECKING:
    from app.evidence.timestamp import StampTrust
    from widgets.services import DesktopServices


def analyse_command(paths: Paths, model: str | None = None) -> tuple[str, ...]:
    """Return how the command line that analyses a recording begins."""
    chosen = ("--model", model) if model else ()
    main = str(PROJECT / "main.py")
    return (sys.executable, main, "analyse", "--home", str(paths.root), *chosen)


def models_command() -> tuple[str, ...]:
    """Return how the command lines that look after the models begin."""
    return (sys.executable, str(PROJECT / "main.py"), "models")


@contextmanager
def desktop_services(
    paths: Paths,
    server: Database,
    secrets: SecretStore,
    *,
    demo_logins: tuple[tuple[str, str], ...] = (),
    discovery_interfaces: tuple[str, ...] | None = None,
    language: str = "es",
    model: str | None = None,
    metrics_port: int = 0,
) -> Iterator["DesktopServices"]:
    """Yield what the desktop is made of; its engine runs until the end of the block.

    With a `metrics_port` the engine tells its figures there.
    """
    from app.evidence.open_store import open_evidence
    from app.runtime.link import ProcessEngineLink
    from db.server import PostgresServer
    from widgets.services import DesktopServices

    clock = SystemClock()
    command = engine_command(paths, server.address, model, metrics_port)
    with closing(ProcessEngineLink(command, engine_run_dir(paths), clock)) as engine:
        yield DesktopServices(
            clock=clock,
            paths=paths,
            connect=PostgresServer,
            default_dsn=server.address,
            engine=engine,
            evidence=open_evidence(paths, secrets).store,
            secrets=secrets,
            export=paths.reports,
            demo_logins=demo_logins,
            discovery_interfaces=discovery_interfaces,
            language=language,
            analyse_command=analyse_command(paths, model),
            models_command=models_command(),
            engine_model=model or "",
            stamp_trust=_shown_stamp_trust(paths),
        )


def _shown_stamp_trust(paths: Paths) -> "StampTrust | None":
    """Return whose time-stamps a window believes; none where the settings are wrong."""
    import logging

    try:
        return stamp_trust(paths)
    except ConfigurationInvalid as fault:
        logging.getLogger(__name__).warning("time-stamps are not checked: %s", fault)
        return None


def run_control_room(
    paths: Paths, dsn: str | None, model: str | None, metrics_port: int = 0
) -> int:
    """Open the desktop; return its exit code."""
    from app.runtime.logs import configure_logging
    from widgets.application import run_desktop

    configure_logging(paths, "desktop")
    secrets = open_secret_store(paths)
    with (
        database(paths, dsn or chosen_server(paths), secrets) as server,
        desktop_services(
            paths, server, secrets, model=model, metrics_port=metrics_port
        ) as services,
    ):
        return run_desktop(services)
