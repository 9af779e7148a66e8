"""Count what each asker comes to, and keep what a lead is to look at.

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def word(name: str, *, key: bool = False, nullable: bool = False) -> sa.Column:
    """Give a column of words."""
    return sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=nullable, primary_key=key)


def number(name: str, *, key: bool = False, nullable: bool = False) -> sa.Column:
    """Give a column of whole numbers."""
    return sa.Column(name, sa.BigInteger(), nullable=nullable, primary_key=key, autoincrement=False)


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "budget_use",
        word("account", key=True),
        number("version"),
        number("at"),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "budget_slot", word("account", key=True), number("slot", key=True), number("people"), number("searches")
    )
    op.create_table(
        "review_item",
        word("id", key=True),
        *(word(name) for name in ("organisation", "about", "actor", "subject", "detail")),
        number("day"),
        word("reference"),
        number("at"),
        number("closed_at", nullable=True),
        word("closed_by", nullable=True),
        word("outcome", nullable=True),
    )
    once = ["organisation", "about", "actor", "subject", "detail", "day"]
    op.create_index("ux_review_item_once", "review_item", once, unique=True)
    op.create_table("worker_trait", *(word(name, key=True) for name in ("organisation", "kind", "hash", "actor")))


def downgrade() -> None:
    """Undo it."""
    for table in ("worker_trait", "review_item", "budget_slot", "budget_use"):
        op.drop_table(table)
