"""What commands share: reading the settings, bringing the database to this version, and opening the app over it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from flask import Flask

import engine
import processes
from engine import THE_SYSTEM, Unit
from web import create_app
from web.config import Config
from web.database import db, only_reading, open_engine, reach
from web.errors import DataUnusable
from web.logs import set_up_logs
from web.migrations import current, head
from web.migrations import upgrade as upgrade_database
from web.secret import hold_data, open_data

DATA_HELP = "Folder of the data. Default: $MILEPOST_DATA, or var/milepost."


def data_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """The option --data of commands that work on a data folder."""
    kind = click.Path(file_okay=False, path_type=Path)
    return click.option("--data", type=kind, default=None, metavar="DIR", help=DATA_HELP)(function)


def settings(data: Path | None, **changes: Any) -> Config:
    """The settings from the environment, with what the command line says instead."""
    config = Config.from_environment(os.environ, data)
    return replace(config, **{name: value for name, value in changes.items() if value is not None})


def migrate(config: Config) -> None:
    """Bring the database to this version, and say so when there was something to do."""
    open_data(config)
    if not config.on_file:
        reach(config.database)
    engine = open_engine(config.database)
    try:
        before, after = upgrade_database(engine)
    finally:
        engine.dispose()
    if config.on_file:
        config.database_file.chmod(0o600)
    if before is None:
        click.echo(f"Made the database {config.database_name}.")
    elif before != after:
        click.echo(f"Upgraded the database from version {before} to {after}.")


def has_database(config: Config) -> bool:
    """Whether there is a database of Milepost's, of whatever version. Raises DataUnusable when no server answers."""
    if config.on_file:
        return config.database_file.exists()
    reach(config.database)
    engine = open_engine(config.database)
    with only_reading(), engine.connect() as connection:
        found = current(connection)
    engine.dispose()
    return found is not None


@contextmanager
def opened(config: Config, *, new: bool = False, quiet: bool = True) -> Iterator[Flask]:
    """The app over a data folder, inside its context, for one command.

    Unless `new`, the database must exist already. Logs what goes well only if not `quiet`. Raises DataUnusable.
    """
    if not new and not has_database(config):
        raise DataUnusable(f"There is no database {config.database_name}. Start with: ./milepost serve")
    set_up_logs(config.log, quiet=quiet)
    migrate(config)
    with hold_data(config):
        app = create_app(config)
        with app.app_context():
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()


def deploy_first(unit: Unit) -> None:
    """Deploy the procedure that comes with Milepost, where nothing is deployed yet."""
    if not engine.definitions(unit):
        made = engine.deploy(unit, processes.bundle(), THE_SYSTEM)
        click.echo(f"Deployed the procedure that comes with Milepost: {', '.join(sorted(made.definitions))}.")


def version() -> str:
    """The version of the database that this program needs."""
    return head() or "none"
