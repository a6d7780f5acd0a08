"""Logs: one line an event, for people or as JSON, from this package, Prefect and the web server alike."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import Processor

NOISY = ("uvicorn", "uvicorn.error", "uvicorn.access", "fastapi", "prefect", "prefect._internal")


def configure(*, as_json: bool, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send every log line to `stream` (standard error), in one shape."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    stream = stream or sys.stderr
    last: list[Processor] = (
        [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()]
        if as_json
        else [structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback)]
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("provefirst").setLevel(level)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.processors.format_exc_info if not as_json else _unchanged,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def adopt_prefect() -> None:
    """Send what Prefect and its server's libraries log our way. Importing Prefect gave them handlers of their own."""
    if not structlog.is_configured():
        return
    for name in NOISY:
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True


def _unchanged(logger: object, name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return event
