"""A systemd unit, so that the server comes up with its machine."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from installer.bootstrap import SetupFailed
from installer.server.account import Account
from installer.server.doing import Doing
from installer.server.files import keep_text
from installer.server.programs import Programs
from installer.server.site import ServerSite, is_plain

NAME = "atalaya-postgresql.service"
FOLDER = Path("/etc/systemd/system")
_RUNNING = Path("/run/systemd/system")
OPEN = 0o644


@dataclass(frozen=True, slots=True)
class Service:
    """The unit of one site."""

    name: str = NAME

    def start(self) -> None:
        """Start it now; with the machine it starts by itself."""
        systemctl("start", self.name)

    def restart(self) -> None:
        """Stop and start it."""
        systemctl("restart", self.name)


def has_systemd() -> bool:
    """Tell whether systemd runs this machine and we may tell it something."""
    return _RUNNING.is_dir() and os.geteuid() == 0


def keep_service(
    doing: Doing, site: ServerSite, programs: Programs, account: Account
) -> Service | None:
    """Write the unit where systemd is; None, with a word about it, where it is not."""
    if not has_systemd():
        doing.warn("no systemd here: start the server with the machine by other means")
        return None
    if not is_plain(programs.folder):
        raise SetupFailed(
            f"systemd cannot start programs of {programs.folder}: the path has spaces "
            "or signs that it takes for its own. Move them, or use --no-service."
        )
    path, text = FOLDER / NAME, unit_text(site, programs, account)
    what = f"write the service {NAME}"
    if keep_text(doing, what, path, text, OPEN, None) and not doing.dry_run:
        systemctl("daemon-reload")
    if not _is_enabled():
        what = "have the server start with the machine"
        doing.change(what, lambda: systemctl("enable", NAME))
    return Service()


def _is_enabled() -> bool:
    asked = ["systemctl", "is-enabled", "--quiet", NAME]
    return subprocess.run(asked, check=False, capture_output=True).returncode == 0


def unit_text(site: ServerSite, programs: Programs, account: Account) -> str:
    """Return the unit."""
    ctl = f"{programs.folder}/pg_ctl"
    folder = f"-D {site.cluster}"
    environment = [
        f"Environment={name}={value}" for name, value in programs.environment().items()
    ]
    lines = [
        "# Written by installer/server; changes here are lost.",
        "[Unit]",
        "Description=PostgreSQL of Atalaya",
        "After=network-online.target",
        "Wants=network-online.target",
        "",
        "[Service]",
        "Type=forking",
        f"User={account.name}",
        *environment,
        f"PIDFile={site.cluster}/postmaster.pid",
        f"ExecStart={ctl} start -w -t 300 {folder} -l {site.cluster}/start.log",
        f"ExecStop={ctl} stop -w -t 300 -m fast {folder}",
        f"ExecReload={ctl} reload {folder}",
        "TimeoutSec=330",
        "Restart=on-failure",
        # Losing the postmaster to a full memory would end every session at once.
        "OOMScoreAdjust=-900",
        "NoNewPrivileges=yes",
        "PrivateTmp=yes",
        "ProtectSystem=strict",
        f"ReadWritePaths={site.data_dir}",
        "ProtectHome=yes",
        "ProtectKernelTunables=yes",
        "ProtectControlGroups=yes",
        "",
        "[Install]",
        "WantedBy=multi-user.target",
        "",
    ]
    return "\n".join(lines)


def systemctl(*arguments: str) -> None:
    """Tell systemd something; SetupFailed with what it says."""
    done = subprocess.run(
        ["systemctl", *arguments], check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise SetupFailed(
            f"systemctl {' '.join(arguments)} failed: {done.stderr.strip()[:500]} "
            f"(journalctl -u {arguments[-1]} says more)"
        )
