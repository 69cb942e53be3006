"""The processes that are killed: the real commands `serve` and `worker`, over the procedure that asks questions."""

from __future__ import annotations

import multiprocessing
import os
import sys
from dataclasses import dataclass
from functools import partial
from multiprocessing.process import BaseProcess
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from tests.factories import CHEAP
from tests.kills import questions
from tests.kills.questions import Prepared
from web import Config, create_app
from web.__main__ import run
from web.commands import opening

LOADED = [
    "tests.kills.program", "web.jobs.worker", "web.migrations", "web.pages.exchange", "web.pages.charts",
    "sqlalchemy.dialects.sqlite", "sqlalchemy.dialects.postgresql.psycopg",
]  # fmt: skip
"""What a process would import while it begins."""
MINUTES = 1440


@dataclass(frozen=True)
class Command:
    """A command with its arguments; `name` tells apart the processes that run it."""

    name: str
    arguments: tuple[str, ...]
    port: int | None = None


def launcher() -> Any:
    """What starts processes quickly: each is forked from one in which everything is imported and nothing begun."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(LOADED)
    return found


def launch(launching: Any, command: Command, prepared: Prepared) -> BaseProcess:
    """Start a command in a process of its own."""
    process: BaseProcess = launching.Process(target=main, args=(command, prepared), daemon=True)
    process.start()
    return process


def main(command: Command, prepared: Prepared) -> None:
    """Be the command, until killed. What it says goes to a file of its name."""
    said = os.open(prepared.kept.folder / f"{command.name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(said, sys.stdout.fileno())
    os.dup2(said, sys.stderr.fileno())
    os.environ.update(
        MILEPOST_DATA=str(prepared.kept.folder),
        MILEPOST_DATABASE=prepared.kept.database,
        MILEPOST_SESSION_MINUTES=str(MINUTES),
    )
    opening.create_app = partial(opened, prepared)
    sys.exit(run(command.arguments))


def opened(prepared: Prepared, config: Config) -> Flask:
    """The app as the command opens it, with this procedure in place of the one that comes with Milepost."""
    small = questions.procedure(prepared.person)
    kinds = [questions.carried(prepared.kept.folder)]
    app = create_app(Config(**{**vars(config), "hashing": CHEAP}), procedure=small, roles=small.roles, kinds=kinds)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(prepared.kept.folder))  # a quicker first page
    small.steps["carry"] = partial(questions.carry, app.extensions["milepost"].jobs)
    return app
