"""`db use-server` and `db move`: from the built-in database to a shared server."""

import argparse
import getpass
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.common import Commands, add_home, add_json, paths_of, write_json
from app.config.paths import Paths
from app.config.server_bundle import (
    ServerBundle,
    forget_server,
    mark_moved,
    require_not_moved,
    use_server,
)
from app.domain.errors import ConfigurationInvalid, StateConflict

if TYPE_CHECKING:
    from db.move import Moved


def add(actions: Commands) -> None:
    """Add the two."""
    use = actions.add_parser(
        "use-server", help="use a shared server from now on, by its connection file"
    )
    use.add_argument("file", type=Path, nargs="?", help="atalaya-server.json")
    use.add_argument(
        "--built-in", action="store_true", help="go back to the built-in database"
    )
    add_home(use)
    use.set_defaults(run=_use)
    move = actions.add_parser(
        "move", help="move the built-in database to an empty shared server"
    )
    move.add_argument(
        "--to",
        required=True,
        metavar="ADDRESS",
        help="address of the server with its superuser, without password",
    )
    add_home(move)
    add_json(move)
    move.set_defaults(run=_move)


def _use(options: argparse.Namespace) -> int:
    paths = paths_of(options)
    if options.built_in:
        used = forget_server(paths)
        print("The built-in database is used." if used else "It was used already.")
        return 0
    if options.file is None:
        raise ConfigurationInvalid("Name the connection file of the server.")
    try:
        text = options.file.read_text(encoding="utf-8")
    except (OSError, UnicodeError):
        raise ConfigurationInvalid(
            f"The file {options.file} cannot be read. Check its name."
        ) from None
    bundle = ServerBundle.from_text(text)
    use_server(paths, bundle)
    print(f"This computer uses the database of {bundle.host} from now on.")
    print("Let its engine log in with: python main.py db engine-login")
    return 0


def _move(options: argparse.Namespace) -> int:
    paths = paths_of(options)
    moved = move_built_in(paths, with_password(options.to))
    for name, digest in sorted(moved.tables.items()):
        print(f"{digest.sha256[:16]}  {digest.rows:>10}  {name}")
    print(f"{moved.rows} rows on both sides, sha256 {moved.sha256}")
    print(f"The trail goes on there after entry {moved.audit_sequence}.")
    print(f"People keep their passwords: {', '.join(moved.people) or 'nobody'}")
    if moved.people_without_login:
        print(
            f"Without a login before and after: {', '.join(moved.people_without_login)}"
        )
    print("The built-in database is kept as it was, and closed. On each workstation:")
    print("    python main.py db use-server atalaya-server.json")
    print("    python main.py db engine-login")
    # Last: where it cannot be written, what was moved has been said at least.
    write_json(options.json, asdict(moved))
    return 0


def with_password(to: str) -> str:
    """Return the address with the password that it needs, asked for here."""
    from psycopg.conninfo import make_conninfo

    from db import address

    parameters = address.parse(to)
    if "password" in parameters:
        raise ConfigurationInvalid(
            "An address on the command line is seen by others. Leave the password out; "
            "it is asked for."
        )
    if str(parameters.get("host")).startswith("/"):
        return to
    password = getpass.getpass("Password of the server's superuser: ")
    return make_conninfo(to, password=password) if password else to


def move_built_in(paths: Paths, to: str) -> "Moved":
    """Move the built-in database of a workstation; raises what `db.move.move` does."""
    from db import address
    from db.embedded import EmbeddedServer
    from db.move import move
    from db.provision import provision

    require_not_moved(paths)
    if not (paths.database / "cluster" / "PG_VERSION").exists():
        raise StateConflict("There is no built-in database here that could be moved.")
    place = address.place(address.parse(to))
    server = EmbeddedServer.start(paths.database)
    try:
        provision(server.superuser_dsn)
        return move(server.superuser_dsn, to, lambda: mark_moved(paths, place), print)
    finally:
        if server.started_here:
            server.stop()
