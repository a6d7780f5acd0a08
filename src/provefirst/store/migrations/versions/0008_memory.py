"""What initiatives are about, lessons by their words, when to look again; and lessons can't be deleted.

`provefirst rebuild` fills the tables for what was concluded before.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

from provefirst.store.triggers import LESSONS_STAY, locking

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    def columns(*names: str) -> list[sa.Column[str]]:
        return [sa.Column(name, sa.Text(), nullable=False) for name in names]

    op.create_table(
        "subject",
        *columns("initiative"),
        sa.Column("version", sa.Integer(), nullable=False),
        *columns("at", "title", "problem", "affected", "hypothesis", "domain", "data_kind", "metric"),
        sa.PrimaryKeyConstraint("initiative"),
    )
    op.create_index("ix_subject_at", "subject", ["at"])
    op.create_table(
        "revisit",
        *columns("initiative", "kind", "wanted", "name", "since", "met_at", "because"),
        sa.PrimaryKeyConstraint("initiative", "kind"),
    )
    op.create_index("ix_revisit_kind", "revisit", ["kind", "met_at"])
    connection = op.get_bind()
    dialect = connection.dialect.name
    if dialect == "postgresql":
        op.execute("CREATE TABLE lesson_words (initiative TEXT PRIMARY KEY, words TSVECTOR NOT NULL)")
        op.execute("CREATE INDEX ix_lesson_words ON lesson_words USING gin (words)")
    else:
        op.execute(
            "CREATE VIRTUAL TABLE lesson_words USING fts5(initiative UNINDEXED, title, lesson, would_change_if, "
            "problem, hypothesis, reasons, domain, tokenize='porter unicode61 remove_diacritics 2')"
        )
    for statement in locking(LESSONS_STAY, dialect):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {LESSONS_STAY.name} ON lesson")
        op.execute(f"DROP FUNCTION {LESSONS_STAY.name}()")
    else:
        op.execute(f"DROP TRIGGER {LESSONS_STAY.name}")
    for table in ("lesson_words", "revisit", "subject"):
        op.drop_table(table)
