"""Timers that read our clock: an exact due instant, reached when it is now, and one firing however late."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    DurationTimerEventDefinition,
    TimeDateEventDefinition,
    TimerEventDefinition,
)

from engine.bpmn.calendar import instant, iso, next_due, shifted, step_of
from engine.bpmn.cron import is_cron, next_cron
from engine.bpmn.evaluation import compiled
from engine.errors import StepFailed
from forms import ExpressionFailed, ExpressionRefused

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task

DUE = "due"
"""Where a waiting task keeps the due instants of its timers, by element."""
CYCLE = "cycle"
"""Where it keeps how often a repetition still comes (None without end), its first instant, and its step."""
OVER = "over"
"""Where it keeps that its timer has come for the last time."""
_MOST_COUNTED = 1000
_MOMENT = timedelta(microseconds=1)
_ISO = re.compile(r"(?:P(?=\w)[\dYMWDTHS.,]+|PT?\d[\w.,]*|\d{4}-\d\d-\d\d[\dT:.+Z-]*|R\d*/[\w:.,+/-]+)", re.ASCII)

_ZONE = re.compile(r"(T[\d:.,]+(?:Z|[+-]\d\d:?\d\d))\[[\w/+-]+\]", re.ASCII)
"""A date that names its zone besides its offset, as Java writes it."""


def as_expression(text: str) -> str:
    """A timer as an expression: ISO 8601 text, written without quotes, becomes a literal."""
    text = _ZONE.sub(r"\1", text.strip())
    return repr(text) if _ISO.fullmatch(text) or is_cron(text) else text


def cycle_of(text: Any) -> tuple[int | None, str | None, str]:
    """The parts of R[n]/[start/]step: how often (None without end), from when, at which step. Raises StepFailed.

    A cron text is a step of its own, without end.
    """
    if isinstance(text, str) and is_cron(text.strip()):
        next_cron(text.strip(), datetime.now(UTC))
        return None, None, text.strip()
    parts = text.strip().split("/") if isinstance(text, str) else []
    if len(parts) not in (2, 3) or not re.fullmatch(r"R\d*", parts[0], re.ASCII):
        raise StepFailed(
            f"{text!r} is not a repetition. Write one like R3/P7D, R/2026-01-05T09:00:00Z/P1M or 0 9 * * MON."
        )
    start = parts[1] if len(parts) == 3 else None
    if start is not None and start.startswith("P"):
        said = "Say how often, as in R3/P7D, or from when, as in R/2026-01-05T09:00:00Z/P1M."
        raise StepFailed(f"{text!r} says when it ends, and a repetition is not ended by that here. {said}")
    if start is not None:
        instant(start)
    step_of(parts[-1])
    return int(parts[0][1:]) if parts[0] != "R" else None, start, parts[-1]


def following(anchor: datetime, step: str, now: datetime) -> datetime:
    """The first occurrence strictly after `now` of a step, ISO 8601 from the anchor on or cron. Raises StepFailed."""
    return next_cron(step, now) if is_cron(step) else next_due(anchor, step, now)


def passed_over(anchor: datetime, step: str, due: datetime, now: datetime) -> int:
    """How many occurrences lie after the one that is due and not after now; at most a thousand are counted."""
    count = 0
    while count < _MOST_COUNTED and (due := following(anchor, step, due)) <= now:
        count += 1
    return count


_KINDS = {"timeDate": instant, "timeDuration": step_of, "timeCycle": cycle_of}


def says(kind: str, expression: str) -> bool:
    """Whether a timer of a kind (timeDate, timeDuration, timeCycle) can be read, as far as that can be known now."""
    try:
        code = compiled(expression)
        if not code.names and not code.functions:
            _KINDS[kind](code.evaluate({}, {}))
    except (ExpressionRefused, ExpressionFailed, StepFailed):
        return False
    return True


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
                my_task.internal_data[CYCLE] = [0, None, ""]
                # Not at once: what the timer sits on comes first.
                dues[self.name] = iso(my_task.workflow.script_engine.clock() + timedelta(seconds=1))
                return dues[self.name]
            dues[self.name] = iso(self.begin(my_task, value))
        return dues[self.name]

    def has_fired(self, my_task: Task) -> bool:
        """Whether the instant has come; a timer that is due when it is reached does not wait at all."""
        return self.due(my_task) <= iso(my_task.workflow.script_engine.clock())

    def pass_by(self, my_task: Task) -> bool:
        """Whether its instant has come; if so, on to the next, if there is one. Raises StepFailed."""
        now = my_task.workflow.script_engine.clock()
        if my_task.internal_data.get(DUE, {}).get(self.name, iso(now + _MOMENT)) > iso(now):
            return False
        self.go_on(my_task, now)
        return True

    def go_on(self, my_task: Task, now: datetime) -> None:
        """What follows when it has come: nothing."""
        my_task.internal_data.pop(DUE, None)
        my_task.internal_data[OVER] = True

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


class DueFirst(Due, DurationTimerEventDefinition):
    """Due when a repetition comes for the first time, where it can come only once."""

    def begin(self, my_task: Task, value: Any) -> datetime:
        """The first occurrence."""
        _, start, step = cycle_of(value)
        now = my_task.workflow.script_engine.clock()
        return instant(start) if start else following(now, step, now)


class DueEvery(Due, CycleTimerEventDefinition):
    """Due again and again: R[n]/[start/]step. After a pause it fires once, then at the first occurrence to come."""

    def begin(self, my_task: Task, value: Any) -> datetime:
        """The first occurrence; start and step are kept for the next ones."""
        left, start, step = cycle_of(value)
        now = my_task.workflow.script_engine.clock()
        first = instant(start) if start else following(now, step, now)
        my_task.internal_data[CYCLE] = [left, iso(first), step]
        return first

    def go_on(self, my_task: Task, now: datetime) -> None:
        """The first occurrence to come follows; those that have passed meanwhile are counted."""
        left, anchor, step = my_task.internal_data[CYCLE]
        if left is not None:
            left -= 1
            my_task.internal_data[CYCLE][0] = left
        if left is not None and left <= 0:
            super().go_on(my_task, now)
            return
        due = instant(my_task.internal_data[DUE][self.name])
        missed = passed_over(instant(anchor), step, due, now)
        if missed:
            my_task.workflow.top_workflow.missed[self.name] = missed
        my_task.internal_data[DUE] = {self.name: iso(following(instant(anchor), step, now))}

    def reset(self, my_task: Task) -> None:
        """Forget the instant and the repetitions."""
        super().reset(my_task)
        my_task.internal_data.pop(CYCLE, None)
