"""Rounds: processes at work, killed at a random instant, started again at once; in the end all come to rest."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from typing import Any

from sqlalchemy import Engine, func, inspect, select, text

import engine
from tests.databases import opened
from tests.kills.load import Heard, Person
from tests.kills.program import Command, launch, launcher
from tests.kills.questions import Prepared
from web.database import only_reading

PEOPLE = 4
"""Browsers at work at the same time."""
LIVELY = 3
"""Completions that are acknowledged before the next kill can come, most times."""
HASTY = 0.15
"""How often a kill comes without waiting for that, perhaps while a process is still beginning."""
SPREAD, CLOSE = 0.4, 0.06
"""Seconds within which the kill then comes, at an instant chosen by chance: from now on, or from when somebody next
sends a completion, so that many kills meet one that is being carried out."""
RARE, LATER = 0.04, (4.0, 8.0)
"""How often a kill comes only after so many seconds: when the jobs of those killed before are being taken over."""
DEADLINE = 60.0
"""Seconds within which what must happen has happened, on a busy machine too."""
PORTS = range(15_000, 30_000)
"""Below those that the system gives to connections that go out: after a kill the port is still there to be had."""
AT_REST = "SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"


@dataclass
class Course:
    """What happened: how many kills of which process, what people were told, and how long it took."""

    heard: Heard
    kills: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


class House:
    """The processes over one database: any can be killed, and started again on its own port."""

    def __init__(self, prepared: Prepared, chance: random.Random) -> None:
        self._prepared = prepared
        self._launching: Any = launcher()
        self._running: dict[str, BaseProcess] = {}
        self.commands = {one.name: one for one in commands(prepared, chance)}

    def start(self, name: str) -> None:
        """Start what is not running."""
        self._running[name] = launch(self._launching, self.commands[name], self._prepared)

    def kill(self, names: list[str]) -> None:
        """SIGKILL, to all of them before any is started again; each must have been alive."""
        for name in names:
            assert self._running[name].is_alive(), f"{name} has ended by itself: {self.said(name)}"
        for name in names:
            self._running[name].kill()
        for name in names:
            self._running[name].join()

    def said(self, name: str) -> str:
        """The end of what a process has written."""
        return (self._prepared.kept.folder / f"{name}.log").read_text(errors="replace")[-3000:]

    def end(self) -> None:
        """Kill whatever still runs."""
        for process in self._running.values():
            process.kill()
            process.join()
            process.close()
        self._running.clear()


def commands(prepared: Prepared, chance: random.Random) -> Iterator[Command]:
    """One server with its worker on SQLite; on PostgreSQL two of each."""
    if prepared.kept.database.startswith("sqlite"):
        yield _server("server", chance)
        return
    yield from (_server("server 1", chance), _server("server 2", chance))
    yield from (Command("worker 1", ("worker",)), Command("worker 2", ("worker",)))


def _server(name: str, chance: random.Random) -> Command:
    port = free_port(chance)
    return Command(name, ("serve", "--port", str(port)), port)


def free_port(chance: random.Random) -> int:
    """A port that nobody listens on."""
    while True:
        port = chance.choice(PORTS)
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) != 0:
                return port


def live_through(prepared: Prepared, rounds: int, seed: int, say: Callable[[str], None] = lambda _text: None) -> Course:
    """So many rounds of load, kill and restart; then everything comes to rest, and is ended."""
    chance = random.Random(seed)  # noqa: S311  to be repeated, not to be secret
    course = Course(Heard())
    began = time.monotonic()
    with ExitStack() as ending:
        house = House(prepared, chance)
        ending.callback(house.end)
        for name in house.commands:
            house.start(name)
        with people(prepared, house, chance, course.heard):
            for number in range(rounds):
                one_round(house, chance, course)
                say(f"round {number + 1} of {rounds}: {len(course.heard.acknowledged)} completions acknowledged")
            until(_more(course.heard, LIVELY), "a completion after the last kill")
        come_to_rest(prepared, house)
    course.seconds = time.monotonic() - began
    return course


@contextmanager
def people(prepared: Prepared, house: House, chance: random.Random, heard: Heard) -> Iterator[None]:
    """People at work at all servers, who leave at the end."""
    ports = [one.port for one in house.commands.values() if one.port is not None]
    crowd = [
        Person(prepared, ports[number % len(ports)], random.Random(chance.random()), heard)  # noqa: S311
        for number in range(PEOPLE)
    ]
    for one in crowd:
        one.start()
    try:
        yield
    finally:
        for one in crowd:
            one.stop()
        for one in crowd:
            one.join(DEADLINE)


def one_round(house: House, chance: random.Random, course: Course) -> None:
    """Wait until work is done (or, now and then, not), kill at a random instant, start again."""
    if chance.random() >= HASTY:
        until(_more(course.heard, LIVELY), "a completion after a kill")
    if chance.random() < RARE:
        threading.Event().wait(chance.uniform(*LATER))
    elif chance.random() < 0.5:
        threading.Event().wait(chance.uniform(0, SPREAD))
    else:
        until(_sent(course.heard), "a completion on its way")
        threading.Event().wait(chance.uniform(0, CLOSE))
    names = list(house.commands)
    chosen = names if chance.random() < 0.2 else chance.sample(names, chance.randint(1, max(1, len(names) // 2)))
    house.kill(chosen)
    course.kills.update(chosen)
    for name in chosen:
        house.start(name)


def _more(heard: Heard, number: int) -> Callable[[], bool]:
    """Whether so many completions have been acknowledged since now."""
    wanted = len(heard.acknowledged) + number
    return lambda: len(heard.acknowledged) >= wanted


def _sent(heard: Heard) -> Callable[[], bool]:
    """Whether somebody has sent a completion since now."""
    before = heard.sendings
    return lambda: heard.sendings > before


def come_to_rest(prepared: Prepared, house: House) -> None:
    """Wait until no timer and no job is left to be done; as long as there are fewer and fewer, with patience."""
    database = opened(prepared.kept.database)
    try:
        while some := under_way(database):
            until(lambda: under_way(database) < some, "the timers and jobs that were under way")
    except AssertionError as error:
        told = "\n".join(f"--- {name}\n{house.said(name)}" for name in house.commands)
        raise AssertionError(f"{error}\n{told}") from None
    finally:
        database.dispose()


def under_way(database: Engine) -> int:
    """How many timers wait, and how many jobs have not ended."""
    timers = engine.Base.metadata.tables["timer"]
    with only_reading(), database.connect() as connection:
        waiting = connection.scalar(select(func.count()).select_from(timers)) or 0
        return waiting + sum(number for status, number in jobs(connection).items() if status not in AT_REST)


def jobs(connection: Any) -> dict[str, int]:
    """Status -> how many jobs have it."""
    schema = None if connection.dialect.name == "sqlite" else "dbos"
    if not inspect(connection).has_table("workflow_status", schema=schema):
        return {}
    name = "workflow_status" if schema is None else f"{schema}.workflow_status"
    return dict(connection.execute(text(f"SELECT status, count(*) FROM {name} GROUP BY status")).all())


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition. Raises AssertionError when it does not hold in time."""
    pause, end = threading.Event(), time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, f"waited {DEADLINE:.0f} s in vain for {what}"
        pause.wait(0.005)
