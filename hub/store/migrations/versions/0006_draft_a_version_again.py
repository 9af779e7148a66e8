"""Draft a version again: the step says from which other version, since its rows never change.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("rulebook_step", sa.Column("parent", sqlmodel.sql.sqltypes.AutoString(), nullable=True))


def downgrade() -> None:
    """Undo it."""
    op.drop_column("rulebook_step", "parent")
