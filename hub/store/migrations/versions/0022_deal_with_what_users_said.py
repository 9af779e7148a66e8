"""Deal with what users said: when, and which agency's officer did.

Revision: 0022, after 0021.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("feedback", sa.Column("settled_at", sa.BigInteger(), nullable=True))
    op.add_column("feedback", sa.Column("settled_by", sa.String(), nullable=True))


def downgrade() -> None:
    """Undo it."""
    with op.batch_alter_table("feedback") as table:
        table.drop_column("settled_by")
        table.drop_column("settled_at")
