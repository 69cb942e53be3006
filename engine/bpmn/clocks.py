"""When a process starts by itself: the turns of a timer on a start event, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.bpmn.calendar import instant, iso, shifted
from engine.bpmn.evaluation import evaluator
from engine.bpmn.model import Environment, StartTimer
from engine.bpmn.timers import cycle_of, following, passed_over
from engine.errors import StepFailed
from forms import ExpressionFailed, ExpressionRefused


@dataclass(frozen=True)
class Turn:
    """A start that is to come: when, how many there are with it (None without end), and what follows."""

    due: datetime
    left: int | None = 1
    anchor: str = ""
    step: str = ""


def first_turn(timer: StartTimer, environment: Environment) -> Turn | None:
    """The first start after now; None when its time has passed. Raises StepFailed."""
    now, value = environment.clock(), _value(timer.expression, environment, {})
    if timer.kind == "timeDate":
        due = instant(value)
        return Turn(due) if due > now else None
    if timer.kind == "timeDuration":
        return Turn(shifted(now, value))
    left, start, step = cycle_of(value)
    if left == 0:
        return None
    first = instant(start) if start else following(now, step, now)
    return Turn(first if first > now else following(first, step, now), left, iso(first), step)


def next_turn(turn: Turn, now: datetime) -> tuple[Turn | None, int]:
    """The start after one that has come: the first after now, and how many between were missed. Raises StepFailed."""
    left = None if turn.left is None else turn.left - 1
    if not turn.step or left == 0:
        return None, 0
    anchor = instant(turn.anchor)
    missed = passed_over(anchor, turn.step, turn.due, now)
    return Turn(following(anchor, turn.step, now), left, turn.anchor, turn.step), missed


def subjects_of(timer: StartTimer, environment: Environment) -> list[str]:
    """What the instances are about that start now: one for each. Raises StepFailed."""
    value = _value(timer.subject, environment, {})
    found = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) and one for one in found):
        raise StepFailed(f"“{timer.subject}” must give a subject or a list of subjects, not {value!r}.")
    return list(dict.fromkeys(found))


def key_of(timer: StartTimer, environment: Environment, subject: str, due: datetime) -> str | None:
    """The business key of an instance that starts, None without one. Raises StepFailed."""
    if timer.key_expression is None:
        return None
    return str(_value(timer.key_expression, environment, {"project": subject, "due": iso(due)}))


def _value(expression: str, environment: Environment, names: dict[str, Any]) -> Any:
    try:
        return evaluator(environment).value(expression, names)
    except (ExpressionFailed, ExpressionRefused) as error:
        raise StepFailed(f"“{expression}” has no result: {error}") from error
