"""Keep versions of the rules, and let nobody change one.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("rulebook_step", "rulebook_example", "rulebook_rule", "rulebook")
PARTS = ("rulebook_rule", "rulebook_example")

REFUSE = """
CREATE FUNCTION rulebook_refuse() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION 'a stored version of the rules never changes' USING ERRCODE = 'integrity_constraint_violation';
END $$ LANGUAGE plpgsql
"""
REFUSE_LATE = """
CREATE FUNCTION rulebook_refuse_late() RETURNS trigger AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM rulebook_step WHERE rulebook_step.version = NEW.version) THEN
    RAISE EXCEPTION 'a stored version of the rules never grows' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$ LANGUAGE plpgsql
"""


def text() -> sqlmodel.sql.sqltypes.AutoString:
    """Give the type of a word."""
    return sqlmodel.sql.sqltypes.AutoString()


def words(*names: str) -> list[sa.Column]:
    """Give a column for each cell."""
    return [sa.Column(name, text(), nullable=False) for name in names]


def upgrade() -> None:
    """Make the change."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "rulebook",
        *words("version", "digest", "examples_digest"),
        sa.Column("parent", text(), sa.ForeignKey("rulebook.version"), nullable=True),
        *words("author", "agency", "reason"),
        sa.Column("made_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_table(
        "rulebook_rule",
        sa.Column("version", text(), sa.ForeignKey("rulebook.version"), nullable=False),
        *words("id", "role", "agency", "purpose", "service", "kind", "field", "sensitivity", "when"),
        *words("effect", "on_deny", "obligation", "duties", "reason", "why"),
        sa.PrimaryKeyConstraint("version", "id"),
    )
    op.create_table(
        "rulebook_example",
        sa.Column("version", text(), sa.ForeignKey("rulebook.version"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        *words("where", "role", "agency", "purpose", "service", "field", "labels", "facts", "flags", "expect", "why"),
        sa.PrimaryKeyConstraint("version", "place"),
    )
    op.create_table(
        "rulebook_step",
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("version", text(), sa.ForeignKey("rulebook.version"), nullable=False),
        *words("act", "stage", "actor", "role", "agency", "reason"),
        sa.Column("at", moment, nullable=False),
        sa.Column("effective_at", moment, nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("errors", "warnings", "gained", "lost")),
        *words("ledger_record"),
        sa.PrimaryKeyConstraint("sequence"),
    )
    op.create_index("ix_rulebook_step_version", "rulebook_step", ["version"], unique=False)
    (_guard_postgresql if op.get_bind().dialect.name == "postgresql" else _guard_sqlite)()


def _guard_postgresql() -> None:
    op.execute(REFUSE)
    op.execute(REFUSE_LATE)
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION rulebook_refuse()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION rulebook_refuse()"
        )
    for table in PARTS:
        op.execute(
            f"CREATE TRIGGER {table}_never_grows BEFORE INSERT ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION rulebook_refuse_late()"
        )


def _guard_sqlite() -> None:
    for table in TABLES:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_never_{act.lower()}d BEFORE {act} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'a stored version of the rules never changes'); END"
            )
    for table in PARTS:
        op.execute(
            f"CREATE TRIGGER {table}_never_grows BEFORE INSERT ON {table} "
            "WHEN EXISTS (SELECT 1 FROM rulebook_step WHERE rulebook_step.version = NEW.version) "
            "BEGIN SELECT RAISE(ABORT, 'a stored version of the rules never grows'); END"
        )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_rulebook_step_version", table_name="rulebook_step")
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION rulebook_refuse()")
        op.execute("DROP FUNCTION rulebook_refuse_late()")
