"""Everything behind the demo: server, people, cameras, engine, and the way back."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.bootstrap.database import Database, database
from app.bootstrap.desktop import desktop_services
from app.camera.discovery import Discovery
from app.config.paths import PROJECT, Paths
from app.config.secret_store import open_secret_store
from app.demo.virtual_site import Outage, VirtualSite, virtual_site
from app.domain.camera import Camera, FoundCamera
from app.domain.errors import AlreadyRunning, CameraUnreachable
from app.domain.ids import CameraId, Login, new_uuid
from app.ports import SecretStore, SiteStore
from app.progress import print_progress
from app.runtime.run_lock import RunLock
from app.simulator.scenario import SimulatedCamera
from app.version import VERSION
from db.people import random_password
from db.provision import DEMO_PEOPLE, NewPerson
from db.server import PostgresServer

if TYPE_CHECKING:
    from widgets.services import DesktopServices

LOOPBACK = ("127.0.0.1",)
OUTAGE = Outage(key="avenue-plate", after_s=45.0, lasting_s=8.0)
_FOUND_WITHIN_S = 15.0
_TECHNICIAN = Login("teo")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageChoices:
    """What may be chosen of a demo; `model` None means the bundled one."""

    language: str = "es"
    model: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A running demo; `passwords` by login, `cameras` by key of the simulator."""

    services: "DesktopServices"
    site: VirtualSite
    passwords: dict[str, str]
    cameras: dict[str, Camera]


@contextmanager
def stage(paths: Paths, choices: StageChoices) -> Iterator[Stage]:
    """Set everything up, and take it down again, whatever happens in between.

    Raises AlreadyRunning when another demo uses the same folder.
    """
    with ExitStack() as stack:
        stack.callback(_only_demo(paths).release)
        prepare(paths)
        print_progress("opening the built-in database", 0.2)
        secrets = open_secret_store(paths)
        people = tuple(with_password(person, secrets) for person in DEMO_PEOPLE)
        server = stack.enter_context(database(paths, None, secrets, people))
        print_progress("starting the virtual cameras", 0.4)
        site = stack.enter_context(virtual_site(paths, OUTAGE))
        passwords = {str(person.login): person.password or "" for person in people}
        print_progress("finding the cameras on the network", 0.6)
        cameras = add_cameras(server, passwords, site)
        print_progress("starting the engine", 0.9)
        services = stack.enter_context(
            desktop_services(
                paths,
                server,
                secrets,
                demo_logins=tuple(passwords.items()),
                discovery_interfaces=LOOPBACK,
                language=choices.language,
                model=choices.model,
            )
        )
        print_progress("ready", 1.0)
        yield Stage(services=services, site=site, passwords=passwords, cameras=cameras)


def prepare(paths: Paths) -> None:
    """Make, once, what engine and cameras need, before anybody waits for it.

    In processes of their own, at the same time: the desktop never loads the models'
    libraries. Without a network the engine does with what is bundled, and says so in
    its log.
    """
    stamp = paths.models / "prepared"
    clips = _prepared_by(paths, "simulate")
    try:
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != VERSION:
            print_progress("preparing the models (the first time takes a minute)", 0.05)
            if _prepared_by(paths, "models").wait() == 0:
                stamp.write_text(VERSION, encoding="utf-8")
        # What failed here is said by the cameras when they start.
        clips.wait()
    finally:
        clips.terminate()
        clips.wait()


def _prepared_by(paths: Paths, command: str) -> subprocess.Popen[bytes]:
    home = ["--home", str(paths.root)]
    program = [sys.executable, str(PROJECT / "main.py"), command, "prepare", *home]
    return subprocess.Popen(program, cwd=PROJECT)


def _only_demo(paths: Paths) -> RunLock:
    folder = paths.run / "demo"
    folder.mkdir(mode=0o700, exist_ok=True)
    try:
        return RunLock(folder)
    except AlreadyRunning:
        raise AlreadyRunning(
            f"Another demo already runs in {paths.root}. Close it, or choose another "
            "folder with --home."
        ) from None


def with_password(person: NewPerson, secrets: SecretStore) -> NewPerson:
    """Give a demo person a password that is drawn once and kept as a secret."""
    entry = secrets.get(f"demo-{person.login}")
    password = entry[1] if entry else random_password()
    if entry is None:
        secrets.put(f"demo-{person.login}", person.login, password)
    return replace(person, password=password)


def add_cameras(
    server: Database, passwords: dict[str, str], site: VirtualSite
) -> dict[str, Camera]:
    """Do what a technician would: find each camera, add it, publish how it measures."""
    found = _found(site)
    session = PostgresServer(server.address).login(_TECHNICIAN, passwords[_TECHNICIAN])
    with closing(session):
        known = {camera.name: camera for camera in session.site.cameras()}
        return {
            simulated.key: _add_camera(
                session.site, simulated, found[simulated.key], known
            )
            for simulated in site.cameras
        }


def _add_camera(
    store: SiteStore,
    simulated: SimulatedCamera,
    found: FoundCamera,
    known: dict[str, Camera],
) -> Camera:
    before = known.get(simulated.name)
    camera = Camera(
        id=before.id if before else CameraId(new_uuid()),
        name=simulated.name,
        location=simulated.location,
        url=found.url or "",
        sub_url=found.sub_url,
    )
    store.save_camera(camera)
    in_force = store.configuration(camera.id)
    # What a technician changed since the last demo stays in force.
    if in_force is None:
        store.publish_configuration(camera.id, simulated.configuration, "demo")
    return camera


def _found(site: VirtualSite) -> dict[str, FoundCamera]:
    """Return the announced cameras, by key."""
    wanted = {camera.key for camera in site.cameras}
    announced: dict[str, FoundCamera] = {}
    complete = threading.Event()

    def look(found: tuple[FoundCamera, ...]) -> None:
        for camera in found:
            key = urlsplit(camera.url or "").path.strip("/")
            if camera.port == site.port and key in wanted and camera.url:
                announced[key] = camera
        if announced.keys() == wanted:
            complete.set()

    with closing(Discovery(LOOPBACK)) as discovery:
        stop = discovery.listen(look)
        look(discovery.found())
        complete.wait(_FOUND_WITHIN_S)
        stop()
    if not complete.is_set():
        missing = ", ".join(sorted(wanted - announced.keys()))
        raise CameraUnreachable(
            f"These virtual cameras were not found by zeroconf: {missing}. Another "
            "program may hold UDP port 5353 on the loopback interface."
        )
    return announced
