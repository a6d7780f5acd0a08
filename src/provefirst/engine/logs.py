"""Logs: one line an event, for people or as JSON, from this package, Prefect and the web server alike.

Where nothing is configured, they are Python's own logs: warnings on standard error, and nothing on standard output.
"""

from __future__ import annotations

import logging
import sys
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

from provefirst.engine.secrecy import hide

OWN = "provefirst"
_TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)  # a local variable may be somebody's password
)
NOISY = ("uvicorn", "uvicorn.error", "uvicorn.access", "fastapi", "prefect", "prefect._internal")


def logger(name: str) -> Any:
    """A logger that takes values by name beside what happened: `log.info("sent", attempt=…)`."""
    return structlog.wrap_logger(
        logging.getLogger(f"{OWN}.{name}"),
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.render_to_log_kwargs,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def configure(*, as_json: bool, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send every log line to `stream` (standard error), in one shape."""
    stream = stream or sys.stderr
    shape: list[Processor] = (
        [_TRACEBACKS, hide, structlog.processors.JSONRenderer()]
        if as_json
        else [
            structlog.processors.ExceptionRenderer(),
            hide,
            structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback),
        ]
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.ExtraAdder(),
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *shape],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OWN).setLevel(level)


def adopt_prefect() -> None:
    """Send what Prefect and its libraries log the same way. Importing Prefect gave them handlers of their own."""
    for name in NOISY:
        noisy = logging.getLogger(name)
        noisy.handlers[:] = []
        noisy.propagate = True
