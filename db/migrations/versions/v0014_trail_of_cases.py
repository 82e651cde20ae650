"""The trail tells of each case that comes in, and an engine's key has one login."""

from db.migrations.scripts import run_as_owner, run_script

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Expand only: the releases before add cases by the same function."""
    with run_as_owner():
        run_script("0014/adding.sql")
        run_script("0014/stations.sql")
