"""Pools with their period and cost centre, and recorded rates of exchange.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    def columns(*names: str) -> list[sa.Column[str]]:
        return [sa.Column(name, sa.Text(), nullable=False) for name in names]

    op.create_table("pool", *columns("name", "cost_centre", "since", "until"), sa.PrimaryKeyConstraint("name"))
    op.create_table(
        "rate",
        sa.Column("version", sa.Integer(), nullable=False),
        *columns("base", "quote", "rate", "on", "source"),
        sa.PrimaryKeyConstraint("version"),
    )


def downgrade() -> None:
    op.drop_table("rate")
    op.drop_table("pool")
