"""Take back that two are different; know when a feed was last read whole.

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("known_different", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("known_different", sa.Column("withdrawn_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.add_column("source_feed", sa.Column("reconciled_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("known_different", schema=None) as batch_op:
        batch_op.drop_column("withdrawn_by")
        batch_op.drop_column("withdrawn_at")
    with op.batch_alter_table("source_feed", schema=None) as batch_op:
        batch_op.drop_column("reconciled_at")
