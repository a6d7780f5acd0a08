"""Indexes of the entries that figures of all initiatives are made of.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_WHICH = {
    "ix_entry_freed": ("at", "event = 'gate.opened' AND data LIKE '%\"stage\":\"release\"%'"),
    "ix_entry_registered": (
        "version",
        "event = 'evidence.submitted' AND data LIKE '%\"kind\":\"data_registration\"%'",
    ),
    "ix_entry_foreseen": ("version", "data LIKE '%\"forecast\":%' AND data NOT LIKE '%\"forecast\":null%'"),
}


def upgrade() -> None:
    for name, (last, which) in _WHICH.items():
        some: sa.ColumnElement[bool] = sa.literal_column(which)
        op.create_index(name, "entry", ["event", "initiative", last], sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    for name in _WHICH:
        op.drop_index(name, "entry")
