"""What initiatives wait for, and forms that were begun and not sent. `provefirst rebuild` fills the first.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    def columns(*names: str) -> list[sa.Column[str]]:
        return [sa.Column(name, sa.Text(), nullable=False) for name in names]

    op.create_table(
        "waiting",
        *columns("initiative"),
        sa.Column("line", sa.Integer(), nullable=False),
        *columns("role", "people", "what", "since", "not_of"),
        sa.PrimaryKeyConstraint("initiative", "line"),
    )
    op.create_index("ix_waiting_role", "waiting", ["role", "since"])
    op.create_table(
        "draft",
        *columns("handle", "place", "content", "changed_at"),
        sa.PrimaryKeyConstraint("handle", "place"),
    )


def downgrade() -> None:
    op.drop_table("draft")
    op.drop_table("waiting")
