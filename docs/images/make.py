"""Make the pictures in this folder from the demo's data: python docs/images/make.py [DATA FOLDER]

The folder is what `provefirst demo` left behind (default: .provefirst).
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

HERE = Path(__file__).parent
WIDTH = 88
LEFT_OUT = ("Evidence", "Findings", "Decisions", "Votes at this gate")


def main(home: str) -> None:
    (HERE / "show.svg").write_text(picture(home, "PF-3"))


def picture(home: str, key: str) -> str:
    """What `show` prints for `key`, without its long lists, as SVG with no script and nothing from elsewhere."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    for section in shown(home, key).split("\n\n"):
        if Text.from_ansi(section).plain.strip().partition("\n")[0] not in LEFT_OUT:
            console.print(Text.from_ansi(section.strip("\n")), end="\n\n")
    svg = console.export_svg(title=f"provefirst show {key}")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def shown(home: str, key: str) -> str:
    """The terminal's own output, colours and all."""
    words = ["show", key, "--home", home, "--as", "ada"]
    command = [sys.executable, "-c", "from provefirst.cli import main; main()", *words]
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else ".provefirst")
