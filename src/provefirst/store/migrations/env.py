"""What Alembic runs: the migrations, on the connection that `store.schema` hands over."""

from alembic import context

from provefirst.store import accounts as _accounts  # noqa: F401  # its tables belong to the metadata too
from provefirst.store import notices as _notices  # noqa: F401  # likewise
from provefirst.store import remembered as _remembered  # noqa: F401  # likewise
from provefirst.store import requests as _requests  # noqa: F401  # likewise
from provefirst.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
context.run_migrations()
