"""What two server processes on PostgreSQL complete in a second, for clients who come over HTTP; and the floor there."""

from __future__ import annotations

import os
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass, replace
from functools import partial
from http.client import HTTPConnection
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

import engine
from engine import THE_SYSTEM, Actor
from tests import factories
from tests.benchmarks.measuring import Row
from tests.benchmarks.ours import ANSWERS, PROJECT, ROUND, letter
from tests.benchmarks.stock import Floor
from tests.server import running_server
from web import create_app
from web.config import Config
from web.database import db, open_engine
from web.lasting import keep_for_good
from web.logs import set_up_logs
from web.migrations import upgrade

PROCESSES, CLIENTS = 2, 4
SECONDS = 6.0
ROOT = Path(__file__).resolve().parents[2]
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
PROJECTS = [f"{PROJECT}-{one}" for one in range(CLIENTS)]
ROLES = {project: frozenset({"Project Manager"}) for project in PROJECTS}
LATENCY = "and how long 99 of 100 of them take at most"


def application() -> Flask:
    """The app with the process that goes round for ever, for gunicorn; everybody manages all projects."""
    config = Config.from_environment(os.environ)
    set_up_logs(config.log, quiet=True)
    procedure = factories.SmallProcedure(records={"letter": letter})
    app = create_app(config, procedure=procedure, roles=lambda _unit, _person: ROLES)
    keep_for_good()
    return app


class Client:
    """Somebody who completes one task after the other in an instance of their own, over a connection for each."""

    def __init__(self, app: Flask, login: str, task: str, seen: str) -> None:
        visitor = factories.visitor(app)
        with redirect_stderr(StringIO()):
            visitor.sign_in(login)
        cookie = visitor.client.get_cookie("milepost")
        assert cookie is not None
        self._headers = {"Cookie": f"milepost={cookie.value}", "Content-Type": "application/x-www-form-urlencoded"}
        self._form = urlencode({**ANSWERS, "_seen": seen, "_do": "complete", "csrf_token": visitor.token})
        self._task = task

    def complete(self, port: int) -> float:
        """Complete the open task; gives the seconds until the answer."""
        begun = time.perf_counter()
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("POST", f"/tasks/{self._task}", self._form, self._headers)
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        taken = time.perf_counter() - begun
        found = re.fullmatch(r"/inbox/(\w+)", answer.headers.get("Location", "").partition("?")[0])
        if found is None:
            raise AssertionError(f"{answer.status}: {re.sub(rb'<[^>]+>', b' ', said)[:500]!r}")
        self._task = found[1]
        return taken


def throughput(folder: Path, seconds: float = SECONDS) -> list[Row]:
    """Completions a second against bare transactions a second on the same server, and how long the slowest took."""
    with running_server(**DURABLE) as url:
        environment = {"MILEPOST_DATA": str(folder), "MILEPOST_DATABASE": url, "MILEPOST_THREADS": str(CLIENTS)}
        bare_engine = create_engine(url, pool_size=CLIENTS)  # takes none of the program's own locks
        floors = [Floor(bare_engine, number) for number in range(1, CLIENTS + 1)]
        clients = _clients(replace(Config.from_environment(environment), hashing=factories.CHEAP))
        with _gunicorn(environment) as port:
            completing = [partial(one.complete, port) for one in clients]
            _pace(completing, seconds / 4)  # what is made once in a process is made
            bare = [_pace([one.step for one in floors], seconds / 4)]
            paced = _pace(completing, seconds)
            bare.append(_pace([one.step for one in floors], seconds / 4))
        bare_engine.dispose()
    floor = statistics.mean(one.rate for one in bare)
    slow = sorted(paced.taken)[int(len(paced.taken) * 0.99)] * 1000
    detail = f"{paced.rate:.0f} against {floor:.0f} a second, {CLIENTS} clients, each in a project of its own"
    return [
        Row(f"completions on PostgreSQL, {PROCESSES} server processes", paced.rate / floor, "floors", 1 / 6,
            most=False, detail=detail),
        Row(LATENCY, slow, "ms", 100, detail=f"median {statistics.median(paced.taken) * 1000:.1f} ms"),
    ]  # fmt: skip


@dataclass(frozen=True)
class _Paced:
    """How many were done in a second, and the seconds that each took."""

    rate: float
    taken: list[float]


def _pace(things: list[Callable[[], Any]], seconds: float) -> _Paced:
    """Do each thing again and again in a thread of its own, all at the same time."""
    ready = threading.Barrier(len(things))

    def go(thing: Callable[[], Any]) -> tuple[list[float], float]:
        taken: list[float] = []
        ready.wait(60)
        begun = last = time.perf_counter()
        while last - begun < seconds:
            thing()
            taken.append(time.perf_counter() - last)
            last = time.perf_counter()
        return taken, last - begun

    with ThreadPoolExecutor(len(things)) as threads:
        done = list(threads.map(go, things))
    return _Paced(sum(len(taken) / length for taken, length in done), [one for taken, _ in done for one in taken])


def _clients(config: Config) -> list[Client]:
    """Four people on a new database, with a task each in a project of its own."""
    set_up_logs(config.log, quiet=True)
    database = open_engine(config.database)
    upgrade(database)
    app = create_app(config, procedure=factories.SmallProcedure(), roles=lambda _unit, _person: ROLES)
    files = {"round.bpmn": ROUND, "greeting.form": factories.FORM.encode()}
    parts = app.extensions["milepost"]
    with app.app_context():
        people = {f"client{one}": factories.add_account(f"client{one}", f"Client {one}") for one in range(CLIENTS)}
    clients = []
    with Session(database) as session:
        unit = parts.unit(session)
        engine.deploy(unit, engine.Bundle("round", "Round", "1.0", files), THE_SYSTEM)
        for (login, person), project in zip(people.items(), PROJECTS, strict=True):
            made = engine.start(unit, "round", project, {}, Actor(person, login, ROLES))
            (task,) = engine.tasks(unit, instance=made)
            clients.append((login, task.id, engine.digest(unit, task.definition)))
        session.commit()
    database.dispose()
    found = [Client(app, *one) for one in clients]
    with app.app_context():
        db.engine.dispose()
    return found


@contextmanager
def _gunicorn(environment: Mapping[str, str]) -> Iterator[int]:
    """Serve the app from two processes; gives the port."""
    command = [
        sys.executable, "-m", "gunicorn", "--workers", str(PROCESSES), "--threads", str(CLIENTS),
        "--preload", "--bind", "127.0.0.1:0", "tests.benchmarks.served:application()",
    ]  # fmt: skip
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stderr
            told = (re.search(r"Listening at: http://[\d.]+:(\d+)", line) for line in server.stderr)
            found = next(filter(None, told), None)
            if found is None:
                raise AssertionError("gunicorn did not start")
            threading.Thread(target=server.stderr.read, daemon=True).start()
            yield int(found[1])
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nobody is being served
            server.wait(30)
