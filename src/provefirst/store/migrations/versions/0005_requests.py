"""Requests that were answered, by idempotency key, and who uploaded which file.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    def columns(*names: str) -> list[sa.Column[str]]:
        return [sa.Column(name, sa.Text(), nullable=False) for name in names]

    op.create_table(
        "request",
        *columns("person", "key", "asked", "at"),
        sa.Column("status", sa.Integer(), nullable=False),
        *columns("headers"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person", "key"),
    )
    op.create_index("ix_request_at", "request", ["at"])
    op.create_table(
        "upload",
        *columns("person", "digest"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        *columns("at"),
        sa.PrimaryKeyConstraint("person", "digest"),
    )


def downgrade() -> None:
    op.drop_table("upload")
    op.drop_table("request")
