"""Set up the shared PostgreSQL server of a site: `python -m installer.server --help`.

Run it again whenever something changes, or to renew the certificate: it looks, says
what it changes, and changes nothing that is right already.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from app.domain.errors import EnvironmentFault
from installer.bootstrap import SetupFailed
from installer.server.authority import Authority, authority_in, certify_client
from installer.server.doing import Doing
from installer.server.revocation import (
    certificate_in,
    have_it_read,
    issued_to,
    remember,
    revoke,
)
from installer.server.setup import Wishes, set_up
from installer.server.site import ClientCertificates, ServerSite, is_account

DATA = Path("/var/lib/atalaya-server")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the commands; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except (SetupFailed, OSError) as error:
        print(f"atalaya: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("atalaya: stopped; run it again to go on.", file=sys.stderr)
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="atalaya-server", description=(__doc__ or "").partition("\n")[0]
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    setup = commands.add_parser("setup", help="make the server, or mend it")
    _add_site(setup)
    _add_wishes(setup)
    setup.set_defaults(run=_set_up)
    client = commands.add_parser(
        "client-certificate", help="certify a person's login, or a workstation"
    )
    client.add_argument("name", help="the login, or the workstation's name")
    client.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    client.add_argument("--data", type=Path, default=DATA)
    client.set_defaults(run=_certify_client)
    revoke = commands.add_parser(
        "revoke", help="take a certificate of a login or workstation back"
    )
    revoke.add_argument("name", help="the login, or the workstation's name")
    revoke.add_argument(
        "--certificate",
        type=Path,
        help="its .crt, where it was made before copies were kept",
    )
    revoke.add_argument("--data", type=Path, default=DATA)
    revoke.add_argument("--port", type=int, default=5432)
    revoke.set_defaults(run=_revoke)
    return parser


def _add_site(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host",
        action="append",
        required=True,
        help="name or address of this server, several times for several; workstations "
        "use the first",
    )
    parser.add_argument("--data", type=Path, default=DATA, help=f"default: {DATA}")
    parser.add_argument("--port", type=int, default=5432)
    parser.add_argument("--listen", default="*", help="addresses to listen on")
    parser.add_argument("--database", default="atalaya")
    parser.add_argument(
        "--network",
        action="append",
        help="from where people may connect, such as 10.1.2.0/24; default: the "
        "networks that this machine is in",
    )
    parser.add_argument(
        "--client-certificates",
        choices=[each.value for each in ClientCertificates],
        default=ClientCertificates.NONE.value,
        help="beside the password: none, one of this authority, or one of the person",
    )
    parser.add_argument("--max-connections", type=int, default=200)
    parser.add_argument(
        "--monitor-user", help="account of this machine that may read figures"
    )


def _add_wishes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--bin", type=Path, help="folder of a PostgreSQL of your own, 16 or newer"
    )
    parser.add_argument("--run-as", help="account that runs PostgreSQL")
    parser.add_argument("--administrator", default="admin", help="first login")
    parser.add_argument("--full-name", default="Administrator")
    parser.add_argument(
        "--no-administrator",
        action="store_true",
        help="make nobody: people come with `main.py db move`",
    )
    parser.add_argument(
        "--password-fd",
        type=int,
        metavar="N",
        help="read the administrator's password from this descriptor; 0: from stdin",
    )
    parser.add_argument("--no-service", action="store_true", help="leave systemd alone")
    parser.add_argument("--renew", action="store_true", help="a new certificate now")
    parser.add_argument(
        "--dry-run", action="store_true", help="only say what would be done"
    )


def _set_up(options: argparse.Namespace) -> int:
    site = ServerSite(
        hosts=tuple(dict.fromkeys(options.host)),
        data_dir=options.data.absolute(),
        port=options.port,
        listen=options.listen,
        database=options.database,
        networks=tuple(options.network or ("samenet",)),
        client_certificates=ClientCertificates(options.client_certificates),
        max_connections=options.max_connections,
        monitor_user=options.monitor_user,
    )
    wishes = Wishes(
        bin_dir=options.bin,
        run_as=options.run_as,
        administrator=None if options.no_administrator else options.administrator,
        full_name=options.full_name,
        password_from=options.password_fd,
        service=not options.no_service,
        renew=options.renew,
    )
    doing = Doing(dry_run=options.dry_run)
    set_up(site, wishes, doing)
    if not doing.changes:
        print("Everything is as it should be.")
    elif not doing.dry_run:
        print(f"The server is ready. Workstations import {site.bundle}:")
        print("    python main.py db use-server atalaya-server.json")
    return 0


def _certify_client(options: argparse.Namespace) -> int:
    now, folder = datetime.now(UTC), options.data / "authority"
    if not is_account(options.name):
        raise SetupFailed(f"{options.name!r} is no name of a login or a workstation.")
    authority = _authority_there(folder, now)
    options.out.mkdir(mode=0o700, parents=True, exist_ok=True)
    certify_client(authority, options.name, options.out, now)
    remember(folder, options.out / f"{options.name}.crt")
    print(f"{options.out / options.name}.key and .crt are made; the key is a secret.")
    return 0


def _authority_there(folder: Path, now: datetime) -> Authority:
    there = (folder / "ca.key").exists()
    authority = authority_in(Doing(), folder, now) if there else None
    if authority is None:
        raise SetupFailed("There is no authority here yet. Run: setup --host NAME")
    return authority


def _revoke(options: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    site = ServerSite(
        hosts=("localhost",), data_dir=options.data.absolute(), port=options.port
    )
    authority = _authority_there(site.authority, now)
    taken = _certificates_of(options, site)
    number = revoke(authority, site, taken, now)
    try:
        have_it_read(site)
    except EnvironmentFault:
        raise SetupFailed(
            "The list is written, but no server answers at this port. Start it, or "
            "name its --port: until then nobody is refused by it."
        ) from None
    print(f"{number} certificate(s) of {options.name} are taken back.")
    print("Sessions that are open stay: end them by `main.py db end-sessions`.")
    return 0


def _certificates_of(
    options: argparse.Namespace, site: ServerSite
) -> list[x509.Certificate]:
    if options.certificate is None:
        found = issued_to(site.authority, options.name)
    else:
        found = [certificate_in(options.certificate, options.name)]
    if not found:
        raise SetupFailed(
            f"No copy of a certificate of {options.name!r} is kept here. Name its file "
            "by --certificate."
        )
    return found


if __name__ == "__main__":
    sys.exit(main())
