"""`python -m provefirst` is the command `provefirst`."""

from __future__ import annotations

from provefirst.cli import main

if __name__ == "__main__":
    main()
