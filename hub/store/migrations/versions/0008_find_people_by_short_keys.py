"""Find people by short keys, and know which keys were used.

A row of ``link_key`` shrinks from some 165 bytes to 35: the entry by its number, the hash without its kind.

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NUMBERED = "UPDATE person_source SET number = n.number FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM person_source) AS n WHERE n.id = person_source.id"  # fmt: skip # noqa: E501 -- one statement


def _link_key(name: str, *columns: sa.Column[object], key: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("h", sa.BigInteger(), autoincrement=False, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint(*key),
        sqlite_with_rowid=False,
    )


def upgrade() -> None:
    """Make the change."""
    op.add_column("person_source", sa.Column("number", sa.BigInteger(), nullable=True))
    op.execute(NUMBERED)
    with op.batch_alter_table("person_source", schema=None) as batch_op:
        batch_op.alter_column("number", existing_type=sa.BigInteger(), nullable=False)
        batch_op.create_index("ux_person_source_number", ["number"], unique=True)
    op.rename_table("link_key", "link_key_long")
    _link_key(
        "link_key",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key_version", sa.SmallInteger(), nullable=False),
        key=("h", "entry"),
    )
    op.execute(
        "INSERT INTO link_key (h, entry, key_version) SELECT DISTINCT k.h, s.number, k.key_version "
        "FROM link_key_long AS k JOIN person_source AS s ON s.id = k.entry_id"
    )
    op.drop_table("link_key_long")
    op.create_index("ix_link_key_entry", "link_key", ["entry"], unique=False)
    op.create_table(
        "key_version",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("proof", sa.LargeBinary(), nullable=False),
        sa.Column("filled", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", "version"),
    )


def downgrade() -> None:
    """Take the change back; people are found again once every feed is read whole."""
    op.drop_table("key_version")
    op.drop_table("link_key")
    _link_key(
        "link_key",
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key_version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        key=("h", "kind", "key_version", "entry_id"),
    )
    op.create_index("ix_link_key_entry", "link_key", ["entry_id"], unique=False)
    op.execute("DELETE FROM source_feed")
    with op.batch_alter_table("person_source", schema=None) as batch_op:
        batch_op.drop_index("ux_person_source_number")
        batch_op.drop_column("number")
