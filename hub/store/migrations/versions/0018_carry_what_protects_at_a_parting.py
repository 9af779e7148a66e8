"""Keep what was carried to whoever was parted, until somebody has looked at it.

Revision: 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "person_parting",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("person_id", AutoString(), nullable=False),
        sa.Column("other_id", AutoString(), nullable=False),
        sa.Column("source_id", AutoString(), nullable=False),
        sa.Column("because", AutoString(), nullable=False),
        sa.Column("what", AutoString(), nullable=False),
        sa.Column("reference", AutoString(), nullable=False),
        sa.Column("provider", AutoString(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_by", AutoString(), nullable=True),
        sa.Column("stays", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_person_parting_person_id", "person_parting", ["person_id"])
    op.create_index("ix_person_parting_other_id", "person_parting", ["other_id"])


def downgrade() -> None:
    """Undo it."""
    op.drop_table("person_parting")
