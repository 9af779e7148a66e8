"""Remember, with a session, what its person asks for: the purpose and the case.

Revision: 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("session", sa.Column("asks_ct", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Undo it."""
    with op.batch_alter_table("session") as table:
        table.drop_column("asks_ct")
