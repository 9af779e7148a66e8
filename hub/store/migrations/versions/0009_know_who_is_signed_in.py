"""Know who is signed in: sessions, and sign-ins that were begun.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def word(name: str, *, key: bool = False, nullable: bool = False) -> sa.Column:
    """Give a column of words."""
    return sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=nullable, primary_key=key)


def seconds(name: str) -> sa.Column:
    """Give a column of seconds since 1970."""
    return sa.Column(name, sa.BigInteger(), nullable=False)


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "session",
        word("id_hash", key=True),
        *(word(name) for name in ("reference", "issuer", "configured", "person")),
        word("sid", nullable=True),
        *(word(name) for name in ("sub", "role", "organisation")),
        word("team", nullable=True),
        *(seconds(name) for name in ("began", "authenticated", "seen", "idle", "until")),
        sa.Column("key_ct", sa.LargeBinary(), nullable=False),
        sa.Column("who_ct", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("reference"),
    )
    for column in ("person", "sid", "sub"):
        op.create_index(f"ix_session_{column}", "session", [column])
    op.create_table(
        "sign_in_attempt",
        word("state_hash", key=True),
        *(word(name) for name in ("browser_hash", "issuer", "local_path")),
        sa.Column("again", sa.Boolean(), nullable=False),
        seconds("began"),
    )
    op.create_index("ix_sign_in_attempt_began", "sign_in_attempt", ["began"])


def downgrade() -> None:
    """Undo it."""
    op.drop_table("sign_in_attempt")
    op.drop_table("session")
