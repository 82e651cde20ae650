"""`db months` and `trail-term`: the tables of months, and what is done about them."""

import argparse
import getpass

from app.commands.common import Commands, add_dsn, add_home, add_superuser, paths_of


def add(actions: Commands) -> None:
    """Add them to the actions of `db`."""
    months = actions.add_parser(
        "months", help="show the tables of months, and keep them in order"
    )
    months.add_argument(
        "--keep",
        action="store_true",
        help="make months ahead and take out those that nothing keeps",
    )
    add_superuser(months)
    add_home(months)
    months.set_defaults(run=_months)
    term = actions.add_parser(
        "trail-term", help="say after how many days months of the trail are set aside"
    )
    term.add_argument("days", type=_days, help="366 to 36500, or: never")
    term.add_argument("--login", required=True, help="an administrator")
    add_dsn(term)
    add_home(term)
    term.set_defaults(run=_trail_term)


def _days(text: str) -> int | None:
    if text == "never":
        return None
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a number of days, or: never") from None


def _months(options: argparse.Namespace) -> int:
    from app.housekeeping import keep_months, show_months

    if options.keep:
        print(keep_months(paths_of(options), options.superuser_dsn))
    for line in show_months(paths_of(options), options.superuser_dsn):
        print(line)
    return 0


def _trail_term(options: argparse.Namespace) -> int:
    from app.housekeeping import change_trail_term

    password = getpass.getpass(f"Password of {options.login!r}: ")
    change_trail_term(
        paths_of(options),
        options.dsn,
        login=options.login,
        password=password,
        days=options.days,
    )
    print(
        "The trail is kept as it is for ever."
        if options.days is None
        else f"Months of the trail are set aside after {options.days} days, and none "
        "by this term before seven days are over. They stay a part of the chain. What "
        "was there before months began stays in its table."
    )
    return 0
