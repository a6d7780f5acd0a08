"""Notices: who is to be told of what, and how.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    def columns(*names: str) -> list[sa.Column[str]]:
        return [sa.Column(name, sa.Text(), nullable=False) for name in names]

    op.create_table(
        "telling",
        *columns("initiative"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("initiative", "version"),
    )
    op.create_table(
        "notice",
        *columns("handle", "channel", "initiative"),
        sa.Column("version", sa.Integer(), nullable=False),
        *columns("topic", "what", "status"),
        sa.Column("tries", sa.Integer(), nullable=False),
        *columns("next_at", "problem"),
        sa.PrimaryKeyConstraint("handle", "channel", "initiative", "version", "topic"),
    )
    op.create_index("ix_notice_due", "notice", ["status", "next_at"])
    op.create_table(
        "channel",
        *columns("id", "handle", "name", "address", "added_at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_channel_handle", "channel", ["handle"])
    op.create_table("wish", *columns("handle", "topics", "calendar"), sa.PrimaryKeyConstraint("handle"))
    op.create_index("ix_wish_calendar", "wish", ["calendar"])


def downgrade() -> None:
    for name in ("wish", "channel", "notice", "telling"):
        op.drop_table(name)
