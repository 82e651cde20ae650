"""All steps in their order; each looks first, and changes only what is not right."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from app.config.server_bundle import ServerBundle
from app.domain.errors import EnvironmentFault
from app.domain.ids import Login
from app.domain.person import Role
from db.migrate import HEAD
from db.provision import NewPerson, provision
from db.shared_server import (
    ServerState,
    close_point,
    has_checksums,
    look_at,
    open_points,
)
from installer.bootstrap import SetupFailed
from installer.server.account import Account, make_folder, service_account
from installer.server.authority import (
    Authority,
    authority_in,
    keep_server_certificate,
)
from installer.server.cluster import Cluster
from installer.server.doing import Doing
from installer.server.files import keep_text
from installer.server.guard import keep_guard
from installer.server.passwords import ask_password, engine_password
from installer.server.programs import find_programs
from installer.server.revocation import keep_list
from installer.server.service import keep_service
from installer.server.site import ServerSite

_PASSABLE, _LISTED, _PRIVATE, _OPEN = 0o711, 0o755, 0o700, 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How it shall be set up, beside what the site is.

    Without an `administrator` none is made: people then come by `db move`.
    """

    bin_dir: Path | None = None
    run_as: str | None = None
    administrator: str | None = "admin"
    full_name: str = "Administrator"
    password_from: int | None = None
    service: bool = True
    renew: bool = False


def set_up(site: ServerSite, wishes: Wishes, doing: Doing) -> Cluster | None:
    """Make the server as it shall be; None where a dry run could not see so far.

    Raises SetupFailed with what to do.
    """
    site.check()
    programs = find_programs(doing, wishes.bin_dir)
    account = service_account(doing, wishes.run_as)
    _make_folders(site, account, doing)
    authority = authority_in(doing, site.authority, datetime.now(UTC))
    if programs is None or account is None or authority is None:
        _say_the_rest(site, doing)
        return None
    certified = _certify(site, wishes, authority, account, doing)
    use_service = wishes.service and os.geteuid() == 0
    service = keep_service(doing, site, programs, account) if use_service else None
    cluster = Cluster(site=site, programs=programs, account=account, service=service)
    cluster.make(doing)
    changed, restart = cluster.configure(doing)
    cluster.bring_up(doing, reload=changed or certified, restart=restart)
    if doing.dry_run and not cluster.running:
        _say_the_rest(site, doing)
        return None
    try:
        _fill(site, wishes, doing)
    except EnvironmentFault as fault:
        raise SetupFailed(str(fault)) from fault
    if use_service:
        keep_guard(doing, site, account)
    _keep_bundle(site, authority, doing)
    return cluster


def _make_folders(site: ServerSite, account: Account | None, doing: Doing) -> None:
    make_folder(doing, site.data_dir, None, _PASSABLE)
    make_folder(doing, site.authority, None, _PRIVATE)
    make_folder(doing, site.bundle.parent, None, _LISTED)
    if account is not None:
        make_folder(doing, site.tls, account, _PRIVATE)
        passable = _PASSABLE if site.monitor_user else _PRIVATE
        make_folder(doing, site.sockets, account, passable)


def _certify(
    site: ServerSite,
    wishes: Wishes,
    authority: Authority,
    account: Account,
    doing: Doing,
) -> bool:
    now = datetime.now(UTC)
    listed = keep_list(doing, authority, site, account, now)
    certified = keep_server_certificate(
        doing, authority, site.tls, site.hosts, account, now, renew=wishes.renew
    )
    return listed or certified


def _say_the_rest(site: ServerSite, doing: Doing) -> None:
    """Say what a dry run cannot see from here."""
    for what in (
        f"certify, configure and start the server for {', '.join(site.hosts)}",
        f"make the database {site.database} with tables and roles of {HEAD}",
        "make the first administrator",
        f"write {site.bundle}",
    ):
        doing.change(what, lambda: None)


def _fill(site: ServerSite, wishes: Wishes, doing: Doing) -> None:
    maintenance = site.admin_dsn("postgres")
    state = look_at(maintenance, site.database)
    _make_tables(site, state, doing)
    for what in open_points(maintenance):
        doing.change(what, partial(close_point, maintenance, what))
    if wishes.administrator is not None and not state.administrators:
        _make_administrator(site, wishes, wishes.administrator, doing)
    if not has_checksums(maintenance):
        doing.warn("this cluster has no checksums: damaged pages go unseen")


def _make_tables(site: ServerSite, state: ServerState, doing: Doing) -> None:
    if state.current:
        return

    def make() -> None:
        password = None if state.engine else engine_password(site.authority)
        provision(site.admin_dsn(), engine_password=password)

    begun = f"from {state.version} to" if state.version else "with those of"
    doing.change(
        f"bring the tables, roles and functions of {site.database} {begun} {HEAD}", make
    )


def _make_administrator(
    site: ServerSite, wishes: Wishes, login: str, doing: Doing
) -> None:
    def make() -> None:
        person = NewPerson(
            login=Login(login),
            full_name=wishes.full_name,
            role=Role.ADMINISTRATOR,
            password=ask_password(login, wishes.password_from),
        )
        provision(site.admin_dsn(), (person,))

    doing.change(f"make the first administrator {login}", make)


def _keep_bundle(site: ServerSite, authority: Authority, doing: Doing) -> None:
    bundle = ServerBundle(
        host=site.hosts[0],
        port=site.port,
        database=site.database,
        ca_certificate=authority.pem,
    )
    what = f"write the connection file for workstations, {site.bundle}"
    keep_text(doing, what, site.bundle, bundle.to_text(), _OPEN, None)
