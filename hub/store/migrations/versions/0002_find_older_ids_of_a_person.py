"""Find older ids of a person.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SUPERSEDED = sa.text("superseded_by IS NOT NULL")


def upgrade() -> None:
    """Make the change."""
    op.create_index(
        "ix_person_superseded_by",
        "person",
        ["superseded_by"],
        unique=False,
        sqlite_where=SUPERSEDED,
        postgresql_where=SUPERSEDED,
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_person_superseded_by", table_name="person")
