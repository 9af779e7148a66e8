"""Keep what people made of an event.

Revision: 0016, after 0015.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def word(name: str) -> sa.Column:
    """Give a column of words."""
    return sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=False)


def upgrade() -> None:
    """Make the change."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "judgement",
        sa.Column("sequence", number, primary_key=True, autoincrement=True),
        *(word(name) for name in ("id", "person_id", "source", "event", "significance")),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        *(word(name) for name in ("recorded_by", "role", "organisation")),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("key_ct", sa.LargeBinary(), nullable=False),
        sa.Column("text_ct", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_judgement_person_id", "judgement", ["person_id"])


def downgrade() -> None:
    """Undo it."""
    op.drop_table("judgement")
