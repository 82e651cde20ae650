"""People are made at the desk, with a password for once."""

from db.migrations.scripts import run_script

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add a function; nothing that was there changes."""
    run_script("0015/people.sql")
