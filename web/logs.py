"""Log lines: structured, with the request's number, and without names unless a line is about a person."""

from __future__ import annotations

import logging
import sys
import time
from typing import Any
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

log = structlog.get_logger("milepost.web")
QUIET = frozenset({"health.healthz", "health.readyz", "static"})
NO_LOCALS = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))
"""Tracebacks as JSON. structlog would add each frame's variables, among which are passwords and what people wrote."""


class StandardError(logging.StreamHandler[Any]):
    """Writes to whatever standard error is when a line is written."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        return sys.stderr


def set_up_logs(shape: str, *, quiet: bool = False) -> None:
    """Write log lines to standard error as `json` or as `text`, `quiet`: warnings only. Other libraries join in."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Any] = (
        [NO_LOCALS, structlog.processors.JSONRenderer()]
        if shape == "json"
        else [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    )
    handler = StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    for earlier in [one for one in root.handlers if isinstance(one, StandardError)]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("milepost").setLevel(logging.WARNING if quiet else logging.INFO)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def number_requests(app: Flask) -> None:
    """Give every request a number, in the log and in the response, and log it when it ends."""

    @app.before_request
    def begin() -> None:
        g.started, g.number = time.perf_counter(), uuid4().hex[:12]
        clear_contextvars()
        bind_contextvars(request=g.number)

    @app.after_request
    def end(response: Response) -> Response:
        if "number" in g:
            response.headers["X-Request-Id"] = g.number
            if request.endpoint not in QUIET:
                log.info(
                    "request",
                    method=request.method,
                    route=str(request.url_rule or "-"),
                    status=response.status_code,
                    ms=round((time.perf_counter() - g.started) * 1000, 1),
                )
        return response
