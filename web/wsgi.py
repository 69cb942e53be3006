"""For servers such as gunicorn: `gunicorn --threads 8 "web.wsgi:application()"`. Settings come from the environment.

Run `./milepost upgrade` before the first start and after each new version. Every worker looks for due timers unless
MILEPOST_TICK=no; a timer elapses once, however many look.
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
