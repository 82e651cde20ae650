"""Holds on cases, how long cases are kept, and what erases them with a certificate."""

from db.migrations.scripts import run_as_owner, run_script

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Expand only: the releases before go on working on the same tables."""
    with run_as_owner():
        names = ("tables", "sites", "functions", "erasing", "guards", "subjects")
        for name in (*names, "rights"):
            run_script(f"0008/{name}.sql")
