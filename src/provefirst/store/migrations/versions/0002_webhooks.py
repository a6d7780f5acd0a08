"""Webhooks: who is told of what happens, and what they are still owed.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    def columns(kind: type, *names: str) -> list[sa.Column[object]]:
        return [sa.Column(name, kind(), nullable=False) for name in names]

    op.create_table(
        "webhook",
        sa.Column("id", sa.Text(), primary_key=True),
        *columns(sa.Text, "url", "events", "secret_key"),
        *columns(sa.Integer, "generation"),
        *columns(sa.Text, "previous_until", "added_by", "added_at"),
        *columns(sa.Boolean, "is_active"),
        *columns(sa.Text, "problem"),
    )
    op.create_table(
        "delivery",
        *columns(sa.Text, "hook", "initiative"),
        *columns(sa.Integer, "version"),
        *columns(sa.Text, "message", "body", "status"),
        *columns(sa.Integer, "tries"),
        *columns(sa.Text, "next_at", "sent_at", "problem"),
        sa.PrimaryKeyConstraint("hook", "initiative", "version"),
    )
    op.create_index("ix_delivery_due", "delivery", ["status", "next_at"])


def downgrade() -> None:
    op.drop_table("delivery")
    op.drop_table("webhook")
