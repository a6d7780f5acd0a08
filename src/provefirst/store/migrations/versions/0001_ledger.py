"""The ledger, what is made from it, and the triggers that hold both.

Revision ID: 0001
Revises: -
"""

import sqlalchemy as sa
from alembic import op

from provefirst.store.triggers import statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    text, whole, large = sa.Text, sa.Integer, sa.BigInteger

    def follows_entry() -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint(["initiative", "version"], ["entry.initiative", "entry.version"])

    def columns(kind: type, *names: str) -> list[sa.Column[object]]:
        return [sa.Column(name, kind(), nullable=False) for name in names]

    op.create_table(
        "entry",
        *columns(text, "initiative"),
        *columns(whole, "version"),
        *columns(text, "event", "actor", "at", "data", "previous"),
        sa.Column("digest", text(), nullable=False, unique=True),
        sa.PrimaryKeyConstraint("initiative", "version"),
    )
    op.create_index("ix_entry_event", "entry", ["event", "initiative"])
    op.create_table("policy", sa.Column("digest", text(), primary_key=True), *columns(text, "content"))
    op.create_table(
        "person",
        sa.Column("handle", text(), primary_key=True),
        *columns(text, "name", "email", "roles"),
        sa.Column("is_active", sa.Boolean(), nullable=False),
    )
    op.create_table("sequence", sa.Column("prefix", text(), primary_key=True), *columns(whole, "last"))
    op.create_table(
        "initiative",
        sa.Column("key", text(), primary_key=True),
        *columns(whole, "version"),
        *columns(text, "head", "title", "owner", "domain", "policy", "stage"),
        *columns(whole, "attempt"),
        *columns(text, "status", "outcome", "currency"),
        *columns(large, "requested", "approved", "released", "spent", "returned"),
        *columns(text, "deadline", "revisit_on", "opened_at", "changed_at"),
    )
    op.create_index("ix_initiative_stage", "initiative", ["status", "stage"])
    op.create_index("ix_initiative_changed_at", "initiative", ["changed_at", "key"])
    op.create_index("ix_initiative_owner", "initiative", ["owner"])
    op.create_table(
        "lesson",
        sa.Column("initiative", text(), primary_key=True),
        *columns(text, "title", "domain", "outcome", "reasons", "lesson", "would_change_if"),
        *columns(text, "revisit_on", "concluded_at"),
    )
    op.create_index("ix_lesson_outcome", "lesson", ["outcome"])
    op.create_table(
        "tranche",
        *columns(text, "initiative"),
        *columns(whole, "number", "version"),
        *columns(text, "kind"),
        *columns(large, "amount"),
        *columns(text, "currency", "purpose", "waits_for"),
        sa.PrimaryKeyConstraint("initiative", "number"),
        sa.CheckConstraint("amount > 0", name="tranche_is_positive"),
        follows_entry(),
    )
    op.create_table(
        "deadline",
        sa.Column("initiative", text(), primary_key=True),
        *columns(whole, "version"),
        *columns(text, "day", "p80", "override"),
        follows_entry(),
    )
    op.create_table(
        "posting",
        *columns(text, "initiative"),
        *columns(whole, "version", "line"),
        *columns(text, "source", "target"),
        *columns(large, "amount"),
        *columns(text, "currency"),
        sa.PrimaryKeyConstraint("initiative", "version", "line"),
        sa.CheckConstraint("amount > 0", name="posting_is_positive"),
        follows_entry(),
    )
    op.create_index("ix_posting_source", "posting", ["source"])
    op.create_index("ix_posting_target", "posting", ["target"])
    op.create_table(
        "balance",
        sa.Column("account", text(), primary_key=True),
        *columns(large, "amount"),
        *columns(text, "currency"),
        sa.CheckConstraint("amount >= 0", name="balance_is_not_negative"),
    )
    op.create_table(
        "outbox",
        *columns(text, "initiative", "stage"),
        *columns(whole, "attempt", "cause"),
        *columns(text, "status"),
        *columns(whole, "runs"),
        *columns(text, "next_at", "run_id", "sent_at", "claimed_at", "state", "problem"),
        sa.PrimaryKeyConstraint("initiative", "stage", "attempt", "cause"),
    )
    op.create_index("ix_outbox_due", "outbox", ["status", "next_at"])
    for statement in statements(op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise RuntimeError("the ledger can't be taken back: restore a backup instead")
