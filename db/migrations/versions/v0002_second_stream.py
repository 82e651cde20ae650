"""A second, smaller stream for each camera."""

from db.migrations.scripts import run_as_owner, run_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Expand only: the first release goes on working on the same tables."""
    with run_as_owner():
        run_script("0002/second_stream.sql")
