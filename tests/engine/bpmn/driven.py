"""Our engine, driven so that every step is settled, thrown away and loaded again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from engine.bpmn import Environment, Moved, OpenTask, Prepared, Run, begin, load, prepare

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
DATA = {"n": 0, "people": {"ann": "qa", "bob": "it", "cyd": "law"}}


class Clock:
    """A clock that stands until it is set."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Driven:
    """One instance in our engine."""

    def __init__(
        self,
        prepared: Prepared,
        data: Mapping[str, Any] | None = None,
        message: tuple[str, dict[str, Any]] | None = None,
        **environment: Any,
    ) -> None:
        self.prepared = prepared
        self.clock = Clock()
        self.environment = Environment(clock=self.clock, **environment)
        given = DATA if data is None else data
        self.moved: Moved = begin(prepared, self.environment, dict(given), message).settle()
        self.history = [self.moved]

    def do(self, act: Callable[[Run], Any]) -> Any:
        """Load, act, settle."""
        run = load(self.prepared, self.environment, self.moved.state)
        result = act(run)
        self.moved = run.settle()
        self.history.append(self.moved)
        return result

    def open(self) -> dict[tuple[str, str], OpenTask]:
        """The open tasks, by element and key."""
        return {(task.element, str(task.key)): task for task in self.moved.tasks}

    def elements(self) -> list[str]:
        """The elements of the open tasks, sorted."""
        return sorted(task.element for task in self.moved.tasks)

    def waits(self) -> set[str]:
        """The names of the messages that are waited for."""
        return {wait.message for wait in self.moved.waits}

    def complete(self, place: tuple[str, str] | str, data: Mapping[str, Any] | None = None) -> None:
        """Complete an open task, named by element or by element and key."""
        task = self.open()[place if isinstance(place, tuple) else (place, "None")]
        self.do(lambda run: run.complete(task.id, dict(data or {})))

    def send(self, message: str, payload: Mapping[str, Any] | None = None, element: str | None = None) -> bool:
        """Deliver a message."""
        return self.do(lambda run: run.deliver(message, dict(payload or {}), element))

    def at(self, now: datetime) -> tuple[str, ...]:
        """Let it be a time, and fire what is due."""
        self.clock.now = now
        return self.do(lambda run: run.fire(now))

    def retry(self) -> None:
        """Retry the only failure."""
        (failure,) = self.moved.failures
        self.do(lambda run: run.retry(failure.task))


def one(content: bytes, *more: bytes, process: str | None = None) -> Prepared:
    """The process of a diagram; more files are tables or further diagrams."""
    files = {"a.bpmn": content}
    for number, item in enumerate(more):
        files[f"{number}.{'dmn' if b'/DMN/' in item else 'bpmn'}"] = item
    found = prepare(files)
    return found[process] if process else next(iter(found.values()))
