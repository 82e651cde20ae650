"""Reads of all plates, how they are searched, and the watch list."""

from db.migrations.scripts import run_as_owner, run_script

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Expand only: the releases before go on working on the same tables."""
    with run_as_owner():
        for name in ("texts", "tables", "functions", "rights"):
            run_script(f"0003/{name}.sql")
