"""Let nothing stored of a version be replaced: SQLite's REPLACE removes a row without a word to the triggers of 0003.

Revision: 0007, after 0006.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEYS = {
    "rulebook": ("version",),
    "rulebook_step": ("sequence",),
    "rulebook_rule": ("version", "id"),
    "rulebook_example": ("version", "place"),
}


def upgrade() -> None:
    """Make the change; PostgreSQL has no such statement."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for table, key in KEYS.items():
        same = " AND ".join(f"there.{column} = NEW.{column}" for column in key)
        op.execute(
            f"CREATE TRIGGER {table}_never_replaced BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} AS there WHERE {same}) "
            "BEGIN SELECT RAISE(ABORT, 'a stored version of the rules never changes'); END"
        )


def downgrade() -> None:
    """Undo it."""
    if op.get_bind().dialect.name == "sqlite":
        for table in KEYS:
            op.execute(f"DROP TRIGGER {table}_never_replaced")
