"""Two addresses for whoever watches the server: is it up, and can it work?"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from web.database import db
from web.migrations import current, head
from web.people.guards import public
from web.work import milepost

health = Blueprint("health", __name__)
STALE = timedelta(seconds=10)
"""A background thread that looks every second and was not seen for this long has stopped."""


@health.get("/healthz")
@public
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="up")


@health.get("/readyz")
@public
def readyz() -> Response:
    """The database answers, its tables are this version's, timers are being fired: 200, or 503 with what is not so."""
    problems = [*_database_problems(), *_heartbeat_problems()]
    response = jsonify(status="not ready" if problems else "ready", problems=problems)
    response.status_code = 503 if problems else 200
    return response


def _database_problems() -> list[str]:
    try:
        db.session.execute(text("SELECT 1"))
        at = current(db.session.connection())
    except SQLAlchemyError:
        return ["the database does not answer"]
    return [] if at == head() else [f"the database is at migration {at}, this version needs {head()}"]


def _heartbeat_problems() -> list[str]:
    parts = milepost()
    if parts.heartbeat is None:
        return ["timers are not fired yet"] if parts.config.tick else []
    return [] if parts.clock() - parts.heartbeat < STALE else ["timers have not been looked at for 10 seconds"]
