"""Register the documents that partners' clients may run.

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEYS = ("client_id", "id")
WORDS = ("digest", "text", "purpose", "agreement", "registered_by")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "trusted_document",
        *(sa.Column(n, sqlmodel.sql.sqltypes.AutoString(), nullable=False, primary_key=True) for n in KEYS),
        *(sa.Column(n, sqlmodel.sql.sqltypes.AutoString(), nullable=False) for n in WORDS),
        sa.Column("registered_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger()),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("trusted_document")
