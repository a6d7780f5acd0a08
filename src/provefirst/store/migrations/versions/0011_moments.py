"""When each move of money happened, beside it: statements of a period need not ask the ledger.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("posting", sa.Column("at", sa.Text(), nullable=False, server_default=""))
    op.execute(
        "CREATE TEMPORARY TABLE moved AS "
        "SELECT p.initiative, p.version, p.line, p.source, p.target, p.amount, p.currency, e.at "
        "FROM posting p JOIN entry e ON e.initiative = p.initiative AND e.version = p.version"
    )
    op.execute("DELETE FROM posting")  # a trigger refuses to change one
    op.execute(
        "INSERT INTO posting (initiative, version, line, source, target, amount, currency, at) "
        "SELECT initiative, version, line, source, target, amount, currency, at FROM moved"
    )
    op.execute("DROP TABLE moved")


def downgrade() -> None:
    op.drop_column("posting", "at")
