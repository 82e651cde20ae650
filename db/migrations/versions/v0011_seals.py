"""Keys that cases are sealed with, their time-stamps, and the head for documents."""

from db.migrations.scripts import run_as_owner, run_script

revision = "0011"
down_revision = "0006"


def upgrade() -> None:
    """Expand only: the releases before go on working on the same tables."""
    with run_as_owner():
        for name in ("tables", "functions", "rights"):
            run_script(f"0011/{name}.sql")
