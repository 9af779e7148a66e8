"""Register partners' clients: what each may ask, hashes of their secrets, and the assertions used up.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WORDS = ("name", "organisation", "role", "purposes", "agreements", "sources", "method")


def word(name: str, *, key: bool = False, nullable: bool = False) -> sa.Column:
    """Give a column of words."""
    return sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=nullable, primary_key=key)


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "partner_client",
        word("id", key=True),
        *(word(name) for name in WORDS),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("on_behalf_of", "lifetime", "generation")),
        word("certificate", nullable=True),
        word("jwks"),
        word("registered_by"),
        sa.Column("registered_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger()),
    )
    op.create_table(
        "partner_secret",
        word("hash", key=True),
        word("client_id"),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger()),
    )
    op.create_index("ix_partner_secret_client_id", "partner_secret", ["client_id"])
    op.create_table(
        "partner_assertion",
        word("client_id", key=True),
        word("jti_hash", key=True),
        sa.Column("until", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_partner_assertion_until", "partner_assertion", ["until"])


def downgrade() -> None:
    """Undo it."""
    for table in ("partner_assertion", "partner_secret", "partner_client"):
        op.drop_table(table)
