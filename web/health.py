"""Two addresses for whoever watches the server: is it up, and can it work?"""

from __future__ import annotations

from flask import Blueprint, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from web.database import db
from web.jobs import state
from web.migrations import current, head
from web.people.guards import public
from web.work import milepost

health = Blueprint("health", __name__)


@health.get("/healthz")
@public
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="up")


@health.get("/readyz")
@public
def readyz() -> Response:
    """The database answers, its tables are this version's, timers are being fired: 200, or 503 with what is not so.

    A server that leaves the jobs to workers is ready without one, for its pages work; it says how many live, and how
    many seconds the oldest job waits that could be done.
    """
    problems, more = _database_problems(), {}
    if not problems:
        parts = milepost()
        standing = state(parts.jobs, db.session())
        more = {"workers": len(standing.workers), "oldest_job_seconds": standing.oldest_seconds}
        if parts.config.tick and not standing.workers:
            problems = ["timers have not been looked at for 10 seconds"]
    response = jsonify(status="not ready" if problems else "ready", problems=problems, **more)
    response.status_code = 503 if problems else 200
    return response


def _database_problems() -> list[str]:
    try:
        db.session.execute(text("SELECT 1"))
        at = current(db.session.connection())
    except SQLAlchemyError:
        return ["the database does not answer"]
    return [] if at == head() else [f"the database is at migration {at}, this version needs {head()}"]
