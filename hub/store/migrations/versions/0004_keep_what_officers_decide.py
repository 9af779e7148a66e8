"""Keep what officers decide: whole agreements and consents, decisions not to share, objections, emergency access.

Revision: 0004, after 0003.

Agreements signed before were about everything that passes between the two; that is now written out.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

EVERYTHING = '[{"services":["*"],"kinds":["*"],"fields":["*"]}]'
AGREEMENT = {"status": "signed", "lawful_bases": "", "dpia": "", "signatories": "[]", "items": EVERYTHING, "rules": "[]"}
CONSENT = {"relationship": "NOT_STATED", "capacity": "NOT_STATED", "kinds": "", "evidence": "", "reason": ""}
TABLES = ("notice", "break_glass_grant", "objection", "not_sharing")


def word(name: str, *, nullable: bool = False) -> sa.Column:
    """Give a column of words."""
    return sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=nullable)


def words(*names: str) -> list[sa.Column]:
    """Give a column for each."""
    return [word(name) for name in names]


def days(*names: str, nullable: bool = False) -> list[sa.Column]:
    """Give a column of days for each."""
    return [sa.Column(name, sa.Date(), nullable=nullable) for name in names]


def seconds(name: str, *, nullable: bool = False) -> sa.Column:
    """Give a column of moments by the database's clock."""
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def sealed(*names: str) -> list[sa.Column]:
    """Give a column of sealed bytes for each."""
    return [sa.Column(name, sa.LargeBinary(), nullable=False) for name in names]


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("agreement") as batch:
        batch.drop_index("ix_agreement_consumer")
        batch.alter_column("consumer", new_column_name="consumers")
    _widen("agreement", AGREEMENT)
    _widen("consent", CONSENT)
    with op.batch_alter_table("consent") as batch:
        for column in days("given", "reviewed", nullable=True):
            batch.add_column(column)
    _create()


def _widen(table: str, given: dict[str, str]) -> None:
    with op.batch_alter_table(table) as batch:
        for name in given:
            batch.add_column(word(name, nullable=True))
    values = {name: sa.literal(value) for name, value in given.items()}
    op.execute(sa.table(table, *(sa.column(name) for name in given)).update().values(values))
    with op.batch_alter_table(table) as batch:
        for name in given:
            batch.alter_column(name, existing_type=sqlmodel.sql.sqltypes.AutoString(), nullable=False)


def _create() -> None:
    op.create_table(
        "not_sharing",
        *words("id", "person_id", "provider", "services", "kinds", "reason"),
        *sealed("key_ct", "text_ct"),
        *days("start", "review"),
        word("decided_by"),
        seconds("ended_at", nullable=True),
        word("ended_by", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "objection",
        *words("id", "person_id", "provider", "services", "objector"),
        *days("received"),
        word("state"),
        *days("assessed", nullable=True),
        word("reason", nullable=True),
        *sealed("key_ct", "text_ct"),
        word("recorded_by"),
        word("assessed_by", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "break_glass_grant",
        *words("id", "person_id", "requester", "role", "organisation", "owners", "reason"),
        *sealed("key_ct", "text_ct", "reference_ct"),
        *(seconds(name) for name in ("began", "until")),
        word("ended_by", nullable=True),
        seconds("review_due"),
        seconds("reviewed_at", nullable=True),
        *(word(name, nullable=True) for name in ("reviewed_by", "outcome")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "notice",
        *words("id", "agency", "about", "reference"),
        seconds("at"),
        seconds("sent_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    for table in TABLES[1:]:
        op.create_index(f"ix_{table}_person_id", table, ["person_id"], unique=False)
    op.create_index("ix_notice_agency", "notice", ["agency"], unique=False)


def downgrade() -> None:
    """Take the change back; what the older tables have no place for is lost."""
    for table in TABLES:
        op.drop_table(table)
    with op.batch_alter_table("consent") as batch:
        for name in (*CONSENT, "given", "reviewed"):
            batch.drop_column(name)
    with op.batch_alter_table("agreement") as batch:
        for name in AGREEMENT:
            batch.drop_column(name)
        batch.alter_column("consumers", new_column_name="consumer")
    op.create_index("ix_agreement_consumer", "agreement", ["consumer"], unique=False)
