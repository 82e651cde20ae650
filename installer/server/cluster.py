"""PostgreSQL's folder: made once, configured always, started and made to listen."""

import shutil
import socket
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.domain.errors import EnvironmentFault
from db.shared_server import settings_loaded_at
from installer.bootstrap import SetupFailed
from installer.server.account import Account
from installer.server.configuration import (
    NEEDS_RESTART,
    access_text,
    identities_text,
    settings_in,
    settings_of,
    settings_text,
)
from installer.server.doing import Doing
from installer.server.files import content_of, keep_text, write
from installer.server.programs import Programs
from installer.server.service import Service
from installer.server.site import SUPERUSER, ServerSite

_PRIVATE = 0o600
_RELOADS_WITHIN_S = 10.0
_LOOK_EVERY_S = 0.05
_INCLUDE = "include = 'atalaya.conf'\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A cluster of a site, run by an account with certain programs."""

    site: ServerSite
    programs: Programs
    account: Account
    service: Service | None = None

    def make(self, doing: Doing) -> None:
        """Make the cluster where there is none; refuse one of another version."""
        if not self.running:
            _require_free(self.site)
        version = content_of(self.site.cluster / "PG_VERSION")
        if version is None:
            doing.change(
                f"make the cluster {self.site.cluster} (PostgreSQL "
                f"{self.programs.major}, with checksums)",
                self._initdb,
            )
        elif int(version) != self.programs.major:
            raise SetupFailed(
                f"The cluster {self.site.cluster} is of PostgreSQL {version.strip()}, "
                f"the programs in {self.programs.folder} are of "
                f"{self.programs.major}. Name those of its version with --bin, or "
                "upgrade it first (pg_upgrade)."
            )

    def _initdb(self) -> None:
        """Make it aside and move it in place, so that none is ever half made."""
        site = self.site
        aside = site.data_dir / "cluster.new"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(mode=0o700)
        self.account.own(aside, 0o700)
        builtin = self.programs.major >= 17
        provider = "--locale-provider=builtin" if builtin else "--locale-provider=libc"
        code, said = self.programs.run(
            self.account,
            "initdb",
            f"--pgdata={aside}",
            f"--username={SUPERUSER}",
            "--auth-local=peer",
            "--auth-host=scram-sha-256",
            "--data-checksums",
            "--encoding=UTF8",
            provider,
            "--locale=C.UTF-8",
            *(("--lc-collate=C", "--lc-ctype=C") if builtin else ()),
        )
        if code:
            raise SetupFailed(f"initdb failed: {said[-1500:]}")
        if site.cluster.exists():
            site.cluster.rmdir()
        aside.rename(site.cluster)

    def configure(self, doing: Doing) -> tuple[bool, bool]:
        """Write settings and access; return whether to reload, and to restart."""
        site, folder = self.site, self.site.cluster
        wanted, changed = settings_of(site), False
        before = settings_in(content_of(folder / "atalaya.conf") or "")
        names = sorted(
            name
            for name in wanted.keys() | before.keys()
            if wanted.get(name) != before.get(name)
        )
        files = (
            ("atalaya.conf", settings_text(wanted), f"set {', '.join(names)}"),
            ("pg_hba.conf", access_text(site), "say who may connect, and how"),
            (
                "pg_ident.conf",
                identities_text(site, self.account),
                "say whom of this machine the socket takes for the administrator",
            ),
        )
        for name, text, what in files:
            path = folder / name
            changed |= keep_text(doing, what, path, text, _PRIVATE, self.account)
        changed |= self._include(doing)
        return changed, bool(NEEDS_RESTART & set(names))

    def _include(self, doing: Doing) -> bool:
        path = self.site.cluster / "postgresql.conf"
        there = content_of(path)
        if there is not None and _INCLUDE in there:
            return False

        def add() -> None:
            text = f"{(content_of(path) or '').rstrip()}\n\n{_INCLUDE}"
            write(path, text, _PRIVATE, self.account)

        doing.change("include them in postgresql.conf", add)
        return True

    @property
    def running(self) -> bool:
        """Whether its server runs."""
        code, _ = self.programs.run(self.account, "pg_ctl", "status", *self._folder)
        return code == 0

    def bring_up(self, doing: Doing, *, reload: bool, restart: bool) -> None:
        """Have the server run with what its files say now."""
        if not self.running:
            doing.change("start the server", self.start)
        elif restart:
            doing.change("restart the server; all sessions end", self.restart)
        elif reload:
            doing.change("have the server read its files again", self.reload)

    def start(self) -> None:
        """Start it; by systemd where that is here."""
        if self.service is not None:
            self.service.start()
            return
        log = str(self.site.cluster / "start.log")
        self._pg_ctl("start", "-w", "-t", "60", "-l", log)

    def restart(self) -> None:
        """Stop and start it."""
        if self.service is not None:
            self.service.restart()
            return
        self.stop()
        self.start()

    def reload(self) -> None:
        """Have it read its files again, and wait until it has."""
        before = self._loaded_at()
        self.reload_at_once()
        deadline = time.monotonic() + _RELOADS_WITHIN_S
        while self._loaded_at() in (None, before):
            if time.monotonic() > deadline:
                raise SetupFailed(
                    "The server did not read its files again; its log in "
                    f"{self.site.cluster / 'log'} says why."
                )
            time.sleep(_LOOK_EVERY_S)

    def reload_at_once(self) -> None:
        """Tell it to, and do not wait."""
        self._pg_ctl("reload")

    def _loaded_at(self) -> datetime | None:
        """Return when it read its files; None while it lets even us not in."""
        try:
            return settings_loaded_at(self.site.admin_dsn("postgres"))
        except EnvironmentFault:
            return None

    def stop(self) -> None:
        """Stop it within seconds; one that does not run is no error."""
        if self.running:
            self._pg_ctl("stop", "-w", "-t", "60", "-m", "fast")

    @property
    def _folder(self) -> tuple[str, str]:
        return "-D", str(self.site.cluster)

    def _pg_ctl(self, verb: str, *arguments: str) -> None:
        code, said = self.programs.run(
            self.account, "pg_ctl", verb, *self._folder, *arguments
        )
        if code:
            raise SetupFailed(_what_failed(verb, said, self.site.cluster))


def _what_failed(verb: str, said: str, cluster: Path) -> str:
    own = content_of(cluster / "start.log") or ""
    where = f"Its log in {cluster / 'log'} may say more."
    return f"The server did not {verb}: {said[-500:]}\n{own[-1000:]}\n{where}"


def _require_free(site: ServerSite) -> None:
    """Look before anything is made whether somebody else listens there."""
    for host in site.listen.split(","):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("" if host.strip() == "*" else host.strip(), site.port))
            except OSError as error:
                raise SetupFailed(
                    f"The port {site.port} is taken by another program, or {host} is "
                    f"no address of this machine ({error.strerror}). Choose others: "
                    "--port, --listen"
                ) from None
