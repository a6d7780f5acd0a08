"""Whom people report to, what they know, which accounts are one person, and who has a part on which initiative.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from provefirst.people import ENGINE, identity

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_PARTS = """
    INSERT INTO part (initiative, handle, role, first_at, last_at)
    SELECT initiative, actor, MIN({part}), MIN(at), MAX(at) FROM entry
    WHERE {part} IS NOT NULL AND actor <> '{engine}' GROUP BY initiative, actor
"""
_PART = {"sqlite": "json_extract(data, '$.part')", "postgresql": "(data::jsonb->>'part')"}


def upgrade() -> None:
    for name in ("identity", "manager", "cost_centre"):
        op.add_column("person", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("person", sa.Column("expertise", sa.Text(), nullable=False, server_default="[]"))
    op.create_index("ix_person_identity", "person", ["identity"])
    op.create_table(
        "part",
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("initiative", "handle", "role", "first_at", "last_at")
        ),
        sa.PrimaryKeyConstraint("initiative", "handle"),
    )
    op.create_index("ix_part_handle", "part", ["handle", "role"])
    bind = op.get_bind()
    bind.exec_driver_sql(_PARTS.format(part=_PART[bind.dialect.name], engine=ENGINE))
    for handle, email in bind.execute(sa.text("SELECT handle, email FROM person WHERE email <> ''")).all():
        keep = sa.text("UPDATE person SET identity = :identity WHERE handle = :handle")
        bind.execute(keep, {"identity": identity(email), "handle": handle})


def downgrade() -> None:
    raise RuntimeError("the ledger can't be taken back: restore a backup instead")
