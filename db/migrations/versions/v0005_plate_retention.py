"""How long the plates of vehicles without a case are kept, and what forgets them."""

from db.migrations.scripts import run_as_owner, run_script

revision = "0005"
down_revision = "0003"


def upgrade() -> None:
    """Expand only: the releases before go on working on the same tables."""
    with run_as_owner():
        for name in ("tables", "functions", "rights"):
            run_script(f"0005/{name}.sql")
