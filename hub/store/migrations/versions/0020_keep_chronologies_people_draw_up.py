"""Keep chronologies that people draw up of a child.

Revision: 0020, after 0019.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def word(name: str) -> sa.Column:
    """Give a column of words."""
    return sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=False)


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "curated_chronology",
        *(word(name) for name in ("id", "person_id", "saved_by", "role", "organisation", "purpose")),
        sa.Column("newest_first", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("saved", "changed")),
        sa.Column("edition", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("key_ct", "text_ct")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_curated_chronology_person_id", "curated_chronology", ["person_id"])


def downgrade() -> None:
    """Undo it."""
    op.drop_table("curated_chronology")
