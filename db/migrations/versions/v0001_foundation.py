"""Tables, guards, functions and rights of the first release."""

from db.migrations.scripts import run_as_owner, run_script

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Build everything; the objects belong to a role that nobody logs in as."""
    run_script("0001/roles.sql")
    with run_as_owner():
        for name in ("tables", "guards", "functions", "people", "rights"):
            run_script(f"0001/{name}.sql")
    run_script("0001/database.sql")
