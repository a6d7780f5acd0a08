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

_COLUMNS = "initiative, version, line, source, target, amount, currency"


def upgrade() -> None:
    op.add_column("posting", sa.Column("at", sa.Text(), nullable=False, server_default=""))
    op.execute(
        f"CREATE TEMPORARY TABLE moved AS SELECT {', '.join(f'p.{name}' for name in _COLUMNS.split(', '))}, e.at "  # noqa: S608  # names above
        "FROM posting p JOIN entry e ON e.initiative = p.initiative AND e.version = p.version"
    )
    op.execute("DELETE FROM posting")  # a trigger refuses to change one
    op.execute(f"INSERT INTO posting ({_COLUMNS}, at) SELECT {_COLUMNS}, at FROM moved")  # noqa: S608  # names above
    op.execute("DROP TABLE moved")


def downgrade() -> None:
    op.drop_column("posting", "at")
