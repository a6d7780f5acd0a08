"""The command line. Importing this is light: each command loads what it needs when it runs."""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command that `sys.argv` names, and exit as docs/cli.md says."""
    try:
        from provefirst.cli.app import app

        app()
    except KeyboardInterrupt:  # before the app could take it up
        sys.stderr.write("\nprovefirst: interrupted; what was not finished is not written\n")
        sys.exit(INTERRUPTED)
