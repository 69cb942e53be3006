"""For servers such as gunicorn: `gunicorn --threads 8 "web.wsgi:application()"`. Settings come from the environment.

Run `./milepost upgrade` before the first start and after each new version. With MILEPOST_TICK=yes each of its
processes works jobs off; with PostgreSQL they leave that to `./milepost worker`. A job is done once, however many do.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Mapping
from contextlib import ExitStack

from flask import Flask

from web import create_app
from web.config import Config
from web.database import db, only_reading, reach
from web.errors import DataUnusable
from web.lasting import keep_for_good
from web.logs import set_up_logs
from web.migrations import current, head
from web.secret import hold_data
from web.work import Milepost


def application() -> Flask:
    """The app, with a worker of jobs beside it, as the environment says, until the process ends. Raises WebError."""
    running = ExitStack()
    atexit.register(running.close)
    app = begin(os.environ, running)
    keep_for_good()
    return app


def begin(env: Mapping[str, str], running: ExitStack) -> Flask:
    """Start what `running` stops when it is closed. Raises SettingRefused, or DataUnusable before an upgrade."""
    config = Config.from_environment(env)
    set_up_logs(config.log)
    if not config.on_file:
        reach(config.database)
    app = create_app(config)
    running.enter_context(hold_data(config))
    with app.app_context(), only_reading():
        at = current(db.session.connection())
        db.session.remove()
        db.engine.dispose()  # a server that forks now must not share a connection
    if at != head():
        raise DataUnusable(f"The database is at version {at}, this Milepost needs {head()}. Run: ./milepost upgrade")
    if config.tick:
        parts: Milepost = app.extensions["milepost"]
        running.enter_context(parts.jobs.start_worker())
    return app
