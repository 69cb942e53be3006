"""`serve` and `upgrade`: Milepost for an organisation, until it is told to stop, with a worker in the same process."""

from __future__ import annotations

import errno
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import Any

import click
from flask import Flask
from waitress.server import create_server

from web.commands.opening import data_option, deploy_first, opened, settings, version
from web.config import Config
from web.database import db
from web.errors import DataUnusable
from web.lasting import keep_for_good
from web.people import has_administrator, offer_setup
from web.work import milepost, reading, work


@click.command(short_help="Serve Milepost, for an organisation.")
@click.option("--host", default=None, help="Address to listen on. Default: $MILEPOST_HOST, or 127.0.0.1.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=None, help="Default: $MILEPOST_PORT, or 8000. 0 takes a free one."
)
@data_option
def serve(host: str | None, port: int | None, data: Path | None) -> None:
    """Serve Milepost until Ctrl-C.

    Makes the data folder, the secret and the database on first start, and upgrades the database of an older version.
    As long as there is no administrator, prints a code with which the first visitor of /setup becomes one.
    """
    config = settings(data, host=host, port=port)
    with opened(config, new=True, quiet=False) as app:
        with work() as unit:
            deploy_first(unit)
        run_server(app, config, _first_administrator)


@click.command(short_help="Bring the database to this version.")
@data_option
def upgrade(data: Path | None) -> None:
    """Make the database or bring it to this version, for servers other than `serve`, which does it by itself."""
    with opened(settings(data), new=True):
        milepost().jobs.prepare()
        with work() as unit:
            deploy_first(unit)
    click.echo(f"The database is at version {version()}.")


def run_server(app: Flask, config: Config, announce: Any) -> None:
    """Serve an app, and work its jobs off, until Ctrl-C or SIGTERM; `announce(address)` once it listens."""
    listening = _listen(config)
    port = listening.getsockname()[1]
    server = create_server(app, sockets=[listening], threads=config.threads, ident="Milepost")
    shown = "127.0.0.1" if config.host in ("0.0.0.0", "") else "[::1]" if config.host == "::" else config.host
    ending = Ending()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ending.asked)
    try:
        announce(f"http://{shown}:{port}")
        sys.stdout.flush()
        db.session.remove()
        jobs = milepost().jobs
        if not config.tick:
            jobs.prepare()
            click.echo("Timers elapse only while a worker runs beside this server: ./milepost worker")
        keep_for_good()
        with jobs.start_worker() if config.tick else nullcontext(), ending.allowed():
            server.run()
    except KeyboardInterrupt:
        pass  # it came before the server was running; the server itself takes it as the end
    finally:
        server.close()
    click.echo("\nStopped.")


class Ending:
    """Ctrl-C and SIGTERM end the server alike, but never in the middle of something else that this thread does."""

    def __init__(self) -> None:
        self._wanted = self._allowed = False

    def asked(self, _number: int, _frame: FrameType | None) -> None:
        """The signal has come."""
        self._wanted = True
        if self._allowed:
            self._allowed = False
            raise KeyboardInterrupt

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """Inside, the signal ends what is done; one that came before ends it at once."""
        self._allowed = True
        try:
            if self._wanted:
                raise KeyboardInterrupt
            yield
        finally:
            self._allowed = False


def _listen(config: Config) -> socket.socket:
    """The socket to serve on. Raises DataUnusable."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        return socket.create_server((config.host, config.port), family=family, backlog=1024)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            sentence = f"Port {config.port} of {config.host} is in use. Stop what uses it, or choose another: --port"
            raise DataUnusable(sentence) from None
        raise DataUnusable(f"Cannot listen on {config.host}, port {config.port}: {error.strerror or error}.") from None


def _first_administrator(address: str) -> None:
    click.echo(f"Milepost serves on {address}")
    parts = milepost()
    if not has_administrator(reading()):
        code = offer_setup(parts.config, parts.clock())
        click.echo(f"Nobody can sign in yet. Open {address}/setup and make the first administrator with this code:")
        click.echo(f"\n    {code}\n")
        click.echo("It works once, within a day. (Or: ./milepost admin create LOGIN --name NAME)")
    click.echo("Ctrl-C stops it.")
