"""Keep what users think of the hub.

Revision: 0015, after 0014.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def word(name: str, *, key: bool = False) -> sa.Column:
    """Give a column of words."""
    return sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=False, primary_key=key)


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "feedback",
        word("id", key=True),
        *(word(name) for name in ("page", "role", "found", "missed")),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("key_ct", sa.LargeBinary(), nullable=False),
        sa.Column("text_ct", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("feedback")
