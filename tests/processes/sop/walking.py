"""One instance of a diagram under way, with its steps played: stored and loaded between any two things that happen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.bpmn import Environment, Moved, Prepared, Run, StepCall, begin, load
from processes.working_days import Calendar

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(days: float) -> str:
    """An instant so many days after the story begins."""
    return (MONDAY + timedelta(days=days)).isoformat()


@dataclass
class Walk:
    """One instance under way; stored and loaded between any two things that happen."""

    process: Prepared
    steps: Mapping[str, Any]
    now: datetime = MONDAY
    moved: Moved | None = None
    travelled: set[str] = field(default_factory=set)
    passed: list[str] = field(default_factory=list)
    sent: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    calls: list[StepCall] = field(default_factory=list)
    settled: bool = False
    """What the ledger says to a diagram that asks whether a change is decided."""

    def __post_init__(self) -> None:
        self._replies: dict[str, Iterator[Any]] = {n: iter(r) for n, r in self.steps.items() if isinstance(r, list)}
        self.world = Environment(
            clock=lambda: self.now,
            functions={
                "working_days": self._working_days,
                "minute_taker": lambda: None,
                "escalation_begins": lambda: self._working_days(3),
                "escalation_ends": lambda: self._working_days(11),
                "change_settled": lambda _change: self.settled,
                "review_limit": (MONDAY + timedelta(days=31)).isoformat,
            },
            call=self._step,
        )

    def _working_days(self, count: int) -> str:
        return Calendar().later(self.now, count, "UTC").isoformat()

    def _step(self, call: StepCall) -> Any:
        self.calls.append(call)
        reply = next(self._replies[call.step]) if call.step in self._replies else self.steps.get(call.step)
        if isinstance(reply, Exception):
            raise reply
        return reply

    def begin(self, message: str, payload: dict[str, Any]) -> Walk:
        """Start by a message."""
        return self._settled(begin(self.process, self.world, {"project": "p1"}, (message, payload)))

    def called(self) -> Walk:
        """Start as another process would that calls it."""
        return self._settled(begin(self.process, self.world, {"project": "p1"}))

    def _settled(self, run: Run) -> Walk:
        self.moved = run.settle()
        self.travelled |= {flow for done in self.moved.finished for flow in done.flows}
        self.passed += [done.element for done in self.moved.finished if done.state == "completed"]
        self.sent += [(message.message, message.payload) for message in self.moved.sent]
        return self

    def _loaded(self) -> Run:
        return load(self.process, self.world, self.moved.state)

    def open(self) -> list[tuple[str, str | None]]:
        """What waits for people: element and person."""
        return sorted((task.element, task.assignee) for task in self.moved.tasks)

    def do(self, element: str, person: str | None = None, **said: Any) -> Walk:
        """Complete a task; of many, that of a person."""
        tasks = [task for task in self.moved.tasks if task.element == element and person in (None, task.key)]
        assert tasks, f"{element} is not open, but {self.open()}"
        run = self._loaded()
        run.complete(tasks[0].id, said)
        return self._settled(run)

    def everybody(self, element: str, answer: str, **said: Any) -> Walk:
        """Complete a task for all whom it waits for, each with the same answer."""
        while any(task.element == element for task in self.moved.tasks):
            self.do(element, **{answer: said})
        return self

    def wait(self, days: float) -> Walk:
        """Let time pass; every timer fires when it is due."""
        until = self.now + timedelta(days=days)
        while self.moved.timers and datetime.fromisoformat(min(timer.due for timer in self.moved.timers)) <= until:
            self.now = datetime.fromisoformat(min(timer.due for timer in self.moved.timers))
            run = self._loaded()
            assert run.fire(self.now)
            self._settled(run)
        self.now = until
        return self

    def down(self, days: float) -> Walk:
        """Nothing runs for some days; then every timer that is due fires, once."""
        self.now += timedelta(days=days)
        run = self._loaded()
        run.fire(self.now)
        return self._settled(run)

    def tell(self, message: str, **payload: Any) -> Walk:
        """Deliver a message."""
        run = self._loaded()
        assert run.deliver(message, payload)
        return self._settled(run)

    def ended(self, end: str) -> Walk:
        """The instance is complete, by this end last."""
        assert self.moved.completed, (self.open(), self.moved.timers, self.moved.failures)
        assert end in self.passed
        return self
