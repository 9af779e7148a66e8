"""Say of a partner's client whether it is told decisions about named people though it is held to its queries.

Revision: 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("partner_client", sa.Column("decides_named", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Undo it."""
    with op.batch_alter_table("partner_client") as table:
        table.drop_column("decides_named")
