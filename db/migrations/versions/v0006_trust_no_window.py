"""What a client that is no window of ours could still do, mended."""

from db.migrations.scripts import run_as_owner, run_script

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Expand only: the releases before go on working on the same tables."""
    with run_as_owner():
        for name in ("tables", "functions"):
            run_script(f"0006/{name}.sql")
    run_script("0006/database.sql")
