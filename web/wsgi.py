"""For servers such as gunicorn: `gunicorn --threads 8 "web.wsgi:application()"`. Settings come from the environment.

The database must be at this version's migration: run `./milepost serve` or `./milepost upgrade` once before. With several
workers, set MILEPOST_TICK=no and let one process of its own fire the timers, or leave it: each timer fires once anyway.
"""

from __future__ import annotations

import atexit
import os

from flask import Flask

from web import create_app
from web.background import Background
from web.config import Config
from web.logs import set_up_logs


def application() -> Flask:
    """The app with its background thread, as the environment says. Raises WebError when a setting cannot be used."""
    config = Config.from_environment(os.environ)
    set_up_logs(config.log)
    app = create_app(config)
    if config.tick:
        background = Background(app)
        background.__enter__()
        atexit.register(background.stop)
    return app
