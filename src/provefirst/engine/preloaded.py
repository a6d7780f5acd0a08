"""What a run of a flow needs, imported once by the server that forks a process for each (see `warm`)."""

from __future__ import annotations

import prefect.flow_engine
import prefect.runner  # noqa: F401

from provefirst.checks.registry import all_checks
from provefirst.engine.stories import NAMES, flow_of

for _name in NAMES:
    flow_of(_name)
all_checks()
