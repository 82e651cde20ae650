"""People see their sites, reading is traced, and a decision may need two."""

from db.migrations.scripts import run_as_owner, run_script

revision = "0012"
down_revision = "0008"


def upgrade() -> None:
    """Expand only: the releases before go on working on the same tables.

    `atalaya.close_direct_reading` is the other half, for when none of them is left.
    """
    with run_as_owner():
        names = ("tables", "policies", "sites", "guard", "reading", "review")
        for name in (*names, "case_life", "rights"):
            run_script(f"0012/{name}.sql")
    run_script("0012/passwords.sql")
