"""The Prefect server's process: `python -m provefirst.engine.prefect_server HOST PORT`, on a leash."""

from __future__ import annotations

import sys

from provefirst.engine.leash import end_with_parent


def main() -> None:
    """Serve Prefect's API and pages until the parent is gone."""
    end_with_parent()
    host, port = sys.argv[1], int(sys.argv[2])
    import uvicorn
    from prefect.server.api.server import create_app

    uvicorn.run(create_app(final=True), host=host, port=port, log_level="warning", timeout_graceful_shutdown=3)


if __name__ == "__main__":
    main()
