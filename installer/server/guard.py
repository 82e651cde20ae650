"""A systemd unit for what locks out who fails to log in too often.

PostgreSQL counts no failed logins. The guard reads its log and has it refuse a login by
`pg_hba.conf`; so it runs beside the server, as the account that the files belong to.
"""

import shlex
import sys
from pathlib import Path

from app.config.paths import PROJECT
from installer.server.account import Account
from installer.server.doing import Doing
from installer.server.files import keep_text
from installer.server.service import FOLDER, OPEN, has_systemd, systemctl
from installer.server.service import NAME as SERVER
from installer.server.site import ServerSite

NAME = "atalaya-guard.service"


def guard_command(site: ServerSite) -> list[str]:
    """Return what runs the guard, as the account of the server or as root."""
    return [
        *(sys.executable, str(PROJECT / "main.py"), "db", "guard"),
        *("--superuser-dsn", site.admin_dsn()),
        *("--log", str(site.cluster / "log")),
        *("--hba", str(site.cluster / "pg_hba.conf")),
    ]


def keep_guard(doing: Doing, site: ServerSite, account: Account) -> None:
    """Have it run with the server; say what to do where that cannot be arranged."""
    if not has_systemd():
        command = shlex.join(guard_command(site))
        doing.warn(f"no systemd here: keep this running, as {account.name}: {command}")
        return
    for needed in (Path(sys.executable), PROJECT / "main.py"):
        if not can_reach(account, needed):
            doing.warn(
                f"{account.name} may not read {needed}: nobody is locked out for "
                "failing to log in. Put Atalaya where all may read it, such as /opt"
            )
            return
    what, path = f"write the service {NAME} and start it", FOLDER / NAME
    text = guard_unit_text(site, account)
    if keep_text(doing, what, path, text, OPEN, None) and not doing.dry_run:
        systemctl("daemon-reload")
        systemctl("enable", NAME)
        systemctl("restart", NAME)


def can_reach(account: Account, path: Path) -> bool:
    """Tell whether an account may pass through all folders above a file."""
    return all(
        folder.stat().st_mode & 0o001 or folder.stat().st_uid == account.uid
        for folder in path.resolve().parents
    )


def guard_unit_text(site: ServerSite, account: Account) -> str:
    """Return the unit; a failed look is tried again within it, so it hardly ends."""
    command = " ".join(_quoted(each) for each in guard_command(site))
    lines = [
        "# Written by installer/server; changes here are lost.",
        "[Unit]",
        "Description=Guard of the logins to Atalaya's server",
        f"After={SERVER}",
        f"Wants={SERVER}",
        "",
        "[Service]",
        f"User={account.name}",
        f"WorkingDirectory={PROJECT}",
        "Environment=PYTHONDONTWRITEBYTECODE=1",
        f"ExecStart={command}",
        "Restart=always",
        "RestartSec=5",
        "NoNewPrivileges=yes",
        "PrivateTmp=yes",
        "ProtectSystem=strict",
        f"ReadWritePaths={site.cluster}",
        "ProtectHome=read-only",
        "ProtectKernelTunables=yes",
        "ProtectControlGroups=yes",
        "",
        "[Install]",
        "WantedBy=multi-user.target",
        "",
    ]
    return "\n".join(lines)


def _quoted(argument: str) -> str:
    """Quote for systemd, which also reads % and $."""
    escaped = argument.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("%", "%%").replace("$", "$$") + '"'
