"""`worker`: a process that works jobs off and serves nobody. Any number of them share the work of one database."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from types import FrameType

import click

from web.commands.opening import data_option, opened, settings
from web.work import milepost


@click.command(short_help="Work jobs off, beside servers.")
@data_option
def worker(data: Path | None) -> None:
    """Work jobs off until Ctrl-C or SIGTERM: let due timers elapse, and whatever else has to happen by itself.

    Start as many as you like, on any host that reaches the database; what one has at hand when it dies, another goes
    on with within ten seconds. `serve` on SQLite works its jobs off itself and needs none.

    The first signal ends it when the jobs at hand are done; a second one ends it at once.
    """
    asked = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            os._exit(1)  # what was at hand is another worker's
        asked.set()

    with opened(settings(data), quiet=False):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)
        with milepost().jobs.start_worker():
            click.echo("Milepost works jobs off. Ctrl-C stops it.")
            asked.wait()
            click.echo("Stopping when the jobs at hand are done. Once more stops it at once.")
    click.echo("Stopped.")
