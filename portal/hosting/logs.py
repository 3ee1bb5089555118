"""Logs are facts with keys, never what a person wrote: one line per event, for eyes or for machines.

A message is a constant; what varies goes into `extra=` under one of the keys below, and anything else is left out.
Arguments of a message, addresses asked for and what an error says may hold a name, a token or a form's value: they stay
out too, unless `[log] details` asks for them. An error is its class and the places it went through; what the system or
the database says of itself (disk full, server away) is kept.
"""

from __future__ import annotations

import json
import logging
import re
import time
import traceback
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import sqlalchemy.exc
from gunicorn.glogging import Logger
from werkzeug.wsgi import ClosingIterator

from portal.errors import ConfigError, PluginFault, Unavailable
from portal.hosting.config import Log

KEYS = (
    "collectivity", "plugin", "place", "phase", "reference", "method", "rule", "status", "duration_ms",
)  # fmt: skip
FACTS = "portal.facts"
PLACES_KEPT = 6
QUIET_RULES = {"/healthz", "/assets/<name>"}
# Said by the system, by the interpreter about the code, or by ourselves about files of the operator.
IMPERSONAL = (
    AttributeError, ConfigError, ImportError, NameError, OSError, PluginFault, SyntaxError, Unavailable,
    sqlalchemy.exc.OperationalError, sqlalchemy.exc.TimeoutError,
)  # fmt: skip
# A foreign library that put its arguments in the message itself.
VARIES = re.compile(r"(?: ip=|:).*", re.DOTALL)

collectivity: ContextVar[str | None] = ContextVar("collectivity", default=None)
access = logging.getLogger("portal.access")
Environ = dict[str, Any]


def facts_of(record: logging.LogRecord, *, details: bool) -> dict[str, Any]:
    """Give what one event says: time, level, logger, message, then the keys it has."""
    found: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": record.getMessage() if details else _constant(record),
        "collectivity": collectivity.get(),
    }
    found |= {key: getattr(record, key) for key in KEYS if hasattr(record, key)}
    if record.exc_info and record.exc_info[1] is not None:
        found |= _fault(record.exc_info[1], details=details)
    return {key: value for key, value in found.items() if value is not None}


def _constant(record: logging.LogRecord) -> str:
    text, given = str(record.msg), record.args or ()
    if given:
        numbers = isinstance(given, tuple) and all(isinstance(value, int | float) for value in given)
        return record.getMessage() if numbers else text
    return text if record.name.startswith("portal.") else VARIES.sub("", text)


def _fault(error: BaseException, *, details: bool) -> dict[str, Any]:
    places = traceback.extract_tb(error.__traceback__)[-PLACES_KEPT:]
    found = {"error": type(error).__name__, "where": [f"{at.filename}:{at.lineno} {at.name}" for at in places]}
    if details or isinstance(error, IMPERSONAL):
        found["said"] = str(getattr(error, "orig", None) or error)
    return found


class Facts(logging.Formatter):
    """One line per event, in the form the operator asked for."""

    def __init__(self, settings: Log) -> None:
        super().__init__()
        self.settings = settings

    def format(self, record: logging.LogRecord) -> str:
        """Write the line; for a developer a traceback follows."""
        found = facts_of(record, details=self.settings.details)
        if self.settings.format == "json":
            return json.dumps(found, ensure_ascii=False, default=str)
        head = " ".join(str(found.pop(key)) for key in ("level", "logger", "message"))
        del found["time"]  # who keeps the lines puts it in front
        where = " < ".join(reversed(found.pop("where", [])))
        rest = [f"{key}={value}" for key, value in found.items()] + ([f"where={where}"] if where else [])
        trace = [self.formatException(record.exc_info)] if self.settings.details and record.exc_info else []
        return "\n".join([" ".join([head, *rest]).replace("\n", " "), *trace])


_handler = logging.StreamHandler()


def start_logs(settings: Log) -> None:
    """Log as the operator asked for, on the error stream; saying it again changes the form."""
    _handler.setFormatter(Facts(settings))
    logging.basicConfig(level=logging.INFO, handlers=[_handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)
    access.setLevel(logging.INFO if settings.access else logging.WARNING)


class ServerLogs(Logger):
    """What gunicorn itself says goes the same way."""

    def setup(self, cfg: Any) -> None:
        """Keep no stream of its own."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


def note(environ: Environ, **facts: object) -> None:
    """Add to what the line about this request will say."""
    environ.setdefault(FACTS, {}).update(facts)


def logged(
    application: Callable[..., Iterable[bytes]], environ: Environ, start_response: Callable[..., Any]
) -> Iterable[bytes]:
    """Answer one request and write one line about it: the rule of its address, never the address."""
    began = time.perf_counter()
    facts = environ.setdefault(FACTS, {})
    facts |= {"method": environ["REQUEST_METHOD"], "status": 500}

    def start(status: str, *rest: Any) -> Any:
        facts["status"] = int(status.partition(" ")[0])
        return start_response(status, *rest)

    def tell() -> None:
        if facts["status"] >= 400 or facts.get("rule") not in QUIET_RULES:
            duration_ms = round((time.perf_counter() - began) * 1000, 1)
            access.info("request", extra={**facts, "duration_ms": duration_ms})
        collectivity.set(None)

    try:
        answer = application(environ, start)
    except BaseException:
        tell()
        raise
    return ClosingIterator(answer, tell)
