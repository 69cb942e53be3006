"""Timers that read our clock: an exact due instant, reached when it is now, and one firing however late."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    DurationTimerEventDefinition,
    TimeDateEventDefinition,
    TimerEventDefinition,
)
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.calendar import instant, iso, next_due, shifted, step_of
from engine.errors import StepFailed

if TYPE_CHECKING:
    from datetime import datetime

    from SpiffWorkflow.task import Task

DUE = "due"
"""Where a waiting task keeps the due instants of its timers, by element."""
_ISO = re.compile(r"(?:P(?=\w)[\dYMWDTHS.,]+|\d{4}-\d\d-\d\d[\dT:.+Z-]*|R\d*/[\w:.,+/-]+)", re.ASCII)


def as_expression(text: str) -> str:
    """A timer as an expression: ISO 8601 text, written without quotes, becomes a literal."""
    text = text.strip()
    return repr(text) if _ISO.fullmatch(text) else text


def cycle_of(text: Any) -> tuple[int | None, str | None, str]:
    """The parts of R[n]/[start/]step: how often (None without end), from when, at which step. Raises StepFailed."""
    parts = text.strip().split("/") if isinstance(text, str) else []
    if len(parts) not in (2, 3) or not re.fullmatch(r"R\d*", parts[0], re.ASCII):
        raise StepFailed(f"{text!r} is not a repetition. Write one like R3/P7D or R/2026-01-05T09:00:00Z/P1M.")
    start = parts[1] if len(parts) == 3 else None
    if start is not None:
        instant(start)
    step_of(parts[-1])
    return int(parts[0][1:]) if parts[0] != "R" else None, start, parts[-1]


class Due(TimerEventDefinition):
    """A timer whose due instant is found once, when it begins to wait. `name` is the id of its element."""

    def begin(self, my_task: Task, value: Any) -> datetime:
        """The due instant that the value of the expression means. Raises StepFailed."""
        raise NotImplementedError

    def due(self, my_task: Task) -> str:
        """The due instant, as text that sorts. Raises as Evaluator.evaluate, and StepFailed."""
        dues = my_task.internal_data.get(DUE, {})
        if self.name not in dues:
            value = my_task.workflow.script_engine.evaluate(my_task, self.expression)
            dues = my_task.internal_data.setdefault(DUE, {})
            if value is None and my_task.workflow.script_engine.world.forgiving:
                my_task.internal_data["cycle"] = [0, None, ""]
                dues[self.name] = iso(my_task.workflow.script_engine.clock())
                return dues[self.name]
            dues[self.name] = iso(self.begin(my_task, value))
        return dues[self.name]

    def has_fired(self, my_task: Task) -> bool:
        """Whether the instant has come; a timer that is due when it is reached does not wait at all."""
        return self.due(my_task) <= iso(my_task.workflow.script_engine.clock())

    def reset(self, my_task: Task) -> None:
        """Forget the instant."""
        my_task.internal_data.pop(DUE, None)


class DueAt(Due, TimeDateEventDefinition):
    """Due at an instant."""

    def begin(self, my_task: Task, value: Any) -> datetime:
        """The instant itself."""
        return instant(value)


class DueAfter(Due, DurationTimerEventDefinition):
    """Due when a duration has passed."""

    def begin(self, my_task: Task, value: Any) -> datetime:
        """The duration from now on."""
        return shifted(my_task.workflow.script_engine.clock(), value)


class DueEvery(Due, CycleTimerEventDefinition):
    """Due again and again: R[n]/[start/]step. After a pause it fires once, then at the first occurrence to come."""

    def begin(self, my_task: Task, value: Any) -> datetime:
        """The first occurrence; start and step are kept for the next ones."""
        left, start, step = cycle_of(value)
        first = instant(start) if start else shifted(my_task.workflow.script_engine.clock(), step)
        my_task.internal_data["cycle"] = [left, iso(first), step]
        return first

    def has_fired(self, my_task: Task) -> bool:
        """Whether all repetitions are over."""
        self.due(my_task)
        return my_task.internal_data["cycle"][0] == 0

    def cycle_complete(self, my_task: Task) -> bool:
        """Whether an occurrence has come; if so, on to the next. SpiffWorkflow then makes a branch for it."""
        now = my_task.workflow.script_engine.clock()
        if self.due(my_task) > iso(now):
            return False
        cycle = my_task.internal_data["cycle"]
        if cycle[0] is not None:
            cycle[0] -= 1
        my_task.internal_data[DUE] = {self.name: iso(next_due(instant(cycle[1]), cycle[2], now))}
        return True

    def update_task(self, my_task: Task) -> None:
        """Make a branch when an occurrence has come, and end with the last one."""
        super().update_task(my_task)
        if my_task.internal_data["cycle"][0] == 0 and my_task._state == TaskState.WAITING:
            my_task._ready()

    def reset(self, my_task: Task) -> None:
        """Forget the instant and the repetitions."""
        super().reset(my_task)
        my_task.internal_data.pop("cycle", None)
