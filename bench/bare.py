"""A plain Prefect flow, served as anybody would: what `bench/engine.py` measures Prefect mode beside."""

import os
import time
from pathlib import Path

from prefect import flow


@flow(name="bare", flow_run_name="{initiative}/bare/attempt-{attempt}")
def bare(initiative: str, attempt: int, cause: int) -> None:
    """Write down when its first line was reached."""
    with Path(os.environ["BARE_LOG"]).open("a", encoding="utf-8") as log:
        log.write(f"{time.time()}\n")


if __name__ == "__main__":
    bare.serve(name="bare", print_starting_message=False)
