"""Accounts: passwords, second factors, sessions, tokens, invitations, single sign-on, and refusals of access.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    def columns(*names: str) -> list[sa.Column[object]]:
        return [sa.Column(name, sa.Text(), nullable=False) for name in names]

    def counted(name: str) -> sa.Column[object]:
        return sa.Column(name, sa.Integer(), nullable=False)

    op.create_table(
        "credential",
        *columns("handle", "password", "changed_at", "totp"),
        counted("totp_step"),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("handle"),
    )
    op.create_table("recovery_code", *columns("handle", "digest"), sa.PrimaryKeyConstraint("handle", "digest"))
    op.create_table(
        "session",
        *columns("digest", "handle", "created_at", "seen_at", "ends_at", "how"),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_session_handle", "session", ["handle"])
    op.create_table(
        "token",
        *columns("id", "digest", "handle", "name", "scopes", "created_at", "ends_at", "used_at", "revoked_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index("ix_token_handle", "token", ["handle"])
    op.create_table(
        "invitation",
        *columns("digest", "purpose", "handle", "person", "by", "created_at", "ends_at"),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "throttle", *columns("key", "last_at", "free_at"), counted("failures"), sa.PrimaryKeyConstraint("key")
    )
    op.create_table("identity", *columns("issuer", "subject", "handle"), sa.PrimaryKeyConstraint("issuer", "subject"))
    op.create_index("ix_identity_handle", "identity", ["handle"])
    op.create_table(
        "sso_flow",
        *columns("digest", "provider", "browser", "nonce", "verifier", "ends_at"),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "refusal",
        *columns("hour", "who", "address", "what", "key", "first_at", "last_at", "reason"),
        counted("count"),
        sa.PrimaryKeyConstraint("hour", "who", "address", "what", "key"),
    )
    op.create_index("ix_refusal_hour", "refusal", ["hour"])


def downgrade() -> None:
    raise RuntimeError("the ledger can't be taken back: restore a backup instead")
