"""The command line. Importing this is light: each command loads what it needs when it runs."""

from __future__ import annotations


def main() -> None:
    """Run the command that `sys.argv` names, and exit as docs/cli.md says."""
    from provefirst.cli.app import app

    app()
