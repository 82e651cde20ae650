"""People see their sites, reading is traced, and a decision may need two."""

from db.migrations.scripts import run_as_owner, run_script

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Expand only: the releases before go on working on the same tables.

    `atalaya.close_direct_reading` is the other half, for when none of them is left.
    """
    with run_as_owner():
        names = ("tables", "policies", "sites", "guard", "reading", "review", "rights")
        for name in names:
            run_script(f"0007/{name}.sql")
    run_script("0007/passwords.sql")
