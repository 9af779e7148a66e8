"""Hold what was typed to find a child, for a session.

Revision: 0021, after 0020.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    word = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "held_search",
        sa.Column("id", word(), nullable=False),
        sa.Column("session", word(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("key_ct", "typed_ct")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_held_search_session", "held_search", ["session"])
    op.create_index("ix_held_search_at", "held_search", ["at"])


def downgrade() -> None:
    """Undo it."""
    op.drop_table("held_search")
