"""Know what business an asker has: allocations, second persons, reasons in words, and bases that have begun.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ("basis_commencement", "asked_reason", "second_person", "allocation")


def word(name: str, *, key: bool = False) -> sa.Column:
    """Give a column of words."""
    return sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=False, primary_key=key)


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "allocation",
        word("id", key=True),
        *(word(name) for name in ("person_id", "organisation", "worker", "team", "recorded_by")),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("ending", sa.Date()),
    )
    op.create_table(
        "second_person",
        word("id", key=True),
        *(word(name) for name in ("person_id", "requester", "organisation", "agreed_by")),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "asked_reason",
        word("record_id", key=True),
        sa.Column("key_ct", sa.LargeBinary(), nullable=False),
        sa.Column("text_ct", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "basis_commencement",
        word("basis", key=True),
        sa.Column("start", sa.Date(), nullable=False),
        word("set_by"),
    )
    for table in ("allocation", "second_person"):
        op.create_index(f"ix_{table}_person_id", table, ["person_id"])


def downgrade() -> None:
    """Undo it."""
    for table in TABLES:
        op.drop_table(table)
