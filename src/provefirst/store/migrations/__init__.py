"""Alembic migrations, run by `migrate`."""
