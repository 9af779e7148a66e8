"""Register other authorities' hubs: for whom each may speak, and what its roles are here.

Revision: 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("partner_client", sa.Column("speaks", sa.String(), nullable=True))


def downgrade() -> None:
    """Undo it."""
    with op.batch_alter_table("partner_client") as table:
        table.drop_column("speaks")
